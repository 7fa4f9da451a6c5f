// src/codec/header_value.h — a header's value with parameters: `text/html; charset="utf-8"`, `form-data; name="a"`.
//
// Shape    parse_header_value(text) → the value and its parameters; value and parameter names in lower case, parameter
//          values as meant (quotes and escapes gone).
//          DEVIATION: in a quoted string a backslash escapes only `"` and `\`; before anything else it stands for
//          itself, because browsers write file names so.
// Errors   InvalidInput: not of this form, a control character, a parameter twice, more than kHeaderParametersMax.
// Threads  any.
// Source   RFC 9110 §5.6.6, §8.3.1; RFC 2183 §2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace galley::codec {

inline constexpr std::size_t kHeaderParametersMax = 16;

struct HeaderValue {
    std::string value;
    std::vector<std::pair<std::string, std::string>> parameters;

    std::optional<std::string_view> parameter(std::string_view lower_case_name) const;
};

Result<HeaderValue> parse_header_value(std::string_view text);

bool is_token_char(char c);                           // RFC 9110 §5.6.2
std::string_view trim_blanks(std::string_view text);  // spaces and tabs at both ends
std::string ascii_lower(std::string_view text);

}  // namespace galley::codec
