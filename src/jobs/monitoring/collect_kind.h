// src/jobs/monitoring/collect_kind.h — the kind `monitoring.collect`: writes the metrics summary of the last hours to a
// file in the data folder and removes the files that are too old.
//
// Shape    input null or {"hours", "files_older_than_hours"}; result {"file", "bytes", "files_removed",
//          "memory_bytes", "disk_free_bytes", "tasks_waiting", "tasks_running"}. Only metrics_*.json is removed.
// Errors   the task is tried again when disk or database are away.
// Owner    borrows what CollectParts names.
// Threads  the engine's workers.
// Limits   kFilesRemovedMax files removed at once.
// Source   R64, R91.
#pragma once

#include <functional>
#include <string>

#include "os/clock.h"
#include "os/files.h"
#include "tasks/engine.h"

namespace galley::jobs {

inline constexpr int kMetricFilesKeptHours = 168;
inline constexpr std::size_t kFilesRemovedMax = 1'000;

struct CollectParts {
    tasks::TaskEngine& tasks;
    std::string data_folder;
    std::function<Result<std::string>(int hours)> summarise;                    // JSON
    std::function<Result<std::string>(const std::string& summary)> write_file;  // gives its name in metrics/
    os::Files& files;
    const os::Clock& clock;
};

void register_collect(tasks::TaskEngine& engine, const CollectParts& parts);

}  // namespace galley::jobs
