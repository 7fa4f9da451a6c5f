// src/net/response_head.h — the status line and the fields of an answer as bytes.
//
// Shape    appends "HTTP/1.1 200 OK\r\n…\r\n\r\n" to `out`.
// Errors   false, with nothing appended, when a field's name or value could split the head (CR, LF, NUL): a bug of
//          ours.
// Threads  free function.
// Source   RFC 9112 §4–§5; RFC 9110 §8.6 (no Content-Length with 204 and 304).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace galley::net {

enum class Persistence : std::uint8_t { KeepAlive, KeepAliveSaid, Close };  // Said: HTTP/1.0 wants to be told

// Of a body that comes over time: HTTP/1.0 knows no chunks.
enum class StreamFraming : std::uint8_t { Chunked, UntilClose };

struct HeadContext {
    std::string_view date;  // IMF-fixdate
    std::string_view request_id;
    Persistence persistence = Persistence::KeepAlive;
    std::string_view strict_transport{};  // the field's value; "" = no such field
    StreamFraming framing = StreamFraming::Chunked;
};

bool append_response_head(std::string& out, const Response& response, const HeadContext& context);

// Whether this status has a body at all.
bool status_has_body(int status);

}  // namespace galley::net
