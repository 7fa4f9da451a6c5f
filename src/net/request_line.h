// src/net/request_line.h — the first line of a request, taken apart: method, target, version.
//
// Shape    take(pieces of the line) → RequestLine, or a Refusal. The scanner has checked the bytes; this checks the
//          sense.
// Errors   400 (a target that is none), 414, 501 (a method that we do not know), 505.
// Owner    views point into what was given.
// Threads  any.
// Source   RFC 9112 §3: origin-form, absolute-form (its authority is checked and not used, §3.2.2), `*` for OPTIONS.
#pragma once

#include "net/http.h"
#include "net/http_syntax.h"

namespace galley::net {

enum class HttpVersion : std::uint8_t { Http10, Http11 };

struct RequestLine {
    Method method = Method::Get;
    HttpVersion version = HttpVersion::Http11;
    std::string_view target{};
    std::string_view path{};   // "*" for OPTIONS *
    std::string_view query{};  // without '?'
};

struct RequestLineText {
    std::string_view method{};
    std::string_view target{};
    std::string_view version{};  // "HTTP/1.1": eight bytes of that form
};

Refusal read_request_line(const RequestLineText& text, RequestLine& line);

}  // namespace galley::net
