#include "document/text/utf8.h"

namespace galley::document {

char32_t decode_utf8_multibyte(std::string_view text, std::size_t& offset) {
    constexpr char32_t kReplacement = 0xFFFD;
    const auto lead = static_cast<unsigned char>(text[offset]);
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || offset + length > text.size()) {
        ++offset;
        return kReplacement;
    }
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_utf8_continuation(text[offset + i])) {
            ++offset;
            return kReplacement;
        }
        value = (value << 6) | (static_cast<unsigned char>(text[offset + i]) & 0x3FU);
    }
    offset += length;
    return value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF) ? kReplacement : value;
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)); };
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
        out += static_cast<char>(0xC0U | (code_point >> 6));
        tail(0);
    } else if (code_point < 0x10000) {
        out += static_cast<char>(0xE0U | (code_point >> 12));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | (code_point >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

}  // namespace galley::document
