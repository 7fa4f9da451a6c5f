// src/document/box/folded_rows.h — what the boxes of folded rows must not do: reach beyond their table.
//
// Source   SPEC R43a.
#pragma once

#include "document/html/row_nodes.h"
#include "document/style/style_engine.h"

namespace galley::document {

// No counters, named strings, bookmarks, named pages, and no boxes that stand elsewhere.
bool keep_to_themselves(const RowNodes& rows, const StyledDocument& styled);
// Is the text of some rows below the element not in the tree?
bool holds_folded_rows(const Node& element);

}  // namespace galley::document
