#include "schedule/cron_times.h"

#include <algorithm>

namespace galley::schedule {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

// By the wall clock: each local time has one instant, in the same order.
std::optional<UtcSeconds> next_by_wall(const CronExpression& expression, const TimeZone& zone, UtcSeconds after,
                                       UtcSeconds horizon) {
    const auto last = floor<days>(zone.to_local(horizon));
    LocalSeconds from = zone.to_local(after);
    while (const auto local = expression.at_or_after(from, last)) {
        const UtcSeconds instant = zone.to_instant(*local);
        if (instant > horizon) return std::nullopt;
        if (instant > after) return instant;
        from = *local + seconds(1);  // `after` itself, or the second pass of a repeated hour
    }
    return std::nullopt;
}

// By elapsed time: between two changes of the offset the wall clock runs evenly.
std::optional<UtcSeconds> next_by_elapsed_time(const CronExpression& expression, const TimeZone& zone, UtcSeconds after,
                                               UtcSeconds horizon) {
    UtcSeconds from = after + seconds(1);
    while (from <= horizon) {
        const seconds offset = zone.offset_at(from);
        const UtcSeconds end = std::min(zone.next_change(from).value_or(UtcSeconds::max()), horizon + seconds(1));
        const LocalSeconds local_end{end.time_since_epoch() + offset};
        const auto local =
            expression.at_or_after(LocalSeconds(from.time_since_epoch() + offset), floor<days>(local_end));
        if (local && *local < local_end) return UtcSeconds(local->time_since_epoch() - offset);
        from = end;
    }
    return std::nullopt;
}

std::optional<UtcSeconds> next_instant(const CronExpression& expression, const TimeZone& zone, UtcSeconds after,
                                       UtcSeconds horizon) {
    return expression.sets().follows_elapsed_time ? next_by_elapsed_time(expression, zone, after, horizon)
                                                  : next_by_wall(expression, zone, after, horizon);
}

}  // namespace

std::optional<Time> next_time(const CronExpression& expression, const TimeZone& zone, Time after, Time horizon) {
    return next_instant(expression, zone, floor<seconds>(after), floor<seconds>(horizon));
}

CronTimes next_times(const CronExpression& expression, const TimeZone& zone, Time after, std::size_t count) {
    CronTimes out;
    UtcSeconds last = floor<seconds>(after);
    const UtcSeconds horizon = last + kCronHorizon;
    const std::size_t wanted = std::min(count, kCronTimesMax);
    while (out.times.size() < wanted) {
        const auto found = next_instant(expression, zone, last, horizon);
        out.truncated = !found;
        if (!found) break;
        out.times.emplace_back(*found);
        last = *found;
    }
    return out;
}

}  // namespace galley::schedule
