// Taking back: tasks that are cancelled, one or many, by hand, by their expiry, or because another takes their place.
#include <fmt/format.h>

#include <utility>

#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

constexpr std::size_t kExpireRows = 500;
constexpr Duration kExpiryLook = std::chrono::seconds(30);  // nobody tells us when the wall clock is set

}  // namespace

// The cases of one write. From its making to its end no worker takes those that it holds; an end without success finds
// again what it held.
class TaskEngine::Impl::CancelRound {
 public:
    enum class Reach : std::uint8_t { All, Waiting };  // Waiting: what runs goes on

    CancelRound(Impl& engine, std::vector<TaskRecord> found, Reach reach, TaskEvent event, std::string reason)
        : engine_(engine), reach_(reach), event_(event), reason_(std::move(reason)) {
        cases_.reserve(found.size());
        for (TaskRecord& task : found) {
            const bool held = engine_.hold_waiting(task);
            cases_.push_back({std::move(task), held});
        }
    }
    ~CancelRound() {
        for (const Case& one : cases_) {
            if (one.held) engine_.release_hold(one.found, !committed_);
        }
    }
    CancelRound(const CancelRound&) = delete;
    CancelRound& operator=(const CancelRound&) = delete;

    // On the writer thread.
    Result<void> write(store::Executor& executor) {
        for (Case& one : cases_) GALLEY_TRY_VOID(write(executor, one));
        return {};
    }
    // After the commit; gives how many were cancelled or told to stop.
    std::size_t finish() {
        committed_ = true;
        std::size_t reached = 0;
        for (Case& one : cases_) {
            if (one.asked) engine_.tell_to_stop(one.found);
            if (one.after) engine_.tell_cancelled(*one.before, *one.after, event_, reason_);
            if (one.asked || one.after) ++reached;
        }
        return reached;
    }

    struct Case {
        TaskRecord found;
        bool held = false;
        std::optional<TaskRecord> before{};  // as it was when it was written
        std::optional<TaskRecord> after{};   // when it is cancelled now
        bool asked = false;                  // when its attempt has to end first
    };
    const std::vector<Case>& cases() const { return cases_; }

 private:
    // On the writer thread no end of an attempt comes between look and change: an attempt that is over by now has left
    // its task waiting or finished; one that is not reads the request when it ends, whichever way it ends.
    Result<void> write(store::Executor& executor, Case& one) {
        GALLEY_TRY(one.before, rows::find(executor, one.found.seq));
        if (!one.before) return {};
        const TaskState state = one.before->state;
        const bool runs = state == TaskState::Running || (state == TaskState::Pending && !one.held);
        if (runs) {
            if (reach_ == Reach::Waiting) return {};
            one.asked = true;
            return rows::ask_to_cancel(executor, one.found.seq);
        }
        GALLEY_TRY(one.after, rows::cancel_waiting(executor, one.found.seq, engine_.clock_.now(), reason_));
        if (!one.after) return {};
        GALLEY_TRY_VOID(engine_.run_hook(executor, *one.after, TaskEvent::Cancelled, reason_));
        return engine_.end_children(executor, *one.after);
    }

    Impl& engine_;
    const Reach reach_;
    const TaskEvent event_;
    const std::string reason_;
    std::vector<Case> cases_;
    bool committed_ = false;
};

Result<TaskState> TaskEngine::Impl::cancel(std::string_view id) {
    GALLEY_TRY(const auto found, database_.read([&](store::Executor& executor) { return rows::find(executor, id); }));
    if (!found) return fail(ErrorCode::NotFound, "no such task");
    CancelRound round(*this, {*found}, CancelRound::Reach::All, TaskEvent::Cancelled, std::string(rows::kCancelled));
    GALLEY_TRY_VOID(database_.write([&](store::Executor& executor) { return round.write(executor); }));
    const CancelRound::Case& one = round.cases().front();
    if (round.finish() > 0) return one.asked ? TaskState::Running : TaskState::Cancelled;
    return fail(ErrorCode::Conflict,
                fmt::format("the task is already {}", state_name(one.before ? one.before->state : found->state)));
}

Result<std::size_t> TaskEngine::Impl::cancel_all(std::vector<TaskRecord> found) {
    CancelRound round(*this, std::move(found), CancelRound::Reach::All, TaskEvent::Cancelled,
                      std::string(rows::kCancelled));
    GALLEY_TRY_VOID(database_.write([&](store::Executor& executor) { return round.write(executor); }));
    return round.finish();
}

// Another took its unique key. What runs goes on.
Result<void> TaskEngine::Impl::cancel_replaced(store::Executor& executor, const TaskRecord& holder) {
    auto round = std::make_shared<CancelRound>(*this, std::vector{holder}, CancelRound::Reach::Waiting,
                                               TaskEvent::Cancelled, "replaced by a newer task with its unique key");
    GALLEY_TRY_VOID(round->write(executor));
    executor.after_commit([round] { round->finish(); });
    return {};
}

void TaskEngine::Impl::tell_cancelled(const TaskRecord& before, const TaskRecord& after, TaskEvent event,
                                      std::string_view reason) {
    {
        MutexLock lock(mutex_);
        count(before.queue, before.state, -1);
        count(before.queue, TaskState::Cancelled, 1);
    }
    notify(event, after, reason);
    waiters_.finish(after.seq);
}

void TaskEngine::Impl::note_expiry(Time when) {
    {
        MutexLock lock(timer_mutex_);
        if (expires_next_ && *expires_next_ <= when) return;
        expires_next_ = when;
    }
    wake_timer_at(when);
}

// The timer's step: cancels what waits beyond its time, then finds the next time.
void TaskEngine::Impl::expire() {
    const Time now = clock_.now();
    {
        MutexLock lock(timer_mutex_);
        if (!expires_next_ || expiring_) return;
        if (*expires_next_ > now) {
            next_wake_ = std::min(next_wake_, clock_.monotonic() + std::min(*expires_next_ - now, kExpiryLook));
            return;
        }
        expiring_ = true;
        expires_next_.reset();
    }
    Result<std::vector<TaskRecord>> found =
        database_.read([now](store::Executor& executor) { return rows::expired(executor, now, kExpireRows); });
    if (!found) return expired_step_done(false, std::nullopt);
    auto round = std::make_shared<std::unique_ptr<CancelRound>>(std::make_unique<CancelRound>(
        *this, std::move(*found), CancelRound::Reach::Waiting, TaskEvent::Expired, "expired before it began"));
    auto next = std::make_shared<std::optional<Time>>();
    database_.submit(
        [round, next](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID((*round)->write(executor));
            GALLEY_TRY(*next, rows::next_expiry(executor));
            return {};
        },
        [this, round, next](Result<void> result) {
            if (result) (*round)->finish();
            round->reset();
            expired_step_done(result.has_value(), *next);
        });
}

void TaskEngine::Impl::expired_step_done(bool done, std::optional<Time> next) {
    {
        MutexLock lock(timer_mutex_);
        expiring_ = false;
    }
    if (!done) return note_expiry(clock_.now() + Journal::kRetryAfter);
    if (next) note_expiry(*next);
}

// True when the task may not begin any more, although its cancellation is still on its way: the timer is told to hurry.
bool TaskEngine::Impl::is_too_late(const TaskRecord& task) {
    if (!task.expires_at || *task.expires_at > clock_.now()) return false;
    note_expiry(*task.expires_at);
    return true;
}

// From here on no worker can take the task, unless one has it.
bool TaskEngine::Impl::hold_waiting(const TaskRecord& task) {
    MutexLock lock(mutex_);
    if (live_.contains(task.seq)) return false;
    held_.insert(task.seq);
    lanes_.remove(lane_of(task), task.seq);
    return true;
}

// The request being durable: an attempt under way hears it here. If there is none (any more), the next one reads it
// from the row; what memory kept of the row may be older.
void TaskEngine::Impl::tell_to_stop(const TaskRecord& task) {
    Live running;
    {
        MutexLock lock(mutex_);
        const auto live = live_.find(task.seq);
        if (live == live_.end()) {
            if (lanes_.remove(lane_of(task), task.seq)) push_ready_locked(lane_of(task), ReadyTask{task.seq});
            return;
        }
        running = live->second;
    }
    running->stop(StopReason::Cancelled);
}

void TaskEngine::Impl::release_hold(const TaskRecord& task, bool still_waiting) {
    {
        MutexLock lock(mutex_);
        held_.erase(held_.find(task.seq));
    }
    // What it is by now (it may have fallen due, or have ended before it was held) only the database knows.
    if (still_waiting) find_again(task);
}

// A row may be ready that is in no place in memory: the next sweep's refill will bring it.
void TaskEngine::Impl::find_again(const TaskRecord& task) {
    {
        MutexLock lock(mutex_);
        lanes_.mark_more(lane_of(task));
    }
    wake_timer_by(clock_.monotonic() + Journal::kRetryAfter);
}

}  // namespace galley::tasks
