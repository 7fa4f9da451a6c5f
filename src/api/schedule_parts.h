// src/api/schedule_parts.h — what schedules and questions about cron expressions have in common: reading an expression,
// writing its times.
//
// Errors   read_expression: noted in the reader; whether the expression is good, schedule::recurrence_of() says.
// Source   R70, R71.
#pragma once

#include "codec/json_writer.h"
#include "codec/object_reader.h"
#include "schedule/schedule.h"

namespace galley::api {

inline constexpr std::int64_t kCronTimesDefault = 5;

// cron, seconds_first, timezone.
void read_expression(codec::ObjectReader& reader, schedule::NewSchedule& into);

// {"times":[{"utc":…,"local":…}],"truncated":…}
void append_times(codec::JsonWriter& json, const schedule::TimeZone& zone, const schedule::CronTimes& found);

}  // namespace galley::api
