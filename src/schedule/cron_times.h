// src/schedule/cron_times.h — the instants at which a cron expression fires in a time zone.
//
// Shape    next_time(): the first instant after `after` and not after `horizon`. next_times(): the next `count`, as far
//          as kCronHorizon reaches; `truncated` says that the horizon ended the search.
//          Where clocks change: a time that is skipped fires at the first instant after the gap, one that
//          comes twice fires at its first; an expression with * in hour or minute follows elapsed time, so it fires in
//          both passes of a repeated hour and not for a skipped one.
// Units    instants in whole seconds; fractions of `after` are cut off.
// Threads  any; pure.
// Limits   kCronTimesMax times a question (more are not given), kCronHorizon ahead.
// Source   R70, docs/cron.md.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "schedule/cron_expression.h"
#include "schedule/time_zone.h"

namespace galley::schedule {

inline constexpr std::size_t kCronTimesMax = 1000;
inline constexpr std::chrono::days kCronHorizon{365};

struct CronTimes {
    std::vector<Time> times;
    bool truncated = false;
};

std::optional<Time> next_time(const CronExpression& expression, const TimeZone& zone, Time after, Time horizon);
CronTimes next_times(const CronExpression& expression, const TimeZone& zone, Time after, std::size_t count);

}  // namespace galley::schedule
