// src/codec/url.h — percent-decoding and query strings.
//
// Errors   InvalidInput for a broken % sequence, a NUL, or a result that is not UTF-8.
// Source   RFC 3986 §2.1; application/x-www-form-urlencoded of the WHATWG URL standard ('+' is a space in queries
//          only).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace galley::codec {

Result<std::string> percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);  // leaves RFC 3986 unreserved characters
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);
bool is_utf8(std::string_view text);

}  // namespace galley::codec
