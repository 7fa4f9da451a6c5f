#include "net/http_syntax.h"

#include <charconv>

namespace galley::net {

namespace {

constexpr unsigned kPortMax = 65535;
constexpr std::size_t kPortDigitsMax = 5;

constexpr bool is_letter_or_digit(unsigned c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool is_one_of(std::string_view set, unsigned c) {
    return c < 0x80 && set.contains(static_cast<char>(c));
}

constexpr std::uint8_t classes_of(unsigned c) {
    const bool digit = c >= '0' && c <= '9';
    unsigned classes = 0;
    const auto add = [&classes](ByteClass one, bool yes) { classes |= yes ? static_cast<unsigned>(one) : 0; };
    add(ByteClass::Token, is_letter_or_digit(c) || is_one_of("!#$%&'*+-.^_`|~", c));
    add(ByteClass::Value, c == '\t' || (c >= ' ' && c != 0x7f));
    add(ByteClass::Target, is_letter_or_digit(c) || is_one_of("-._~!$&'()*+,;=:@/?%[]", c));
    add(ByteClass::Host, is_letter_or_digit(c) || is_one_of("-._~", c));
    add(ByteClass::Digit, digit);
    add(ByteClass::Hex, digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < table.size(); ++c) table[c] = classes_of(c);
    return table;
}

// "" or ":80"; RFC 3986 lets the digits be missing.
bool is_port_suffix(std::string_view text) {
    if (text.empty()) return true;
    const std::string_view digits = text.substr(1);
    if (text.front() != ':' || digits.size() > kPortDigitsMax || !all_in(ByteClass::Digit, digits)) return false;
    unsigned port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return port <= kPortMax;
}

bool is_ip_literal(std::string_view text) {
    const auto fits = [](char c) { return is_in(ByteClass::Hex, c) || c == ':' || c == '.'; };
    std::size_t colons = 0;
    for (const char c : text) {
        if (!fits(c)) return false;
        colons += c == ':' ? 1 : 0;
    }
    return colons >= 2;
}

}  // namespace

constexpr std::array<std::uint8_t, 256> kByteClasses = make_classes();

std::size_t skip(ByteClass wanted, std::string_view text, std::size_t at) {
    while (at < text.size() && is_in(wanted, text[at])) ++at;
    return at;
}

std::string_view trim_spaces(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_authority(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        return end != std::string_view::npos && is_ip_literal(text.substr(1, end - 1)) &&
               is_port_suffix(text.substr(end + 1));
    }
    const std::size_t end = skip(ByteClass::Host, text, 0);
    return end > 0 && is_port_suffix(text.substr(end));
}

}  // namespace galley::net
