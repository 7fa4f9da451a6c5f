#include "schedule/schedule_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace galley::schedule {

using store::Executor;
using store::Row;
using store::Sql;

namespace {

#define GALLEY_SCHEDULE_COLUMNS                                                                                   \
    "seq, name, cron, seconds_first, zone, kind, input, queue, priority, max_attempts, timeout_ms, missed_runs, " \
    "overlap, paused, description, created_by, created_at, updated_at, next_run_at, last_run_at, last_task_id, "  \
    "fired, "                                                                                                     \
    "skipped, missed, counted_at, built_in"

std::optional<Time> optional_time(const Row& row, std::size_t column) {
    const auto ms = row.optional_integer(column);
    return ms ? std::optional(from_unix_ms(*ms)) : std::nullopt;
}

std::optional<std::int64_t> ms_of(std::optional<Time> time) {
    return time ? std::optional(to_unix_ms(*time)) : std::nullopt;
}

// Columns in the order of GALLEY_SCHEDULE_COLUMNS.
ScheduleRecord record_of(const Row& row) {
    ScheduleRecord out;
    std::size_t at = 0;
    out.seq = row.integer(at++);
    out.what.name = row.text(at++);
    out.what.cron = row.text(at++);
    out.what.seconds = static_cast<SecondsField>(row.integer(at++));
    out.what.zone = row.text(at++);
    out.what.task.kind = row.text(at++);
    out.what.task.input = row.text(at++);
    out.what.task.queue = row.optional_text(at++);
    out.what.task.priority = static_cast<int>(row.integer(at++));
    if (const auto attempts = row.optional_integer(at++)) out.what.task.max_attempts = static_cast<int>(*attempts);
    if (const auto timeout = row.optional_integer(at++)) out.what.task.timeout = Duration(*timeout);
    out.what.missed_runs = static_cast<MissedRuns>(row.integer(at++));
    out.what.overlap = static_cast<Overlap>(row.integer(at++));
    out.what.paused = row.integer(at++) != 0;
    out.what.description = row.text(at++);
    out.what.created_by = row.text(at++);
    out.created_at = from_unix_ms(row.integer(at++));
    out.updated_at = from_unix_ms(row.integer(at++));
    out.next_run_at = optional_time(row, at++);
    out.last_run_at = optional_time(row, at++);
    out.last_task_id = row.optional_text(at++);
    out.fired = row.integer(at++);
    out.skipped = row.integer(at++);
    out.missed = row.integer(at++);
    out.counted_at = from_unix_ms(row.integer(at++));
    out.what.built_in = row.integer(at++) != 0;
    return out;
}

ScheduleRun run_of(const Row& row) {
    ScheduleRun out;
    out.number = row.integer(0);
    out.outcome = static_cast<RunOutcome>(row.integer(1));
    out.due_at = from_unix_ms(row.integer(2));
    out.at = from_unix_ms(row.integer(3));
    out.missed = row.integer(4);
    out.task_id = row.optional_text(5);
    out.error = row.text(6);
    return out;
}

Error no_such_schedule() {
    return {.code = ErrorCode::NotFound, .message = "no such schedule"};
}

Result<std::optional<Time>> next_of(const NewSchedule& schedule, Time now) {
    if (schedule.paused) return std::nullopt;
    GALLEY_TRY(const Recurrence recurrence, recurrence_of(schedule));
    return next_run(recurrence, now);
}

}  // namespace

void ScheduleStore::tell_after_commit(Executor& executor) const {
    executor.after_commit([this] {
        if (changed_) changed_();
    });
}

Result<std::optional<ScheduleRecord>> ScheduleStore::find_in(Executor& executor, std::string_view name) const {
    std::optional<ScheduleRecord> out;
    GALLEY_TRY_VOID(executor.each("SELECT " GALLEY_SCHEDULE_COLUMNS " FROM schedule WHERE name = $1", {name},
                                  [&out](const Row& row) -> Result<void> {
                                      out = record_of(row);
                                      return {};
                                  }));
    return out;
}

Result<ScheduleRecord> ScheduleStore::create_in(Executor& executor, const NewSchedule& schedule, Time now) {
    GALLEY_TRY(const auto taken, find_in(executor, schedule.name));
    if (taken) return fail(ErrorCode::Conflict, fmt::format("there is a schedule '{}' already", schedule.name));
    GALLEY_TRY(const auto count, executor.query_integer("SELECT count(*) FROM schedule"));
    if (count >= static_cast<std::int64_t>(kSchedulesMax)) {
        return fail(ErrorCode::LimitExceeded, fmt::format("there are {} schedules, as many as may be", kSchedulesMax));
    }
    GALLEY_TRY(const std::optional<Time> next, next_of(schedule, now));
    const tasks::NewTask& task = schedule.task;
    const auto timeout = task.timeout ? std::optional(task.timeout->count()) : std::nullopt;
    const std::int64_t now_ms = to_unix_ms(now);
    GALLEY_TRY_VOID(executor.execute(
        "INSERT INTO schedule (name, cron, seconds_first, zone, kind, input, queue, priority, max_attempts, "
        "timeout_ms, "
        "missed_runs, overlap, paused, description, created_by, created_at, updated_at, next_run_at, counted_at, "
        "built_in, runs, fired, skipped, missed) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $16, $18, 0, 0, 0, "
        "0)",
        {schedule.name, schedule.cron, static_cast<int>(schedule.seconds), schedule.zone, task.kind, task.input,
         task.queue, task.priority, task.max_attempts, timeout, static_cast<int>(schedule.missed_runs),
         static_cast<int>(schedule.overlap), schedule.paused, schedule.description, schedule.created_by, now_ms,
         ms_of(next), schedule.built_in}));
    tell_after_commit(executor);
    GALLEY_TRY(auto made, find_in(executor, schedule.name));
    return std::move(*made);
}

Result<ScheduleRecord> ScheduleStore::replace_in(Executor& executor, const NewSchedule& schedule, Time now) {
    GALLEY_TRY(const std::optional<Time> next, next_of(schedule, now));
    const tasks::NewTask& task = schedule.task;
    const auto timeout = task.timeout ? std::optional(task.timeout->count()) : std::nullopt;
    GALLEY_TRY(
        const std::int64_t changed,
        executor.execute(
            "UPDATE schedule SET cron = $2, seconds_first = $3, zone = $4, kind = $5, input = $6, queue = $7, "
            "priority = $8, max_attempts = $9, timeout_ms = $10, missed_runs = $11, overlap = $12, paused = $13, "
            "description = $14, updated_at = $15, counted_at = $15, next_run_at = $16 WHERE name = $1",
            {schedule.name, schedule.cron, static_cast<int>(schedule.seconds), schedule.zone, task.kind, task.input,
             task.queue, task.priority, task.max_attempts, timeout, static_cast<int>(schedule.missed_runs),
             static_cast<int>(schedule.overlap), schedule.paused, schedule.description, to_unix_ms(now), ms_of(next)}));
    if (changed == 0) return fail(no_such_schedule());
    tell_after_commit(executor);
    GALLEY_TRY(auto replaced, find_in(executor, schedule.name));
    return std::move(*replaced);
}

Result<ScheduleRecord> ScheduleStore::set_paused_in(Executor& executor, std::string_view name, bool paused, Time now) {
    GALLEY_TRY(auto found, find_in(executor, name));
    if (!found) return fail(no_such_schedule());
    if (found->what.paused == paused) return std::move(*found);
    found->what.paused = paused;
    GALLEY_TRY(found->next_run_at, next_of(found->what, now));
    found->updated_at = now;
    GALLEY_TRY_VOID(
        executor.execute("UPDATE schedule SET paused = $2, next_run_at = $3, updated_at = $4, counted_at = $4 "
                         "WHERE seq = $1",
                         {found->seq, paused, ms_of(found->next_run_at), to_unix_ms(now)}));
    tell_after_commit(executor);
    return std::move(*found);
}

Result<void> ScheduleStore::remove_in(Executor& executor, std::string_view name) {
    GALLEY_TRY(const auto found, find_in(executor, name));
    if (!found) return fail(no_such_schedule());
    if (found->what.built_in) {
        return fail(ErrorCode::Conflict,
                    fmt::format("the schedule {} is built in: pause it, or have none of them with the setting "
                                "schedules.built_in",
                                name));
    }
    GALLEY_TRY_VOID(executor.execute("DELETE FROM schedule_run WHERE schedule = $1", {found->seq}));
    GALLEY_TRY_VOID(executor.execute("DELETE FROM schedule WHERE seq = $1", {found->seq}));
    tell_after_commit(executor);
    return {};
}

Result<std::int64_t> ScheduleStore::remove_built_in_in(Executor& executor) {
    GALLEY_TRY_VOID(
        executor.execute("DELETE FROM schedule_run WHERE schedule IN (SELECT seq FROM schedule WHERE built_in = 1)"));
    GALLEY_TRY(const std::int64_t removed, executor.execute("DELETE FROM schedule WHERE built_in = 1"));
    tell_after_commit(executor);
    return removed;
}

Result<std::int64_t> ScheduleStore::note_run_in(Executor& executor, const ScheduleRecord& seen, const ScheduleRun& run,
                                                std::optional<Time> next) {
    const bool fired = enqueues(run.outcome);
    const std::int64_t skipped = run.outcome == RunOutcome::Overlapped ? run.missed : 0;
    const std::int64_t missed = run.outcome == RunOutcome::Missed ? run.missed : 0;
    const auto at = to_unix_ms(run.at);
    GALLEY_TRY(
        const std::int64_t changed,
        executor.execute(
            "UPDATE schedule SET runs = runs + 1, fired = fired + $2, skipped = skipped + $3, missed = missed + $4, "
            "next_run_at = $5, last_run_at = coalesce($6, last_run_at), last_task_id = coalesce($7, last_task_id), "
            "counted_at = iif($10, counted_at, $11) WHERE seq = $1 AND updated_at = $8 AND next_run_at IS NOT DISTINCT "
            "FROM $9",
            {seen.seq, fired, skipped, missed, ms_of(next), fired ? std::optional(at) : std::nullopt,
             fired ? run.task_id : std::nullopt, to_unix_ms(seen.updated_at), ms_of(seen.next_run_at),
             run.outcome == RunOutcome::FiredByHand, at}));
    if (changed == 0) return fail(ErrorCode::Conflict, "the schedule has fired or changed meanwhile");
    GALLEY_TRY(const auto number, executor.query_integer("SELECT runs FROM schedule WHERE seq = $1", {seen.seq}));
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO schedule_run (schedule, number, outcome, due_at, at, missed, task_id, error) "
                         "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                         {seen.seq, *number, static_cast<int>(run.outcome), to_unix_ms(run.due_at), at, run.missed,
                          run.task_id, run.error}));
    GALLEY_TRY_VOID(executor.execute("DELETE FROM schedule_run WHERE schedule = $1 AND number <= $2",
                                     {seen.seq, *number - kScheduleRunsKept}));
    return *number;
}

Result<void> ScheduleStore::recount_in(Executor& executor, const ScheduleRecord& seen, std::optional<Time> next,
                                       Time now) {
    GALLEY_TRY_VOID(executor.execute(
        "UPDATE schedule SET next_run_at = $2, counted_at = $3 "
        "WHERE seq = $1 AND updated_at = $4 AND next_run_at IS NOT DISTINCT FROM $5",
        {seen.seq, ms_of(next), to_unix_ms(now), to_unix_ms(seen.updated_at), ms_of(seen.next_run_at)}));
    return {};
}

Result<ScheduleRecord> ScheduleStore::get(std::string_view name) const {
    return database_.read([this, name](Executor& executor) -> Result<ScheduleRecord> {
        GALLEY_TRY(auto found, find_in(executor, name));
        if (!found) return fail(no_such_schedule());
        return std::move(*found);
    });
}

Result<SchedulePage> ScheduleStore::list(const ScheduleFilter& filter) const {
    const int limit = std::clamp(filter.limit, 1, kSchedulePageMax);
    SchedulePage page;
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        return executor.each(
            "SELECT " GALLEY_SCHEDULE_COLUMNS
            " FROM schedule WHERE name > $1 AND ($2 IS NULL OR created_by = $2) AND ($3 IS NULL OR paused = $3) "
            "ORDER BY name LIMIT $4",
            {filter.after, filter.created_by, filter.paused, limit}, [&page](const Row& row) -> Result<void> {
                page.schedules.push_back(record_of(row));
                return {};
            });
    }));
    if (page.schedules.size() == static_cast<std::size_t>(limit)) page.next = page.schedules.back().what.name;
    return page;
}

Result<ScheduleRunPage> ScheduleStore::runs(ScheduleSeq schedule, std::optional<std::int64_t> before, int limit) const {
    ScheduleRunPage page;
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        return executor.each(
            "SELECT number, outcome, due_at, at, missed, task_id, error FROM schedule_run "
            "WHERE schedule = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
            {schedule, before.value_or(INT64_MAX), std::clamp(limit, 1, kSchedulePageMax)},
            [&page](const Row& row) -> Result<void> {
                page.runs.push_back(run_of(row));
                return {};
            });
    }));
    if (page.runs.size() == static_cast<std::size_t>(limit)) page.next = page.runs.back().number;
    return page;
}

Result<ScheduleStats> ScheduleStore::stats(const std::optional<std::string>& created_by) const {
    ScheduleStats out;
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        return executor.each(
            "SELECT count(*), sum(paused), sum(fired), sum(skipped), sum(missed), min(next_run_at) "
            "FROM schedule WHERE ($1 IS NULL OR created_by = $1)",
            {created_by}, [&out](const Row& row) -> Result<void> {
                out = {row.integer(0), row.integer(1), row.integer(2),
                       row.integer(3), row.integer(4), optional_time(row, 5)};
                return {};
            });
    }));
    return out;
}

Result<std::vector<ScheduleRecord>> ScheduleStore::due(Time now, const std::optional<DueCursor>& after,
                                                       std::size_t rows_max) const {
    std::vector<ScheduleRecord> out;
    const std::int64_t after_ms = after ? to_unix_ms(after->due) : INT64_MIN;
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        return executor.each("SELECT " GALLEY_SCHEDULE_COLUMNS
                             " FROM schedule WHERE next_run_at <= $1 AND next_run_at >= $2 "
                             "AND (next_run_at > $2 OR seq > $3) ORDER BY next_run_at, seq LIMIT $4",
                             {to_unix_ms(now), after_ms, after ? after->seq : 0, rows_max},
                             [&out](const Row& row) -> Result<void> {
                                 out.push_back(record_of(row));
                                 return {};
                             });
    }));
    return out;
}

Result<std::vector<ScheduleRecord>> ScheduleStore::counted_after(Time time) const {
    std::vector<ScheduleRecord> out;
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        return executor.each("SELECT " GALLEY_SCHEDULE_COLUMNS
                             " FROM schedule WHERE next_run_at IS NOT NULL AND counted_at > $1",
                             {to_unix_ms(time)}, [&out](const Row& row) -> Result<void> {
                                 out.push_back(record_of(row));
                                 return {};
                             });
    }));
    return out;
}

Result<std::optional<Time>> ScheduleStore::earliest() const {
    return database_.read([](Executor& executor) -> Result<std::optional<Time>> {
        GALLEY_TRY(const auto ms,
                   executor.query_integer(
                       "SELECT next_run_at FROM schedule WHERE next_run_at IS NOT NULL ORDER BY next_run_at LIMIT 1"));
        return ms ? std::optional(from_unix_ms(*ms)) : std::nullopt;
    });
}

}  // namespace galley::schedule
