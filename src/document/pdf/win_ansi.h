// src/document/pdf/win_ansi.h — the one-byte encoding of simple fonts: WinAnsiEncoding, which is Latin-1 and 27 signs
// more.
//
// Shape    win_ansi_code(c) → 0x20–0xFF, or 0 when c is not in the encoding; win_ansi_character(code) → c, or 0.
//          Codes fall into blocks of which a font subset holds all or nothing, so that documents share subsets.
// Threads  any.
// Source   ISO 32000-1 Annex D.2. U+00AD is left out (viewers print its code as a hyphen).
#pragma once

#include <array>
#include <cstdint>

namespace galley::document {

// 0x80–0x9F, 0 = unassigned.
inline constexpr std::array<char16_t, 32> kWinAnsiUpper = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

constexpr char32_t win_ansi_character(unsigned code) {
    if (code >= 0x80 && code < 0xA0) return kWinAnsiUpper[code - 0x80];
    return code < 0x20 || code == 0x7F || code == 0xAD || code > 0xFF ? 0 : code;
}

constexpr unsigned win_ansi_code(char32_t c) {
    if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) return win_ansi_character(c) == 0 ? 0 : static_cast<unsigned>(c);
    for (unsigned i = 0; i < kWinAnsiUpper.size(); ++i)
        if (kWinAnsiUpper[i] == c && c != 0) return 0x80 + i;
    return 0;
}

enum WinAnsiBlock : std::uint8_t { kBlockAscii = 1, kBlockSigns = 2, kBlockLetters = 4 };

constexpr std::uint8_t win_ansi_block(unsigned code) {
    if (code < 0x80) return kBlockAscii;
    return code < 0xC0 ? kBlockSigns : kBlockLetters;
}

}  // namespace galley::document
