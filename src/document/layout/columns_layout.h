// src/document/layout/columns_layout.h — multi-column containers: the content flows from column to column, as it would
// from page to page.
//
// Shape    as layout_blocks() and layout_lines(). Columns are balanced (higher, from the average on, until all content
//          fits), or as high as the page where it goes on at the next one. What spans all columns divides the content
//          into groups.
// Limits   kBalancedDepthMax nested containers are balanced; deeper ones fill one column after the other.
// Source   CSS Multi-column Layout 1 §3, §6, §7.
#pragma once

#include "document/layout/content_layout.h"

namespace galley::document {

ContentResult layout_columns(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                             const BreakToken* token);

}  // namespace galley::document
