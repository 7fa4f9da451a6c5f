// src/net/request_parser.h — bytes to Requests: the head's scanner, the rules of its framing, the body.
//
// Shape    start(); read_head(all bytes so far) until it says Done; then read_body(next bytes) until Done.
//          Both say how many bytes they took; the caller keeps the rest and shows it again, with more.
// Errors   Step::Refused, and refusal() says with which status: 400, 413, 414, 417, 431, 501, 505 — at the first byte
//          that shows the fault, and the same wherever the bytes are cut. The connection is then beyond saving.
// Owner    shares the Request with the caller until the next start().
// Threads  one.
// Limits   HeadLimits, for the trailer section too; body_bytes_max, set after the head; the extensions of a body's
//          chunks are together at most header_bytes_max.
// Source   RFC 9112 §3–§7, with what head_scanner.h, field_rules.h and chunk_reader.h say. Trailer fields are checked
//          and dropped. docs/decisions/0005-own-request-parser.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "net/chunk_reader.h"
#include "net/head_scanner.h"
#include "net/http.h"

namespace galley::net {

class RequestParser {
 public:
    explicit RequestParser(const HeadLimits& limits) : limits_(limits), scanner_(limits) {}
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    enum class Step : std::uint8_t { NeedMore, Done, Refused };

    // Begins the next request, forgetting the last.
    void start();
    // Done: the head was taken whole and request() is filled but for its body.
    Step read_head(std::string_view input, std::size_t& taken);
    // Once, after the head.
    void set_body_bytes_max(std::size_t bytes);
    // Done at once when there is no body.
    Step read_body(std::string_view input, std::size_t& taken);

    const std::shared_ptr<Request>& request() const { return request_; }
    const Refusal& refusal() const { return refusal_; }

    // After the head.
    bool has_body() const { return framing_.chunked() || framing_.content_length() > 0; }
    std::optional<std::uint64_t> content_length() const;  // nullopt: chunked
    std::size_t body_bytes_max() const { return body_bytes_max_; }
    bool keep_alive() const { return framing_.keep_alive(); }
    bool is_http10() const { return version_ == HttpVersion::Http10; }
    bool expects_continue() const { return framing_.expects_continue(); }

 private:
    enum class Stage : std::uint8_t { Head, Body, Trailer };

    Step refuse(const Refusal& refusal);
    void fill_request(std::string_view head);
    Step take_sized_body(std::string_view input, std::size_t& taken);
    Step take_chunks(std::string_view input, std::size_t& taken);
    Step take_trailer(std::string_view input, std::size_t& taken);

    HeadLimits limits_;
    HeadScanner scanner_;
    ChunkReader chunks_;
    FieldRules framing_;
    std::shared_ptr<Request> request_;
    Stage stage_ = Stage::Head;
    HttpVersion version_ = HttpVersion::Http11;
    std::size_t body_bytes_max_ = 0;
    std::uint64_t body_bytes_left_ = 0;  // of a body with Content-Length
    Refusal refusal_{};
};

}  // namespace galley::net
