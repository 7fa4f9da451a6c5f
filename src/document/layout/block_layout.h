// src/document/layout/block_layout.h — block containers: edges, height, markers, margins that collapse.
//
// Source   CSS 2.1 §8.3.1, §9.4.1, §10.6.
#pragma once

#include "document/layout/layout_context.h"

namespace galley::document {

LayoutResult layout_block(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token);

// The margins above `box` that collapse into one: its own and those of first children without anything between.
MarginStrut start_strut(const Box& box, LayoutUnit container_width);
// All margins of a box that is empty_through.
void add_through_margins(const Box& box, LayoutUnit container_width, MarginStrut& strut);

}  // namespace galley::document
