// src/document/pdf/to_unicode.h — text as PDF wants it: UTF-16 strings, and the map that tells which text a glyph
// stands for.
//
// Shape    to_unicode_map(text of each glyph, CIDs) → a CMap program. utf16_hex("é") → "00E9".
//          text_string(utf8) → a string object: "(plain)" for ASCII, else "<FEFF…>".
// Threads  any.
// Source   ISO 32000-1 §7.9.2, §9.10.3; Adobe Technical Note 5014.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace galley::document {

std::string to_unicode_map(const std::map<std::uint32_t, std::string>& glyph_text, std::span<const std::uint16_t> cids);
std::string win_ansi_unicode_map();
// Of a font with one-byte codes: texts[code], up to 256 of them.
std::string byte_unicode_map(
    std::span<const std::string> texts);  // of all simple fonts: their codes are WinAnsiEncoding's
std::string utf16_hex(std::string_view utf8);
std::string text_string(std::string_view utf8);
std::string literal_string(std::string_view bytes);  // "(…)" with escapes

}  // namespace galley::document
