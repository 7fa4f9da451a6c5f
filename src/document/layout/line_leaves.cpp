#include "document/layout/line_leaves.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "document/text/utf8.h"

namespace galley::document {

namespace {

char32_t first_character(std::string_view text) {
    std::size_t at = 0;
    return text.empty() ? 0 : decode_utf8(text, at);
}

char32_t last_character(std::string_view text) {
    std::size_t at = text.size();
    while (at > 0 && is_utf8_continuation(text[at - 1])) --at;
    if (at == 0) return 0;
    --at;
    return decode_utf8(text, at);
}

// Ideographs and kana; Hangul is spread at its spaces.
bool is_wide(char32_t c) {
    return c >= 0x2E80 && (u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_IDEOGRAPHIC) != 0 ||
                           (c >= 0x3001 && c <= 0x30FF) || (c >= 0xFF01 && c <= 0xFF60));
}

}  // namespace

// What the line shows, in reading order, for the reordering of UAX #9.
VisualLine visual_line(const Box& container, std::span<const InlineItem> items, const LineRange& range,
                       std::uint8_t base_level) {
    using Kind = InlineItem::Kind;
    VisualLine line(container, base_level);
    bool seen_content = false;
    const std::uint32_t end = range.end.item + (range.end.glyph > 0 ? 1U : 0U);
    for (std::uint32_t index = range.begin.item; index < end; ++index) {
        const InlineItem& item = items[index];
        switch (item.kind) {
            case Kind::Open:
                line.open(*item.box);
                break;
            case Kind::Close:
                line.close(index, *item.box);
                break;
            case Kind::Text: {
                const bool vanishes = item.collapsible && (index >= range.content_end || !seen_content);
                if (item.piece == PieceKind::ForcedBreak || vanishes) break;
                seen_content = true;
                if (item.piece == PieceKind::SoftHyphen) break;
                const bool blank = item.piece == PieceKind::Space || item.piece == PieceKind::Tab;
                line.add(index, item.bidi_level, *item.box->parent, blank, item.piece == PieceKind::Tab);
                break;
            }
            case Kind::Atomic:
            case Kind::Leader:
                seen_content = true;
                line.add(index, item.bidi_level, *item.box->parent, false, false);
                break;
            case Kind::Positioned:
                line.add(index, line.last_level(), *item.box->parent, false, false);
                break;
            case Kind::LineBreak:
            case Kind::Float:
                break;
        }
    }
    if (range.hyphen && range.content_end > 0) {
        const InlineItem& last = items[range.content_end - 1];
        line.add(kHyphenLeaf, last.bidi_level, *last.box->parent, false, false);
    }
    line.reorder();
    return line;
}

// Where a line of ideographs or kana may be spread: UAX #14 lets it end there, and one side is such a character.
bool spreads_between(const InlineItem& before, const InlineItem& after) {
    if (before.piece != PieceKind::Word || after.piece != PieceKind::Word || !before.break_after) return false;
    if (before.word == nullptr || after.word == nullptr) return false;
    return is_wide(last_character(before.word->text)) || is_wide(first_character(after.word->text));
}

// How high letters of several faces are is left open (CSS 2.1 §10.6.1): from the highest ascent to the deepest descent,
// with half of the leading above and below, as in WeasyPrint. Such a line may be higher than its line-height.
FontFacts facts_of_faces(const FontFacts& font, std::span<const TextPart> parts, double size_px) {
    FontFacts shown = font;
    shown.ascent = shown.descent = {};
    for (const TextPart& part : parts) {
        const FaceMetrics& metrics = part.word->face->unscaled().metrics();
        const double scale = size_px / std::max(1, metrics.units_per_em);
        shown.ascent = std::max(shown.ascent, LayoutUnit::from_px(metrics.ascent * scale));
        shown.descent = std::max(shown.descent, LayoutUnit::from_px(metrics.descent * scale));
    }
    return shown;
}

}  // namespace galley::document
