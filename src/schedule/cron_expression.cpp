#include "schedule/cron_expression.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "schedule/cron_field.h"

namespace galley::schedule {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year_month_day;

constexpr unsigned kSaturday = 6;
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kAliases{{{"@yearly", "0 0 1 1 *"},
                                                                                 {"@annually", "0 0 1 1 *"},
                                                                                 {"@monthly", "0 0 1 * *"},
                                                                                 {"@weekly", "0 0 * * 0"},
                                                                                 {"@daily", "0 0 * * *"},
                                                                                 {"@midnight", "0 0 * * *"},
                                                                                 {"@hourly", "0 * * * *"}}};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::vector<std::string_view> split(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    std::vector<std::string_view> fields;
    std::size_t begin = text.find_first_not_of(kBlanks);
    while (begin != text.npos) {
        const std::size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
        fields.push_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(kBlanks, end);
    }
    return fields;
}

// minute hour day month weekday second year
using Fields = std::array<std::string_view, 7>;

Result<Fields> name_fields(std::vector<std::string_view> given, SecondsField order) {
    constexpr std::size_t kWithoutSeconds = 5;
    const std::size_t least = order == SecondsField::First ? kWithoutSeconds + 1 : kWithoutSeconds;
    if (given.size() < least || given.size() > std::tuple_size_v<Fields>) {
        return fail(ErrorCode::InvalidInput, "a cron expression has " + std::to_string(least) + " to 7 fields, not " +
                                                 std::to_string(given.size()));
    }
    if (order == SecondsField::First) std::rotate(given.begin(), given.begin() + 1, given.begin() + 6);
    Fields fields{"*", "*", "*", "*", "*", "0", "*"};
    std::ranges::copy(given, fields.begin());
    return fields;
}

Result<CronSets> parse_fields(const Fields& fields) {
    CronSets sets;
    GALLEY_TRY(sets.minutes, parse_cron_set(kMinuteField, fields[0]));
    GALLEY_TRY(sets.hours, parse_cron_set(kHourField, fields[1]));
    GALLEY_TRY(sets.month_days, parse_month_days(fields[2]));
    GALLEY_TRY(sets.months, parse_cron_set(kMonthField, fields[3]));
    GALLEY_TRY(sets.week_days, parse_week_days(fields[4]));
    GALLEY_TRY(sets.seconds, parse_cron_set(kSecondField, fields[5]));
    GALLEY_TRY_VOID(parse_years(fields[6], sets));
    sets.follows_elapsed_time = fields[0].contains('*') || fields[1].contains('*');
    return sets;
}

struct Day {
    LocalDays day;
    year_month_day date;
    unsigned of_month;
    unsigned month_length;
    unsigned week_day;  // 0 is Sunday
};

Day describe(LocalDays day) {
    const year_month_day date{day};
    const std::chrono::year_month_day_last last{date.year() / date.month() / std::chrono::last};
    return {day, date, unsigned{date.day()}, unsigned{last.day()}, std::chrono::weekday(day).c_encoding()};
}

bool is_set(std::uint64_t bits, unsigned bit) {
    return (bits >> bit & 1) != 0;
}

// The working day of the same month that is nearest to `wanted`.
unsigned nearest_working_day(const Day& day, unsigned wanted) {
    const unsigned week_day = (day.week_day + 35 + wanted - day.of_month) % 7;
    if (week_day == kSaturday) return wanted > 1 ? wanted - 1 : wanted + 2;
    if (week_day == 0) return wanted < day.month_length ? wanted + 1 : wanted - 2;
    return wanted;
}

bool in_month_days(const MonthDays& rule, const Day& day) {
    if (is_set(rule.days, day.of_month)) return true;
    if (rule.last && day.of_month == day.month_length) return true;
    if (rule.last_working && day.of_month == nearest_working_day(day, day.month_length)) return true;
    // A nearest working day lies at most two days beside the one that was named.
    const unsigned first = day.of_month > 2 ? day.of_month - 2 : 1;
    const unsigned last = std::min(day.of_month + 2, day.month_length);
    for (unsigned wanted = first; rule.nearest != 0 && wanted <= last; ++wanted) {
        if (is_set(rule.nearest, wanted) && nearest_working_day(day, wanted) == day.of_month) return true;
    }
    return false;
}

bool in_week_days(const WeekDays& rule, const Day& day) {
    if (is_set(rule.days, day.week_day)) return true;
    if (is_set(rule.last, day.week_day) && day.of_month + 7 > day.month_length) return true;
    return is_set(rule.nth[day.week_day], (day.of_month - 1) / 7 + 1);
}

bool in_years(const CronSets& sets, const year_month_day& date) {
    const int year = int{date.year()};
    if (sets.any_year) return true;
    return year >= kCronYearMin && year <= kCronYearMax && sets.years[static_cast<std::size_t>(year - kCronYearMin)];
}

bool in_month(const CronSets& sets, const Day& day) {
    return is_set(sets.months, unsigned{day.date.month()}) && in_years(sets, day.date);
}

// In a month that fits.
bool fits(const CronSets& sets, const Day& day) {
    const bool any_month_day = sets.month_days.any;
    const bool any_week_day = sets.week_days.any;
    if (any_month_day && any_week_day) return true;
    return (!any_month_day && in_month_days(sets.month_days, day)) ||
           (!any_week_day && in_week_days(sets.week_days, day));
}

// OPTIMIZATION: the calendar is asked once a month.
std::optional<LocalDays> day_at_or_after(const CronSets& sets, LocalDays from, LocalDays last) {
    while (from <= last) {
        Day day = describe(from);
        const days rest(day.month_length - day.of_month + 1);
        const LocalDays end = std::min(from + rest, last + days(1));
        for (bool wanted = in_month(sets, day); wanted && day.day < end; ++day.day, ++day.of_month) {
            if (fits(sets, day)) return day.day;
            day.week_day = day.week_day == kSaturday ? 0 : day.week_day + 1;
        }
        from += rest;
    }
    return std::nullopt;
}

// The lowest set bit at or above `from`; 64 for none.
unsigned next_bit(std::uint64_t bits, unsigned from) {
    return from > 63 ? 64 : static_cast<unsigned>(std::countr_zero(bits >> from << from));
}

constexpr LocalDays kFirstDay{std::chrono::year(kCronYearMin) / 1 / 1};
constexpr LocalDays kLastDay{std::chrono::year(kCronYearMax) / 12 / 31};

}  // namespace

Result<CronExpression> CronExpression::parse(std::string_view text, SecondsField seconds) {
    if (text.size() > kCronTextBytesMax)
        return fail(ErrorCode::InvalidInput,
                    "a cron expression has at most " + std::to_string(kCronTextBytesMax) + " bytes");
    std::string plain(text);
    std::ranges::transform(plain, plain.begin(), lower);
    std::vector<std::string_view> given = split(plain);
    const auto alias =
        std::ranges::find(kAliases, given.size() == 1 ? given[0] : "", &decltype(kAliases)::value_type::first);
    if (alias != kAliases.end()) {
        given = split(alias->second);
        seconds = SecondsField::Last;
    }
    if (given.size() == 1 && given[0].starts_with('@'))
        return fail(ErrorCode::InvalidInput, "is no @name that is known here", std::string(given[0]));
    const bool has_seconds = given.size() > 5;
    GALLEY_TRY(const Fields fields, name_fields(std::move(given), seconds));
    GALLEY_TRY(CronSets sets, parse_fields(fields));
    sets.has_seconds = has_seconds;
    CronExpression expression(sets, std::string(text));
    if (expression.at_or_after(kFirstDay, kLastDay)) return expression;
    return fail(ErrorCode::InvalidInput, "never fires: no day has this date");
}

bool CronExpression::fires_on(LocalDays local_day) const {
    const Day day = describe(local_day);
    return in_month(sets_, day) && fits(sets_, day);
}

std::optional<seconds> CronExpression::time_at_or_after(seconds time_of_day) const {
    const std::chrono::hh_mm_ss time(time_of_day);
    auto hour = static_cast<unsigned>(time.hours().count());
    auto minute = static_cast<unsigned>(time.minutes().count());
    unsigned second = next_bit(sets_.seconds, static_cast<unsigned>(time.seconds().count()));
    if (second > 59) ++minute;
    unsigned found_minute = next_bit(sets_.minutes, minute);
    if (found_minute > 59) ++hour;
    const unsigned found_hour = next_bit(sets_.hours, hour);
    if (found_hour > 23) return std::nullopt;
    // What lies below a field that moved on starts anew.
    const bool hour_moved = found_hour != static_cast<unsigned>(time.hours().count());
    if (hour_moved) found_minute = next_bit(sets_.minutes, 0);
    if (hour_moved || found_minute != static_cast<unsigned>(time.minutes().count()))
        second = next_bit(sets_.seconds, 0);
    return hours(found_hour) + minutes(found_minute) + seconds(second);
}

std::optional<LocalSeconds> CronExpression::at_or_after(LocalSeconds from, LocalDays last) const {
    const LocalDays today = std::chrono::floor<days>(from);
    if (const auto time = time_at_or_after(from - today); time && fires_on(today)) return today + *time;
    const auto day = day_at_or_after(sets_, today + days(1), last);
    return day ? std::optional<LocalSeconds>(*day + *time_at_or_after(seconds(0))) : std::nullopt;
}

}  // namespace galley::schedule
