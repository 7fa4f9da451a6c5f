// src/document/layout/text_part.h — a word, or some of its glyphs, at a place in a run of text.
//
// Units    LayoutUnit px.
// Owner    points to the shaper's word.
#pragma once

#include <cstdint>
#include <string_view>

#include "document/geometry/units.h"
#include "document/text/shaper.h"

namespace galley::document {

struct TextPart {
    const ShapedWord* word = nullptr;
    std::uint32_t glyph_begin = 0, glyph_end = 0;
    LayoutUnit x;  // from the fragment's left edge
    LayoutUnit width;
    bool space = false;
    bool right_to_left = false;
    bool hyphen = false;     // shown because the line ends within a word: the text has none
    std::uint8_t level = 0;  // bidi
    LayoutUnit gap;          // justification behind the part, within its width
};

// The characters that the part's glyphs stand for.
std::string_view part_text(const TextPart& part);

}  // namespace galley::document
