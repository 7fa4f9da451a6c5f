// src/net/http_client.h — one HTTP call that is waited for: the command line asking a running server.
//
// Shape    ask(call) → status and body, also of 4xx and 5xx. JSON in and out; one connection a call.
// Errors   InvalidInput (no http or https URL, a token with a line break), Unavailable (nobody answers, the certificate
//          is not good, time is up, not HTTP), LimitExceeded (an answer beyond body_bytes_max).
//          Redirects are not followed: the token is for the server that was named.
// Threads  any; blocks.
// Limits   time_max for connecting and for the exchange, each; body_bytes_max.
// Source   RFC 9112. Boost.Beast, bound here only: libcurl's thirty libraries would cost each start 9 ms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace galley::net {

struct ClientCall {
    std::string method = "GET";
    std::string url;
    std::string bearer{};   // "": no Authorization
    std::string body{};     // JSON, or "" for none
    std::string ca_file{};  // PEM; "": the system's
    Duration time_max = std::chrono::minutes(2);
    std::uint64_t body_bytes_max = std::uint64_t{64} << 20;
};

struct ClientAnswer {
    int status = 0;
    std::string body;
};

Result<ClientAnswer> ask(const ClientCall& call);

}  // namespace galley::net
