#include "document/text/bidi.h"

#include <unicode/ubidi.h>

#include <algorithm>

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

const std::vector<std::uint8_t>& BidiLevels::find(std::string_view text, Direction base) {
    if (!icu_) icu_ = std::make_unique<Icu>();
    utf16_.clear();
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = decode_utf8(text, at);
        if (c >= 0x10000) utf16_ += static_cast<char16_t>(0xD7C0 + (c >> 10));
        utf16_ += static_cast<char16_t>(c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    }
    const UBiDiLevel paragraph = base == Direction::Ltr ? 0 : 1;
    levels_.assign(text.size(), paragraph);
    UErrorCode status = U_ZERO_ERROR;
    ubidi_setPara(icu_->bidi, utf16_.data(), static_cast<std::int32_t>(utf16_.size()), paragraph, nullptr, &status);
    const UBiDiLevel* const levels = ubidi_getLevels(icu_->bidi, &status);
    if (U_FAILURE(status)) return levels_;
    std::size_t unit = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const char32_t c = decode_utf8(text, at);
        for (std::size_t i = begin; i < at; ++i) levels_[i] = levels[unit];
        unit += c >= 0x10000 ? 2 : 1;
    }
    return levels_;
}

}  // namespace galley::document
