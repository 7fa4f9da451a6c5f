// src/schedule/scheduler.h — fires schedules: enqueues a task at each time, exactly once.
//
// Shape    Scheduler scheduler(...); start() → fires until stop(). A time, its task, its history entry and the next
//          time are written in one transaction, fenced by the time that was due: whenever the process dies, a time has
//          fired wholly or not at all, and what has not is taken up by the next start under the schedule's policy.
//          Between two times nothing is asked of the database: one thread sleeps until the earliest, and looks at the
//          wall clock every kWallLook, since nobody tells it when the clock is set.
// Errors   start(): the database's. A task that cannot be enqueued (its kind is gone, the account is off) is an entry
//          `refused` of the history, and the schedule goes on. A schedule that cannot be written is tried again after
//          kRetryAfter and holds up no other.
//          When the clock is put back, next times that were counted by the wrong one are counted anew (schedule.h).
// Owner    borrows all that Parts names; start() watches the store.
// Threads  run_now(), make_way(), wake() from any thread; the first two block and may not be called from the writer
//          thread. run_in() on the writer thread.
// Source   R70, R71; docs/schedules.md.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "base/log_bound.h"
#include "base/mutex.h"
#include "os/clock.h"
#include "schedule/schedule_store.h"
#include "tasks/engine.h"

namespace galley::schedule {

struct SchedulerParts {
    store::Database& database;
    ScheduleStore& schedules;
    tasks::TaskEngine& tasks;
    const os::Clock& clock;
    // False: tasks in this caller's name are refused (an account that was switched off).
    std::function<bool(std::string_view created_by)> may_enqueue;
};

class Scheduler {
 public:
    explicit Scheduler(SchedulerParts parts) : parts_(std::move(parts)) {}
    ~Scheduler() { stop(); }
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    static constexpr Duration kWallLook = std::chrono::seconds(30);
    static constexpr Duration kRetryAfter = std::chrono::seconds(1);

    Result<void> start();
    void stop();
    // Something changed: a schedule, or the clock (tests).
    void wake();

    // One run at once, whatever the time, paused or not: make_way() first (blocks, not from the writer thread), then
    // run_in() in the caller's write. Conflict: Overlap::Skip, and the task before has not ended.
    Result<ScheduleRecord> make_way(std::string_view name);
    Result<ScheduleRun> run_in(store::Executor& executor, const ScheduleRecord& schedule);
    // Both, in a write of its own.
    Result<ScheduleRun> run_now(std::string_view name);

 private:
    enum class Found : std::uint8_t { Nothing, More, Failed };
    enum class Fired : std::uint8_t { Yes, Not };

    void keep_time();
    void wait_for_work();
    bool look_at_clock();
    Result<void> count_anew(Time now);
    void saw(Time now);
    Found fire_due();
    Fired try_to_fire(const ScheduleRecord& schedule, Time now);
    Result<void> fire(const ScheduleRecord& schedule, Time now);
    Result<ScheduleRun> enqueue_in(store::Executor& executor, const ScheduleRecord& schedule, ScheduleRun run);
    bool task_before_runs(const ScheduleRecord& schedule) const;
    Result<void> cancel_task_before(const ScheduleRecord& schedule);

    SchedulerParts parts_;
    Mutex mutex_;
    CondVar changed_;
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    bool look_again_ GALLEY_GUARDED_BY(mutex_) = false;  // the earliest time may have changed
    LogBound log_bound_;
    std::optional<Time> latest_{};  // that the wall clock has shown; the thread's own
    std::thread thread_;
};

}  // namespace galley::schedule
