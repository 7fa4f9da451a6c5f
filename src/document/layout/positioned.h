// src/document/layout/positioned.h — lays out absolutely positioned boxes once the flow around them has its place.
//
// Shape    resolve_positioned walks a page's fragments and gives every placeholder its box's fragment as a child.
// Source   CSS 2.1 §10.1, §10.3.7, §10.6.4.
#pragma once

#include "document/layout/layout_context.h"

namespace galley::document {

// `corner`: where `root` lies; `page_area`: the initial containing block, same coordinates.
void resolve_positioned(LayoutContext& context, Fragment& root, Point corner, const Rect& page_area);
// One box in a containing block; offset of the fragment is in the block's coordinates. `right_to_left`: so is the flow
// in which it would stand; its static place is then that of its right edge.
Fragment* layout_positioned(LayoutContext& context, const Box& box, const Rect& block, Point static_place,
                            bool right_to_left);

}  // namespace galley::document
