// src/schedule/cron_expression.h — a cron expression as sets of the seconds, minutes, hours, days, months and years at
// which it fires.
//
// Shape    "minute hour day-of-month month day-of-week [second [year]]", or with SecondsField::First "second minute
//          hour day-of-month month day-of-week [year]"; or @yearly @annually @monthly @weekly @daily @midnight @hourly.
//          A field is a list of: * ? n a-b */n a/n a-b/n and names (jan, mon); a range of weekdays, months, hours …
//          may run over the end (fri-mon). Days of the month: L (last), nW (the working day nearest to n), LW. Days of
//          the week: 0 and 7 are Sunday, d#n (the n-th), Ld or dL (the last). Letters in either case.
//          When both day fields are restricted, either of them is enough; as in cron.
// Units    local time of no particular zone; whole seconds.
// Errors   parse: InvalidInput with the field and its text; also when no day from 1970 to 2199 fits (30 February).
// Threads  any; immutable.
// Source   R70; POSIX crontab(5); croniter's documentation for L, # and seconds last. Differences: docs/cron.md.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::schedule {

using LocalSeconds = std::chrono::local_seconds;
using LocalDays = std::chrono::local_days;

inline constexpr std::size_t kCronTextBytesMax = 1000;
inline constexpr int kCronYearMin = 1970;
inline constexpr int kCronYearMax = 2199;

enum class SecondsField : std::uint8_t { Last, First };

// What an expression says of the days of a month, and of those of a week.
struct MonthDays {
    bool any = true;            // the field is * or names every day
    std::uint32_t days = 0;     // bits 1–31
    std::uint32_t nearest = 0;  // bits 1–31: nW
    bool last = false;          // L
    bool last_working = false;  // LW
};
struct WeekDays {
    bool any = true;
    std::uint8_t days = 0;              // bits 0 (Sunday) – 6
    std::uint8_t last = 0;              // Ld
    std::array<std::uint8_t, 7> nth{};  // d#n: bit n of nth[d]
};

// Bits from the lowest value of the field on.
struct CronSets {
    std::uint64_t seconds = 1;
    std::uint64_t minutes = 0;
    std::uint64_t hours = 0;
    std::uint64_t months = 0;  // bits 1–12
    MonthDays month_days;
    WeekDays week_days;
    bool any_year = true;
    std::bitset<kCronYearMax - kCronYearMin + 1> years;
    bool has_seconds = false;
    // A * in hour or minute: fires by elapsed time where clocks change.
    bool follows_elapsed_time = false;
};

class CronExpression {
 public:
    static Result<CronExpression> parse(std::string_view text, SecondsField seconds = SecondsField::Last);

    // The first moment at or after `from`, not after the day `last`.
    std::optional<LocalSeconds> at_or_after(LocalSeconds from, LocalDays last) const;
    bool fires_on(LocalDays day) const;

    const CronSets& sets() const { return sets_; }
    const std::string& text() const { return text_; }

 private:
    CronExpression(CronSets sets, std::string text) : sets_(sets), text_(std::move(text)) {}
    std::optional<std::chrono::seconds> time_at_or_after(std::chrono::seconds time_of_day) const;

    CronSets sets_;
    std::string text_;
};

}  // namespace galley::schedule
