#include "schedule/cron_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace galley::schedule {

namespace {

constexpr std::array<std::string_view, 12> kMonthNames{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekDayNames{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr CronField kMonthDayField{"day of month", 1, 31, 31, {}, 0};
constexpr CronField kWeekDayField{"day of week", 0, 7, 7, kWeekDayNames, 0};
constexpr CronField kYearField{"year", kCronYearMin, kCronYearMax, 0, {}, 0};
constexpr int kNthMax = 5;

std::unexpected<Error> refuse(const CronField& field, std::string_view piece, std::string_view why) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\": {}", piece, why), std::string(field.name));
}

// Calls task(piece) for each piece of a list until one fails.
template <typename Task>
Result<void> each_piece(const CronField& field, std::string_view text, Task task) {
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view piece = text.substr(0, comma);
        if (piece.empty()) return refuse(field, text, "a value is missing");
        GALLEY_TRY_VOID(task(piece));
        if (comma == text.npos) return {};
        text.remove_prefix(comma + 1);
    }
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

Result<int> parse_value(const CronField& field, std::string_view text, std::string_view piece) {
    const auto name = std::ranges::find(field.names, text);
    if (name != field.names.end()) return field.names_from + static_cast<int>(name - field.names.begin());
    if (!is_number(text)) return refuse(field, piece, "is neither a number nor a name that belongs here");
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && value >= field.low && value <= field.high) return value;
    return refuse(field, piece, fmt::format("is not from {} to {}", field.low, field.high));
}

struct Steps {
    int first = 0;
    int last = 0;  // below `first`: the range runs over the end
    int step = 1;
};

Result<int> parse_step(const CronField& field, std::string_view text, std::string_view piece) {
    int step = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
    if (is_number(text) && error == std::errc() && step > 0) return step;
    return refuse(field, piece, "the step is not a number above 0");
}

// * a a-b, each with an optional /step; a/step runs to the end.
Result<Steps> parse_steps(const CronField& field, std::string_view piece) {
    Steps steps{field.low, field.high, 1};
    const std::size_t slash = piece.find('/');
    const std::string_view range = piece.substr(0, slash);
    if (slash != piece.npos) {
        GALLEY_TRY(steps.step, parse_step(field, piece.substr(slash + 1), piece));
    }
    if (range == "*") return steps;
    const std::size_t dash = range.find('-');
    GALLEY_TRY(steps.first, parse_value(field, range.substr(0, dash), piece));
    if (dash != range.npos) {
        GALLEY_TRY(steps.last, parse_value(field, range.substr(dash + 1), piece));
    } else if (slash == piece.npos) {
        steps.last = steps.first;
    }
    return steps;
}

// Calls mark(value) for each value; a range over the end goes on at the lowest.
template <typename Mark>
void each_value(const CronField& field, const Steps& steps, Mark mark) {
    const std::int64_t last = steps.last < steps.first ? steps.last + field.period : steps.last;
    for (std::int64_t value = steps.first; value <= last; value += steps.step)
        mark(static_cast<int>(value > field.high ? value - field.period : value));
}

bool means_any(std::string_view text) {
    return text == "*" || text == "?";
}

// "5#3", "fri#3"
Result<void> parse_nth(std::string_view piece, std::size_t hash, WeekDays& out) {
    GALLEY_TRY(const Steps steps, parse_steps(kWeekDayField, piece.substr(0, hash)));
    const std::string_view nth = piece.substr(hash + 1);
    if (nth.size() != 1 || nth[0] < '1' || nth[0] > '0' + kNthMax)
        return refuse(kWeekDayField, piece, "a number from 1 to 5 must follow #");
    each_value(kWeekDayField, steps, [&](int day) {
        out.nth[static_cast<std::size_t>(day % 7)] |= static_cast<std::uint8_t>(1U << (nth[0] - '0'));
    });
    return {};
}

Result<void> parse_week_day_piece(std::string_view piece, WeekDays& out) {
    if (const std::size_t hash = piece.find('#'); hash != piece.npos) return parse_nth(piece, hash, out);
    const bool last_before = piece.size() > 1 && piece.front() == 'l';
    const bool last_behind = piece.size() > 1 && piece.back() == 'l';
    if (last_before || last_behind) {
        GALLEY_TRY(const int day,
                   parse_value(kWeekDayField, piece.substr(last_before ? 1 : 0, piece.size() - 1), piece));
        out.last |= static_cast<std::uint8_t>(1U << (day % 7));
        return {};
    }
    GALLEY_TRY(const Steps steps, parse_steps(kWeekDayField, piece));
    each_value(kWeekDayField, steps, [&](int day) { out.days |= static_cast<std::uint8_t>(1U << (day % 7)); });
    return {};
}

Result<void> parse_month_day_piece(std::string_view piece, MonthDays& out) {
    if (piece == "l") {
        out.last = true;
    } else if (piece == "lw") {
        out.last_working = true;
    } else if (piece.size() > 1 && piece.back() == 'w') {
        GALLEY_TRY(const int day, parse_value(kMonthDayField, piece.substr(0, piece.size() - 1), piece));
        out.nearest |= 1U << day;
    } else {
        GALLEY_TRY(const Steps steps, parse_steps(kMonthDayField, piece));
        each_value(kMonthDayField, steps, [&](int day) { out.days |= 1U << day; });
    }
    return {};
}

}  // namespace

const CronField kSecondField{"second", 0, 59, 60, {}, 0};
const CronField kMinuteField{"minute", 0, 59, 60, {}, 0};
const CronField kHourField{"hour", 0, 23, 24, {}, 0};
const CronField kMonthField{"month", 1, 12, 12, kMonthNames, 1};

Result<std::uint64_t> parse_cron_set(const CronField& field, std::string_view text) {
    std::uint64_t bits = 0;
    GALLEY_TRY_VOID(each_piece(field, text, [&](std::string_view piece) -> Result<void> {
        GALLEY_TRY(const Steps steps, parse_steps(field, piece));
        each_value(field, steps, [&](int value) { bits |= std::uint64_t{1} << value; });
        return {};
    }));
    return bits;
}

Result<MonthDays> parse_month_days(std::string_view text) {
    MonthDays out;
    if (means_any(text)) return out;
    GALLEY_TRY_VOID(
        each_piece(kMonthDayField, text, [&](std::string_view piece) { return parse_month_day_piece(piece, out); }));
    constexpr std::uint32_t kAll = 0xFFFF'FFFE;
    out.any = out.days == kAll;
    return out;
}

Result<WeekDays> parse_week_days(std::string_view text) {
    WeekDays out;
    if (means_any(text)) return out;
    GALLEY_TRY_VOID(
        each_piece(kWeekDayField, text, [&](std::string_view piece) { return parse_week_day_piece(piece, out); }));
    constexpr std::uint8_t kAll = 0x7F;
    out.any = out.days == kAll;
    return out;
}

Result<void> parse_years(std::string_view text, CronSets& sets) {
    if (means_any(text)) return {};
    sets.any_year = false;
    return each_piece(kYearField, text, [&](std::string_view piece) -> Result<void> {
        GALLEY_TRY(const Steps steps, parse_steps(kYearField, piece));
        if (steps.last < steps.first) return refuse(kYearField, piece, "the range ends before it begins");
        each_value(kYearField, steps, [&](int year) { sets.years.set(static_cast<std::size_t>(year - kCronYearMin)); });
        return {};
    });
}

}  // namespace galley::schedule
