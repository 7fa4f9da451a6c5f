#include "schedule/scheduler.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace galley::schedule {

using store::Executor;

namespace {

constexpr std::size_t kDueAtOnce = 200;

// What is to be done about these times, oldest first.
std::vector<ScheduleRun> runs_of(const NewSchedule& schedule, const DueTimes& times, bool overlapped, Time now) {
    const auto missed = static_cast<std::int64_t>(times.missed.size());
    const ScheduleRun last{.due_at = times.last, .at = now, .missed = missed};
    const auto as = [](ScheduleRun run, RunOutcome outcome) {
        run.outcome = outcome;
        return run;
    };
    if (overlapped && schedule.overlap == Overlap::Skip) {
        ScheduleRun left_out = as(last, RunOutcome::Overlapped);
        left_out.missed += times.current ? 1 : 0;
        return {left_out};
    }
    // Runs that may not overlap cannot make up for each time at once.
    const bool each = schedule.missed_runs == MissedRuns::All && schedule.overlap == Overlap::Allow;
    std::vector<ScheduleRun> out;
    if (each) {
        for (const Time due : times.missed)
            out.push_back({.outcome = RunOutcome::FiredLate, .due_at = due, .at = now, .missed = 1});
        if (times.more) out.push_back(as({.due_at = times.last, .at = now, .missed = 1}, RunOutcome::Missed));
        if (times.current) out.push_back({.outcome = RunOutcome::Fired, .due_at = *times.current, .at = now});
    } else if (schedule.missed_runs == MissedRuns::Skip) {
        if (missed > 0)
            out.push_back({.outcome = RunOutcome::Missed, .due_at = times.missed.back(), .at = now, .missed = missed});
        if (times.current) out.push_back({.outcome = RunOutcome::Fired, .due_at = *times.current, .at = now});
    } else {
        out.push_back(as(last, times.current ? RunOutcome::Fired : RunOutcome::FiredLate));
    }
    return out;
}

// What the same task would meet again and again: the entry of the history says it, and the schedule goes on.
bool is_refusal(ErrorCode code) {
    return code == ErrorCode::InvalidInput || code == ErrorCode::Forbidden || code == ErrorCode::LimitExceeded ||
           code == ErrorCode::NotFound;
}

// The history's entry of a schedule that cannot be understood any more: a time zone that the system has lost.
ScheduleRun refusal(const ScheduleRecord& schedule, const Error& error, Time now) {
    return {.outcome = RunOutcome::Refused, .due_at = *schedule.next_run_at, .at = now, .error = error.to_string()};
}

}  // namespace

Result<void> Scheduler::start() {
    GALLEY_TRY_VOID(parts_.schedules.earliest());
    parts_.schedules.watch([this] { wake(); });
    thread_ = std::thread([this] { keep_time(); });
    return {};
}

void Scheduler::stop() {
    {
        MutexLock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Scheduler::wake() {
    MutexLock lock(mutex_);
    look_again_ = true;
    changed_.notify_all();
}

void Scheduler::keep_time() {
    for (;;) {
        Found found = look_at_clock() ? Found::More : Found::Failed;
        while (found == Found::More) found = fire_due();
        if (found == Found::Failed) {
            MutexLock lock(mutex_);
            if (!stopping_) changed_.wait_until(lock, os::system_clock().monotonic() + kRetryAfter);
        } else {
            wait_for_work();
        }
        MutexLock lock(mutex_);
        if (stopping_) return;
    }
}

// Until the earliest time, or until somebody calls.
void Scheduler::wait_for_work() {
    {
        MutexLock lock(mutex_);
        look_again_ = false;
    }
    const Result<std::optional<Time>> earliest = parts_.schedules.earliest();
    MutexLock lock(mutex_);
    while (!stopping_ && !look_again_) {
        if (!earliest) {
            changed_.wait_until(lock, os::system_clock().monotonic() + kRetryAfter);
            return;
        }
        if (!*earliest) {
            changed_.wait(lock);
            continue;
        }
        const Time now = parts_.clock.now();
        const Duration left = **earliest - now;
        if (left <= Duration(0) || *latest_ - now > kClockStep) return;
        saw(now);
        changed_.wait_until(lock, os::system_clock().monotonic() + std::min(left, kWallLook));
    }
}

// At the start, and when the clock was put back: what it said before need not hold. False: try again.
bool Scheduler::look_at_clock() {
    const Time now = parts_.clock.now();
    if (latest_ && *latest_ - now <= kClockStep) {
        saw(now);
        return true;
    }
    const Result<void> counted = count_anew(now);
    if (counted) latest_ = now;
    return counted.has_value();
}

Result<void> Scheduler::count_anew(Time now) {
    GALLEY_TRY(const std::vector<ScheduleRecord> ahead, parts_.schedules.counted_after(now + kClockStep));
    for (const ScheduleRecord& schedule : ahead) {
        const Result<Recurrence> recurrence = recurrence_of(schedule.what);
        if (!recurrence || !clock_was_wrong(*recurrence, schedule.counted_at, now)) continue;
        const std::optional<Time> next = next_run(*recurrence, now);
        GALLEY_TRY_VOID(parts_.database.write(
            [&](Executor& executor) { return parts_.schedules.recount_in(executor, schedule, next, now); }));
        log(LogLevel::Info, "schedule_counted_anew", {{"schedule", schedule.what.name}});
    }
    return {};
}

// Each reading that next times are counted from: only a reading that is remembered can be found to have been wrong.
void Scheduler::saw(Time now) {
    latest_ = std::max(*latest_, now);
}

// One round over all that is due. A schedule that cannot be written does not end it.
Scheduler::Found Scheduler::fire_due() {
    const Time now = parts_.clock.now();
    saw(now);
    std::optional<DueCursor> after;
    bool failed = false;
    bool fired = false;
    for (;;) {
        const Result<std::vector<ScheduleRecord>> due = parts_.schedules.due(now, after, kDueAtOnce);
        if (!due) return Found::Failed;
        if (due->empty()) break;
        after = {*due->back().next_run_at, due->back().seq};
        for (const ScheduleRecord& schedule : *due) {
            {
                MutexLock lock(mutex_);
                if (stopping_) return Found::Nothing;
            }
            (try_to_fire(schedule, now) == Fired::Yes ? fired : failed) = true;
        }
    }
    return failed ? Found::Failed : fired ? Found::More : Found::Nothing;
}

// Not: also when it has changed meanwhile, and is looked at anew.
Scheduler::Fired Scheduler::try_to_fire(const ScheduleRecord& schedule, Time now) {
    const Result<void> fired = fire(schedule, now);
    if (fired) return Fired::Yes;
    if (fired.error().code == ErrorCode::Conflict) return Fired::Not;
    if (const auto left_out = log_bound_.take(schedule.what.name, os::system_clock().monotonic())) {
        log(LogLevel::Warning, "schedule_not_fired",
            {{"schedule", schedule.what.name}, {"error", fired.error().to_string()}, {"suppressed", *left_out}});
    }
    return Fired::Not;
}

Result<void> Scheduler::fire(const ScheduleRecord& schedule, Time now) {
    std::vector<ScheduleRun> runs;
    std::optional<Time> next;
    if (const Result<Recurrence> recurrence = recurrence_of(schedule.what)) {
        const bool overlapped = schedule.what.overlap != Overlap::Allow && task_before_runs(schedule);
        runs = runs_of(schedule.what, due_times(*recurrence, *schedule.next_run_at, now), overlapped, now);
        next = next_run(*recurrence, now);
        if (overlapped && schedule.what.overlap == Overlap::Replace) GALLEY_TRY_VOID(cancel_task_before(schedule));
    } else {
        runs.push_back(refusal(schedule, recurrence.error(), now));
    }
    return parts_.database.write([&](Executor& executor) -> Result<void> {
        ScheduleRecord seen = schedule;
        for (const ScheduleRun& run : runs) {
            GALLEY_TRY(const ScheduleRun done, enqueue_in(executor, seen, run));
            GALLEY_TRY_VOID(parts_.schedules.note_run_in(executor, seen, done, next));
            seen.next_run_at = next;
        }
        return {};
    });
}

// The run with its task; or why there is none.
Result<ScheduleRun> Scheduler::enqueue_in(Executor& executor, const ScheduleRecord& schedule, ScheduleRun run) {
    if (!enqueues(run.outcome)) return run;
    tasks::NewTask task = schedule.what.task;
    task.created_by = schedule.what.created_by;
    task.correlation_id = "schedule/" + schedule.what.name;
    Result<tasks::TaskRef> made =
        parts_.may_enqueue(task.created_by)
            ? parts_.tasks.enqueue(executor, task)
            : fail(ErrorCode::Forbidden, "the account " + task.created_by + " is switched off");
    if (made) {
        run.task_id = std::move(made->id);
        return run;
    }
    if (!is_refusal(made.error().code)) return fail(std::move(made.error()));
    run.outcome = RunOutcome::Refused;
    run.error = made.error().to_string();
    return run;
}

// Not in the transaction: a task that ends meanwhile was still running when its successor was due.
bool Scheduler::task_before_runs(const ScheduleRecord& schedule) const {
    if (!schedule.last_task_id) return false;
    const Result<tasks::TaskRecord> task = parts_.tasks.get(*schedule.last_task_id);
    return task && !tasks::is_terminal(task->state);
}

Result<void> Scheduler::cancel_task_before(const ScheduleRecord& schedule) {
    const Result<tasks::TaskState> cancelled = parts_.tasks.cancel(*schedule.last_task_id);
    if (!cancelled && cancelled.error().code == ErrorCode::Unavailable) return fail(cancelled.error());
    return {};
}

Result<ScheduleRecord> Scheduler::make_way(std::string_view name) {
    GALLEY_TRY(ScheduleRecord schedule, parts_.schedules.get(name));
    const bool overlapped = schedule.what.overlap != Overlap::Allow && task_before_runs(schedule);
    if (overlapped && schedule.what.overlap == Overlap::Skip) {
        return fail(ErrorCode::Conflict,
                    fmt::format("the task of the run before, {}, has not ended", *schedule.last_task_id));
    }
    if (overlapped) GALLEY_TRY_VOID(cancel_task_before(schedule));
    return schedule;
}

Result<ScheduleRun> Scheduler::run_in(Executor& executor, const ScheduleRecord& schedule) {
    const Time now = parts_.clock.now();
    GALLEY_TRY(ScheduleRun run,
               enqueue_in(executor, schedule, {.outcome = RunOutcome::FiredByHand, .due_at = now, .at = now}));
    if (run.outcome == RunOutcome::Refused) return fail(ErrorCode::Conflict, run.error);
    GALLEY_TRY(run.number, parts_.schedules.note_run_in(executor, schedule, run, schedule.next_run_at));
    return run;
}

Result<ScheduleRun> Scheduler::run_now(std::string_view name) {
    GALLEY_TRY(const ScheduleRecord schedule, make_way(name));
    return parts_.database.write([&](Executor& executor) { return run_in(executor, schedule); });
}

}  // namespace galley::schedule
