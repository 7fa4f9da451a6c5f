// src/schedule/cron_field.h — one field of a cron expression, read into bits.
//
// Errors   InvalidInput; `where` is the field's name, the message names the piece.
// Source   cron_expression.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "schedule/cron_expression.h"

namespace galley::schedule {

struct CronField {
    std::string_view name;                    // "day of month"
    int low = 0;                              // the smallest value, and the bit it has
    int high = 0;                             // the greatest
    int period = 0;                           // after so many steps a range over the end is where it was
    std::span<const std::string_view> names;  // of the values from `names_from` on
    int names_from = 0;
};

extern const CronField kSecondField;
extern const CronField kMinuteField;
extern const CronField kHourField;
extern const CronField kMonthField;

// Bit n: the value n.
Result<std::uint64_t> parse_cron_set(const CronField& field, std::string_view text);
Result<MonthDays> parse_month_days(std::string_view text);
Result<WeekDays> parse_week_days(std::string_view text);
Result<void> parse_years(std::string_view text, CronSets& sets);

}  // namespace galley::schedule
