#include "document/text/word_shaper.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <limits>

#include "document/text/utf8.h"

namespace galley::document {
namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Common and Inherited characters take their neighbours' script.
hb_script_t script_of(char32_t c) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode code = uscript_getScript(static_cast<UChar32>(c), &status);
    if (U_FAILURE(status) || code == USCRIPT_COMMON || code == USCRIPT_INHERITED) return HB_SCRIPT_COMMON;
    return hb_script_from_string(uscript_getShortName(code), -1);
}

// Stays with the face of what it follows: marks, joiners, variation selectors.
bool is_extender(char32_t c) {
    constexpr std::uint32_t kMarks = U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ME_MASK;
    return (U_GET_GC_MASK(static_cast<UChar32>(c)) & kMarks) != 0 ||
           u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

// UTS #51: shown as an emoji by itself, or because U+FE0F follows.
bool is_emoji_at(std::string_view text, char32_t c, std::size_t next) {
    if (c >= 0x231A && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EMOJI_PRESENTATION) != 0) return true;
    if (text.substr(next, 3) != "\uFE0F") return false;
    return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EMOJI) != 0;
}

// OpenType numbers glyphs with 16 bits.
std::uint16_t glyph_id(hb_codepoint_t glyph) {
    return glyph <= 0xFFFF ? static_cast<std::uint16_t>(glyph) : std::uint16_t{0};
}

std::int16_t short_offset(hb_position_t offset) {
    using Limits = std::numeric_limits<std::int16_t>;
    return static_cast<std::int16_t>(std::clamp<hb_position_t>(offset, Limits::min(), Limits::max()));
}

bool is_ignorable(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) ||
           u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

}  // namespace

WordShaper::WordShaper() : buffer_(hb_buffer_create()) {
    hb_buffer_set_flags(buffer_, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
}
WordShaper::~WordShaper() {
    hb_buffer_destroy(buffer_);
}

const WordEntry& WordShaper::shape(std::string_view text, FontChoice& choice, Direction direction,
                                   std::span<const std::uint32_t> cuts) {
    entry_ = {};
    items_.clear();
    if (is_ascii(text) && !choice.makes_small_caps()) {
        itemise_ascii(text, choice);
    } else {
        itemise(text, choice);
    }
    return shape_items(text, choice, direction, cuts);
}

const WordEntry& WordShaper::shape_with(const Face& face, std::string_view text, FontChoice& choice,
                                        Direction direction) {
    entry_ = {};
    items_.clear();
    itemise(text, choice);
    const hb_script_t script = items_.empty() ? HB_SCRIPT_LATIN : items_.front().script;
    items_.assign(1, {0, static_cast<std::uint32_t>(text.size()), &face, script, false});
    return shape_items(text, choice, direction, {});
}

void WordShaper::itemise_ascii(std::string_view text, FontChoice& choice) {
    const Face& primary = choice.primary();
    const bool covered = std::ranges::all_of(
        text, [&](char c) { return is_control(c) || primary.glyph(static_cast<unsigned char>(c)) != 0; });
    if (!covered) return itemise(text, choice);
    items_.push_back({0, static_cast<std::uint32_t>(text.size()), &primary, HB_SCRIPT_LATIN, false});
}

void WordShaper::itemise(std::string_view text, FontChoice& choice) {
    hb_script_t script = HB_SCRIPT_COMMON;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = static_cast<std::uint32_t>(at);
        const char32_t c = decode_utf8(text, at);
        const auto end = static_cast<std::uint32_t>(at);
        const Face* face = nullptr;
        if (!items_.empty() && (is_ignorable(c) || (is_extender(c) && items_.back().face->glyph(c) != 0)))
            face = items_.back().face;
        if (face == nullptr) face = is_emoji_at(text, c, at) ? choice.emoji_face_for(c) : choice.face_for(c);
        if (face == nullptr) {
            face = &choice.primary();
            entry_.missing = entry_.missing || !is_ignorable(c);
        }
        const bool capitals = choice.makes_small_caps() && u_islower(static_cast<UChar32>(c)) != 0;
        if (capitals) {
            const auto upper = static_cast<char32_t>(u_toupper(static_cast<UChar32>(c)));
            const Face* const base = upper != c ? choice.face_for(upper) : nullptr;
            const Face* const small = base != nullptr ? choice.small_caps_face(*base) : nullptr;
            if (small != nullptr) face = small;
        }
        const hb_script_t own = script_of(c);
        if (own != HB_SCRIPT_COMMON && script == HB_SCRIPT_COMMON)
            for (Item& item : items_) item.script = own;  // leading digits and punctuation
        if (own != HB_SCRIPT_COMMON) script = own;
        if (!items_.empty() && items_.back().face == face && items_.back().script == script)
            items_.back().end = end;
        else
            items_.push_back({begin, end, face, script, face->scale() != 1});
    }
    for (Item& item : items_)
        if (item.script == HB_SCRIPT_COMMON) item.script = HB_SCRIPT_LATIN;
}

const WordEntry& WordShaper::shape_items(std::string_view text, FontChoice& choice, Direction direction,
                                         std::span<const std::uint32_t> cuts) {
    parts_.clear();
    glyphs_.clear();
    glyph_counts_.clear();
    for (const Item& item : items_) {
        shape_item(item, text, choice, direction);
        cut_item(item, text, direction, cuts);
    }
    std::span<const Glyph> glyphs = glyphs_;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        parts_[i].word.glyphs = glyphs.first(glyph_counts_[i]);
        glyphs = glyphs.subspan(glyph_counts_[i]);
    }
    entry_.set_text(text);
    entry_.set_parts(parts_);
    return entry_;
}

void WordShaper::fill_buffer(const Item& item, std::string_view text) {
    if (!item.capitals) {
        hb_buffer_add_utf8(buffer_, text.data(), static_cast<int>(text.size()), item.begin,
                           static_cast<int>(item.end - item.begin));
        return;
    }
    hb_buffer_set_content_type(buffer_, HB_BUFFER_CONTENT_TYPE_UNICODE);
    for (std::size_t at = item.begin; at < item.end;) {
        const auto cluster = static_cast<unsigned>(at);
        const char32_t c = decode_utf8(text, at);
        hb_buffer_add(buffer_, static_cast<hb_codepoint_t>(u_toupper(static_cast<UChar32>(c))), cluster);
    }
}

void WordShaper::shape_item(const Item& item, std::string_view text, FontChoice& choice, Direction direction) {
    if (item.script == HB_SCRIPT_LATIN && direction == Direction::Ltr && !item.capitals &&
        item.face == &choice.primary()) {
        PairShaping* const pairs = choice.pair_shaping();
        const std::string_view own = text.substr(item.begin, item.end - item.begin);
        if (pairs != nullptr && pairs->shape(own, item.begin, item_glyphs_)) return;
    }
    hb_buffer_clear_contents(buffer_);
    fill_buffer(item, text);
    hb_buffer_set_direction(buffer_, direction == Direction::Ltr ? HB_DIRECTION_LTR : HB_DIRECTION_RTL);
    hb_buffer_set_script(buffer_, item.script);
    hb_buffer_set_language(buffer_, choice.language());
    hb_shape(item.face->hb_font(), buffer_, choice.features().data(), static_cast<unsigned>(choice.features().size()));
    unsigned count = 0;
    const hb_glyph_info_t* const infos = hb_buffer_get_glyph_infos(buffer_, &count);
    const hb_glyph_position_t* const positions = hb_buffer_get_glyph_positions(buffer_, &count);
    item_glyphs_.clear();
    for (unsigned i = 0; i < count; ++i) {
        if (infos[i].codepoint == 0 && is_control(text[infos[i].cluster])) continue;
        item_glyphs_.push_back({infos[i].cluster, positions[i].x_advance, glyph_id(infos[i].codepoint),
                                short_offset(positions[i].x_offset), short_offset(positions[i].y_offset)});
    }
}

void WordShaper::cut_item(const Item& item, std::string_view text, Direction direction,
                          std::span<const std::uint32_t> cuts) {
    const std::size_t count = item_glyphs_.size();
    std::uint32_t begin = item.begin;
    std::size_t done = 0;  // glyphs given out, counted in logical order
    const auto logical = [&](std::size_t i) -> const Glyph& {
        return item_glyphs_[direction == Direction::Ltr ? i : count - 1 - i];
    };
    const auto emit = [&](std::uint32_t end, std::size_t upto) {
        if (direction == Direction::Ltr)
            add_part(item, text, begin, end, done, upto);
        else
            add_part(item, text, begin, end, count - upto, count - done);
        begin = end;
        done = upto;
    };
    for (const std::uint32_t cut : cuts) {
        if (cut <= item.begin || cut >= item.end) continue;
        std::size_t upto = done;
        while (upto < count && logical(upto).cluster < cut) ++upto;
        if (upto < count && logical(upto).cluster == cut) emit(cut, upto);
    }
    emit(item.end, count);
}

void WordShaper::add_part(const Item& item, std::string_view text, std::uint32_t begin, std::uint32_t end,
                          std::size_t first_glyph, std::size_t last_glyph) {
    WordPart part{{item.face, text.substr(begin, end - begin), {}, 0}, begin, end};
    for (std::size_t i = first_glyph; i < last_glyph; ++i) {
        Glyph& glyph = glyphs_.emplace_back(item_glyphs_[i]);
        glyph.cluster -= begin;
        part.word.advance += glyph.advance;
    }
    glyph_counts_.push_back(last_glyph - first_glyph);
    parts_.push_back(part);
}

}  // namespace galley::document
