#include "schedule/cron_text.h"

#include <fmt/format.h>

#include <bit>
#include <functional>
#include <vector>

#include "codec/date.h"

namespace galley::schedule {

namespace {

constexpr std::array<std::string_view, 13> kMonths{"",        "January",  "February", "March",  "April",
                                                   "May",     "June",     "July",     "August", "September",
                                                   "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 6> kOrdinals{"", "first", "second", "third", "fourth", "fifth"};
constexpr int kClockTimesMax = 6;  // more are told by their fields

using Namer = std::function<std::string(unsigned)>;

std::string number(unsigned value) {
    return std::to_string(value);
}

std::string ordinal(unsigned value) {
    const unsigned tail = value % 10;
    const bool teen = value / 10 == 1;
    return number(value) + (teen || tail == 0 || tail > 3 ? "th" : tail == 1 ? "st" : tail == 2 ? "nd" : "rd");
}

std::string join(const std::vector<std::string>& parts, std::string_view last_word) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += i + 1 == parts.size() ? fmt::format(" {} ", last_word) : std::string(", ");
        out += parts[i];
    }
    return out;
}

std::vector<unsigned> members(std::uint64_t bits) {
    std::vector<unsigned> out;
    for (; bits != 0; bits &= bits - 1) out.push_back(static_cast<unsigned>(std::countr_zero(bits)));
    return out;
}

// "1, 3 and 5 to 9"
std::string set_text(std::uint64_t bits, const Namer& name) {
    const std::vector<unsigned> values = members(bits);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < values.size();) {
        std::size_t end = i + 1;
        while (end < values.size() && values[end] == values[end - 1] + 1) ++end;
        if (end - i >= 3) {
            parts.push_back(name(values[i]) + " to " + name(values[end - 1]));
            i = end;
        } else {
            parts.push_back(name(values[i++]));
        }
    }
    return join(parts, "and");
}

// The n of */n, when it divides the field's span evenly; 0 otherwise.
unsigned even_step(std::uint64_t bits, unsigned span) {
    const auto count = static_cast<unsigned>(std::popcount(bits));
    if (count == 0 || span % count != 0) return 0;
    const unsigned step = span / count;
    for (unsigned value = 0; value < span; value += step)
        if ((bits >> value & 1) == 0) return 0;
    return step;
}

std::string every(unsigned step, std::string_view unit) {
    return step == 1 ? fmt::format("every {}", unit) : fmt::format("every {} {}s", step, unit);
}

// "At 02:30", "At 02:30:15 and 14:30:15"; empty when there are too many.
std::string clock_times(const CronSets& sets) {
    const int count = std::popcount(sets.seconds) * std::popcount(sets.minutes) * std::popcount(sets.hours);
    if (count > kClockTimesMax) return {};
    std::vector<std::string> times;
    for (const unsigned hour : members(sets.hours))
        for (const unsigned minute : members(sets.minutes))
            for (const unsigned second : members(sets.seconds))
                times.push_back(sets.seconds == 1 ? fmt::format("{:02}:{:02}", hour, minute)
                                                  : fmt::format("{:02}:{:02}:{:02}", hour, minute, second));
    return "at " + join(times, "and");
}

std::string unit_text(std::uint64_t bits, unsigned span, std::string_view unit) {
    const unsigned step = even_step(bits, span);
    if (step > 0 && step < span) return every(step, unit);
    const bool one = std::has_single_bit(bits);
    return fmt::format("at {}{} {}", unit, one ? "" : "s", set_text(bits, number));
}

std::string hour_text(std::uint64_t hours) {
    const unsigned step = even_step(hours, 24);
    if (step == 1) return "of every hour";
    if (step > 1 && step < 24) return fmt::format("of every {} hour", ordinal(step));
    return fmt::format("of the hours {}", set_text(hours, [](unsigned hour) { return fmt::format("{:02}", hour); }));
}

std::string time_text(const CronSets& sets) {
    if (std::string times = clock_times(sets); !times.empty()) return times;
    const bool all_hours = even_step(sets.hours, 24) == 1;
    const bool on_the_hour = sets.minutes == 1 && sets.seconds == 1;
    if (on_the_hour && even_step(sets.hours, 24) > 0) return every(even_step(sets.hours, 24), "hour");
    std::vector<std::string> parts;
    if (sets.seconds != 1) parts.push_back(unit_text(sets.seconds, 60, "second"));
    const bool all_minutes = even_step(sets.minutes, 60) == 1;
    if (!(all_minutes && sets.seconds != 1)) parts.push_back(unit_text(sets.minutes, 60, "minute"));
    const bool hours_matter = !all_hours || std::has_single_bit(sets.minutes);
    if (hours_matter) parts.push_back(hour_text(sets.hours));
    return fmt::format("{}", fmt::join(parts, " "));
}

std::string month_days_text(const MonthDays& rule) {
    std::vector<std::string> parts;
    if (rule.days != 0) {
        const bool one = std::has_single_bit(rule.days);
        parts.push_back(fmt::format("day{} {} of the month", one ? "" : "s", set_text(rule.days, number)));
    }
    if (rule.last) parts.emplace_back("the last day of the month");
    if (rule.last_working) parts.emplace_back("the last working day of the month");
    if (rule.nearest != 0)
        parts.push_back(fmt::format("the working day nearest to the {}", set_text(rule.nearest, ordinal)));
    return join(parts, "or");
}

std::string week_days_text(const WeekDays& rule) {
    const Namer day_name = [](unsigned day) { return std::string(kDays[day % 7]); };
    std::vector<std::string> parts;
    // Sunday comes last, as most people say it: "Saturday and Sunday".
    const std::uint64_t from_monday = (rule.days & 0x7EU) | (rule.days & 1U) << 7U;
    if (from_monday != 0) parts.push_back(set_text(from_monday, day_name));
    for (unsigned day = 0; day < 7; ++day) {
        for (const unsigned n : members(rule.nth[day]))
            parts.push_back(fmt::format("the {} {} of the month", kOrdinals[n], kDays[day]));
        if ((rule.last >> day & 1) != 0) parts.push_back(fmt::format("the last {} of the month", kDays[day]));
    }
    return join(parts, "or");
}

std::string day_text(const CronSets& sets) {
    std::vector<std::string> parts;
    if (!sets.month_days.any) parts.push_back(month_days_text(sets.month_days));
    if (!sets.week_days.any) parts.push_back(week_days_text(sets.week_days));
    return parts.empty() ? std::string() : " on " + join(parts, "or on");
}

std::string year_text(const CronSets& sets) {
    std::vector<std::string> years;
    for (std::size_t i = 0; i < sets.years.size(); ++i)
        if (sets.years[i]) years.push_back(std::to_string(kCronYearMin + static_cast<int>(i)));
    constexpr std::size_t kToldMax = 10;
    if (years.size() > kToldMax)
        return fmt::format("{} years from {} to {}", years.size(), years.front(), years.back());
    return join(years, "and");
}

}  // namespace

std::string describe(const CronExpression& expression) {
    const CronSets& sets = expression.sets();
    std::string out = time_text(sets) + day_text(sets);
    constexpr std::uint64_t kAllMonths = 0x1FFE;
    if (sets.months != kAllMonths)
        out += " in " + set_text(sets.months, [](unsigned month) { return std::string(kMonths[month]); });
    if (!sets.any_year) out += " in " + year_text(sets);
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
}

CronFrequency frequency(const CronExpression& expression, const TimeZone& zone, Time after) {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    const CronTimes found = next_times(expression, zone, after, kCronTimesMax);
    CronFrequency out{.runs = found.times.size()};
    for (std::size_t i = 1; i < found.times.size(); ++i) {
        const auto gap = duration_cast<seconds>(found.times[i] - found.times[i - 1]);
        out.shortest_gap = std::min(out.shortest_gap.value_or(gap), gap);
        out.longest_gap = std::max(out.longest_gap.value_or(gap), gap);
    }
    const bool whole_year = found.truncated || found.times.size() < 2;
    const auto span = whole_year ? duration_cast<seconds>(kCronHorizon)
                                 : duration_cast<seconds>(found.times.back() - found.times.front());
    const std::size_t counted = whole_year ? out.runs : out.runs - 1;
    out.runs_per_day = static_cast<double>(counted) * 86'400.0 / static_cast<double>(span.count());
    return out;
}

std::string local_text(const TimeZone& zone, Time time) {
    const auto instant = std::chrono::floor<std::chrono::seconds>(time);
    const auto offset = std::chrono::duration_cast<std::chrono::minutes>(zone.offset_at(instant));
    std::string text = codec::format_rfc3339(time + offset).substr(0, std::string_view("2026-03-29T03:00:00").size());
    if (offset.count() == 0) return text + "Z";
    const auto minutes = std::chrono::abs(offset).count();
    return text + fmt::format("{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace galley::schedule
