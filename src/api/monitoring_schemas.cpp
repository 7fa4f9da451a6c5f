#include "api/monitoring_schemas.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace galley::api {

namespace {

Schema count() {
    return integer({.min = 0});
}

Schema task_counts() {
    return object({field("scheduled", count()), field("pending", count()), field("running", count()),
                   field("completed", count()), field("failed", count()), field("cancelled", count())});
}

Schema tasks_status() {
    return object({field("timestamp", time_text()),
                   field("counts", nullable(task_counts()), "by state; for administrators"),
                   field("running", array(ref("Task")), "at most 50, the newest first")});
}

Schema worker_status() {
    return object({field("name", text()), field("status", one_of({"online"})), field("concurrency", count()),
                   field("running", count()), field("started", count(), "attempts since the start")});
}

std::vector<SchemaField> workers_fields() {
    return {field("workers", array(worker_status())), field("rescued", count(), "attempts whose worker died"),
            field("refused_late", count(), "results of attempts that were over")};
}

std::vector<SchemaField> queues_fields() {
    const Schema one = object({field("name", text()), field("mode", one_of({"open", "paused", "draining"})),
                               field("scheduled", count()), field("pending", count()), field("running", count())});
    return {field("queues", array(one)), field("all", task_counts(), "tasks of all queues by state"),
            field("ready_in_memory", count())};
}

Schema stamped(std::vector<SchemaField> fields) {
    fields.insert(fields.begin(), field("timestamp", time_text()));
    return object(std::move(fields));
}

std::vector<SchemaField> monitoring_cache_fields() {
    const Schema one =
        object({field("size", count()), field("max_size", count()), field("utilization_percent", number()),
                field("hits", count()), field("misses", count()), field("hit_rate_percent", number()),
                field("sets", count()), field("evictions", count()), field("expirations", count()),
                field("invalidations", count()), field("total_requests", count())});
    const Schema summary = object({field("total_hits", count()), field("total_misses", count()),
                                   field("total_requests", count()), field("overall_hit_rate_percent", number())});
    return {field("caches", map(one), "by name"), field("summary", summary)};
}

Schema monitoring_overview() {
    std::vector<SchemaField> fields = queues_fields();
    std::ranges::move(workers_fields(), std::back_inserter(fields));
    fields.push_back(field("waiters", count(), "calls that wait for a task"));
    fields.push_back(field("live_listeners", count()));
    fields.push_back(field("monitoring_caches", ref("MonitoringCacheStatistics")));
    return stamped(std::move(fields));
}

}  // namespace

std::vector<NamedSchema> monitoring_schemas() {
    return {
        {"MonitoringCacheStatistics", "the caches behind the status endpoints since the start",
         stamped(monitoring_cache_fields())},
        {"MonitoringOverview", "what there is to do and who does it", monitoring_overview()},
        {"QueuesStatus", "what waits and runs", stamped(queues_fields())},
        {"TasksStatus", "tasks by state, and those that run", tasks_status()},
        {"WorkersStatus", "what runs tasks", stamped(workers_fields())},
    };
}

}  // namespace galley::api
