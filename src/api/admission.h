// src/api/admission.h — who may come to a handler at all: levels 1 and 2 of R11, and the rate limits of R15.
//
// Shape    admit(services, request, row) counts the request and gives the caller (nobody for public rows), or says why
//          not. too_many_requests() is the answer to who asks too often.
// Errors   Unauthenticated, Forbidden; or `limited`, which is answered 429.
// Threads  any.
// Source   R10, R11, R15, docs/rights.md; draft-ietf-httpapi-ratelimit-headers-06 for RateLimit-*.
#pragma once

#include <optional>

#include "api/endpoint.h"
#include "auth/rate_limits.h"

namespace galley::api {

struct Admission {
    auth::Caller caller{};
    std::optional<Error> refused{};
    std::optional<auth::RateVerdict> limited{};
};

Admission admit(const Services& services, const net::Request& request, const EndpointRow& row);

net::Response too_many_requests(const net::Request& request, const auth::RateVerdict& verdict);

}  // namespace galley::api
