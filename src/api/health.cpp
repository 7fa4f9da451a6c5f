// Liveness and readiness (R97): open to all, cheap, and honest about each part.
#include "api/endpoint.h"
#include "api/health_json.h"
#include "api/schemas.h"
#include "codec/json_writer.h"

namespace galley::api {

namespace {

void live(Call call) {
    std::move(call).json_unstored(200, R"({"status":"live"})");
}

std::string_view readiness_name(PartState state) {
    return state == PartState::Ok ? "ready" : part_state_name(state);
}

// Details only where something is wrong: this answer is open to all.
void append_part(codec::JsonWriter& json, const PartReport& part) {
    json.key(part.name);
    json.begin_object();
    json.field("status", part_state_name(part.state));
    json.field("duration_ms", part.milliseconds);
    if (part.state != PartState::Ok) json.field("detail", part.detail);
    json.end_object();
}

// Ready means that requests can be served; a part that only slows us down makes it degraded, not dead.
void ready(Call call) {
    auto shared = std::make_shared<Call>(std::move(call));
    shared->services().health.check([shared](const HealthReport& health) {
        const int status = health.state == PartState::Failed ? 503 : 200;
        shared->on_loop([shared, status, body = health_json(health)]() mutable {
            std::move(*shared).json_unstored(status, std::move(body));
        });
    });
}

}  // namespace

std::string health_json(const HealthReport& health) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", readiness_name(health.state));
    json.key("parts");
    json.begin_object();
    for (const PartReport& part : health.parts) append_part(json, part);
    json.end_object();
    json.end_object();
    return out;
}

std::vector<EndpointRow> health_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/health/live",
         .name = "health_live",
         .tag = "health",
         .summary = "The process answers",
         .access = Access::Public,
         .rate_class = auth::RateClass::Public,
         .answers = {answer_of(200, "it lives", object({field("status", one_of({"live"}))}))},
         .handler = live},
        {.method = Get,
         .pattern = "/health/ready",
         .name = "health_ready",
         .tag = "health",
         .summary = "Each part with its time and state",
         .access = Access::Public,
         .rate_class = auth::RateClass::Public,
         .answers = {answer_of(200, "requests can be served", ref("Health")),
                     answer_of(503, "a part that is needed is out of order, or the server is stopping", ref("Health"))},
         .handler = ready},
    };
}

}  // namespace galley::api
