#include "schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace galley::schedule {

namespace {

constexpr std::array<std::string_view, 3> kMissedRuns = {"skip", "once", "all"};
constexpr std::array<std::string_view, 3> kOverlaps = {"allow", "skip", "replace"};
constexpr std::array<std::string_view, 6> kOutcomes = {"fired",      "fired_late", "fired_by_hand",
                                                       "overlapped", "missed",     "refused"};

template <typename Enum, std::size_t N>
std::optional<Enum> parse_name(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

Error invalid(std::string_view field, std::string message) {
    return {.code = ErrorCode::InvalidInput,
            .message = "the schedule is not valid",
            .fields = {{.pointer = "/" + std::string(field), .message = std::move(message)}}};
}

bool is_name(std::string_view text) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    return !text.empty() && text.size() <= kScheduleNameBytesMax && std::ranges::all_of(text, good);
}

// Paths beside /schedules/{name}.
constexpr std::array<std::string_view, 5> kReservedNames = {"batch", "describe", "next", "stats", "validate"};

// The last time in (after, now], where there is one.
UtcSeconds last_time(const Recurrence& recurrence, UtcSeconds after, UtcSeconds now) {
    UtcSeconds low = after;  // a time lies in (low, now], and none in (high, now]
    UtcSeconds high = now;
    while (high - low > std::chrono::seconds(1)) {
        const UtcSeconds middle = low + (high - low) / 2;
        (next_time(recurrence.expression, recurrence.zone, middle, now) ? low : high) = middle;
    }
    return high;
}

}  // namespace

std::string_view missed_runs_name(MissedRuns policy) {
    return kMissedRuns[static_cast<std::size_t>(policy)];
}

std::string_view overlap_name(Overlap policy) {
    return kOverlaps[static_cast<std::size_t>(policy)];
}

std::string_view outcome_name(RunOutcome outcome) {
    return kOutcomes[static_cast<std::size_t>(outcome)];
}

bool enqueues(RunOutcome outcome) {
    return outcome == RunOutcome::Fired || outcome == RunOutcome::FiredLate || outcome == RunOutcome::FiredByHand;
}

std::optional<MissedRuns> parse_missed_runs(std::string_view name) {
    return parse_name<MissedRuns>(kMissedRuns, name);
}

std::optional<Overlap> parse_overlap(std::string_view name) {
    return parse_name<Overlap>(kOverlaps, name);
}

Result<Recurrence> recurrence_of(const NewSchedule& schedule) {
    Result<CronExpression> expression = CronExpression::parse(schedule.cron, schedule.seconds);
    if (!expression) return fail(invalid("cron", expression.error().message));
    const Result<TimeZone> zone = TimeZone::load(schedule.zone);
    if (!zone) return fail(invalid("timezone", zone.error().message));
    return Recurrence{std::move(*expression), *zone};
}

Result<void> validate(const NewSchedule& schedule, Time now) {
    if (!is_name(schedule.name)) {
        return fail(
            invalid("name", fmt::format("must be 1 to {} letters, digits, '_', '-' or '.'", kScheduleNameBytesMax)));
    }
    if (std::ranges::find(kReservedNames, schedule.name) != kReservedNames.end()) {
        return fail(invalid("name", fmt::format("'{}' is a path of its own", schedule.name)));
    }
    if (schedule.description.size() > kScheduleDescriptionBytesMax) {
        return fail(invalid("description", fmt::format("must be at most {} bytes", kScheduleDescriptionBytesMax)));
    }
    if (schedule.task.input.size() > kScheduleInputBytesMax) {
        return fail(invalid("task/input", fmt::format("must be at most {} bytes", kScheduleInputBytesMax)));
    }
    GALLEY_TRY_VOID(tasks::validate(schedule.task));
    GALLEY_TRY(const Recurrence recurrence, recurrence_of(schedule));
    if (!next_run(recurrence, now)) return fail(invalid("cron", "never fires again: its years have passed"));
    return {};
}

// A question reaches a year; 29 February may be eight away.
std::optional<Time> next_run(const Recurrence& recurrence, Time after) {
    constexpr int kYears = kCronYearMax - kCronYearMin;
    Time from = after;
    for (int year = 0; year < kYears; ++year) {
        if (const auto next = next_time(recurrence.expression, recurrence.zone, from, from + kCronHorizon)) return next;
        from += kCronHorizon;
    }
    return std::nullopt;
}

bool clock_was_wrong(const Recurrence& recurrence, Time counted_at, Time now) {
    const bool recurring = recurrence.expression.sets().follows_elapsed_time;
    return counted_at - now > (recurring ? kClockStep : kClockCorrection);
}

DueTimes due_times(const Recurrence& recurrence, Time due, Time now) {
    DueTimes out;
    const auto first = std::chrono::floor<std::chrono::seconds>(due);
    out.last = last_time(recurrence, first - std::chrono::seconds(1), std::chrono::floor<std::chrono::seconds>(now));
    if (now - out.last <= kOnTimeWithin) out.current = out.last;
    const Time end = out.current ? out.last - std::chrono::seconds(1) : out.last;
    std::optional<Time> next = due;
    while (next && *next <= end && out.missed.size() < kMissedRunsMax) {
        out.missed.push_back(*next);
        next = next_time(recurrence.expression, recurrence.zone, *next, end);
    }
    out.more = next && *next <= end;
    return out;
}

}  // namespace galley::schedule
