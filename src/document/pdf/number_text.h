// src/document/pdf/number_text.h — numbers as PDF text, quickly and without a locale.
//
// Shape    append_hundredths(out, 1250) appends "12.5"; zeros and a leading 0 are left out ("-.5", "0").
// Units    coordinates of content streams are hundredths of a px: to_hundredths(LayoutUnit).
// Threads  any.
// Source   ISO 32000-1 §7.3.3.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "document/geometry/units.h"

namespace galley::document {

// value / 10^decimals; decimals 0–6.
inline void append_scaled(std::string& out, std::int64_t value, int decimals) {
    constexpr int kDigitsMax = 24;
    char digits[kDigitsMax];
    char* const end = digits + kDigitsMax;
    char* begin = end;
    std::uint64_t rest =
        value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    bool significant = false;
    for (int i = 0; i < decimals; ++i, rest /= 10) {
        significant = significant || rest % 10 != 0;
        if (significant) *--begin = static_cast<char>('0' + rest % 10);
    }
    if (significant) *--begin = '.';
    if (rest == 0 && !significant) *--begin = '0';
    for (; rest != 0; rest /= 10) *--begin = static_cast<char>('0' + rest % 10);
    if (value < 0 && !(end - begin == 1 && *begin == '0')) *--begin = '-';
    out.append(begin, static_cast<std::size_t>(end - begin));
}

inline void append_integer(std::string& out, std::int64_t value) {
    append_scaled(out, value, 0);
}
inline void append_hundredths(std::string& out, std::int64_t value) {
    // OPTIMIZATION: the coordinates of a page have few digits, and divisions of 32 bits are cheap.
    constexpr std::int64_t kShort = 100'000'000;
    if (value <= -kShort || value >= kShort) return append_scaled(out, value, 2);
    char digits[12];
    char* const end = digits + sizeof digits;
    char* begin = end;
    auto rest = static_cast<std::uint32_t>(value < 0 ? -value : value);
    const std::uint32_t share = rest % 100;
    rest /= 100;
    if (share != 0) {
        if (share % 10 != 0) *--begin = static_cast<char>('0' + share % 10);
        *--begin = static_cast<char>('0' + share / 10);
        *--begin = '.';
    } else if (rest == 0) {
        *--begin = '0';
    }
    for (; rest != 0; rest /= 10) *--begin = static_cast<char>('0' + rest % 10);
    if (value < 0) *--begin = '-';
    out.append(begin, static_cast<std::size_t>(end - begin));
}

// Rounded to `decimals` places; values beyond ±1e12 and NaN become 0, which no page needs.
inline void append_real(std::string& out, double value, int decimals = 3) {
    constexpr double kPowers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (!(std::abs(value) < 1e12)) value = 0;
    append_scaled(out, std::llround(value * kPowers[decimals]), decimals);
}

inline std::int64_t to_hundredths(LayoutUnit value) {
    return (std::int64_t{value.raw()} * 100 + 32) >> 6;
}

}  // namespace galley::document
