// src/document/layout/table_layout.h — tables: column widths, rows, captions, heads and feet on every page.
//
// Source   CSS 2.1 §17; CSS Tables 3 §4 (distribution).
#pragma once

#include "document/layout/box_geometry.h"

namespace galley::document {

LayoutResult layout_table(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token);
// Border box widths of the whole table, captions included.
IntrinsicWidths table_widths(LayoutContext& context, const Box& box);
// Border box width; `available`: the container without the table's margins.
LayoutUnit table_used_width(LayoutContext& context, const Box& box, LayoutUnit container, LayoutUnit available);

}  // namespace galley::document
