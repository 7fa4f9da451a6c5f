// src/codec/json_fault.h — the second look at a JSON text that was refused: what is wrong, and at which byte.
//
// Shape    scan_json(text, depth_max) walks the text slowly and without recursion. `fault` is empty exactly when
//          JsonDocument::parse accepts the text (the fuzzer demands it). `long_integers` are the integer
//          literals that do not fit 64 bits; simdjson refuses these, so the parser has them read as doubles.
// Threads  any.
// Source   RFC 8259.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace galley::codec {

struct JsonFault {
    ErrorCode code = ErrorCode::InvalidInput;
    std::size_t offset = 0;
    std::string reason;
    std::string pointer{};  // RFC 6901, of a member that stands twice; else ""
};

struct JsonLongInteger {
    std::size_t begin = 0, end = 0;  // in the text
    std::size_t number = 0;          // how many numbers stand before it
};

struct JsonScan {
    std::optional<JsonFault> fault;
    std::vector<JsonLongInteger> long_integers;
};

JsonScan scan_json(std::string_view text, std::size_t depth_max);

}  // namespace galley::codec
