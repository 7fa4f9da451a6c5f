// src/codec/date.h — RFC 3339 and HTTP dates.
//
// Shape    "2026-01-02T03:04:05.678Z" both ways (R1: always three decimals, always Z, when we write; any offset and any
//          number of
//          decimals when we read); "Fri, 02 Jan 2026 03:04:05 GMT" both ways (RFC 9110 §5.6.7, IMF-fixdate only).
// Errors   InvalidInput.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace galley::codec {

std::string format_rfc3339(Time time);
Result<Time> parse_rfc3339(std::string_view text);
std::string format_http_date(Time time);
Result<Time> parse_http_date(std::string_view text);

}  // namespace galley::codec
