// src/schedule/cron_text.h — a cron expression in words, and how often it fires.
//
// Shape    "At 02:30 on Monday to Friday in January"; frequency() looks at the next kCronTimesMax times.
// Units    gaps in whole seconds.
// Threads  any; pure.
// Source   R71.
#pragma once

#include <optional>
#include <string>

#include "schedule/cron_times.h"

namespace galley::schedule {

std::string describe(const CronExpression& expression);

// "2026-03-29T03:00:00+02:00": as the zone's clocks show it.
std::string local_text(const TimeZone& zone, Time time);

struct CronFrequency {
    std::size_t runs = 0;                                // that were looked at
    double runs_per_day = 0;                             // over the span that they cover, a year at most
    std::optional<std::chrono::seconds> shortest_gap{};  // of two runs or more
    std::optional<std::chrono::seconds> longest_gap{};
};

CronFrequency frequency(const CronExpression& expression, const TimeZone& zone, Time after);

}  // namespace galley::schedule
