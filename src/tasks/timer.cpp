// The one thread that waits for time: due tasks, timeouts, leases, saved progress, waiters' deadlines, clean-up,
// retries.
#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "tasks/backoff.h"
#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

TaskEvent after_death(int kills) {
    if (kills >= kKillsMax) return TaskEvent::Poisoned;
    return kills == 1 ? TaskEvent::Rescued : TaskEvent::Deferred;
}

constexpr Duration kSleepMax = std::chrono::hours(1);
constexpr Duration kSweep{1'000};  // while attempts run: progress is saved, leases are looked at
// Nobody tells us when the wall clock is set: while tasks wait for a time of day, it is looked at this often.
constexpr Duration kWallLook = std::chrono::seconds(30);
constexpr Duration kClockStep = std::chrono::seconds(2);  // going back by less is no jump
constexpr std::size_t kRefillsPerSweep = 1'000;
constexpr std::size_t kDueBatch = 1'000;
constexpr std::size_t kDueRefill = 10'000;
constexpr std::size_t kCleanupRows = 1'000;
constexpr std::size_t kRescueRows = 200;

}  // namespace

void TaskEngine::Impl::keep_time() {
    for (;;) {
        {
            MutexLock lock(timer_mutex_);
            for (;;) {
                const auto left = next_wake_ - clock_.monotonic();
                if (timer_stop_ || left <= left.zero()) break;
                timer_wake_.wait_until(lock, os::system_clock().monotonic() + left);
            }
            if (timer_stop_) return;
            next_wake_ = clock_.monotonic() + kSleepMax;
        }
        tick();
    }
}

void TaskEngine::Impl::tick() {
    const MonotonicTime now = clock_.monotonic();
    const Duration by_steady = std::chrono::duration_cast<Duration>(now - wall_seen_at_);
    if (clock_.now() < wall_seen_ + by_steady - kClockStep) follow_clock_back();
    note_clock();
    run_due();
    expire();
    look_at_rates();
    sweep_live();
    rescue_expired();
    clean_up_step();
    waiters_.expire(now);
    expire_lease_waits(now);
    if (const auto deadline = waiters_.next_deadline()) wake_timer_by(*deadline);
    if (const auto retry = journal_.retry_at()) {
        if (*retry <= now) {
            journal_.retry_now();
        } else {
            wake_timer_by(*retry);
        }
    }
}

void TaskEngine::Impl::note_clock() {
    wall_seen_ = clock_.now();
    wall_seen_at_ = clock_.monotonic();
}

// The wall clock was put back (now, or while no process ran): what waits relative to an attempt that began "later" than
// now keeps its delay, instead of waiting until the old time comes round. Times that callers chose stay as they are.
void TaskEngine::Impl::follow_clock_back() {
    const Time now = clock_.now();
    auto moved = std::make_shared<std::int64_t>(0);
    database_.submit(
        [now, moved](store::Executor& executor) -> Result<void> {
            GALLEY_TRY(*moved, rows::follow_clock_back(executor, now));
            return {};
        },
        [this, moved](Result<void> result) {
            if (result && *moved == 0) return;
            log(LogLevel::Warning, "clock_went_back",
                {{"tasks_moved", *moved}, {"error", result ? std::string() : result.error().to_string()}});
            {
                MutexLock lock(timer_mutex_);
                due_.set_more_in_database(true);
                if (due_refilling_) return;
                due_refilling_ = true;
            }
            refill_due();
        });
}

// Never ahead of the time that really passed since start(): a wall clock that is put forward must not make anything
// look old enough to be deleted.
Time TaskEngine::Impl::trusted_now() const {
    const Duration passed = std::chrono::duration_cast<Duration>(clock_.monotonic() - started_at_);
    return std::min(clock_.now(), wall_at_start_ + passed);
}

void TaskEngine::Impl::wake_timer_by(MonotonicTime when) {
    MutexLock lock(timer_mutex_);
    if (when >= next_wake_) return;
    next_wake_ = when;
    timer_wake_.notify_one();
}

// Unlike wake_timer_by(): the timer may sleep towards a moment that the clock has jumped over.
void TaskEngine::Impl::clock_changed() {
    MutexLock lock(timer_mutex_);
    next_wake_ = std::min(next_wake_, clock_.monotonic());
    timer_wake_.notify_one();
}

void TaskEngine::Impl::wake_timer_at(Time when) {
    const Duration left = std::max(Duration(0), when - clock_.now());
    wake_timer_by(clock_.monotonic() + std::min(left, kWallLook));
}

void TaskEngine::Impl::add_due(Time when, TaskSeq seq) {
    {
        MutexLock lock(timer_mutex_);
        due_.push(when, seq);
    }
    wake_timer_at(when);
}

void TaskEngine::Impl::run_due() {
    const Time now = clock_.now();
    std::vector<TaskSeq> due;
    std::optional<Time> next;
    bool hungry = false;
    {
        MutexLock lock(timer_mutex_);
        due = due_.take_due(now, kDueBatch);
        next = due_.next();
        hungry = due_.wants_refill() && !due_refilling_;
        if (hungry) due_refilling_ = true;
    }
    if (hungry) refill_due();
    if (next) wake_timer_at(*next);
    if (due.empty()) return;
    auto tasks = std::make_shared<std::vector<TaskRecord>>();
    database_.submit(
        [due, now, tasks](store::Executor& executor) -> Result<void> {
            for (const TaskSeq seq : due) {
                GALLEY_TRY(auto task, rows::make_due(executor, seq, now));
                if (task) tasks->push_back(std::move(*task));
            }
            return {};
        },
        [this, due, tasks](Result<void> result) {
            if (!result) {
                for (const TaskSeq seq : due) add_due(clock_.now() + Journal::kRetryAfter, seq);
                return;
            }
            for (const TaskRecord& task : *tasks) {
                notify(TaskEvent::Due, task);
                MutexLock lock(mutex_);
                count(task.queue, TaskState::Scheduled, -1);
                count(task.queue, TaskState::Pending, 1);
                push_ready_locked(lane_of(task), ReadyTask{task.seq});
            }
            wake_outside();
        });
}

// Entries that are here already, or were just taken out as due, do no harm: make_due() decides.
void TaskEngine::Impl::refill_due() {
    auto found = std::make_shared<std::vector<rows::ScheduledRow>>();
    auto rows_max = std::make_shared<std::size_t>(0);
    database_.submit(
        [this, found, rows_max](store::Executor& executor) -> Result<void> {
            {
                MutexLock lock(timer_mutex_);
                *rows_max = due_.size() + kDueRefill;
            }
            GALLEY_TRY(*found, rows::scheduled(executor, *rows_max));
            return {};
        },
        [this, found, rows_max](Result<void> result) {
            {
                MutexLock lock(timer_mutex_);
                due_refilling_ = false;
                due_.set_more_in_database(!result || found->size() == *rows_max);
                for (const rows::ScheduledRow& row : *found) due_.refill(row.run_at, row.seq);
            }
            wake_timer_by(clock_.monotonic() + (result ? Duration(0) : Journal::kRetryAfter));
        });
}

void TaskEngine::Impl::sweep_live() {
    std::vector<Live> attempts;
    std::vector<LaneKey> hungry;
    bool left_out = false;
    {
        MutexLock lock(mutex_);
        for (const auto& [seq, live] : live_) attempts.push_back(live);
        hungry = lanes_.take_hungry(kRefillsPerSweep);
        left_out = lanes_.has_hungry() || lanes_.has_left_out();
    }
    for (const LaneKey& lane : hungry) refill(lane);
    walk_lanes();
    const MonotonicTime now = clock_.monotonic();
    for (const Live& live : attempts) sweep_one(live, now);
    if (!attempts.empty() || !hungry.empty() || left_out) wake_timer_by(now + kSweep);
}

// Workers that found everything held back by a rate are woken when the first may go on.
void TaskEngine::Impl::look_at_rates() {
    const MonotonicTime now = clock_.monotonic();
    std::optional<MonotonicTime> release;
    {
        MutexLock lock(mutex_);
        if (idle_workers_ == 0) return;
        release = lanes_.next_release(now);
        work_wanted_.notify_all();
    }
    if (release && *release > now) wake_timer_by(*release);
}

void TaskEngine::Impl::sweep_one(const Live& live, MonotonicTime now) {
    if (!live->loaded() || live->ended()) return;
    const TaskRecord& task = live->task();
    if (live->deadline() <= now) {
        if (!live->claim_end()) return;
        const bool told = live->stop_reason() == StopReason::Cancelled;
        live->stop(StopReason::TimedOut);
        write_end(live, told ? cancelled(*live)
                             : retry_or_fail(*live, fmt::format("timeout: the attempt took longer than {} ms",
                                                                task.timeout.count())));
        return;
    }
    wake_timer_by(live->deadline());
    if (live->outside() != nullptr && !keep_lease(live, now)) return;
    if (!live->start_written) return;
    if (now - (live->deadline() - task.timeout) >= kSweep) {
        if (auto progress = live->take_unsaved_progress()) {
            journal_.append(
                [live, view = std::move(*progress)](store::Executor& executor) -> Result<void> {
                    if (live->ended()) return {};
                    GALLEY_TRY_VOID(
                        rows::write_progress(executor, live->seq(), live->task().attempt, view.percent, view.message));
                    return {};
                },
                nullptr);
        }
    }
    if (live->outside() != nullptr) return;
    const MonotonicTime renewed{MonotonicTime::duration(live->lease_renewed.load())};
    if (now - renewed < options_.lease / 3) return;
    live->lease_renewed = now.time_since_epoch().count();
    journal_.append(
        [this, live](store::Executor& executor) -> Result<void> {
            if (live->ended()) return {};
            GALLEY_TRY_VOID(rows::renew_lease(executor, live->seq(), live->task().attempt, lease()));
            return {};
        },
        nullptr);
}

// A running row that is no attempt of ours and whose lease is over: its worker is gone.
void TaskEngine::Impl::rescue_expired() {
    const MonotonicTime now = clock_.monotonic();
    wake_timer_by(leases_checked_ + options_.lease);
    if (now < leases_checked_ + options_.lease) return;
    leases_checked_ = now;
    wake_timer_by(now + options_.lease);
    const Time time = clock_.now();
    Result<std::vector<TaskRecord>> dead =
        database_.read([time](store::Executor& executor) { return rows::running(executor, time, kRescueRows); });
    if (!dead) return;
    {
        MutexLock lock(mutex_);
        std::erase_if(*dead,
                      [this](const TaskRecord& task) GALLEY_REQUIRES(mutex_) { return live_.contains(task.seq); });
    }
    if (!dead->empty()) rescue(std::move(*dead));
}

void TaskEngine::Impl::rescue(std::vector<TaskRecord> dead, store::WriteDone then) {
    struct Case {
        TaskRecord task;
        rows::Settlement end;
        bool applied = false;
    };
    auto cases = std::make_shared<std::vector<Case>>();
    for (TaskRecord& task : dead) {
        rows::Settlement end;
        end.seq = task.seq;
        end.attempt = end.attempt_stored = task.attempt;
        end.kills = task.kills + 1;
        const bool poisoned = end.kills >= kKillsMax;
        end.event = after_death(end.kills);
        end.to = *find_transition(TaskState::Running, end.event);
        end.at = clock_.now();
        if (end.event == TaskEvent::Deferred) {
            end.run_at = end.at + backoff_ceiling({kDeferralBase, kDeferralCap}, end.kills - 1);
        }
        end.started_at = task.started_at;
        end.progress = task.progress;
        end.message = task.message;
        end.text = poisoned ? fmt::format("the worker died ({} times)", end.kills) : "the worker died";
        cases->push_back({std::move(task), std::move(end)});
    }
    database_.submit(
        [this, cases](store::Executor& executor) -> Result<void> {
            for (Case& one : *cases) {
                GALLEY_TRY_VOID(heed_cancel(executor, one.end));
                GALLEY_TRY(one.applied, rows::settle_attempt(executor, one.end));
                if (!one.applied || !is_terminal(one.end.to)) continue;
                GALLEY_TRY_VOID(run_hook(executor, one.task, one.end.event, one.end.text));
                GALLEY_TRY_VOID(end_children(executor, one.task, one.end.to));
            }
            return {};
        },
        [this, cases, then = std::move(then)](Result<void> result) mutable {
            for (const Case& one : *cases) {
                if (!result || !one.applied) continue;  // the next look at the leases finds it again
                ++rescued_;
                log(LogLevel::Warning, "task_rescued",
                    {{"task_id", one.task.id}, {"event", event_name(one.end.event)}, {"kills", one.end.kills}});
                {
                    MutexLock lock(mutex_);
                    count(one.task.queue, TaskState::Running, -1);
                    count(one.task.queue, one.end.to, 1);
                }
                follow_up(one.task, one.end);
            }
            if (then) then(std::move(result));
        });
}

void TaskEngine::Impl::clean_up_step() {
    TaskSeq from = 0;
    const MonotonicTime now = clock_.monotonic();
    {
        MutexLock lock(timer_mutex_);
        if (!cleanup_at_) return;
        if (*cleanup_at_ > now) {
            next_wake_ = std::min(next_wake_, *cleanup_at_);
            return;
        }
        cleanup_at_.reset();  // until this step is done
        from = cleanup_from_;
    }
    const EndedBefore before = EndedBefore::at(trusted_now(), options_.retention);
    auto step = std::make_shared<rows::CleanupStep>();
    const Result<void> looked = database_.read([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(*step, rows::find_finished(executor, before, from, kCleanupRows));
        GALLEY_TRY(const auto outlived, rows::find_outlived(executor, trusted_now(), kCleanupRows));
        step->finished.insert(step->finished.end(), outlived.begin(), outlived.end());
        return {};
    });
    auto removed = std::make_shared<rows::Removed>();
    const auto done = [this, step, removed](Result<void> result) {
        MonotonicTime next = clock_.monotonic();
        if (result) note_removed(*removed);
        {
            MutexLock lock(timer_mutex_);
            const bool more = result && step->next;
            cleanup_from_ = more ? *step->next : 0;
            if (!more) next += options_.cleanup_every;
            cleanup_at_ = next;
        }
        wake_timer_by(next);
    };
    if (!looked || step->finished.empty()) return done(looked);
    database_.submit(
        [step, removed](store::Executor& executor) { return rows::remove(executor, step->finished, *removed); }, done);
}

}  // namespace galley::tasks
