// src/api/health_parts.h — the looks at the parts below this room, for the health monitor (R97).
//
// Shape    health_parts(subjects) gives: database (a read), writer (a commit seen in time, its queue), disk (free
//          space), data_folder and cache_folder (a file written, synced and removed), tasks (the waiting are started).
// Errors   in the verdicts; they are for everybody to read, so they name no path and no library's words.
// Owner    borrows the subjects; each look owns what it remembers.
// Threads  the monitor's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/health_monitor.h"
#include "os/clock.h"
#include "os/files.h"
#include "store/database.h"
#include "tasks/engine.h"

namespace galley::api {

inline constexpr Duration kProbeInterval = std::chrono::seconds(5);  // of what writes
inline constexpr Duration kCommitTimeMax = std::chrono::seconds(2);
inline constexpr Duration kNoTaskStartedMax = std::chrono::minutes(10);  // twice the default timeout of a task
inline constexpr std::uint64_t kFreeBytesMin = 256u << 20;               // less is degraded

struct HealthSubjects {
    store::Database& database;
    std::function<tasks::EngineStats()> task_stats;
    os::Files& files;
    const os::Clock& clock;
    std::string data_folder;
    std::string cache_folder;
    std::uint64_t writes_waiting_max;  // half of it is degraded
};

std::vector<HealthPart> health_parts(const HealthSubjects& subjects);

}  // namespace galley::api
