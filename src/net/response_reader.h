// src/net/response_reader.h — takes an answer apart, as it comes from a server that is not trusted.
//
// Shape    take(bytes) until Done or Refused; end() when the server has closed. 1xx answers are passed over. The body
//          ends by its chunks, its length, or the end of the connection. Nothing behind it is looked at: a connection
//          serves one request.
// Errors   error(): InvalidInput (not HTTP, a field or length that is none), LimitExceeded (ResponseLimits),
//          Unavailable (the connection ended before the answer did) — the same wherever the bytes are cut.
// Threads  one.
// Limits   ResponseLimits; kInterimAnswersMax answers of 1xx.
// Source   RFC 9112 §4–§7. Looser than for requests: a bare LF ends a line, the reason may be missing, equal lengths
//          may stand twice. Stricter: no folded lines, no transfer coding but chunked, no length beside it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "net/chunk_reader.h"

namespace galley::net {

inline constexpr int kInterimAnswersMax = 8;

struct ResponseLimits {
    std::size_t header_bytes_max = 64 * 1024;
    std::size_t header_fields_max = 200;
    std::uint64_t body_bytes_max = std::uint64_t{64} << 20;
};

class ResponseReader {
 public:
    enum class Step : std::uint8_t { NeedMore, Done, Refused };

    explicit ResponseReader(const ResponseLimits& limits) : limits_(limits) {}

    Step take(std::string_view bytes);
    Step end();

    int status() const { return status_; }
    // The first of this name; "" when it is missing.
    std::string_view field(std::string_view name) const;
    Bytes take_body() { return std::move(body_); }
    const Error& error() const { return error_; }

 private:
    enum class State : std::uint8_t { Head, Chunks, Length, UntilEnd, Done, Refused };
    struct Field {
        std::string name;
        std::string value;
    };

    std::string_view take_head(std::string_view bytes);
    std::string_view take_body_bytes(std::string_view bytes);
    void read_line(std::string_view line);
    void read_status_line(std::string_view line);
    void read_field(std::string_view line);
    void end_head();
    void begin_body();
    void append_body(std::string_view bytes);
    Step step() const;
    void refuse(ErrorCode code, std::string why);

    const ResponseLimits limits_;
    State state_ = State::Head;
    std::string line_;  // under way
    std::size_t head_bytes_ = 0;
    int interim_ = 0;
    int status_ = 0;
    std::vector<Field> fields_;
    ChunkReader chunks_;
    std::uint64_t length_ = 0;
    Bytes body_;
    Error error_;
};

}  // namespace galley::net
