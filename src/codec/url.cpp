#include "codec/url.h"

#include <simdjson.h>

#include <algorithm>

namespace galley::codec {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

enum class Plus { IsPlus, IsSpace };

Result<std::string> decode(std::string_view text, Plus plus) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i] == '+' && plus == Plus::IsSpace ? ' ' : text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) return fail(ErrorCode::InvalidInput, "a % must be followed by two hexadecimal digits");
        decoded += static_cast<char>(static_cast<unsigned char>(high * 16 + low));
        i += 2;
    }
    if (decoded.find('\0') != std::string::npos) return fail(ErrorCode::InvalidInput, "NUL in a URL");
    if (!is_utf8(decoded)) return fail(ErrorCode::InvalidInput, "the URL is not UTF-8");
    return decoded;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) {
    return decode(text, Plus::IsPlus);
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const unsigned byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 0xFU];
    }
    return encoded;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    while (!query.empty()) {
        const std::string_view part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(part.size() + 1, query.size()));
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        GALLEY_TRY(std::string name, decode(part.substr(0, equals), Plus::IsSpace));
        GALLEY_TRY(std::string value, decode(part.substr(std::min(equals + 1, part.size())), Plus::IsSpace));
        pairs.emplace_back(std::move(name), std::move(value));
    }
    return pairs;
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace galley::codec
