#include "codec/header_value.h"

#include <algorithm>

namespace galley::codec {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// Takes what a field's text allows; everything else in a header is an attack or a fault.
bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

class Reader {
 public:
    explicit Reader(std::string_view text) : rest_(text) {}

    Result<HeaderValue> read() {
        HeaderValue header;
        const std::size_t end = std::min(rest_.find(';'), rest_.size());
        header.value = ascii_lower(trim_blanks(rest_.substr(0, end)));
        rest_.remove_prefix(end);
        if (header.value.empty() || !std::ranges::all_of(header.value, is_value_char)) return fault("a bad value");
        while (!rest_.empty()) GALLEY_TRY_VOID(parameter(header));
        return header;
    }

 private:
    static bool is_value_char(char c) { return c == '/' || is_token_char(c); }

    static std::unexpected<Error> fault(std::string what) {
        return fail(ErrorCode::InvalidInput, "the header has " + std::move(what));
    }

    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    }

    // `;`, blanks, then `name=value`; an empty place between two semicolons is allowed (RFC 9110 §5.6.6).
    Result<void> parameter(HeaderValue& header) {
        rest_.remove_prefix(1);
        skip_blanks();
        if (rest_.empty() || rest_.front() == ';') return {};
        const std::string name = ascii_lower(token());
        if (name.empty() || rest_.empty() || rest_.front() != '=') return fault("a parameter that is not name=value");
        rest_.remove_prefix(1);
        GALLEY_TRY(std::string value, parameter_value());
        skip_blanks();
        if (!rest_.empty() && rest_.front() != ';') return fault("text after a parameter");
        if (header.parameter(name)) return fault("the parameter '" + name + "' twice");
        if (header.parameters.size() == kHeaderParametersMax) return fault("too many parameters");
        header.parameters.emplace_back(name, std::move(value));
        return {};
    }

    std::string_view token() {
        const auto end = std::ranges::find_if_not(rest_, is_token_char);
        const std::string_view taken(rest_.begin(), end);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    Result<std::string> parameter_value() {
        if (!rest_.starts_with('"')) {
            std::string value(token());
            if (value.empty()) return fault("a parameter without a value");
            return value;
        }
        rest_.remove_prefix(1);
        std::string value;
        while (!rest_.empty() && rest_.front() != '"') {
            if (is_control(rest_.front())) return fault("a control character");
            if (rest_.starts_with("\\\"") || rest_.starts_with("\\\\")) rest_.remove_prefix(1);
            value += rest_.front();
            rest_.remove_prefix(1);
        }
        if (rest_.empty()) return fault("a quoted string without an end");
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
};

}  // namespace

std::optional<std::string_view> HeaderValue::parameter(std::string_view lower_case_name) const {
    for (const auto& [name, text] : parameters) {
        if (name == lower_case_name) return text;
    }
    return std::nullopt;
}

Result<HeaderValue> parse_header_value(std::string_view text) {
    return Reader(text).read();
}

bool is_token_char(char c) {
    const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter_or_digit || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

}  // namespace galley::codec
