// Liveness and readiness (R97): open to all, cheap, and honest about each part.
#include "api/endpoint.h"
#include "api/schemas.h"
#include "codec/json_writer.h"

namespace galley::api {

namespace {

void live(Call call) {
    std::move(call).json_unstored(200, R"({"status":"live"})");
}

struct Part {
    const char* name;
    Result<void> state;
    double milliseconds;
};

template <typename Check>
Part check_part(const Services& services, const char* name, Check check) {
    const MonotonicTime begin = services.clock.monotonic();
    Result<void> state = check();
    const std::chrono::duration<double, std::milli> took = services.clock.monotonic() - begin;
    return {name, std::move(state), took.count()};
}

void append_part(codec::JsonWriter& json, const Part& part) {
    json.key(part.name);
    json.begin_object();
    json.field("status", part.state ? "ok" : "failed");
    json.field("duration_ms", part.milliseconds);
    json.end_object();
}

// Ready means that requests can be served; a part that only slows us down (the disk cache) makes it degraded, not dead.
void ready(Call call) {
    const Services& services = call.services();
    const Part database = check_part(services, "database", [&]() -> Result<void> {
        return services.database.read([](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.query_integer("SELECT 1"));
            return {};
        });
    });
    const Part disk = check_part(services, "disk", [&]() -> Result<void> {
        GALLEY_TRY_VOID(services.files.free_bytes(services.data_folder));
        return {};
    });
    const bool usable = database.state.has_value();
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", !usable ? "failed" : disk.state ? "ready" : "degraded");
    json.key("parts");
    json.begin_object();
    append_part(json, database);
    append_part(json, disk);
    json.end_object();
    json.end_object();
    std::move(call).json_unstored(usable ? 200 : 503, std::move(out));
}

}  // namespace

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
                     answer_of(503, "a part that is needed is out of order", ref("Health"))},
         .handler = ready},
    };
}

}  // namespace galley::api
