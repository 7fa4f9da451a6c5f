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
        Found found = Found::More;
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
        const Duration left = **earliest - parts_.clock.now();
        if (left <= Duration(0)) return;
        changed_.wait_until(lock, os::system_clock().monotonic() + std::min(left, kWallLook));
    }
}

Scheduler::Found Scheduler::fire_due() {
    {
        MutexLock lock(mutex_);
        if (stopping_) return Found::Nothing;
    }
    const Time now = parts_.clock.now();
    const Result<std::vector<ScheduleRecord>> due = parts_.schedules.due(now, kDueAtOnce);
    if (!due) return Found::Failed;
    for (const ScheduleRecord& schedule : *due) {
        const Result<void> fired = fire(schedule, now);
        if (fired || fired.error().code == ErrorCode::Conflict) continue;  // Conflict: it is looked at anew
        log(LogLevel::Warning, "schedule_not_fired",
            {{"schedule", schedule.what.name}, {"error", fired.error().to_string()}});
        return Found::Failed;
    }
    return due->empty() ? Found::Nothing : Found::More;
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
    if (made.error().code != ErrorCode::InvalidInput && made.error().code != ErrorCode::Forbidden) {
        return fail(std::move(made.error()));
    }
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

Result<ScheduleRun> Scheduler::run_now(std::string_view name) {
    GALLEY_TRY(const ScheduleRecord schedule, parts_.schedules.get(name));
    const bool overlapped = schedule.what.overlap != Overlap::Allow && task_before_runs(schedule);
    if (overlapped && schedule.what.overlap == Overlap::Skip) {
        return fail(ErrorCode::Conflict,
                    fmt::format("the task of the run before, {}, has not ended", *schedule.last_task_id));
    }
    if (overlapped) GALLEY_TRY_VOID(cancel_task_before(schedule));
    const Time now = parts_.clock.now();
    return parts_.database.write([&](Executor& executor) -> Result<ScheduleRun> {
        GALLEY_TRY(ScheduleRun run,
                   enqueue_in(executor, schedule, {.outcome = RunOutcome::FiredByHand, .due_at = now, .at = now}));
        if (run.outcome == RunOutcome::Refused) return fail(ErrorCode::Conflict, run.error);
        GALLEY_TRY(run.number, parts_.schedules.note_run_in(executor, schedule, run, schedule.next_run_at));
        return run;
    });
}

}  // namespace galley::schedule
