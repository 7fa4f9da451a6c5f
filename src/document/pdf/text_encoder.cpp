#include "document/pdf/text_encoder.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/win_ansi.h"
#include "document/text/utf8.h"

namespace galley::document {
namespace {

constexpr double kSyntheticBoldShare = 1.0 / 30;  // stroke width per em

bool is_invisible(char32_t c) {
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF;
}

// The first character when all others are invisible, else 0.
char32_t only_character(std::string_view text) {
    std::size_t at = 0;
    const char32_t first = text.empty() ? 0 : decode_utf8(text, at);
    while (at < text.size())
        if (!is_invisible(decode_utf8(text, at))) return 0;
    return first;
}

bool starts_cluster(std::span<const Glyph> glyphs, std::size_t i) {
    return i == 0 || glyphs[i - 1].cluster != glyphs[i].cluster;
}

// The text of the cluster that glyph i belongs to.
std::string_view cluster_text(const ShapedWord& word, std::size_t i, bool right_to_left) {
    const std::span<const Glyph> glyphs = word.glyphs;
    const std::size_t begin = std::min<std::size_t>(glyphs[i].cluster, word.text.size());
    std::size_t end = word.text.size();
    if (right_to_left) {
        while (i > 0 && glyphs[i - 1].cluster == begin) --i;
        if (i > 0) end = glyphs[i - 1].cluster;
    } else {
        while (i + 1 < glyphs.size() && glyphs[i + 1].cluster == begin) ++i;
        if (i + 1 < glyphs.size()) end = glyphs[i + 1].cluster;
    }
    end = std::clamp(end, begin, word.text.size());
    return word.text.substr(begin, end - begin);
}

bool has_spaces(const DrawText& text) {
    return std::ranges::any_of(text.parts, [](const TextPart& part) {
        return part.space || part.word->text.find(' ') != std::string_view::npos;
    });
}

std::int64_t rounded_div(std::int64_t value, std::int64_t divisor) {
    return value >= 0 ? (value + divisor / 2) / divisor : -((-value + divisor / 2) / divisor);
}

}  // namespace

void TextEncoder::draw(const DrawText& text, ContentStream& out) {
    if (text.face == nullptr || text.face->file_bytes().empty() || text.parts.empty() || !(text.size_px > 0)) return;
    out_ = &out;
    use_ = &fonts_.use(*text.face);
    units_per_em_ = text.face->metrics().units_per_em;
    gap_units_ = settled_units_ = written_ = 0;
    mode_ = Mode::None;
    out.begin_text();
    if (text.face->synthetic_bold())
        out.text_render_bold(text.size_px * kSyntheticBoldShare, text.color);
    else
        out.text_render_plain();
    if (text.shadow) out.begin_actual_text("");
    out.text_origin(text.origin, text.face->synthetic_oblique());
    for (const TextPart& part : text.parts) {
        encode_part(text, part);
        if (part.gap > LayoutUnit())
            gap_units_ -= std::llround(part.gap.px() * static_cast<double>(units_per_em_) / text.size_px);
    }
    flush();
    if (text.shadow) out.end_actual_text();
}

// OPTIMIZATION: words of ASCII that the font draws glyph by character need no look at clusters.
void TextEncoder::encode_part(const DrawText& text, const TextPart& part) {
    const ShapedWord& word = *part.word;
    if (word.form != WordForm::Any && use_->codes->one_byte && !text.right_to_left) {
        if (part.glyph_begin == part.glyph_end) return;
        if (word.form == WordForm::Plain)
            return encode_plain(text, word.text.substr(part.glyph_begin, part.glyph_end - part.glyph_begin));
        return encode_ascii(text, part);
    }
    for (std::size_t i = part.glyph_begin; i < part.glyph_end; ++i) encode_glyph(text, part, i);
}

void TextEncoder::encode_plain(const DrawText& text, std::string_view characters) {
    enter(Mode::OneByte, text);
    use_->blocks |= kBlockAscii;
    adjust();
    open_string();
    operand_ += characters;
}

void TextEncoder::encode_ascii(const DrawText& text, const TextPart& part) {
    const FaceCodes& codes = *use_->codes;
    enter(Mode::OneByte, text);
    use_->blocks |= kBlockAscii;
    for (std::size_t i = part.glyph_begin; i < part.glyph_end; ++i) {
        const auto c = static_cast<unsigned char>(part.word->text[i]);
        adjust();
        append_byte(c);
        gap_units_ += codes.advances[c] - part.word->glyphs[i].advance;
    }
}

void TextEncoder::encode_glyph(const DrawText& text, const TextPart& part, std::size_t i) {
    const std::span<const Glyph> glyphs = part.word->glyphs;
    const Glyph& glyph = glyphs[i];
    const FaceCodes& codes = *use_->codes;
    const std::string_view characters = cluster_text(*part.word, i, text.right_to_left);
    const bool alone = starts_cluster(glyphs, i) && (i + 1 == glyphs.size() || glyphs[i + 1].cluster != glyph.cluster);
    const unsigned code =
        alone && codes.one_byte && !text.right_to_left ? win_ansi_code(only_character(characters)) : 0;
    const bool one_byte = code != 0 && codes.glyphs[code] == glyph.id && glyph.id != 0;
    gap_units_ -= glyph.x_offset;
    if (glyph.y_offset != 0) {
        flush();
        out_->text_rise(glyph.y_offset * text.size_px / static_cast<double>(units_per_em_));
    }
    const bool drawn = !one_byte && use_->pictures && is_drawn(*use_->face, glyph.id);
    if (!drawn) enter(one_byte ? Mode::OneByte : Mode::Composite, text);
    if (one_byte) {
        use_->blocks |= win_ansi_block(code);
        adjust();
        append_byte(static_cast<unsigned char>(code));
        gap_units_ += codes.advances[code] - glyph.advance;
    } else {
        encode_composite(text, part, i, characters, drawn);
    }
    gap_units_ += glyph.x_offset;
    if (glyph.y_offset != 0) {
        flush();
        out_->text_rise(0);
    }
}

// By the procedure of a Type 3 font; the next glyph sets its own font again.
void TextEncoder::encode_drawn(const DrawText& text, const Glyph& glyph) {
    const std::size_t number = use_->note_drawn(glyph.id);
    flush();
    out_->font(use_->drawn_name(number), text.size_px);
    out_->letter_spacing(text.letter_spacing_px);
    adjust();
    append_byte(static_cast<unsigned char>(number % kDrawnGlyphsPerFont));
    gap_units_ += use_->face->advance(glyph.id) - glyph.advance;
    flush();
    mode_ = Mode::None;
}

void TextEncoder::encode_composite(const DrawText& text, const TextPart& part, std::size_t i,
                                   std::string_view characters, bool drawn) {
    const Glyph& glyph = part.word->glyphs[i];
    const FaceCodes& codes = *use_->codes;
    // Only a cluster's first glyph stands for its text; GAP: its further glyphs stand for nothing.
    const std::string_view meaning = starts_cluster(part.word->glyphs, i) ? characters : std::string_view();
    const bool fits = use_->note_glyph(glyph.id, meaning);
    const bool own_span = !fits;
    if (own_span) {
        flush();
        out_->begin_actual_text(meaning);
        if (!drawn) enter(Mode::Composite, text);
    }
    if (drawn) {
        encode_drawn(text, glyph);
        if (own_span) out_->end_actual_text();
        return;
    }
    const std::uint32_t cid = glyph.id < codes.cids.size() ? codes.cids[glyph.id] : glyph.id;
    adjust();
    append_byte(static_cast<unsigned char>(cid >> 8 & 0xFF));
    append_byte(static_cast<unsigned char>(cid & 0xFF));
    gap_units_ += use_->face->advance(glyph.id) - glyph.advance;
    if (meaning == " ")  // word spacing by operator works for one-byte codes only
        gap_units_ -= std::llround(text.word_spacing.px() * static_cast<double>(units_per_em_) / text.size_px);
    if (own_span) {
        flush();
        out_->end_actual_text();
    }
}

void TextEncoder::enter(Mode mode, const DrawText& text) {
    if (mode_ == mode) return;
    flush();
    mode_ = mode;
    out_->font(mode == Mode::OneByte ? use_->simple_name : use_->composite_name, text.size_px);
    out_->letter_spacing(text.letter_spacing_px);
    if (mode == Mode::OneByte && !out_->has_word_spacing(text.word_spacing) && has_spaces(text))
        out_->word_spacing(text.word_spacing);
}

// Moves to where the next glyph belongs.
void TextEncoder::move_to_gap() {
    constexpr std::int64_t kThousand = 1000;
    settled_units_ = gap_units_;
    const std::int64_t wanted = rounded_div(gap_units_ * kThousand, units_per_em_);
    if (wanted == written_) return;
    if (string_open_) operand_ += ')';
    string_open_ = false;
    append_integer(operand_, wanted - written_);
    written_ = wanted;
    adjusted_ = true;
}

void TextEncoder::append_byte(unsigned char byte) {
    open_string();
    const char c = static_cast<char>(byte);
    if (c == '(' || c == ')' || c == '\\') operand_ += '\\';
    if (c == '\r')
        operand_ += "\\r";
    else
        operand_ += c;
}

void TextEncoder::flush() {
    if (operand_.empty()) return;
    if (string_open_) operand_ += ')';
    out_->show(operand_, adjusted_ ? ContentStream::Operand::Array : ContentStream::Operand::String);
    operand_.clear();
    string_open_ = adjusted_ = false;
}

}  // namespace galley::document
