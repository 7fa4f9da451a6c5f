// src/document/layout/flex_lines.h — the arithmetic of flex containers: base sizes, lines, growing and shrinking,
// spacing.
//
// Shape    plain numbers: tested without boxes. All sizes are border box sizes along the main axis.
// Source   CSS Flexible Box Layout 1 §9.2–9.7; CSS Box Alignment 3 §5.
#pragma once

#include <span>
#include <vector>

#include "document/geometry/units.h"
#include "document/style/computed_style.h"

namespace galley::document {

struct FlexItem {
    LayoutUnit base;  // flex base size
    LayoutUnit least, most = LayoutUnit::max();
    LayoutUnit margins;  // both main axis margins; auto counts 0
    LayoutUnit edges;    // main axis padding and border: what shrinking cannot take
    double grow = 0, shrink = 1;
    int auto_margins = 0;
    LayoutUnit size;  // result

    LayoutUnit hypothetical() const { return std::max(least, std::min(base, most)); }
};

// Sets every item's size so that the line fills `available` (gaps taken off) as far as the items allow.
void resolve_flexible_lengths(std::span<FlexItem> items, LayoutUnit available);

// Ends of lines: indices one past each line's last item.
std::vector<std::size_t> break_flex_lines(std::span<const FlexItem> items, LayoutUnit available, LayoutUnit gap,
                                          bool wraps);

struct Distribution {
    LayoutUnit before, between;  // ahead of the first; added to each gap
};
Distribution distribute_space(Align align, LayoutUnit rest, std::size_t count, bool reversed);

}  // namespace galley::document
