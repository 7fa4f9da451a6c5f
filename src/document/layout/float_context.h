// src/document/layout/float_context.h — the floats placed so far in one block formatting context, on one page.
//
// Shape    rectangles are margin boxes in the context's coordinates; mark()/release() undo a tentative layout. A float
//          that goes on at the next page reaches down to the end of this one.
// Source   CSS 2.1 §9.5.1.
#pragma once

#include <algorithm>
#include <vector>

#include "document/geometry/units.h"
#include "document/layout/break_token.h"
#include "document/style/computed_style.h"

namespace galley::document {

class FloatContext {
 public:
    struct Band {
        LayoutUnit left, right;
        bool fits(LayoutUnit width) const;
    };
    bool empty() const { return floats_.empty(); }
    std::size_t mark() const { return floats_.size(); }
    void release(std::size_t mark) { floats_.resize(mark); }
    void add(Float side, const Rect& rect, const FloatRest& rest = {}) { floats_.push_back({rect, side, rest}); }
    // The free part of [left, right] along [top, top + height).
    Band band(LayoutUnit top, LayoutUnit height, LayoutUnit left, LayoutUnit right) const;
    // The lowest edge that `clear` must pass; the lowest value when there is none.
    LayoutUnit clear_edge(Clear clear) const;
    LayoutUnit bottom() const { return clear_edge(Clear::Both); }
    // Does a float that `clear` must pass go on at the next page?
    bool goes_on(Clear clear) const;
    std::vector<FloatRest> rests() const;
    // The next y below `top` where the band may change.
    LayoutUnit next_edge(LayoutUnit top) const;
    // Where a box of this size goes, not above `top` nor above earlier floats (for floats themselves).
    Point find_place(Float side, Size size, LayoutUnit top, LayoutUnit left, LayoutUnit right) const;

 private:
    struct Placed {
        Rect rect;
        Float side;
        FloatRest rest;  // without a token: none
    };
    static bool concerns(Clear clear, Float side);
    std::vector<Placed> floats_;
};

}  // namespace galley::document
