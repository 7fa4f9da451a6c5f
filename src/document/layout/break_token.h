// src/document/layout/break_token.h — where a box goes on when the rest of it did not fit on the page.
//
// Shape    immutable, linked from a container's token to its broken child's. Which fields count depends on the box:
//            block container   child + child_token (null: the child starts afresh)
//            its floats        what is left of them; finished: nothing but them is
//            lines             position in the inline content
//            table             row + child_token of a broken row
//            row, flex         parallel: one per cell or item, null = finished
// Owner    the box tree's arena: tokens outlive pages.
#pragma once

#include <cstdint>
#include <span>

#include "document/box/box.h"
#include "document/geometry/units.h"

namespace galley::document {

struct BreakToken;

struct InlinePosition {
    std::uint32_t item = 0;
    std::uint32_t glyph = 0;  // within the item's word
    auto operator<=>(const InlinePosition&) const = default;
};

// The rest of a float. Its containing block may have ended: of that only the place across is needed.
struct FloatRest {
    const Box* box = nullptr;
    const BreakToken* token = nullptr;
    LayoutUnit left, width;  // of the containing block, in the formatting context
};

struct BreakToken {
    const Box* box = nullptr;
    LayoutUnit consumed;  // content height on earlier pages
    const Box* child = nullptr;
    const BreakToken* child_token = nullptr;
    bool forced = false;                     // a break-before or break-after made this break
    bool finished = false;                   // only the floats go on
    BreakBetween side = BreakBetween::Auto;  // left, right, recto, verso: on which page to go on
    InlinePosition line;
    std::uint32_t row = 0;
    std::span<const BreakToken* const> parallel;
    std::span<const FloatRest> floats;  // of the box's formatting context
};

// Do both go on at the same place, all the way down?
bool same_place(const BreakToken* a, const BreakToken* b);

}  // namespace galley::document
