// src/document/layout/inline_content.h — a block container's inline children as one flat list: shaped once, broken
// often.
//
// Shape    items in document order; an inline box is an Open and a Close item around its content. White space is
//          collapsed and text transformed here.
// Owner    the box tree's arena; cached per container.
//          Bidi levels are those of the whole container: inline boxes with unicode-bidi count as the embedding
//          characters that they stand for, objects in the line as U+FFFC.
// Source   CSS Text 3 §4 (white space), §2 (transformation); CSS 2.1 §9.4.2; CSS Writing Modes 4 §2.4 (bidi).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "document/layout/box_geometry.h"

namespace galley::document {

struct InlineItem {
    enum class Kind : std::uint8_t { Text, Open, Close, Atomic, LineBreak, Float, Positioned, Leader };
    Kind kind = Kind::Text;
    PieceKind piece = PieceKind::Word;
    bool break_after = false;  // a line may end after this item
    bool collapsible = false;  // a space that vanishes at a line's end
    std::uint8_t bidi_level = 0;
    std::uint8_t paragraph_level = 0;
    const Box* box = nullptr;  // Text: its text box
    const ShapedWord* word = nullptr;
    LayoutUnit width;               // Text: with letter and word spacing
    std::uint32_t glyph_count = 0;  // of `word`, which is not looked at to build a line
};

struct InlineContent {
    std::span<const InlineItem> items;
    bool has_page_texts = false;  // some text depends on page numbers
    bool right_to_left = false;   // levels differ from 0: lines are reordered
    bool mixed_faces = false;     // some text is drawn by another face than the first of its style
    bool plaintext = false;       // each paragraph's direction is that of its first strong character
};

// Lists that every container's collection fills and empties: their memory is asked for once.
struct InlineScratch {
    std::vector<InlineItem> items;
    std::vector<Piece> pieces;
    std::string collapsed;
};

const InlineContent& inline_content(LayoutContext& context, const Box& container);
IntrinsicWidths inline_widths(LayoutContext& context, const Box& container);

// Glyphs of a text item are counted in reading order, so that a word can be split over lines; of a right-to-left word
// the first one stands last in the word's own, visual order.
struct GlyphRange {
    std::uint32_t begin = 0, end = 0;
};
GlyphRange visual_glyphs(const InlineItem& item, std::uint32_t begin, std::uint32_t end);
// Width of glyphs [begin, end) of a text item.
LayoutUnit glyph_width(const InlineItem& item, std::uint32_t begin, std::uint32_t end);
bool allows_wrap(WhiteSpace mode);
// Whether lines may end between any two characters.
bool breaks_anywhere(const InheritedStyle& style);
// The distance between tab stops; 0: tabs take no room.
LayoutUnit tab_stop(LayoutContext& context, const InheritedStyle& style);

}  // namespace galley::document
