// src/api/live_options.h — how many live streams there may be, and what each may hold.
//
// Units    bytes; durations in milliseconds.
// Source   R58, docs/limits.md.
#pragma once

#include <cstddef>

#include "base/time.h"
#include "tasks/task.h"

namespace galley::api {

// The largest event, its text all escapes.
inline constexpr std::size_t kListenerBytesMin = 32 * 1024;
static_assert(6 * (tasks::kErrorBytesMax + tasks::kMessageBytesMax) + 2048 <= kListenerBytesMin);

struct LiveOptions {
    std::size_t listeners_max = 5'000;
    std::size_t listeners_per_caller_max = 100;
    std::size_t listener_bytes_max = kListenerBytesMin;
    std::size_t history_bytes_max = 4 << 20;
    Duration heartbeat = std::chrono::seconds(15);
    Duration progress_interval = std::chrono::milliseconds(100);
    Duration stream_time_max = std::chrono::hours(1);  // then it ends, to be asked for again with a fresh token
};

}  // namespace galley::api
