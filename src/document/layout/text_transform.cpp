#include "document/layout/text_transform.h"

#include <unicode/ucasemap.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <memory>

#include "document/text/utf8.h"

namespace galley::document {

namespace {

using CaseMap = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

// Full case mapping (ß → SS); without ICU's help the text stays as it is.
std::string map_case(std::string_view text, CaseMap map) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UCaseMap, decltype(&ucasemap_close)> cases(ucasemap_open("", 0, &status), &ucasemap_close);
    if (U_FAILURE(status)) return std::string(text);
    std::string out(text.size() * 3 + 8, '\0');
    const std::int32_t length = map(cases.get(), out.data(), static_cast<std::int32_t>(out.size()), text.data(),
                                    static_cast<std::int32_t>(text.size()), &status);
    if (U_FAILURE(status)) return std::string(text);
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string map_ascii(std::string_view text, char from, int delta) {
    std::string out(text);
    for (char& c : out)
        if (c >= from && c < from + 26) c = static_cast<char>(c + delta);
    return out;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
}

std::string capitalize(std::string_view text, char32_t previous) {
    std::string out;
    bool in_word = previous != 0 && u_isalnum(static_cast<UChar32>(previous)) != 0;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = decode_utf8(text, at);
        const bool letter = u_isalnum(static_cast<UChar32>(c)) != 0 || (in_word && (c == '\'' || c == 0x2019));
        append_utf8(out, letter && !in_word ? static_cast<char32_t>(u_totitle(static_cast<UChar32>(c))) : c);
        in_word = letter;
    }
    return out;
}

std::string full_width(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = decode_utf8(text, at);
        append_utf8(out, c == ' ' ? 0x3000 : c > 0x20 && c < 0x7F ? c + 0xFEE0 : c);
    }
    return out;
}

}  // namespace

bool preserves_spaces(WhiteSpace mode) {
    return mode == WhiteSpace::Pre || mode == WhiteSpace::PreWrap || mode == WhiteSpace::BreakSpaces;
}

bool preserves_breaks(WhiteSpace mode) {
    return preserves_spaces(mode) || mode == WhiteSpace::PreLine;
}

std::string transform_text(std::string_view text, TextTransform transform, char32_t previous) {
    switch (transform) {
        case TextTransform::Uppercase:
            return is_ascii(text) ? map_ascii(text, 'a', -32) : map_case(text, ucasemap_utf8ToUpper);
        case TextTransform::Lowercase:
            return is_ascii(text) ? map_ascii(text, 'A', 32) : map_case(text, ucasemap_utf8ToLower);
        case TextTransform::Capitalize:
            return capitalize(text, previous);
        case TextTransform::FullWidth:
            return full_width(text);
        case TextTransform::None:
            break;
    }
    return std::string(text);
}

void collapse_spaces(std::string_view text, WhiteSpace mode, bool& after_space, std::string& out) {
    if (preserves_spaces(mode)) {
        for (const char c : text)
            if (c != '\r') out += c;
        if (!text.empty()) after_space = false;
        return;
    }
    for (const char c : text) {
        if (c == '\n' && mode == WhiteSpace::PreLine) {
            if (!out.empty() && out.back() == ' ') out.pop_back();
            out += '\n';
            after_space = true;
        } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
            if (!after_space) out += ' ';
            after_space = true;
        } else {
            out += c;
            after_space = false;
        }
    }
}

}  // namespace galley::document
