#include "codec/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace galley::codec {

namespace {

// The letter after the backslash, 'u' for the long form, 0 for characters that stand for themselves.
constexpr std::array<char, 256> make_escapes() {
    std::array<char, 256> escapes{};
    for (std::size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
    escapes['\b'] = 'b';
    escapes['\t'] = 't';
    escapes['\n'] = 'n';
    escapes['\f'] = 'f';
    escapes['\r'] = 'r';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

void append_escape(std::string& out, char c, char letter) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    out += '\\';
    out += letter;
    if (letter != 'u') return;
    out += "00";
    out += kHex[static_cast<unsigned char>(c) >> 4U];
    out += kHex[static_cast<unsigned char>(c) & 0xFU];
}

// The shortest digits d1…dk and n such that the number is 0.d1…dk × 10^n.
struct Decimal {
    std::string digits;
    int n = 0;
};

Decimal shortest_decimal(double positive) {
    std::array<char, 32> text{};
    const auto [end, code] =
        std::to_chars(text.data(), text.data() + text.size(), positive, std::chars_format::scientific);
    const std::string_view written(text.data(), static_cast<std::size_t>(end - text.data()));
    const std::size_t mark = written.find('e');
    Decimal decimal;
    decimal.digits = written[0];
    if (mark > 2) decimal.digits += written.substr(2, mark - 2);
    const std::size_t exponent_at = mark + (written[mark + 1] == '+' ? 2 : 1);
    std::from_chars(written.data() + exponent_at, written.data() + written.size(), decimal.n);
    ++decimal.n;
    return decimal;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = kEscapes[static_cast<unsigned char>(text[i])];
        if (letter == 0) [[likely]]
            continue;
        out += text.substr(done, i - done);
        append_escape(out, text[i], letter);
        done = i + 1;
    }
    out += text.substr(done);
    out += '"';
}

// https://tc39.es/ecma262/#sec-numeric-types-number-tostring
void append_json_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    if (number == 0) {
        out += '0';
        return;
    }
    if (number < 0) out += '-';
    const Decimal decimal = shortest_decimal(std::fabs(number));
    const int k = static_cast<int>(decimal.digits.size());
    const int n = decimal.n;
    if (k <= n && n <= 21) {
        out += decimal.digits;
        out.append(static_cast<std::size_t>(n - k), '0');
    } else if (0 < n && n <= 21) {
        out += decimal.digits;
        out.insert(out.end() - (k - n), '.');
    } else if (-6 < n && n <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-n), '0');
        out += decimal.digits;
    } else {
        out += decimal.digits;
        if (k > 1) out.insert(out.end() - (k - 1), '.');
        out += n > 0 ? "e+" : "e-";
        out += std::to_string(std::abs(n - 1));
    }
}

void JsonWriter::key(std::string_view name) {
    if (comma_) out_ += ',';
    append_json_string(out_, name);
    out_ += ':';
    comma_ = false;
}

void JsonWriter::null() {
    raw("null");
}

void JsonWriter::value(std::string_view text) {
    before_value();
    append_json_string(out_, text);
}

void JsonWriter::value(bool flag) {
    raw(flag ? "true" : "false");
}

void JsonWriter::value(double number) {
    before_value();
    append_json_number(out_, number);
}

void JsonWriter::raw(std::string_view json) {
    before_value();
    out_ += json;
}

void JsonWriter::open(char c) {
    if (comma_) out_ += ',';
    out_ += c;
    comma_ = false;
}

void JsonWriter::close(char c) {
    out_ += c;
    comma_ = true;
}

void JsonWriter::before_value() {
    if (comma_) out_ += ',';
    comma_ = true;
}

}  // namespace galley::codec
