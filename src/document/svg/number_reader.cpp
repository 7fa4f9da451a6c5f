#include "document/svg/number_reader.h"

#include <charconv>
#include <cmath>

namespace galley::document {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Bytes of the number at the start, without its sign; 0 = none. "1." is 1, "e" needs digits behind it.
std::size_t number_length(std::string_view text) {
    std::size_t at = 0, digits = 0;
    const auto take_digits = [&] {
        for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
    };
    take_digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        take_digits();
    }
    if (digits == 0) return 0;
    std::size_t exponent = at;
    if (exponent < text.size() && (text[exponent] == 'e' || text[exponent] == 'E')) {
        ++exponent;
        if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
        if (exponent < text.size() && is_digit(text[exponent])) {
            at = exponent;
            while (at < text.size() && is_digit(text[at])) ++at;
        }
    }
    return at;
}

}  // namespace

void NumberReader::skip_space() {
    while (!text_.empty() && is_space(text_.front())) text_.remove_prefix(1);
}

void NumberReader::skip_separator() {
    skip_space();
    if (!text_.empty() && text_.front() == ',') text_.remove_prefix(1);
    skip_space();
}

bool NumberReader::done() {
    skip_space();
    return text_.empty();
}

char NumberReader::take() {
    const char c = peek();
    if (!text_.empty()) text_.remove_prefix(1);
    return c;
}

std::optional<double> NumberReader::number() {
    const std::string_view before = text_;
    skip_separator();
    const bool negative = peek() == '-';
    if (negative || peek() == '+') text_.remove_prefix(1);
    const std::size_t length = number_length(text_);
    double value = 0;
    const auto parsed = std::from_chars(text_.data(), text_.data() + length, value);
    if (length == 0 || parsed.ec == std::errc::invalid_argument || !std::isfinite(value)) {
        text_ = before;
        return std::nullopt;
    }
    if (parsed.ec == std::errc::result_out_of_range) value = 0;
    text_.remove_prefix(length);
    return negative ? -value : value;
}

std::optional<bool> NumberReader::flag() {
    const std::string_view before = text_;
    skip_separator();
    if (peek() == '0' || peek() == '1') return take() == '1';
    text_ = before;
    return std::nullopt;
}

}  // namespace galley::document
