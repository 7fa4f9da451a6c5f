// src/document/layout/line_leaves.h — a line's items as the reordering and the spreading of text see them.
//
// Shape    visual_line(…) → what the line shows, reordered; spreads_between(…) → whether justification may put room
//          between two pieces of text without a space.
// Source   UAX #9; CSS Text 3 §6.4 (justification between ideographs).
#pragma once

#include "document/layout/line_breaker.h"
#include "document/layout/visual_order.h"

namespace galley::document {

VisualLine visual_line(const Box& container, std::span<const InlineItem> items, const LineRange& range,
                       std::uint8_t base_level);
bool spreads_between(const InlineItem& before, const InlineItem& after);
// The facts of a font for text that several faces draw.
FontFacts facts_of_faces(const FontFacts& font, std::span<const TextPart> parts, double size_px);

}  // namespace galley::document
