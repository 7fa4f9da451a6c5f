// src/app/top_snapshot.h — what `galley top` knows of a running server at one moment.
//
// Shape    take_top_snapshot() asks for /metrics, queues, workers and readiness; parse_metrics() keeps the numbers of a
//          Prometheus text: "name{labels}" → value, histograms without their buckets.
// Errors   as ask_server(); a part of the answer that has another form is left out.
// Threads  the main thread; blocks.
// Limits   kTopRowsMax queues and workers each.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/remote.h"
#include "base/time.h"

namespace galley::app {

inline constexpr std::size_t kTopRowsMax = 1'000;

using Metrics = std::map<std::string, double, std::less<>>;
Metrics parse_metrics(std::string_view text);

struct TopQueue {
    std::string name, mode;
    std::int64_t scheduled = 0, pending = 0, running = 0;
    std::string running_max, rate;  // "" for none
};

struct TopWorker {
    std::string name, caller, client, kinds;
    std::int64_t running = 0, completed = 0, failed = 0, lost = 0;
};

struct TopSnapshot {
    MonotonicTime at{};
    Time time{};
    Metrics metrics;
    std::vector<TopQueue> queues;
    std::vector<TopWorker> workers;
    std::string health;                     // "ready", "degraded", …
    std::vector<std::string> parts_unwell;  // "disk: down"

    double metric(std::string_view name) const;
    double sum(std::string_view prefix) const;  // of all whose name begins so
};
Result<TopSnapshot> take_top_snapshot(const RemoteOptions& remote);

}  // namespace galley::app
