#include "codec/date.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>

namespace galley::codec {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<Duration> clock;
};

Parts parts_of(Time time) {
    const auto day = std::chrono::floor<days>(time);
    return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<Duration>(time - day)};
}

// Reads a text from left to right; the first mismatch makes everything after it fail too.
class Cursor {
 public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
        return value;
    }
    void literal(std::string_view text) {
        good_ = good_ && rest_.starts_with(text);
        if (good_) rest_.remove_prefix(text.size());
    }
    // The character, when it is one of `choices`.
    char one_of(std::string_view choices) {
        good_ = good_ && !rest_.empty() && choices.find(rest_.front()) != std::string_view::npos;
        if (!good_) return '\0';
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    // The index in `names`, all of three letters.
    template <std::size_t N>
    unsigned name(const std::array<std::string_view, N>& names) {
        for (unsigned i = 0; i < N; ++i) {
            if (!good_ || !rest_.starts_with(names[i])) continue;
            rest_.remove_prefix(names[i].size());
            return i;
        }
        good_ = false;
        return 0;
    }
    bool next_is_digit() const { return good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
    bool next_is(char c) const { return good_ && !rest_.empty() && rest_.front() == c; }
    bool finished() const { return good_ && rest_.empty(); }

 private:
    int digit() {
        if (!next_is_digit()) {
            good_ = false;
            return 0;
        }
        const int value = rest_.front() - '0';
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
    bool good_ = true;
};

std::optional<sys_days> day_of(int year, int month, int day) {
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date);
}

std::optional<seconds> clock_of(int hour, int minute, int second) {
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return hours(hour) + minutes(minute) + seconds(second);
}

// Any number of decimals; what is finer than a millisecond is dropped.
Duration read_fraction(Cursor& cursor) {
    if (!cursor.next_is('.')) return Duration(0);
    cursor.literal(".");
    int value = cursor.number(1) * 100;
    if (cursor.next_is_digit()) value += cursor.number(1) * 10;
    if (cursor.next_is_digit()) value += cursor.number(1);
    while (cursor.next_is_digit()) cursor.number(1);
    return Duration(value);
}

std::optional<minutes> read_offset(Cursor& cursor) {
    const char sign = cursor.one_of("Zz+-");
    if (sign != '+' && sign != '-') return minutes(0);
    const int hour = cursor.number(2);
    cursor.literal(":");
    const int minute = cursor.number(2);
    if (hour > 23 || minute > 59) return std::nullopt;
    const minutes offset = hours(hour) + minutes(minute);
    return sign == '-' ? -offset : offset;
}

}  // namespace

std::string format_rfc3339(Time time) {
    const auto [date, clock] = parts_of(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

// https://www.rfc-editor.org/rfc/rfc3339#section-5.6   DEVIATION: leap seconds (:60) are refused; our Time cannot say
// them.
Result<Time> parse_rfc3339(std::string_view text) {
    Cursor cursor(text);
    const int year = cursor.number(4);
    cursor.literal("-");
    const int month = cursor.number(2);
    cursor.literal("-");
    const int day = cursor.number(2);
    cursor.one_of("Tt");
    const int hour = cursor.number(2);
    cursor.literal(":");
    const int minute = cursor.number(2);
    cursor.literal(":");
    const int second = cursor.number(2);
    const Duration fraction = read_fraction(cursor);
    const std::optional<minutes> offset = read_offset(cursor);
    const std::optional<sys_days> date = day_of(year, month, day);
    const std::optional<seconds> clock = clock_of(hour, minute, second);
    if (!cursor.finished() || !offset || !date || !clock) {
        return fail(ErrorCode::InvalidInput, "not an RFC 3339 time such as 2026-01-02T03:04:05.678Z");
    }
    return Time(*date + *clock + fraction - *offset);
}

std::string format_http_date(Time time) {
    const auto [date, clock] = parts_of(time);
    const std::chrono::weekday weekday{sys_days(date)};
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[weekday.c_encoding()],
                       static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

Result<Time> parse_http_date(std::string_view text) {
    Cursor cursor(text);
    const unsigned weekday = cursor.name(kWeekdays);
    cursor.literal(", ");
    const int day = cursor.number(2);
    cursor.literal(" ");
    const unsigned month = cursor.name(kMonths) + 1;
    cursor.literal(" ");
    const int year = cursor.number(4);
    cursor.literal(" ");
    const int hour = cursor.number(2);
    cursor.literal(":");
    const int minute = cursor.number(2);
    cursor.literal(":");
    const int second = cursor.number(2);
    cursor.literal(" GMT");
    const std::optional<sys_days> date = day_of(year, static_cast<int>(month), day);
    const std::optional<seconds> clock = clock_of(hour, minute, second);
    if (!cursor.finished() || !date || !clock || std::chrono::weekday(*date).c_encoding() != weekday) {
        return fail(ErrorCode::InvalidInput, "not an HTTP date such as Fri, 02 Jan 2026 03:04:05 GMT");
    }
    return Time(*date + *clock);
}

}  // namespace galley::codec
