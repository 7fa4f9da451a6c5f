#include "template/text_case.h"

#include <array>
#include <cstdint>

#include "codec/utf8.h"

namespace galley::templates {

namespace {

// Upper-case letters first..last, each `step` apart, have their lower-case letter `distance` behind.
struct CaseRange {
    std::uint32_t first;
    std::uint32_t last;
    std::uint32_t step;
    std::int32_t distance;
};

constexpr std::array<CaseRange, 20> kRanges{{{'A', 'Z', 1, 32},     {0xC0, 0xD6, 1, 32},
                                             {0xD8, 0xDE, 1, 32},   {0x100, 0x12E, 2, 1},
                                             {0x132, 0x136, 2, 1},  {0x139, 0x147, 2, 1},
                                             {0x14A, 0x176, 2, 1},  {0x178, 0x178, 1, 0xFF - 0x178},
                                             {0x179, 0x17D, 2, 1},  {0x386, 0x386, 1, 0x3AC - 0x386},
                                             {0x388, 0x38A, 1, 37}, {0x38C, 0x38C, 1, 64},
                                             {0x38E, 0x38F, 1, 63}, {0x391, 0x3A1, 1, 32},
                                             {0x3A3, 0x3AB, 1, 32}, {0x400, 0x40F, 1, 80},
                                             {0x410, 0x42F, 1, 32}, {0x460, 0x480, 2, 1},
                                             {0x48A, 0x4BE, 2, 1},  {0x218, 0x21A, 2, 1}}};

std::uint32_t shifted(std::uint32_t letter, std::int32_t by) {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(letter) + by);
}

std::uint32_t lower_of(std::uint32_t letter) {
    for (const CaseRange& range : kRanges) {
        if (letter < range.first || letter > range.last) continue;
        if ((letter - range.first) % range.step == 0) return shifted(letter, range.distance);
    }
    return letter;
}

std::uint32_t upper_of(std::uint32_t letter) {
    if (letter == 0x3C2) return 0x3A3;  // final sigma
    if (letter == 0xB5) return 0x39C;   // micro sign
    for (const CaseRange& range : kRanges) {
        const std::uint32_t first = shifted(range.first, range.distance);
        if (letter < first || letter > shifted(range.last, range.distance)) continue;
        if ((letter - first) % range.step == 0) return shifted(letter, -range.distance);
    }
    return letter;
}

std::uint32_t decode(std::string_view sequence) {
    const auto byte = [sequence](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    if (sequence.size() == 1) return byte(0);
    std::uint32_t value = byte(0) & (0xFFU >> (sequence.size() + 1));
    for (std::size_t i = 1; i < sequence.size(); ++i) value = (value << 6) | (byte(i) & 0x3FU);
    return value;
}

void append_upper(std::string& out, std::uint32_t letter) {
    if (letter == 0xDF) {
        out += "SS";
    } else {
        codec::append_utf8(out, upper_of(letter));
    }
}

// Calls f(letter) for each character; bytes that are not UTF-8 are copied.
template <typename F>
std::string map_letters(std::string_view text, F f) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = codec::utf8_sequence_length(text);
        if (length == 0) {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        f(out, decode(text.substr(0, length)));
        text.remove_prefix(length);
    }
    return out;
}

bool begins_word_after(std::uint32_t letter) {
    constexpr std::string_view kAsciiBounds = " \t\n\v\f\r-({[<\x1C\x1D\x1E\x1F";
    return letter < 0x80 ? kAsciiBounds.contains(static_cast<char>(letter)) : letter == 0xA0 || letter == 0x85;
}

}  // namespace

std::string upper_case(std::string_view text) {
    return map_letters(text, append_upper);
}

std::string lower_case(std::string_view text) {
    return map_letters(text, [](std::string& out, std::uint32_t letter) { codec::append_utf8(out, lower_of(letter)); });
}

std::string title_case(std::string_view text) {
    bool first = true;
    return map_letters(text, [&first](std::string& out, std::uint32_t letter) {
        if (first) {
            append_upper(out, letter);
        } else {
            codec::append_utf8(out, lower_of(letter));
        }
        first = begins_word_after(letter);
    });
}

}  // namespace galley::templates
