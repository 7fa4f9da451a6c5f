// src/api/endpoint.h — an endpoint is a row; router, access check and metrics names come from the rows.
//
// Shape    each resource file gives its rows by a function `std::vector<EndpointRow> …_endpoints()`; build_router()
//          makes the router.
//          Access::Token rows check levels 1 and 2 of R11 before the handler runs; levels 3 to 5 are the handler's
//          first lines.
//          Access::Metrics is Token for administrators, or Public when metrics_public is set (SPEC §17).
// Source   ARCHITECTURE rule 7; R10–R12.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "net/router.h"

namespace galley::api {

enum class Access : std::uint8_t { Public, Token, Metrics };

struct EndpointRow {
    net::Method method;
    const char* pattern;
    const char* name;     // metrics and logs
    const char* summary;  // one line for people
    Access access = Access::Token;
    std::size_t ServiceLimits::* body_bytes_max = &ServiceLimits::json_body_bytes_max;
    void (*handler)(Call call) = nullptr;
};

std::vector<EndpointRow> all_endpoints();
net::Router build_router(Services& services, const std::vector<EndpointRow>& rows);

std::vector<EndpointRow> health_endpoints();
std::vector<EndpointRow> metrics_endpoints();
std::vector<EndpointRow> room_endpoints();
std::vector<EndpointRow> snapshot_endpoints();
std::vector<EndpointRow> task_endpoints();
std::vector<EndpointRow> cache_endpoints();

}  // namespace galley::api
