// The status endpoints of older clients, with and without the trailing slash (R95, R96), and their caches (R81).
#include "api/endpoint.h"
#include "api/health_json.h"
#include "api/json_parts.h"
#include "api/live_hub.h"
#include "api/metrics_summary.h"
#include "api/monitoring_caches.h"
#include "api/monitoring_rows.h"
#include "api/room_access.h"
#include "api/task_access.h"

namespace galley::api {

namespace {

using auth::Action;

constexpr int kRunningShown = 50;
constexpr std::int64_t kCleanupHoursDefault = 24;
constexpr std::int64_t kMetricsHoursDefault = 24;

// ---- answers that may come from a cache

// Where an answer is kept. The key names what the caller may see: nobody gets another's.
struct Place {
    MonitoringCache cache;
    std::string key;
    std::uint64_t state = 0;
};

std::string scope_of(const auth::Caller& caller) {
    return caller.is_admin() ? "admin" : caller.email;
}

// Whoever asks from Python says False.
Result<bool> wants_cache(const Call& call) {
    GALLEY_TRY(const auto use, query_parameter(call, "use_cache"));
    if (!use || net::equal_ignoring_case(*use, "true")) return true;
    if (net::equal_ignoring_case(*use, "false")) return false;
    return fail(ErrorCode::InvalidInput, "the query parameter 'use_cache' must be true or false");
}

net::Response unstored_json(Bytes body) {
    net::Response response = net::json_response(200, std::move(body));
    response.add_header("Cache-Control", "no-store");
    return response;
}

// True when the call is answered: by what is kept, or because it is wrong.
bool answer_kept(Call& call, const Place& place) {
    const Result<bool> wanted = wants_cache(call);
    if (!wanted) {
        std::move(call).fail(wanted.error());
        return true;
    }
    MonitoringCaches& caches = call.services().monitoring;
    cache::TtlCache& kept = caches.of(place.cache);
    if (!*wanted) {
        kept.note_bypass();
        return false;
    }
    const auto hit = kept.get(place.key, place.state, caches.now());
    if (!hit) return false;
    net::Response response = unstored_json(Bytes(hit->value.view()));
    response.add_header("X-Cache", "HIT");
    response.add_header("X-Cache-Age", std::to_string(std::chrono::floor<std::chrono::seconds>(hit->age).count()));
    std::move(call).respond(std::move(response));
    return true;
}

void answer_fresh(Call call, const Place& place, const std::string& body) {
    MonitoringCaches& caches = call.services().monitoring;
    caches.of(place.cache).put(place.key, SharedBytes(body), place.state, caches.now());
    net::Response response = unstored_json(body);
    response.add_header("X-Cache", "MISS");
    std::move(call).respond(std::move(response));
}

template <typename Make>
void answer_cached(Call call, const Place& place, Make make) {
    if (answer_kept(call, place)) return;
    Result<std::string> body = make(call);
    if (!body) return std::move(call).fail(body.error());
    answer_fresh(std::move(call), place, *body);
}

template <typename Fill>
std::string object_json(const Services& services, Fill fill) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    time_field(json, "timestamp", services.clock.now());
    fill(json);
    json.end_object();
    return out;
}

// ---- tasks

void task_status(Call call) {
    const std::string_view id = call.parameter("task_id");
    const Place place{MonitoringCache::TaskStatus, scope_of(call.caller()) + "\ntask\n" + std::string(id),
                      call.services().monitoring.state_of(id)};
    answer_cached(std::move(call), place, [](const Call& asked) -> Result<std::string> {
        GALLEY_TRY(const tasks::TaskRecord task, find_task(asked));
        return task_json(task);
    });
}

// How many tasks there are in all is for administrators.
Result<std::string> tasks_json(const Call& call) {
    const tasks::TaskEngine& engine = call.services().tasks;
    tasks::TaskFilter running{.state = tasks::TaskState::Running, .limit = kRunningShown};
    if (!call.caller().is_admin()) running.created_by = call.caller().email;
    GALLEY_TRY(const tasks::TaskPage page, engine.list(running));
    return object_json(call.services(), [&](codec::JsonWriter& json) {
        json.key("counts");
        if (call.caller().is_admin()) {
            append_task_counts(json, engine.counts());
        } else {
            json.null();
        }
        json.key("running");
        json.begin_array();
        for (const tasks::TaskRecord& task : page.tasks) append_task(json, task);
        json.end_array();
    });
}

void tasks_status(Call call) {
    const Place place{MonitoringCache::TaskStatus, scope_of(call.caller()) + "\ntasks",
                      call.services().monitoring.state_of_all()};
    answer_cached(std::move(call), place, tasks_json);
}

// ---- workers and queues

void append_workers(codec::JsonWriter& json, const Services& services, const tasks::EngineStats& stats) {
    json.key("workers");
    json.begin_array();
    json.begin_object();
    json.field("name", "threads of this node");
    json.field("status", "online");
    json.field("concurrency", services.workers);
    json.field("running", stats.running);
    json.field("started", stats.started);
    json.end_object();
    json.end_array();
    json.field("rescued", stats.rescued);
    json.field("refused_late", stats.refused_late);
}

void append_queue(codec::JsonWriter& json, const tasks::QueueStatus& queue) {
    json.begin_object();
    json.field("name", queue.name);
    json.field("mode", tasks::queue_mode_name(queue.settings.mode));
    json.field("scheduled", queue.counts.scheduled);
    json.field("pending", queue.counts.pending);
    json.field("running", queue.counts.running);
    json.end_object();
}

void append_queues(codec::JsonWriter& json, const tasks::TaskEngine& engine, const tasks::EngineStats& stats) {
    json.key("queues");
    json.begin_array();
    for (const tasks::QueueStatus& queue : engine.queues()) append_queue(json, queue);
    json.end_array();
    json.key("all");
    append_task_counts(json, engine.counts());
    json.field("ready_in_memory", stats.ready_in_memory);
}

void workers_status(Call call) {
    if (const auto may = auth::check_right(call.caller(), Action::MonitoringRead); !may)
        return std::move(call).fail(may.error());
    const Place place{MonitoringCache::WorkerStatus, "all", call.services().monitoring.state_of_all()};
    answer_cached(std::move(call), place, [](const Call& asked) -> Result<std::string> {
        return object_json(asked.services(), [&](codec::JsonWriter& json) {
            append_workers(json, asked.services(), asked.services().tasks.stats());
        });
    });
}

void queues_status(Call call) {
    if (const auto may = auth::check_right(call.caller(), Action::MonitoringRead); !may)
        return std::move(call).fail(may.error());
    const Place place{MonitoringCache::QueueStatus, "all", call.services().monitoring.state_of_all()};
    answer_cached(std::move(call), place, [](const Call& asked) -> Result<std::string> {
        const tasks::TaskEngine& engine = asked.services().tasks;
        return object_json(asked.services(),
                           [&](codec::JsonWriter& json) { append_queues(json, engine, engine.stats()); });
    });
}

// ---- figures, health, overview

void metrics_status(Call call) {
    if (const auto may = auth::check_right(call.caller(), Action::MetricsRead); !may)
        return std::move(call).fail(may.error());
    const auto hours = query_number(call, "hours");
    if (!hours) return std::move(call).fail(hours.error());
    const std::int64_t wanted = hours->value_or(kMetricsHoursDefault);
    const Place place{MonitoringCache::MetricsSummary, std::to_string(wanted)};
    if (answer_kept(call, place)) return;
    read_metrics_summary(std::move(call), static_cast<int>(wanted),
                         [place](Call done, const std::string& body) { answer_fresh(std::move(done), place, body); });
}

// What is out of order is looked at each time.
void health_status(Call call) {
    const Place place{MonitoringCache::HealthCheck, "all"};
    if (answer_kept(call, place)) return;
    auto shared = std::make_shared<Call>(std::move(call));
    shared->services().health.check([shared, place](const HealthReport& health) {
        const bool failed = health.state == PartState::Failed;
        shared->on_loop([shared, place, failed, body = health_json(health)]() mutable {
            if (failed) return std::move(*shared).json_unstored(503, std::move(body));
            answer_fresh(std::move(*shared), place, body);
        });
    });
}

Result<std::string> overview_json(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), Action::MonitoringRead));
    const Services& services = call.services();
    const tasks::EngineStats stats = services.tasks.stats();
    return object_json(services, [&](codec::JsonWriter& json) {
        append_queues(json, services.tasks, stats);
        append_workers(json, services, stats);
        json.field("waiters", stats.waiters);
        json.field("live_listeners", services.live.listeners());
        json.key("monitoring_caches");
        json.begin_object();
        services.monitoring.append_statistics(json);
        json.end_object();
    });
}

void overview(Call call) {
    Result<std::string> body = overview_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json_unstored(200, std::move(*body));
}

// ---- care

Result<std::int64_t> clean_up(Call& call, std::int64_t hours) {
    const Services& services = call.services();
    auth::AuditEntry entry = audit_of(call, Action::TaskAdminister);
    entry.action = "task_cleanup";
    entry.object = "tasks/older_than_hours=" + std::to_string(hours);
    GALLEY_TRY_VOID(services.audit.add(entry));
    return services.tasks.cleanup(services.clock.now() - std::chrono::hours(hours));
}

void cleanup(Call call) {
    if (const auto may = auth::check_right(call.caller(), Action::TaskAdminister); !may)
        return std::move(call).fail(may.error());
    const auto hours = query_number(call, "older_than_hours");
    if (!hours) return std::move(call).fail(hours.error());
    auto work = [hours = hours->value_or(kCleanupHoursDefault)](Call& waiting) { return clean_up(waiting, hours); };
    block_then(std::move(call), std::move(work), [](Call done, std::int64_t removed) {
        std::move(done).json(200, R"({"removed":)" + std::to_string(removed) + "}");
    });
}

void cache_stats(Call call) {
    if (const auto may = auth::check_right(call.caller(), Action::MonitoringRead); !may)
        return std::move(call).fail(may.error());
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    call.services().monitoring.append_statistics(json);
    json.end_object();
    std::move(call).json_unstored(200, std::move(out));
}

// One cache, or all.
Result<std::size_t> invalidate(const Call& call, const std::optional<std::string>& name) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), Action::CacheAdminister));
    const auto one = name ? parse_monitoring_cache(*name) : std::nullopt;
    auth::AuditEntry entry = audit_of(call, Action::CacheAdminister);
    entry.object = "monitoring/" + name.value_or("all");
    GALLEY_TRY_VOID(call.services().audit.add(entry));
    MonitoringCaches& caches = call.services().monitoring;
    if (one) return caches.of(*one).invalidate_all();
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < kMonitoringCacheCount; ++i)
        dropped += caches.of(static_cast<MonitoringCache>(i)).invalidate_all();
    return dropped;
}

void cache_invalidate(Call call) {
    const auto name = query_parameter(call, "cache_name");
    if (!name) return std::move(call).fail(name.error());
    const Result<std::size_t> dropped = invalidate(call, *name);
    if (!dropped) return std::move(call).fail(dropped.error());
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("cache_name", name->value_or("all"));
    json.field("invalidated", *dropped);
    json.end_object();
    std::move(call).json(200, std::move(out));
}

}  // namespace

std::vector<EndpointRow> monitoring_endpoints() {
    return monitoring_rows({.task_status = task_status,
                            .bulk_status = bulk_status,
                            .cancel = cancel_task,
                            .overview = overview,
                            .health = health_status,
                            .cleanup = cleanup,
                            .tasks = tasks_status,
                            .workers = workers_status,
                            .queues = queues_status,
                            .metrics = metrics_status,
                            .cache_stats = cache_stats,
                            .cache_invalidate = cache_invalidate});
}

}  // namespace galley::api
