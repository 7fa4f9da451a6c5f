// src/document/html/row_nodes.h — the nodes of folded rows, read again for as long as they are needed.
//
// Shape    RowNodes::read(dom, folded) → the rows as children of the FoldedRows node's parent, linked among themselves.
//          What parsing them gave the first time is what it gives now.
// Owner    the nodes live as long as the RowNodes; names and sets of classes are the Dom's.
// Threads  one: the Dom's builder is shared.
#pragma once

#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "document/html/dom.h"

namespace galley::document {

class RowNodes {
 public:
    static std::unique_ptr<RowNodes> read(const Dom& dom, const Node& folded);
    // Gives them indices from `first` on.
    void number(std::uint32_t first);

    const Node& folded() const { return folded_; }
    const Node* first() const { return first_; }
    std::span<Node* const> nodes() const { return nodes_; }  // in document order

 private:
    explicit RowNodes(const Node& folded) : folded_(folded) {}
    void list();

    const Node& folded_;
    Node* first_ = nullptr;
    std::pmr::monotonic_buffer_resource arena_{128 * 1024};
    std::vector<Node*> nodes_;
};

}  // namespace galley::document
