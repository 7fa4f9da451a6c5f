#include "api/monitoring_rows.h"

#include <deque>
#include <string>

#include "api/monitoring_caches.h"
#include "api/schemas.h"

namespace galley::api {

namespace {

using enum net::Method;

constexpr const char* kOlder = "/async-monitoring";
constexpr std::int64_t kHoursMax = 24 * 366;
constexpr std::int64_t kBulkStatusMax = 100;

// Rows keep pointers to their texts.
const char* kept(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text)).c_str();
}

QueryParameter use_cache() {
    return {"use_cache", text_like("^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"),
            "false: not from the cache, and the answer is kept as the new one"};
}

Answer cached(const char* description, Schema schema) {
    Answer answer = answer_of(200, description, std::move(schema));
    answer.headers = {{"X-Cache", "HIT or MISS"}, {"X-Cache-Age", "seconds since the answer was made; with a HIT"}};
    return answer;
}

EndpointRow status_row(const char* name, const char* summary, Answer answer, void (*handler)(Call)) {
    return {.method = Get,
            .name = name,
            .tag = "monitoring",
            .summary = summary,
            .query = {use_cache()},
            .answers = {std::move(answer)},
            .handler = handler};
}

EndpointRow for_administrators(EndpointRow row) {
    row.description = "For administrators.";
    row.rate_class = auth::RateClass::Administration;
    return row;
}

EndpointRow action_row(const char* name, const char* summary, Answer answer, void (*handler)(Call)) {
    EndpointRow row = status_row(name, summary, std::move(answer), handler);
    row.method = Post;
    row.query.clear();
    row.rate_class = auth::RateClass::Write;
    return row;
}

// Both spellings of `path`, the second with another operation id.
void add_both(std::vector<EndpointRow>& rows, EndpointRow row, const std::string& path, const std::string& prefix) {
    const std::string name = prefix + row.name;
    row.pattern = kept(path + "/");
    row.name = kept(name);
    rows.push_back(row);
    row.pattern = kept(path);
    row.name = kept(name + "_bare");
    rows.push_back(std::move(row));
}

void add_task_rows(std::vector<EndpointRow>& rows, const MonitoringHandlers& handlers) {
    const auto add = [&](EndpointRow row, const char* path) {
        add_both(rows, std::move(row), kOlder + std::string(path), "monitoring_");
    };
    add(status_row("task_status", "One task", cached("the task", ref("Task")), handlers.task_status),
        "/tasks/{task_id}/status");
    EndpointRow bulk = action_row("bulk_status", "Up to 100 tasks by id",
                                  answer_of(200, "those that were found", object({field("items", array(ref("Task")))})),
                                  handlers.bulk_status);
    bulk.rate_class = auth::RateClass::Read;
    bulk.body = object({field("task_ids", array(text(), {.max = kBulkStatusMax}))});
    bulk.body_example = R"({"task_ids":["task-0000000100000000"]})";
    add(std::move(bulk), "/tasks/bulk-status");
    EndpointRow cancel = action_row("task_cancel", "Cancel a waiting or running task",
                                    answer_of(200, "the task", ref("Task")), handlers.cancel);
    cancel.problems = {{409, "the task has ended already"}};
    add(std::move(cancel), "/tasks/{task_id}/cancel");
}

void add_care_rows(std::vector<EndpointRow>& rows, const MonitoringHandlers& handlers) {
    EndpointRow overview =
        for_administrators(status_row("overview", "Tasks, workers, waiters, live streams and caches in figures",
                                      answer_of(200, "as they are now", ref("MonitoringOverview")), handlers.overview));
    overview.query.clear();
    add_both(rows, std::move(overview), std::string(kOlder) + "/admin/monitoring", "monitoring_");
    EndpointRow cleanup = for_administrators(action_row(
        "cleanup", "Delete finished tasks that are older",
        answer_of(200, "how many were deleted", object({field("removed", integer({.min = 0}))})), handlers.cleanup));
    cleanup.query = {
        {"older_than_hours", with_default(integer({.min = 1, .max = kHoursMax}), "24"), "since they were finished"}};
    add_both(rows, std::move(cleanup), std::string(kOlder) + "/admin/cleanup", "monitoring_");
    EndpointRow health = status_row("health", "Each part with its time and state; open to all",
                                    cached("requests can be served", ref("Health")), handlers.health);
    health.access = Access::Public;
    health.problems = {{400, "use_cache is neither true nor false"}};
    health.rate_class = auth::RateClass::Public;
    health.answers.push_back(answer_of(503, "a part that is needed is out of order", ref("Health")));
    add_both(rows, std::move(health), std::string(kOlder) + "/health", "monitoring_");
}

void add_status_rows(std::vector<EndpointRow>& rows, const MonitoringHandlers& handlers, const std::string& path,
                     const std::string& prefix) {
    const auto add = [&](EndpointRow row, const char* name) { add_both(rows, std::move(row), path + name, prefix); };
    add(status_row("tasks_status", "Tasks by state, and those that run",
                   cached("administrators see all tasks, others their own", ref("TasksStatus")), handlers.tasks),
        "/tasks/status");
    add(for_administrators(status_row("workers_status", "What runs tasks",
                                      cached("the workers of this node", ref("WorkersStatus")), handlers.workers)),
        "/workers/status");
    add(for_administrators(status_row("queues_status", "What waits and runs",
                                      cached("tasks by state", ref("QueuesStatus")), handlers.queues)),
        "/queues/status");
    EndpointRow metrics =
        for_administrators(status_row("metrics_summary", "Generation, API and cache figures of the last hours",
                                      cached("the figures", ref("MetricsSummary")), handlers.metrics));
    metrics.query.push_back({"hours", with_default(integer({.min = 1, .max = kHoursMax}), "24"), "of the last hours"});
    add(std::move(metrics), "/metrics/summary");
    EndpointRow stats = for_administrators(
        status_row("cache_stats", "Statistics of the caches behind the status endpoints",
                   answer_of(200, "since the start", ref("MonitoringCacheStatistics")), handlers.cache_stats));
    stats.query.clear();
    add(std::move(stats), "/cache/stats");
    EndpointRow invalidate = for_administrators(
        action_row("cache_invalidate", "Forget what one of these caches holds, or all of them",
                   answer_of(200, "how many answers were dropped",
                             object({field("cache_name", text()), field("invalidated", integer({.min = 0}))})),
                   handlers.cache_invalidate));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kMonitoringCacheCount; ++i)
        names.emplace_back(monitoring_cache_name(static_cast<MonitoringCache>(i)));
    invalidate.query = {{"cache_name", one_of(std::move(names)), "else all of them"}};
    add(std::move(invalidate), "/cache/invalidate");
}

}  // namespace

std::vector<EndpointRow> monitoring_rows(const MonitoringHandlers& handlers) {
    std::vector<EndpointRow> rows;
    add_task_rows(rows, handlers);
    add_care_rows(rows, handlers);
    add_status_rows(rows, handlers, "/api/v1/monitoring", "monitoring_");
    add_status_rows(rows, handlers, "/api/v1/celery", "celery_");
    EndpointRow tasks =
        status_row("tasks_status", "Tasks by state, and those that run",
                   cached("administrators see all tasks, others their own", ref("TasksStatus")), handlers.tasks);
    add_both(rows, std::move(tasks), "/api/tasks/status", "older_");
    return rows;
}

}  // namespace galley::api
