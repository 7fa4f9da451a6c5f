// src/net/request_parser.h — bytes to Requests: Beast's parser behind our own stricter rules. Beast is bound in its
// .cpp alone.
//
// Shape    start(); read_head(all bytes so far) until it says HeadDone; then read_body(next bytes) until Done.
//          Both say how many bytes they took; the caller keeps the rest and shows it again, with more.
// Errors   Step::Refused, and refusal() says with which status: 400, 413, 414, 417, 431, 501, 505. The connection is
//          then beyond saving.
// Owner    shares the Request with the caller until the next start().
// Threads  one.
// Limits   HeadLimits; body_bytes_max, set after the head; a chunk's header and the trailers: header_bytes_max.
// Source   RFC 9112 §3–§7. Stricter than it: Transfer-Encoding must be exactly `chunked`; one Content-Length, digits
//          only; targets are ASCII.
//          Trailer fields are checked and dropped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "net/head_scanner.h"
#include "net/http.h"

namespace galley::net {

class RequestParser {
 public:
    explicit RequestParser(const HeadLimits& limits);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    enum class Step : std::uint8_t { NeedMore, Done, Refused };

    // Begins the next request, forgetting the last.
    void start();
    // Done: the head was taken whole and request() is filled but for its body.
    Step read_head(std::string_view input, std::size_t& taken);
    void set_body_bytes_max(std::size_t bytes) { body_bytes_max_ = bytes; }
    // Done at once when there is no body.
    Step read_body(std::string_view input, std::size_t& taken);

    const std::shared_ptr<Request>& request() const { return request_; }
    const Refusal& refusal() const { return refusal_; }

    // After the head.
    bool has_body() const;
    std::optional<std::uint64_t> content_length() const;  // nullopt: chunked
    bool keep_alive() const;
    bool is_http10() const { return http10_; }
    bool expects_continue() const { return expects_continue_; }

 private:
    class Machine;
    Step refuse(int status, std::string_view detail);
    bool fault(int status, std::string_view detail);  // refuse(), for the checks: false
    Step finish_head();
    bool check_fields();
    bool check_target();
    Step take_sized_body(std::string_view input, std::size_t& taken);
    Step take_chunks(std::string_view input, std::size_t& taken);

    HeadLimits limits_;
    HeadScanner scanner_;
    std::unique_ptr<Machine> machine_;
    std::shared_ptr<Request> request_;
    std::size_t body_bytes_max_ = 0;
    std::uint64_t body_bytes_left_ = 0;  // of a body with Content-Length
    bool http10_ = false;
    bool expects_continue_ = false;
    Refusal refusal_{};
};

}  // namespace galley::net
