#include "document/text/bidi.h"

#include <unicode/ubidi.h>

#include <algorithm>
#include <iterator>

#include "document/text/utf8.h"

namespace galley::document {

// Below U+0590 nothing runs right to left; the controls U+200F, U+202B, U+202E and U+2067 start with bytes E2 80/81
// as most punctuation does, so these are looked at whole.
bool needs_bidi(std::string_view text) {
    unsigned char largest = 0;  // a plain maximum, which compilers do sixteen bytes at a time
    for (const char c : text) largest = std::max(largest, static_cast<unsigned char>(c));
    if (largest < 0xD6) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0xD6) continue;
        if (byte <= 0xDF) return true;  // U+0580–U+07FF
        if (byte == 0xE0 || byte == 0xEF || byte >= 0xF0) return true;
        if (byte != 0xE2) continue;
        std::size_t at = i;
        const char32_t c = decode_utf8(text, at);
        if (c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) return true;
    }
    return false;
}

struct BidiLevels::Icu {
    UBiDi* bidi = ubidi_open();
    ~Icu() { ubidi_close(bidi); }
};

BidiLevels::BidiLevels() = default;
BidiLevels::~BidiLevels() = default;

const std::vector<std::uint8_t>& BidiLevels::find(std::string_view text, ParagraphBase base) {
    if (!icu_) icu_ = std::make_unique<Icu>();
    utf16_.clear();
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = decode_utf8(text, at);
        if (c >= 0x10000) utf16_ += static_cast<char16_t>(0xD7C0 + (c >> 10));
        utf16_ += static_cast<char16_t>(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    }
    const UBiDiLevel given = base == ParagraphBase::Rtl ? 1 : 0;
    levels_.assign(text.size(), given);
    paragraphs_.assign(1, {0, given});
    UErrorCode status = U_ZERO_ERROR;
    ubidi_setPara(icu_->bidi, utf16_.data(), static_cast<std::int32_t>(utf16_.size()),
                  base == ParagraphBase::FirstStrong ? UBiDiLevel{UBIDI_DEFAULT_LTR} : given, nullptr, &status);
    const UBiDiLevel* const levels = ubidi_getLevels(icu_->bidi, &status);
    if (U_FAILURE(status)) return levels_;
    std::size_t unit = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t c = decode_utf8(text, at);
        for (std::size_t i = begin; i < at; ++i) levels_[i] = levels[unit];
        unit += c >= 0x10000 ? 2 : 1;
    }
    if (base == ParagraphBase::FirstStrong) find_paragraphs(text);
    return levels_;
}

void BidiLevels::find_paragraphs(std::string_view text) {
    paragraphs_.clear();
    std::size_t at = 0;
    std::int32_t unit = 0;
    const std::int32_t count = ubidi_countParagraphs(icu_->bidi);
    for (std::int32_t i = 0; i < count; ++i) {
        std::int32_t begin = 0, end = 0;
        UBiDiLevel level = 0;
        UErrorCode status = U_ZERO_ERROR;
        ubidi_getParagraphByIndex(icu_->bidi, i, &begin, &end, &level, &status);
        if (U_FAILURE(status)) break;
        while (at < text.size() && unit < begin) unit += decode_utf8(text, at) >= 0x10000 ? 2 : 1;
        paragraphs_.push_back({at, level});
    }
    if (paragraphs_.empty()) paragraphs_.push_back({0, 0});
}

std::uint8_t BidiLevels::paragraph_level(std::size_t byte) const {
    const auto after = std::ranges::upper_bound(paragraphs_, byte, {}, &Paragraph::begin);
    return after == paragraphs_.begin() ? std::uint8_t{0} : std::prev(after)->level;
}

}  // namespace galley::document
