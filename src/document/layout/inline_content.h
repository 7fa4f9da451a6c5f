// src/document/layout/inline_content.h — a block container's inline children as one flat list: shaped once, broken
// often.
//
// Shape    items in document order; an inline box is an Open and a Close item around its content. White space is
//          collapsed and text transformed here.
// Owner    the box tree's arena; cached per container.
// Source   CSS Text 3 §4 (white space), §2 (transformation); CSS 2.1 §9.4.2.
#pragma once

#include <span>

#include "document/layout/box_geometry.h"

namespace galley::document {

struct InlineItem {
    enum class Kind : std::uint8_t { Text, Open, Close, Atomic, LineBreak, Float, Positioned, Leader };
    Kind kind = Kind::Text;
    PieceKind piece = PieceKind::Word;
    bool break_after = false;  // a line may end after this item
    bool collapsible = false;  // a space that vanishes at a line's end
    std::uint8_t bidi_level = 0;
    const Box* box = nullptr;  // Text: its text box
    const ShapedWord* word = nullptr;
    LayoutUnit width;  // Text: with letter and word spacing
};

struct InlineContent {
    std::span<const InlineItem> items;
    bool right_to_left = false;  // some piece is
};

const InlineContent& inline_content(LayoutContext& context, const Box& container);
IntrinsicWidths inline_widths(LayoutContext& context, const Box& container);

// Width of glyphs [begin, end) of a text item.
LayoutUnit glyph_width(const InlineItem& item, std::uint32_t begin, std::uint32_t end);
bool allows_wrap(WhiteSpace mode);

}  // namespace galley::document
