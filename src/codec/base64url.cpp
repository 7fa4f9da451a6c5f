#include "codec/base64url.h"

#include <array>
#include <cstdint>

namespace galley::codec {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}
constexpr std::array<std::int8_t, 256> kValues = make_values();

}  // namespace

std::string base64url_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    for (const char c : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(c);
        held_bits += 8;
        while (held_bits >= 6) {
            held_bits -= 6;
            text += kAlphabet[(held >> held_bits) & 0x3FU];
        }
    }
    if (held_bits > 0) text += kAlphabet[(held << (6 - held_bits)) & 0x3FU];
    return text;
}

Result<std::string> base64url_decode(std::string_view text) {
    if (text.size() % 4 == 1) return fail(ErrorCode::InvalidInput, "base64url: impossible length");
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    for (const char c : text) {
        const int value = kValues[static_cast<unsigned char>(c)];
        if (value < 0) return fail(ErrorCode::InvalidInput, "base64url: a character outside the alphabet");
        held = (held << 6U) | static_cast<std::uint32_t>(value);
        held_bits += 6;
        if (held_bits < 8) continue;
        held_bits -= 8;
        bytes += static_cast<char>(static_cast<unsigned char>(held >> held_bits));
    }
    if ((held & ((1U << held_bits) - 1)) != 0)
        return fail(ErrorCode::InvalidInput, "base64url: spare bits are not zero");
    return bytes;
}

}  // namespace galley::codec
