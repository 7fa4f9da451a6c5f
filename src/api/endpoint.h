// src/api/endpoint.h — an endpoint is a row; router, access check, rate class, OpenAPI and metrics names come from the
// rows.
//
// Shape    each resource file gives its rows by a function `std::vector<EndpointRow> …_endpoints()`; build_router()
//          makes the router. Rows are written with designated initializers; what is left out has the defaults below.
//          Access::Token rows check levels 1 and 2 of R11 before the handler runs; levels 3 to 5 are the handler's
//          first lines.
//          Access::Metrics is Token for administrators, or Public when metrics_public is set (SPEC §17).
// Duty     whatever can be asked for or answered is in the row: tests/openapi holds real requests and answers against
//          it. Not stated per row, because they follow from it: path parameters (api/openapi.cpp describes them by
//          name), 304 and 206 of cacheable answers, the problems 400, 401, 403, 406, 412 of GET,
//          413, 415, 422, 429 and 503.
// Source   ARCHITECTURE rule 7; R1, R3, R10–R12, R15.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "api/schema.h"
#include "auth/rate_class.h"
#include "net/router.h"

namespace galley::api {

enum class Access : std::uint8_t { Public, Token, Metrics };

// Keyed: the creating call takes an Idempotency-Key (R3).
enum class Idempotency : std::uint8_t { None, Keyed };

struct QueryParameter {
    const char* name;
    Schema schema;
    const char* description;
};

struct AnswerHeader {
    const char* name;
    const char* description;
};

struct Answer {
    int status = 200;
    const char* description = "";
    std::optional<Schema> schema{};  // none: no body
    const char* content_type = "application/json";
    std::vector<AnswerHeader> headers{};
};

// A problem that this endpoint answers beyond those that all do: why, in one line.
struct ProblemAnswer {
    int status;
    const char* description;
};

struct EndpointRow {
    net::Method method = net::Method::Get;
    const char* pattern = "";
    const char* name = "";         // metrics, logs and OpenAPI's operationId
    const char* tag = "";          // its group in the page at /docs; one of openapi.cpp's tags
    const char* summary = "";      // one line for people
    const char* description = "";  // more, in Markdown; may be empty
    Access access = Access::Token;
    auth::RateClass rate_class = auth::RateClass::Read;
    std::size_t ServiceLimits::* body_bytes_max = &ServiceLimits::json_body_bytes_max;
    Idempotency idempotency = Idempotency::None;
    std::vector<QueryParameter> query{};
    std::optional<Schema> body{};        // of the request; none: it takes no body
    const char* body_example = nullptr;  // JSON
    std::vector<Answer> answers{};
    std::vector<ProblemAnswer> problems{};
    void (*handler)(Call call) = nullptr;
};

// Every row of the program, made once.
const std::vector<EndpointRow>& all_endpoints();
// The rows outlive the router.
net::Router build_router(Services& services, const std::vector<EndpointRow>& rows);

std::vector<EndpointRow> health_endpoints();
std::vector<EndpointRow> metrics_endpoints();
std::vector<EndpointRow> room_endpoints();
std::vector<EndpointRow> member_endpoints();
std::vector<EndpointRow> activity_endpoints();
std::vector<EndpointRow> snapshot_endpoints();
std::vector<EndpointRow> document_endpoints();
std::vector<EndpointRow> task_endpoints();
std::vector<EndpointRow> task_change_endpoints();
std::vector<EndpointRow> queue_endpoints();
std::vector<EndpointRow> worker_endpoints();
std::vector<EndpointRow> kind_endpoints();
std::vector<EndpointRow> live_endpoints();
std::vector<EndpointRow> monitoring_endpoints();
std::vector<EndpointRow> schedule_endpoints();
std::vector<EndpointRow> cron_question_endpoints();
std::vector<EndpointRow> cache_endpoints();
std::vector<EndpointRow> account_endpoints();
std::vector<EndpointRow> audit_endpoints();
std::vector<EndpointRow> description_endpoints();

}  // namespace galley::api
