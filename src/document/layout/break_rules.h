// src/document/layout/break_rules.h — what break-before, break-after and page say between two boxes.
//
// Source   CSS Fragmentation 3 §3, CSS Paged Media 3 §3.1.
#pragma once

#include <string_view>

#include "document/box/box.h"

namespace galley::document {

// The values of a box with those that its first or last children hand up.
BreakBetween break_before_of(const Box& box);
BreakBetween break_after_of(const Box& box);
// At the meeting of two boxes: forced wins over avoid, avoid over auto; of two forced the later.
BreakBetween meet(BreakBetween earlier, BreakBetween later);
bool is_forced(BreakBetween value);
bool is_avoided(BreakBetween value);
bool avoids_inside(const Box& box);

// The named page on which a box starts, or ends.
std::string_view start_page_name(const Box& box);
std::string_view end_page_name(const Box& box);
// Whether a page begins between two siblings for their names. As in WeasyPrint, what has no name goes on wherever the
// named page's content ended (CSS Page 3 §4.1 would begin a page there too).
bool changes_page_name(const Box& before, const Box& after);

}  // namespace galley::document
