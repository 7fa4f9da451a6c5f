// src/document/text/utf8.h — walking over UTF-8 that was checked at the engine's door.
//
// Shape    decode_utf8(text, offset) → the code point at offset, and offset moves behind it. Bytes that are no UTF-8
//          count as U+FFFD each, so a walk always ends.
// Threads  any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace galley::document {

char32_t decode_utf8_multibyte(std::string_view text, std::size_t& offset);
// Precondition: offset < text.size().
inline char32_t decode_utf8(std::string_view text, std::size_t& offset) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte >= 0x80) return decode_utf8_multibyte(text, offset);
    ++offset;
    return byte;
}

inline bool is_utf8_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

void append_utf8(std::string& out, char32_t code_point);

}  // namespace galley::document
