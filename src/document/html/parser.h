// src/document/html/parser.h — from HTML text to a Dom: the WHATWG algorithm for documents without scripts.
//
// Shape    parse_html(text, limits) → Dom with html, head and body always there. Any bytes are a document: what is not
//          UTF-8 becomes U+FFFD, what is not well-formed is repaired as browsers repair it.
// Errors   LimitExceeded: more than nodes_max nodes. Nothing else.
//          parse_html_in_place() does not copy a text that needs no repair.
// Owner    parse_html: the Dom owns a copy of the text; the argument may go. In place: the text outlives the Dom.
// Threads  any; no shared state.
// Limits   ParseLimits. Elements deeper than depth_max become siblings; attributes beyond attributes_max are dropped.
// Source   https://html.spec.whatwg.org/multipage/parsing.html
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "document/html/dom.h"
#include "document/html/table_folding.h"

namespace galley::document {

struct ParseLimits {
    std::size_t nodes_max = 5'000'000;
    std::size_t depth_max = 512;
    std::size_t attributes_max = 256;  // per element
};

Result<std::unique_ptr<Dom>> parse_html(std::string_view html, const ParseLimits& limits = {});
// `folding` null: the tree is whole.
Result<std::unique_ptr<Dom>> parse_html_in_place(std::string_view html, const ParseLimits& limits,
                                                 const TableFolding* folding);

}  // namespace galley::document
