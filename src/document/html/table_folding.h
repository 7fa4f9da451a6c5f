// src/document/html/table_folding.h — of which documents the tree leaves runs of table rows out (html/folding.cpp).
#pragma once

#include <cstddef>

namespace galley::document {

struct TableFolding {
    std::size_t html_bytes_min = 2 * 1024 * 1024;  // smaller documents are kept whole
    std::size_t run_nodes = 2048;                  // about so many nodes make a run
};

inline constexpr std::size_t kFoldedNodesMax = 16 * 1024;  // of a run; longer ones stay in the tree

}  // namespace galley::document
