#include "app/instruments.h"

#include <fmt/format.h>

#include "base/log.h"
#include "os/process.h"

namespace galley::app {

namespace {

constexpr std::chrono::seconds kSlowRequest{2};  // R90

std::vector<metrics::Sample> one(double value) {
    return {{{}, value}};
}

}  // namespace

TaskInstruments::TaskInstruments(metrics::Registry& registry, const os::Clock& clock)
    : registry_(registry),
      clock_(clock),
      waited_(registry.histogram("galley_task_wait_seconds", "Time from due to start of an attempt.")),
      ran_(registry.histogram("galley_task_run_seconds", "Time of an attempt.")) {
    for (int i = 0; i < tasks::kTaskEventCount; ++i) {
        const auto event = static_cast<tasks::TaskEvent>(i);
        events_.push_back(&registry_.counter("galley_task_events_total", "What happened to tasks.",
                                             {{"event", std::string(tasks::event_name(event))}}));
    }
}

void TaskInstruments::on_notice(const tasks::TaskNotice& notice) {
    events_[static_cast<std::size_t>(notice.event)]->add();
    const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
    if (notice.event == tasks::TaskEvent::Started) waited_.record(seconds(notice.waited));
    if (tasks::is_terminal(notice.state) && notice.attempt > 0) ran_.record(seconds(notice.ran));
    if (notice.event != tasks::TaskEvent::Failed && notice.event != tasks::TaskEvent::Poisoned) return;
    if (const auto left_out = log_bound_.take(notice.kind, clock_.monotonic())) {
        log(LogLevel::Warning, "task_failed",
            {{"task_id", notice.id},
             {"kind", notice.kind},
             {"attempt", notice.attempt},
             {"error", notice.error},
             {"suppressed", *left_out}});
    }
}

RequestInstruments::RequestInstruments(metrics::Registry& registry, jobs::MetricsJournal& journal,
                                       const net::Router& router, const os::Clock& clock)
    : journal_(journal), clock_(clock) {
    constexpr const char* kClasses[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    const auto add = [&](const std::string& name) {
        Endpoint endpoint{name,
                          &registry.histogram("galley_http_request_seconds",
                                              "Time from first byte read to last byte written.", {{"endpoint", name}}),
                          {}};
        for (int i = 0; i < 5; ++i) {
            endpoint.by_class[i] = &registry.counter("galley_http_requests_total", "Requests answered.",
                                                     {{"endpoint", name}, {"status", kClasses[i]}});
        }
        endpoints_.push_back(std::move(endpoint));
    };
    for (const net::Endpoint& endpoint : router.endpoints()) add(endpoint.name);
    add("none");
}

void RequestInstruments::on_finished(const net::RequestSummary& summary) {
    const bool matched = summary.endpoint >= 0 && summary.endpoint + 1 < std::ssize(endpoints_);
    const Endpoint& endpoint = matched ? endpoints_[static_cast<std::size_t>(summary.endpoint)] : endpoints_.back();
    const std::chrono::duration<double> took = summary.duration;
    endpoint.duration->record(took.count());
    endpoint.by_class[std::clamp(summary.status / 100, 1, 5) - 1]->add();
    journal_.record_request(endpoint.name, took.count());
    write_line(summary, endpoint.name);
}

void RequestInstruments::write_line(const net::RequestSummary& summary, const std::string& endpoint) {
    const std::chrono::duration<double> took = summary.duration;
    const bool client_was_slow = summary.status == 408;  // not ours to warn of, and a flood of them no flood of lines
    const bool slow = summary.duration > kSlowRequest && !client_was_slow;
    const LogLevel level = summary.status >= 500 || slow ? LogLevel::Warning : LogLevel::Debug;
    if (!log_enabled(level)) return;
    std::optional<std::uint64_t> left_out = 0;
    if (level == LogLevel::Warning) {
        left_out = log_bound_.take(fmt::format("{} {} {}", endpoint, summary.status, slow), clock_.monotonic());
    }
    if (!left_out) return;
    log(level, slow ? "slow_request" : "request",
        {{"method", net::method_name(summary.method)},
         {"path", summary.path},
         {"status", summary.status},
         {"request_id", summary.request_id},
         {"peer", summary.peer_address},
         {"bytes_out", summary.bytes_out},
         {"seconds", took.count()},
         {"suppressed", *left_out}});
}

PartGauges::PartGauges(metrics::Registry& registry, const MeasuredParts& parts) : registry_(registry) {
    measure_server(parts.server);
    measure_tasks(parts.engine);
    measure_store(parts.database);
    measure_cache(parts.documents);
    if (parts.render_pool != nullptr) measure_render_pool(*parts.render_pool);
    registry_.collect_gauge(
        "galley_disk_free_bytes", "Free space where the data folder lies.",
        [&files = parts.files, folder = parts.data_folder] {
            const Result<std::uint64_t> free = files.free_bytes(folder);
            return free ? one(static_cast<double>(*free)) : std::vector<metrics::Sample>{};
        },
        this);
    measure_process();
}

void PartGauges::measure_server(const net::HttpServer& server) {
    registry_.collect_gauge(
        "galley_http_connections", "Connections open, this one included.",
        [&server] { return one(static_cast<double>(server.connections())); }, this);
}

void PartGauges::measure_tasks(const tasks::TaskEngine& engine) {
    registry_.collect_gauge(
        "galley_task_waiters", "Requests that are held until a task is finished.",
        [&engine] { return one(static_cast<double>(engine.stats().waiters)); }, this);
    registry_.collect_gauge(
        "galley_tasks", "Tasks by state.",
        [&engine] {
            const tasks::TaskCounts counts = engine.counts();
            std::vector<metrics::Sample> samples;
            for (int i = 0; i < tasks::kTaskStateCount; ++i) {
                const auto state = static_cast<tasks::TaskState>(i);
                samples.push_back(
                    {{{"state", std::string(tasks::state_name(state))}}, static_cast<double>(counts[state])});
            }
            return samples;
        },
        this);
}

void PartGauges::measure_store(const store::Database& database) {
    registry_.collect_gauge(
        "galley_store_queue_depth", "Writes waiting for the store's writer.",
        [&database] { return one(static_cast<double>(database.stats().queue_depth)); }, this);
    registry_.collect_counter(
        "galley_store_commits_total", "Transactions of the store's writer.",
        [&database] { return one(static_cast<double>(database.stats().batches)); }, this);
    registry_.collect_counter(
        "galley_store_writes_total", "Units of writing, many to a transaction.",
        [&database] { return one(static_cast<double>(database.stats().works)); }, this);
    registry_.collect_counter(
        "galley_store_reads_total", "Looks into the store beside its writer, each one or more queries.",
        [&database] { return one(static_cast<double>(database.stats().reads)); }, this);
}

void PartGauges::measure_cache(cache::DocumentCache& documents) {
    registry_.collect_gauge(
        "galley_cache_memory_bytes", "Documents in the memory tier.",
        [&documents] { return one(documents.statistics().memory_used_mb * 1e6); }, this);
    registry_.collect_gauge(
        "galley_cache_disk_bytes", "Documents in the disk tier.",
        [&documents] { return one(documents.statistics().disk_used_mb * 1e6); }, this);
    registry_.collect_counter(
        "galley_cache_lookups_total", "Look-ups of documents by outcome.",
        [&documents] {
            const cache::DocumentCacheStatistics cache = documents.statistics();
            return std::vector<metrics::Sample>{{{{"outcome", "memory_hit"}}, static_cast<double>(cache.memory_hits)},
                                                {{{"outcome", "disk_hit"}}, static_cast<double>(cache.disk_hits)},
                                                {{{"outcome", "miss"}}, static_cast<double>(cache.cache_misses)}};
        },
        this);
    registry_.collect_counter(
        "galley_cache_evictions_total", "Documents evicted from either tier.",
        [&documents] { return one(static_cast<double>(documents.statistics().cache_evictions)); }, this);
}

void PartGauges::measure_render_pool(pool::ProcessPool& pool) {
    registry_.collect_gauge(
        "galley_render_processes", "Child processes that render.",
        [&pool] { return one(static_cast<double>(pool.stats().children)); }, this);
    registry_.collect_counter(
        "galley_render_jobs_total", "Jobs that child processes were given.",
        [&pool] { return one(static_cast<double>(pool.stats().jobs)); }, this);
    registry_.collect_counter(
        "galley_render_process_ends_total",
        "Ends of child processes: died (crash, or killed from outside), killed (a stop or a limit), recycled.",
        [&pool] {
            const pool::PoolStats stats = pool.stats();
            return std::vector<metrics::Sample>{{{{"cause", "died"}}, static_cast<double>(stats.deaths)},
                                                {{{"cause", "killed"}}, static_cast<double>(stats.killed)},
                                                {{{"cause", "recycled"}}, static_cast<double>(stats.recycled)}};
        },
        this);
}

void PartGauges::measure_process() {
    registry_.collect_gauge(
        "process_resident_memory_bytes", "Resident memory of this process.",
        [] { return one(static_cast<double>(os::resident_memory_bytes())); }, this);
    registry_.collect_counter(
        "process_cpu_seconds_total", "Processor time of this process.", [] { return one(os::cpu_seconds()); }, this);
}

PartGauges::~PartGauges() {
    registry_.remove_callbacks(this);
}

}  // namespace galley::app
