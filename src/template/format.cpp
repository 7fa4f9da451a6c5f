#include "template/format.h"

#include <array>
#include <charconv>
#include <optional>

namespace galley::templates {

namespace {

struct Spec {
    bool grouped = false;
    std::optional<int> precision;
    char type = '\0';
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A run of digits at the start, taken off `text`; empty when there is none or it is absurdly long.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || !is_digit(text.front()) || parsed.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return number;
}

Result<Spec> parse_spec(std::string_view text) {
    const std::string_view whole = text;
    Spec spec;
    if (text.starts_with(',')) {
        spec.grouped = true;
        text.remove_prefix(1);
    }
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        spec.precision = take_number(text);
        if (!spec.precision || *spec.precision > kFormatPrecisionMax) {
            return fail(ErrorCode::InvalidInput, "format: bad precision in \"" + std::string(whole) + "\"");
        }
    }
    if (text == "d" || text == "f") {
        spec.type = text.front();
        text.remove_prefix(1);
    }
    if (!text.empty()) return fail(ErrorCode::Unsupported, "format: \"" + std::string(whole) + "\" is not offered");
    return spec;
}

// "1234567.8" → "1,234,567.8"; what follows the leading digits stays.
std::string grouped(std::string_view number) {
    const std::size_t start = number.starts_with('-') ? 1 : 0;
    std::size_t end = start;
    while (end < number.size() && is_digit(number[end])) ++end;
    std::string out(number.substr(0, start));
    for (std::size_t i = start; i < end; ++i) {
        if (i > start && (end - i) % 3 == 0) out += ',';
        out += number[i];
    }
    return out.append(number.substr(end));
}

std::string fixed(double number, int precision) {
    std::array<char, 400> buffer{};  // 309 digits, sign, point, kFormatPrecisionMax decimals
    static_assert(buffer.size() > 309 + 2 + kFormatPrecisionMax);
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed, precision);
    return {buffer.data(), end.ptr};
}

Result<std::string> format_number(const Value& value, const Spec& spec) {
    constexpr int kDefaultPrecision = 6;
    if (spec.type == 'f' || (value.is_double() && spec.type == '\0' && !spec.precision)) {
        return spec.type == 'f' ? fixed(value.number(), spec.precision.value_or(kDefaultPrecision))
                                : python_float(value.number());
    }
    if (value.is_double()) {
        return spec.type == 'd' ? fail(ErrorCode::InvalidInput, "format: \"d\" needs a whole number")
                                : fail(ErrorCode::Unsupported, "format: a precision needs \"f\" after it");
    }
    if (spec.precision) return fail(ErrorCode::InvalidInput, "format: a whole number takes no precision without \"f\"");
    return std::to_string(value.integer());
}

Result<std::string> format_value(const Value& value, std::string_view spec_text) {
    if (spec_text.empty()) {
        std::string buffer;
        GALLEY_TRY(const std::string_view text, printed(value, buffer));
        return std::string(text);
    }
    GALLEY_TRY(const Spec spec, parse_spec(spec_text));
    if (!value.is_number()) {
        return fail(ErrorCode::InvalidInput,
                    "format: \"" + std::string(spec_text) + "\" needs a number, not " + std::string(value.kind_name()));
    }
    GALLEY_TRY(std::string text, format_number(value, spec));
    return spec.grouped ? grouped(text) : text;
}

class Formatter {
 public:
    Formatter(std::string_view format, std::span<const Value> arguments, std::size_t text_bytes_max)
        : rest_(format), arguments_(arguments), text_bytes_max_(text_bytes_max) {}

    Result<std::string> run() {
        while (!rest_.empty()) {
            const std::size_t brace = std::min(rest_.find_first_of("{}"), rest_.size());
            out_.append(rest_.substr(0, brace));
            rest_.remove_prefix(brace);
            if (!rest_.empty()) GALLEY_TRY_VOID(brace_or_field());
            if (out_.size() > text_bytes_max_) return fail(ErrorCode::LimitExceeded, "format: the text grew too long");
        }
        return std::move(out_);
    }

 private:
    Result<void> brace_or_field() {
        if (rest_.starts_with("{{") || rest_.starts_with("}}")) {
            out_ += rest_.front();
            rest_.remove_prefix(2);
            return {};
        }
        const std::size_t close = rest_.find('}');
        if (rest_.front() == '}' || close == std::string_view::npos) {
            return fail(ErrorCode::InvalidInput, "format: a single brace; write {{ or }} for one");
        }
        const std::string_view field = rest_.substr(1, close - 1);
        rest_.remove_prefix(close + 1);
        return append_field(field);
    }

    Result<void> append_field(std::string_view field) {
        const std::size_t colon = std::min(field.find(':'), field.size());
        GALLEY_TRY(const std::size_t index, argument_index(field.substr(0, colon)));
        const std::string_view spec = colon < field.size() ? field.substr(colon + 1) : std::string_view();
        GALLEY_TRY(const std::string text, format_value(arguments_[index], spec));
        out_ += text;
        return {};
    }

    Result<std::size_t> argument_index(std::string_view name) {
        std::optional<int> number;
        if (name.empty()) {
            number = automatic_++;
        } else {
            number = take_number(name);
            if (!number || !name.empty()) return fail(ErrorCode::Unsupported, "format: fields are {} or {0}");
            numbered_ = true;
        }
        if (numbered_ && automatic_ > 0) return fail(ErrorCode::InvalidInput, "format: {} and {0} are mixed");
        const auto index = static_cast<std::size_t>(*number);
        if (index >= arguments_.size()) return fail(ErrorCode::InvalidInput, "format: too few arguments");
        return index;
    }

    std::string_view rest_;
    std::span<const Value> arguments_;
    std::size_t text_bytes_max_;
    std::string out_;
    int automatic_ = 0;
    bool numbered_ = false;
};

}  // namespace

Result<std::string> python_format(std::string_view format, std::span<const Value> arguments,
                                  std::size_t text_bytes_max) {
    return Formatter(format, arguments, text_bytes_max).run();
}

}  // namespace galley::templates
