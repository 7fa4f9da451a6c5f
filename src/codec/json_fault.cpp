#include "codec/json_fault.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>

#include "codec/utf8.h"

namespace galley::codec {

namespace {

// Beyond any text's number of digits, and far from overflow.
constexpr std::int64_t kExponentMax = std::int64_t{1} << 50;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_high_surrogate(std::uint32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(std::uint32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

class Scanner {
 public:
    Scanner(std::string_view text, std::size_t depth_max) : text_(text), depth_max_(depth_max) {}

    JsonScan run() {
        while (!scan_.fault && state_ != State::Done) step();
        skip_space();
        if (!scan_.fault && at_ < text_.size()) fault("text after the value");
        return std::move(scan_);
    }

 private:
    enum class State { Value, ValueOrEnd, Name, NameOrEnd, CommaOrEnd, Done };
    struct Level {
        bool object = false;
        std::set<std::string> names;
        std::string name{};     // of the member in hand
        std::size_t index = 0;  // of the element in hand
    };

    void step() {
        skip_space();
        if (at_ == text_.size()) return fault("the text ends too early");
        switch (state_) {
            case State::ValueOrEnd:
                if (text_[at_] == ']') return close();
                [[fallthrough]];
            case State::Value:
                return value();
            case State::NameOrEnd:
                if (text_[at_] == '}') return close();
                [[fallthrough]];
            case State::Name:
                return name();
            case State::CommaOrEnd:
                return comma_or_end();
            case State::Done:
                return;
        }
    }

    void value() {
        switch (text_[at_]) {
            case '{':
                return open(true);
            case '[':
                return open(false);
            case '"':
                string();
                break;
            case 't':
                literal("true");
                break;
            case 'f':
                literal("false");
                break;
            case 'n':
                literal("null");
                break;
            default:
                number();
                break;
        }
        after_value();
    }

    void after_value() { state_ = levels_.empty() ? State::Done : State::CommaOrEnd; }

    void open(bool object) {
        if (levels_.size() >= depth_max_) {
            return fault("nested deeper than " + std::to_string(depth_max_) + " levels", ErrorCode::LimitExceeded);
        }
        levels_.push_back({.object = object, .names = {}});
        ++at_;
        state_ = object ? State::NameOrEnd : State::ValueOrEnd;
    }

    void close() {
        levels_.pop_back();
        ++at_;
        after_value();
    }

    void comma_or_end() {
        const bool object = levels_.back().object;
        if (text_[at_] == (object ? '}' : ']')) return close();
        if (text_[at_] != ',') return fault(object ? "expected ',' or '}'" : "expected ',' or ']'");
        ++at_;
        ++levels_.back().index;
        state_ = object ? State::Name : State::Value;
    }

    void name() {
        if (text_[at_] != '"') return fault("expected a member name in quotes");
        const std::size_t start = at_;
        std::string decoded = string();
        if (scan_.fault) return;
        const auto [where, fresh] = levels_.back().names.insert(decoded);
        levels_.back().name = std::move(decoded);
        if (!fresh) {
            at_ = start;
            fault("the member name \"" + *where + "\" appears twice");
            scan_.fault->pointer = pointer();
            return;
        }
        skip_space();
        if (at_ == text_.size() || text_[at_] != ':') return fault("expected ':'");
        ++at_;
        state_ = State::Value;
    }

    // RFC 6901 §3, of the place in hand.
    std::string pointer() const {
        std::string out;
        for (const Level& level : levels_) {
            out += '/';
            if (!level.object) out += std::to_string(level.index);
            for (const char c : level.object ? std::string_view(level.name) : std::string_view()) {
                if (c == '~' || c == '/') out += '~';
                out += c == '~' ? '0' : c == '/' ? '1' : c;
            }
        }
        return out;
    }

    void literal(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return fault("expected a value");
        at_ += word.size();
    }

    // The decoded string that starts at the quote.
    std::string string() {
        std::string decoded;
        for (++at_; at_ < text_.size() && !scan_.fault;) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return decoded;
            }
            if (c == '\\') {
                escape(decoded);
            } else if (static_cast<unsigned char>(c) < 0x20) {
                fault("control characters in strings must be escaped");
            } else {
                plain(decoded);
            }
        }
        fault("the string does not end");
        return decoded;
    }

    void plain(std::string& decoded) {
        const std::size_t length = utf8_sequence_length(text_.substr(at_));
        if (length == 0) return fault("not UTF-8");
        decoded += text_.substr(at_, length);
        at_ += length;
    }

    void escape(std::string& decoded) {
        static constexpr std::string_view kLetters = "\"\\/bfnrt";
        static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        if (at_ + 1 < text_.size() && text_[at_ + 1] == 'u') return unicode_escape(decoded);
        const std::size_t letter = at_ + 1 < text_.size() ? kLetters.find(text_[at_ + 1]) : std::string_view::npos;
        if (letter == std::string_view::npos) return fault("unknown escape");
        decoded += kMeanings[letter];
        at_ += 2;
    }

    void unicode_escape(std::string& decoded) {
        const std::optional<std::uint32_t> first = code_unit(at_);
        if (!first) return fault("\\u needs four hexadecimal digits");
        if (!is_high_surrogate(*first) && !is_low_surrogate(*first)) {
            append_utf8(decoded, *first);
            at_ += 6;
            return;
        }
        const std::optional<std::uint32_t> second = code_unit(at_ + 6);
        if (is_low_surrogate(*first) || !second || !is_low_surrogate(*second)) return fault("a lone surrogate");
        append_utf8(decoded, 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00));
        at_ += 12;
    }

    std::optional<std::uint32_t> code_unit(std::size_t at) const {
        if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return std::nullopt;
        std::uint32_t unit = 0;
        for (std::size_t i = at + 2; i < at + 6; ++i) {
            const int digit = hex_value(text_[i]);
            if (digit < 0) return std::nullopt;
            unit = unit * 16 + static_cast<std::uint32_t>(digit);
        }
        return unit;
    }

    void number() {
        const std::size_t start = at_;
        if (text_[at_] == '-') ++at_;
        const std::size_t integer_digits = digits();
        if (integer_digits == 0) {
            at_ = start;
            return fault("expected a value");
        }
        if (text_[at_ - integer_digits] == '0' && integer_digits > 1) return fault("a number may not start with 0");
        const bool fraction = at_ < text_.size() && text_[at_] == '.';
        if (fraction && (++at_, digits() == 0)) return fault("expected a digit");
        const bool exponent = at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E');
        if (exponent) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
            if (digits() == 0) return fault("expected a digit");
        }
        if (!fraction && !exponent && !fits_64_bits(text_.substr(start, at_ - start)))
            scan_.long_integers.push_back({start, at_, numbers_});
        ++numbers_;
        check_range(start);
    }

    static bool fits_64_bits(std::string_view literal) {
        const char* const end = literal.data() + literal.size();
        std::int64_t with_sign = 0;
        std::uint64_t without_sign = 0;
        return std::from_chars(literal.data(), end, with_sign).ec == std::errc() ||
               std::from_chars(literal.data(), end, without_sign).ec == std::errc();
    }

    std::size_t digits() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        return at_ - start;
    }

    // from_chars reports "out of range" for too large and too small alike; only too large is a fault.
    void check_range(std::size_t start) {
        const std::string_view literal = text_.substr(start, at_ - start);
        double value = 0;
        const auto [end, code] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
        if (code != std::errc::result_out_of_range || !exceeds_double(literal)) return;
        at_ = start;
        fault("the number is too large");
    }

    // Precondition: the literal is beyond the range of double, on either side.
    static bool exceeds_double(std::string_view literal) {
        const std::size_t mark = literal.find_first_of("eE");
        const std::string_view mantissa = literal.substr(0, mark);
        const std::size_t first = mantissa.find_first_of("123456789");
        const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
        const bool small_exponent = mark != std::string_view::npos && literal[mark + 1] == '-';
        if (mark == std::string_view::npos) return first < point;
        std::int64_t exponent = 0;
        const std::string_view digits = literal.substr(mark + 1 + (is_digit(literal[mark + 1]) ? 0 : 1));
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (code != std::errc()) return !small_exponent;
        exponent = std::min(exponent, kExponentMax);
        if (small_exponent) exponent = -exponent;
        return exponent + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) > 0;
    }

    void skip_space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    }

    void fault(std::string reason, ErrorCode code = ErrorCode::InvalidInput) {
        if (!scan_.fault) scan_.fault = JsonFault{code, at_, std::move(reason)};
    }

    std::string_view text_;
    std::size_t depth_max_;
    std::size_t at_ = 0;
    State state_ = State::Value;
    std::vector<Level> levels_;
    std::size_t numbers_ = 0;
    JsonScan scan_;
};

}  // namespace

JsonScan scan_json(std::string_view text, std::size_t depth_max) {
    return Scanner(text, depth_max).run();
}

}  // namespace galley::codec
