// src/net/conditional.h — conditional and partial requests (R6): turns a whole 200 answer into the 304, 412, 206 or 416
// that was asked for.
//
// Shape    apply_conditions(request, validators, response) adds ETag, Last-Modified and Accept-Ranges, then takes RFC
// 9110 §13.2.2
//          step by step. Only a 200 to GET or HEAD is changed.
//          Several ranges in one request: the whole is sent (§14.2 allows it; it saves us multipart/byteranges).
//          A Range that does not parse is ignored, one that lies outside answers 416.
// Threads  any.
// Source   RFC 9110 §8.8, §13, §14.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/http.h"

namespace galley::net {

struct Validators {
    std::string etag{};  // quoted, strong: "\"…\""; "" = none
    std::optional<Time> last_modified{};
};

std::string strong_etag(std::string_view opaque);  // adds the quotes

void apply_conditions(const Request& request, const Validators& validators, Response& response);

// One range of `size` bytes. Satisfiable: [offset, offset+length).
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};
enum class RangeOutcome : std::uint8_t { Ignored, Satisfiable, Unsatisfiable };
RangeOutcome parse_range(std::string_view value, std::uint64_t size, ByteRange& range);

}  // namespace galley::net
