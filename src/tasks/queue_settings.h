// src/tasks/queue_settings.h — what may be set of a queue: whether it gives out tasks, how many run at once, how many
// begin in a time; and the same for each limit key in it.
//
// Shape    values; 0 means no limit. A limit key is a text that a task carries (the host it calls, the account it works
//          for): tasks of one queue with the same key share the per-key limits.
// Errors   validate: InvalidInput with a pointer.
// Limits   the k…Max constants.
// Source   SPEC R53.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace galley::tasks {

inline constexpr int kRunningLimitMax = 1'000'000;
inline constexpr int kRateStartsMax = 1'000'000;
inline constexpr Duration kRatePeriodMin = std::chrono::milliseconds(100);
inline constexpr Duration kRatePeriodMax = std::chrono::hours(24);
inline constexpr std::size_t kLimitKeyBytesMax = 200;
inline constexpr std::size_t kQueuesSetMax = 1'000;  // queues of which something is set

enum class QueueMode : std::uint8_t {
    Open = 0,
    Paused = 1,    // takes tasks in, gives none out
    Draining = 2,  // gives out what it has, takes none in
};
std::string_view queue_mode_name(QueueMode mode);  // "open"
std::optional<QueueMode> parse_queue_mode(std::string_view name);

// At most `starts` attempts begin in any stretch of time this long.
struct Rate {
    int starts = 0;  // 0: no limit
    Duration per{1'000};
    bool operator==(const Rate&) const = default;
};

struct QueueSettings {
    QueueMode mode = QueueMode::Open;
    int running_max = 0;
    int running_per_key_max = 0;
    Rate rate{};
    Rate rate_per_key{};
    bool operator==(const QueueSettings&) const = default;
};

Result<void> validate(const QueueSettings& settings);

}  // namespace galley::tasks
