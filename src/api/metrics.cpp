// The metrics summary, its export and clearing (R91), and Prometheus' text (R92).
#include "api/cache_json.h"
#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/metrics_summary.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "codec/date.h"
#include "codec/json_writer.h"

namespace galley::api {

namespace {

using store::Executor;

constexpr int kHoursDefault = 24;
constexpr int kClearHoursDefault = 168;
constexpr std::int64_t kHoursMax = 24 * 366;

Result<int> hours_from_query(const Call& call, int otherwise) {
    GALLEY_TRY(const auto hours, query_number(call, "hours"));
    return static_cast<int>(hours.value_or(otherwise));
}

// Seconds, as all durations here.
void append_statistics(codec::JsonWriter& json, const metrics::Sketch& sketch) {
    json.begin_object();
    json.field("min", sketch.min());
    json.field("max", sketch.max());
    json.field("mean", sketch.mean());
    json.field("median", sketch.quantile(0.5));
    json.field("p95", sketch.quantile(0.95));
    json.field("p99", sketch.quantile(0.99));
    json.field("count", sketch.count());
    json.end_object();
}

void append_generation(codec::JsonWriter& json, const jobs::MetricsReport& report, const metrics::Sketch& all) {
    json.begin_object();
    json.field("total_generations", all.count());
    json.field("cached_count", report.cached.count());
    json.field("generated_count", report.generated.count());
    const auto total = static_cast<double>(all.count());
    json.field("cache_hit_rate_percent",
               all.count() == 0 ? 0.0 : 100.0 * static_cast<double>(report.cached.count()) / total);
    json.key("statistics");
    append_statistics(json, all);
    json.end_object();
}

std::uint64_t append_endpoints(codec::JsonWriter& json, const jobs::MetricsReport& report) {
    std::uint64_t total = 0;
    for (const auto& [endpoint, sketch] : report.requests) total += sketch.count();
    json.begin_object();
    json.field("total_requests", total);
    json.key("endpoints");
    json.begin_object();
    for (const auto& [endpoint, sketch] : report.requests) {
        json.key(endpoint);
        append_statistics(json, sketch);
    }
    json.end_object();
    json.end_object();
    return total;
}

std::string summary_json(const Services& services, const jobs::MetricsReport& report, int hours) {
    metrics::Sketch all = report.generated;
    all.merge(report.cached);
    const cache::DocumentCacheStatistics cache = services.documents.statistics();
    std::string endpoints;
    codec::JsonWriter endpoints_json(endpoints);
    const std::uint64_t requests = append_endpoints(endpoints_json, report);
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("timestamp", codec::format_rfc3339(services.clock.now()));
    json.field("period_hours", hours);
    json.key("summary");
    json.begin_object();
    json.field("total_metrics", all.count() + requests);
    json.key("statistics");
    json.begin_object();
    json.key("pdf_generation_time");
    append_statistics(json, all);
    json.end_object();
    json.end_object();
    json.key("pdf_generation");
    append_generation(json, report, all);
    json.raw_field("api_performance", endpoints);
    json.key("cache");
    json.begin_object();
    json.field("memory_entries", cache.memory_entries);
    json.field("memory_used_mb", cache.memory_used_mb);
    json.field("disk_used_mb", cache.disk_used_mb);
    json.field("hit_rate_percent", cache.hit_rate_percent);
    json.field("cache_evictions", cache.cache_evictions);
    json.end_object();
    json.end_object();
    return out;
}

Result<int> admin_hours(const Call& call, int otherwise) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::MetricsRead));
    return hours_from_query(call, otherwise);
}

// What is new goes to the table first, so that the answer is whole.
auto flush_and_read(Services& services, int hours) {
    return [&services, hours](Executor& executor) -> Result<jobs::MetricsReport> {
        GALLEY_TRY_VOID(services.journal.flush_in(executor));
        return services.journal.read_in(executor, hours);
    };
}

void summary(Call call) {
    const Result<int> hours = admin_hours(call, kHoursDefault);
    if (!hours) return std::move(call).fail(hours.error());
    read_metrics_summary(std::move(call), *hours,
                         [](Call done, std::string body) { std::move(done).json_unstored(200, std::move(body)); });
}

KeptAnswer export_answer(const std::string& name) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("file", "metrics/" + name);
    json.end_object();
    return {201, {}, std::move(out)};
}

auth::AuditEntry audit_of_metrics(const Call& call, const char* action, const std::string& object) {
    auth::AuditEntry entry = audit_of(call, auth::Action::MetricsRead);
    entry.action = action;
    entry.object = object;
    return entry;
}

// The file is written outside of the transaction that keeps its answer: two calls with one key at the same moment may
// write two files, but both answer with the first's name.
Result<Outcome> export_keyed(const Call& call, int hours, const std::optional<IdempotentRequest>& key) {
    Services& services = call.services();
    const auto find = [&](Executor& executor) -> Result<std::optional<KeptAnswer>> {
        if (!key) return std::optional<KeptAnswer>();
        return find_answer_in(executor, *key);
    };
    GALLEY_TRY(std::optional<KeptAnswer> before, services.database.write(find));
    if (before) return Outcome{std::move(*before), Answered::Before};
    GALLEY_TRY(const std::string summary, make_metrics_summary(services, hours));
    GALLEY_TRY(const std::string name, write_metrics_file(services, summary));
    return services.database.write([&](Executor& executor) -> Result<Outcome> {
        GALLEY_TRY(std::optional<KeptAnswer> other, find(executor));
        if (other) return Outcome{std::move(*other), Answered::Before};
        GALLEY_TRY_VOID(auth::append_audit(executor, audit_of_metrics(call, "metrics_export", name)));
        KeptAnswer answer = export_answer(name);
        if (key) GALLEY_TRY_VOID(keep_answer_in(executor, *key, answer));
        return Outcome{std::move(answer), Answered::Now};
    });
}

void export_summary(Call call) {
    const Result<int> hours = admin_hours(call, kHoursDefault);
    if (!hours) return std::move(call).fail(hours.error());
    const Result<std::optional<IdempotentRequest>> key = idempotent_request(call);
    if (!key) return std::move(call).fail(key.error());
    auto work = [hours = *hours, key = *key](Call& waiting) { return export_keyed(waiting, hours, key); };
    block_then(std::move(call), std::move(work),
               [](Call done, Outcome outcome) { send_outcome(std::move(done), std::move(outcome)); });
}

void clear(Call call) {
    const Result<int> hours = admin_hours(call, kClearHoursDefault);
    if (!hours) return std::move(call).fail(hours.error());
    auto work = [&services = call.services(), hours = *hours,
                 audit = audit_of_metrics(call, "metrics_clear", "older_than_hours=" + std::to_string(*hours))](
                    Executor& executor) -> Result<std::int64_t> {
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return services.journal.clear_in(executor, hours);
    };
    write_then(std::move(call), std::move(work), [](Call done, std::int64_t cleared) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("cleared", cleared);
        json.end_object();
        std::move(done).json(200, std::move(out));
    });
}

void prometheus(Call call) {
    net::Response response{.status = 200,
                           .content_type = std::string(metrics::kTextContentType),
                           .headers = {{"Cache-Control", "no-store"}},
                           .body = call.services().registry.to_text()};
    std::move(call).respond(std::move(response));
}

QueryParameter hours_parameter(const char* otherwise, const char* description) {
    return {"hours", with_default(integer({.min = 1, .max = kHoursMax}), otherwise), description};
}

}  // namespace

void read_metrics_summary(Call call, int hours, std::function<void(Call, std::string)> answer) {
    auto work = flush_and_read(call.services(), hours);
    write_then(std::move(call), std::move(work),
               [hours, answer = std::move(answer)](Call done, const jobs::MetricsReport& report) {
                   std::string body = summary_json(done.services(), report, hours);
                   answer(std::move(done), std::move(body));
               });
}

Result<std::string> make_metrics_summary(Services& services, int hours) {
    GALLEY_TRY(const jobs::MetricsReport report, services.database.write(flush_and_read(services, hours)));
    return summary_json(services, report, hours);
}

Result<std::string> write_metrics_file(Services& services, const std::string& summary) {
    const std::string folder = services.data_folder + "/metrics";
    std::string stamp = codec::format_rfc3339(services.clock.now());
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-' || c == '.'; });
    const std::string name = "metrics_" + stamp + ".json";
    GALLEY_TRY_VOID(services.files.make_folders(folder));
    GALLEY_TRY_VOID(services.files.write(folder + "/" + name, {summary}, os::Files::Sync::Yes));
    return name;
}

std::vector<EndpointRow> metrics_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/api/v1/snapshots/metrics/summary",
         .name = "metrics_summary",
         .tag = "metrics",
         .summary = "Generation, API and cache figures of the last hours",
         .description = "For administrators. Quantiles are right to 1 %.",
         .rate_class = Administration,
         .query = {hours_parameter("24", "of the last hours")},
         .answers = {answer_of(200, "the figures", ref("MetricsSummary"))},
         .handler = summary},
        {.method = Post,
         .pattern = "/api/v1/snapshots/metrics/export",
         .name = "metrics_export",
         .tag = "metrics",
         .summary = "Write the summary to a file in the data folder",
         .rate_class = Administration,
         .idempotency = Idempotency::Keyed,
         .query = {hours_parameter("24", "of the last hours")},
         .answers = {answer_of(201, "the file's name", object({field("file", text())}))},
         .handler = export_summary},
        {.method = Delete,
         .pattern = "/api/v1/snapshots/metrics",
         .name = "metrics_clear",
         .tag = "metrics",
         .summary = "Forget figures that are older",
         .rate_class = Administration,
         .query = {hours_parameter("168", "keep the last hours")},
         .answers = {answer_of(200, "how many hours' entries were cleared",
                               object({field("cleared", integer({.min = 0}))}))},
         .handler = clear},
        {.method = Get,
         .pattern = "/metrics",
         .name = "metrics_text",
         .tag = "metrics",
         .summary = "Prometheus text",
         .description = "For administrators; open to all when `metrics_public` is set.",
         .access = Access::Metrics,
         .rate_class = Administration,
         .answers = {{.status = 200,
                      .description = "the figures",
                      .schema = text(),
                      .content_type = metrics::kTextContentType.data()}},
         .handler = prometheus},
    };
}

}  // namespace galley::api
