#include "document/pdf/text_encoder.h"

#include <algorithm>

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

std::int64_t rounded_div(std::int64_t value, std::int64_t divisor) {
    return value >= 0 ? (value + divisor / 2) / divisor : -((-value + divisor / 2) / divisor);
}

}  // namespace

void TextEncoder::draw(const DrawText& text, ContentStream& out) {
    if (text.face == nullptr || text.face->file_bytes().empty() || text.glyphs.empty() || !(text.size_px > 0)) return;
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
    out.text_origin(text.origin, text.face->synthetic_oblique());
    encode_glyphs(text);
    flush();
}

void TextEncoder::encode_glyphs(const DrawText& text) {
    for (std::size_t i = 0; i < text.glyphs.size();) {
        if (const std::size_t next = encode_ascii(text, i); next != i) {
            i = next;
            continue;
        }
        encode_glyph(text, i);
        ++i;
    }
}

// OPTIMIZATION: the common case without look at clusters: an ASCII character drawn by its own glyph.
std::size_t TextEncoder::encode_ascii(const DrawText& text, std::size_t i) {
    const FaceCodes& codes = *use_->codes;
    if (!codes.one_byte || text.right_to_left) return i;
    const std::size_t count = text.glyphs.size();
    for (; i < count; ++i) {
        const Glyph& glyph = text.glyphs[i];
        if (glyph.cluster >= text.text.size() || glyph.x_offset != 0 || glyph.y_offset != 0) break;
        const auto c = static_cast<unsigned char>(text.text[glyph.cluster]);
        const std::size_t end = i + 1 < count ? text.glyphs[i + 1].cluster : text.text.size();
        if (c < 0x20 || c >= 0x7F || end != glyph.cluster + 1 || codes.glyphs[c] != glyph.id || glyph.id == 0) break;
        if (mode_ != Mode::OneByte) enter(Mode::OneByte, text);
        use_->blocks |= kBlockAscii;
        adjust();
        append_byte(c);
        gap_units_ += codes.advances[c] - glyph.advance;
    }
    return i;
}

bool TextEncoder::starts_cluster(const DrawText& text, std::size_t i) const {
    return i == 0 || text.glyphs[i - 1].cluster != text.glyphs[i].cluster;
}

// The text of the cluster that glyph i belongs to.
std::string_view TextEncoder::cluster_text(const DrawText& text, std::size_t i) const {
    const std::string_view all = text.text;
    const std::size_t begin = std::min<std::size_t>(text.glyphs[i].cluster, all.size());
    std::size_t end = all.size();
    if (text.right_to_left) {
        while (i > 0 && text.glyphs[i - 1].cluster == begin) --i;
        if (i > 0) end = text.glyphs[i - 1].cluster;
    } else {
        while (i + 1 < text.glyphs.size() && text.glyphs[i + 1].cluster == begin) ++i;
        if (i + 1 < text.glyphs.size()) end = text.glyphs[i + 1].cluster;
    }
    end = std::clamp(end, begin, all.size());
    return all.substr(begin, end - begin);
}

void TextEncoder::encode_glyph(const DrawText& text, std::size_t i) {
    const Glyph& glyph = text.glyphs[i];
    const FaceCodes& codes = *use_->codes;
    const std::string_view characters = cluster_text(text, i);
    const bool alone =
        starts_cluster(text, i) && (i + 1 == text.glyphs.size() || text.glyphs[i + 1].cluster != glyph.cluster);
    const unsigned code =
        alone && codes.one_byte && !text.right_to_left ? win_ansi_code(only_character(characters)) : 0;
    const bool one_byte = code != 0 && codes.glyphs[code] == glyph.id && glyph.id != 0;
    gap_units_ -= glyph.x_offset;
    if (glyph.y_offset != 0) {
        flush();
        out_->text_rise(glyph.y_offset * text.size_px / static_cast<double>(units_per_em_));
    }
    enter(one_byte ? Mode::OneByte : Mode::Composite, text);
    if (one_byte) {
        use_->blocks |= win_ansi_block(code);
        adjust();
        append_byte(static_cast<unsigned char>(code));
        gap_units_ += codes.advances[code] - glyph.advance;
    } else {
        encode_composite(text, i, characters);
    }
    gap_units_ += glyph.x_offset;
    if (glyph.y_offset != 0) {
        flush();
        out_->text_rise(0);
    }
}

void TextEncoder::encode_composite(const DrawText& text, std::size_t i, std::string_view characters) {
    const Glyph& glyph = text.glyphs[i];
    const FaceCodes& codes = *use_->codes;
    // Only a cluster's first glyph stands for its text; GAP: its further glyphs stand for nothing.
    const std::string_view meaning = starts_cluster(text, i) ? characters : std::string_view();
    const bool fits = use_->note_glyph(glyph.id, meaning);
    const bool own_span = !fits;
    if (own_span) {
        flush();
        out_->begin_actual_text(meaning);
        enter(Mode::Composite, text);
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
    out_->letter_spacing(text.letter_spacing);
    if (mode == Mode::OneByte && text.text.find(' ') != std::string::npos) out_->word_spacing(text.word_spacing);
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
    if (!string_open_) operand_ += '(';
    string_open_ = true;
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
