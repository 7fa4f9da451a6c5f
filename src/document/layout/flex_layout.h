// src/document/layout/flex_layout.h — flex containers: rows, columns, wrapping, broken between lines or inside items.
//
// Source   CSS Flexible Box Layout 1 §9.
#pragma once

#include "document/layout/box_geometry.h"

namespace galley::document {

LayoutResult layout_flex(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token);
IntrinsicWidths flex_widths(LayoutContext& context, const Box& box);  // content box

}  // namespace galley::document
