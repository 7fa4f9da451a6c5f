// src/document/layout/line_breaker.h — which items stand on the next line: greedy, by widths alone.
//
// Shape    break_line(context, content, start, available, floats) → the line's range. Trailing collapsible spaces are
//          outside `width` and after `content_end`. `next` of the last line is the end of the items.
// Source   CSS Text 3 §5; CSS 2.1 §9.4.2.
#pragma once

#include <functional>

#include "document/layout/inline_content.h"

namespace galley::document {

struct LineRange {
    InlinePosition begin, end;      // what is on the line
    InlinePosition next;            // where the following line begins
    std::uint32_t content_end = 0;  // collapsible spaces at or after this item vanish
    LayoutUnit width;
    LayoutUnit spaces_before_break;  // collapsible spaces before a <br>, which text-align counts as WeasyPrint does
    bool forced = false;             // ended by <br> or a preserved newline
    bool last = false;
    bool hyphen = false;   // ends at a soft hyphen
    bool content = false;  // makes a line box
    int leaders = 0;
};

// Called for a float in the line's text with the width used so far; returns by how much the line became narrower.
using PlaceFloat = std::function<LayoutUnit(std::uint32_t item, LayoutUnit used, LayoutUnit available)>;

LineRange break_line(LayoutContext& context, const InlineContent& content, InlinePosition start, LayoutUnit available,
                     LayoutUnit container_width, const PlaceFloat& place_float);

// Widths of an inline box's sides, 0 where the box goes on from or to another part.
LayoutUnit opening_width(const Box& box, LayoutUnit container_width);
LayoutUnit closing_width(const Box& box, LayoutUnit container_width);
LayoutUnit atomic_width(LayoutContext& context, const Box& box, LayoutUnit container_width);  // with margins
// What a line shows that ends within a word of this text box.
const ShapedWord& hyphen_word(LayoutContext& context, const Box& text);
LayoutUnit hyphen_width(LayoutContext& context, const Box& text);

}  // namespace galley::document
