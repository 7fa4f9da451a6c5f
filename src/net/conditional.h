// src/net/conditional.h — conditional and partial requests (R6): turns a whole 200 answer into the 304, 412, 206 or 416
// that was asked for.
//
// Shape    apply_conditions(request, validators, response) adds ETag, Last-Modified and Accept-Ranges, then takes RFC
// 9110 §13.2.2
//          step by step. Only a 200 to GET or HEAD is changed. Handlers need not call it: representation.h does, for
//          every answer with Response::validators.
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
#include "codec/compression.h"
#include "net/http.h"

namespace galley::net {

std::string strong_etag(std::string_view opaque);  // adds the quotes
// The strong ETag of these bytes: 128 bits of their SHA-256 (0.6 µs and 0.65 ns a byte).
std::string content_etag(std::string_view content);
// "\"hash\"" → "\"hash-gzip\"": each coding is a representation with a tag of its own (RFC 9110 §8.8.3.3).
std::string etag_of_coding(std::string_view etag, codec::Coding coding);

// Whether `Range` is honoured; without, an answer has no Accept-Ranges either.
enum class Ranges : std::uint8_t { No, Yes };
void apply_conditions(const Request& request, const Validators& validators, Response& response,
                      Ranges ranges = Ranges::Yes);

// Whether If-Match, If-Unmodified-Since and If-None-Match let a changing request be done (else 412). `current` is the
// state of what it would change, nullopt when there is none. The tag of any coding of the state names the state.
bool has_write_conditions(const Request& request);
bool write_conditions_hold(const Request& request, const std::optional<Validators>& current);

// One range of `size` bytes. Satisfiable: [offset, offset+length).
struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};
enum class RangeOutcome : std::uint8_t { Ignored, Satisfiable, Unsatisfiable };
RangeOutcome parse_range(std::string_view value, std::uint64_t size, ByteRange& range);

}  // namespace galley::net
