// src/document/layout/content_layout.h — what a block container does inside its edges: lines or blocks.
//
// Shape    both routines append to `fragment` and say how high the content became. `refused`: nothing fits, the box
//          must not start here (never when at_top). Coordinates are those of the content box.
// Source   CSS 2.1 §9.4; CSS Fragmentation 3 §4.
#pragma once

#include "document/layout/float_context.h"
#include "document/layout/layout_context.h"

namespace galley::document {

struct ContentSpace {
    LayoutUnit width;
    std::optional<LayoutUnit> height;  // definite content height: base of children's percentages
    LayoutUnit page = LayoutUnit::max();
    bool at_top = true;
    bool start_adjoins = false;         // the first child's top margin is the box's own (collapsed outside)
    std::optional<StartMargins> start;  // where start_adjoins
    FloatContext* floats = nullptr;
    const Box* until = nullptr;  // of the children, those before it
    Point in_context;            // content corner in the float context
    Point in_fragment;           // content corner in the fragment
};

struct ContentResult {
    LayoutUnit height;
    MarginStrut end_strut;  // after the last child, not counted in height
    BreakToken* token = nullptr;
    Appeal appeal = Appeal::Perfect;
    bool refused = false;
};

ContentResult layout_lines(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                           const BreakToken* token);
ContentResult layout_blocks(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                            const BreakToken* token);

// A float's fragment and its place, recorded in space.floats with what is left of it. Null: it goes to the next page as
// a whole.
struct FloatPlace {
    LayoutUnit top;
    bool may_refuse = false;
    const BreakToken* token = nullptr;
};
Fragment* place_float(LayoutContext& context, const Box& box, const ContentSpace& space, const FloatPlace& place);

// Takes over a child's baselines.
void note_baseline(Fragment& parent, const Fragment& child);

inline LayoutUnit page_left(LayoutUnit page, LayoutUnit used) {
    return page == LayoutUnit::max() ? page : page - used;
}

}  // namespace galley::document
