// Workers: taking a task, running one attempt, and writing down how it ended.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tasks/backoff.h"
#include "tasks/engine_impl.h"
#include "tasks/family_rows.h"
#include "tasks/text.h"

namespace galley::tasks {
namespace {

constexpr std::size_t kRefillsPerTake = 4;
constexpr Duration kDatabasePause{1'000};  // after a failed read, before a worker tries again

}  // namespace

void TaskEngine::Impl::work() {
    while (std::optional<Taken> taken = take()) {
        ReadyLanes::Lane* lane = taken->lane;
        run(std::move(*taken));
        {
            MutexLock lock(mutex_);
            --handlers_running_;
            return_lane(lane);
            if (stopping_) work_changed_.notify_all();
        }
        wake_outside();
    }
}

std::optional<TaskEngine::Impl::Taken> TaskEngine::Impl::take() {
    std::optional<Taken> taken;
    {
        MutexLock lock(mutex_);
        while (!stopping_ && !(taken = pop_ready())) {
            if (const auto release = lanes_.next_release(clock_.monotonic())) wake_timer_by(*release);
            ++idle_workers_;
            work_wanted_.wait(lock);
            --idle_workers_;
        }
    }
    if (!taken) return taken;
    for (const LaneKey& lane : taken->hungry) refill(lane);
    return taken;
}

std::optional<TaskEngine::Impl::Taken> TaskEngine::Impl::pop_ready() {
    if (unsettled_ >= options_.unsettled_max) return std::nullopt;
    std::optional<ReadyLanes::Taken> ready = lanes_.take_here(clock_.monotonic());
    if (!ready) return std::nullopt;
    auto live = std::make_shared<LiveTask>(ready->task.seq);
    live_.emplace(live->seq(), live);
    const std::string& queue = ReadyLanes::lane_key(ready->lane).queue;
    count(queue, TaskState::Pending, -1);
    count(queue, TaskState::Running, 1);
    ++handlers_running_;
    Taken taken{std::move(live), std::move(ready->task), ready->lane};
    if (lanes_.is_hungry(taken.lane)) taken.hungry = lanes_.take_hungry(kRefillsPerTake);
    return taken;
}

void TaskEngine::Impl::run(Taken taken) {
    const Live& live = taken.live;
    std::unique_ptr<TaskSeed> seed = std::move(taken.ready.seed);
    if (!seed) {
        Result<std::unique_ptr<TaskSeed>> read = read_seed(live->seq());
        if (!read) return give_up_attempt(taken, WhyNot::DatabaseFailed);
        if (!*read) return give_up_attempt(taken, WhyNot::WaitsNoLonger);
        seed = std::move(*read);
    }
    if (is_too_late(seed->task)) return give_up_attempt(taken, WhyNot::WaitsNoLonger);
    const Result<void> fit = prepare_input(*seed);
    if (!fit && fit.error().code == ErrorCode::Unavailable) return give_up_attempt(taken, WhyNot::DatabaseFailed);
    if (const auto why = begin(live, std::move(seed))) return give_up_attempt(taken, *why);
    ++started_;
    const TaskRecord& task = live->task();
    const Time due = std::max(task.created_at, task.scheduled_at.value_or(task.created_at));
    notify(TaskEvent::Started, task, {}, std::max(Duration(0), *task.started_at - due));
    conclude(live, fit ? call_handler(live) : Outcome::fail(fit.error().message));
}

// Null when the task waits no longer.
Result<std::unique_ptr<TaskSeed>> TaskEngine::Impl::read_seed(TaskSeq seq) {
    return database_.read([seq](store::Executor& executor) -> Result<std::unique_ptr<TaskSeed>> {
        GALLEY_TRY(auto task, rows::find(executor, seq));
        if (!task || task->state != TaskState::Pending) return nullptr;
        GALLEY_TRY(auto input, rows::input(executor, seq));
        return std::make_unique<TaskSeed>(TaskSeed{std::move(*task), std::move(input).value_or("null")});
    });
}

// The start is written with the next group commit; nobody waits for it, unless an earlier attempt may have died with
// its
// process: then it must be on disk before the handler can kill us again.
std::optional<TaskEngine::Impl::WhyNot> TaskEngine::Impl::begin(const Live& live, std::unique_ptr<TaskSeed> seed) {
    TaskRecord task = std::move(seed->task);
    ++task.attempt;
    task.state = TaskState::Running;
    task.started_at = clock_.now();
    task.progress = 0;
    task.message.clear();
    const bool awaited = task.attempt > 1 || task.kills > 0;
    if (task.cancel_asked) live->stop(StopReason::Cancelled);  // an attempt that did not come to its end was cancelled
    const MonotonicTime now = clock_.monotonic();
    const MonotonicTime deadline = now + task.timeout;
    live->load(std::move(task), std::move(seed->input), deadline, sinks());
    wake_timer_by(std::min(deadline, now + std::chrono::seconds(1)));
    journal_.append(
        [this, live](store::Executor& executor) -> Result<void> {
            if (live->ended()) return {};
            const rows::Lease held = lease();
            GALLEY_TRY(const bool applied, rows::start_attempt(executor, live->seq(), live->task().attempt,
                                                               *live->task().started_at, held));
            live->start_refused = !applied;
            live->start_written = applied;
            live->lease_renewed = clock_.monotonic().time_since_epoch().count();
            return {};
        },
        [this, live](Result<void> result) {
            if (!live->start_written) ++starts_skipped_;
            live->start_failed = !result;
            live->start_settled.release();
        });
    if (!awaited) return std::nullopt;
    live->start_settled.acquire();
    if (live->start_failed) return WhyNot::DatabaseFailed;
    return live->start_refused ? std::optional(WhyNot::WaitsNoLonger) : std::nullopt;
}

LiveTask::Sinks TaskEngine::Impl::sinks() {
    return {.progress =
                [this](const LiveTask& attempt, const ProgressView& view) {
                    TaskRecord shown = attempt.task();
                    shown.progress = view.percent;
                    shown.message = view.message;
                    notify(TaskEvent::Progress, shown);
                },
            .log = [this](LiveTask& attempt, std::string_view text) { log_line(attempt, text); },
            .save_cursor = [this](LiveTask& attempt, std::string_view cursor) { return save_cursor(attempt, cursor); },
            .cursor = [this](const LiveTask& attempt) { return read_cursor(attempt.task()); }};
}

void TaskEngine::Impl::log_line(const LiveTask& live, std::string_view text) {
    LogLine line{live.task().attempt, clock_.now(), std::string(cut_utf8(text, kLogLineBytesMax))};
    journal_.append([seq = live.seq(), line = std::move(line)](
                        store::Executor& executor) { return rows::append_log(executor, seq, line); },
                    nullptr);
}

void TaskEngine::Impl::log_lines(const LiveTask& live, std::span<const std::string> lines) {
    for (const std::string& line : lines) log_line(live, line);
}

// Blocks until it is durable: what the handler does next may rely on it.
Result<void> TaskEngine::Impl::save_cursor(const LiveTask& live, std::string_view cursor) {
    if (cursor.size() > kCursorBytesMax) {
        return fail(ErrorCode::LimitExceeded, fmt::format("a cursor has at most {} bytes", kCursorBytesMax));
    }
    return database_.write([&](store::Executor& executor) -> Result<void> {
        if (live.ended()) return fail(ErrorCode::Conflict, "the attempt is over");
        return rows::put_cursor(executor, live.seq(), at_rest(live.task(), PayloadPart::Cursor, std::string(cursor)));
    });
}

Outcome TaskEngine::Impl::call_handler(const Live& live) {
    if (live->stopped()) return Outcome::cancel();
    const auto kind = kinds_.find(live->task().kind);
    if (kind == kinds_.end()) return Outcome::fail(fmt::format("no handler for kind '{}'", live->task().kind));
    return kind->second.handler(*live);
}

// The attempt never began, and the task is counted where it was. If the database failed the task waits again, and this
// worker pauses.
void TaskEngine::Impl::give_up_attempt(const Taken& taken, WhyNot why) {
    const Live& live = taken.live;
    (void)live->claim_end();
    const bool failed = why == WhyNot::DatabaseFailed;
    if (failed) wake_timer_by(clock_.monotonic() + kDatabasePause);  // its sweep starts the refill
    MutexLock lock(mutex_);
    if (const auto found = live_.find(live->seq()); found != live_.end() && found->second == live) live_.erase(found);
    const std::string& queue = ReadyLanes::lane_key(taken.lane).queue;
    count(queue, TaskState::Running, -1);
    count(queue, TaskState::Pending, 1);
    if (!failed) return;
    lanes_.mark_more(taken.lane);  // a refill will find it again
    if (!stopping_) work_wanted_.wait_until(lock, os::system_clock().monotonic() + kDatabasePause);
}

void TaskEngine::Impl::conclude(const Live& live, Outcome outcome) {
    if (!live->claim_end()) {
        ++refused_late_;
        return log_refused("task_late_result_refused", *live);
    }
    write_end(live, decide(*live, std::move(outcome)));
}

rows::Settlement TaskEngine::Impl::decide(const LiveTask& live, Outcome outcome) const {
    if (outcome.kind() == Outcome::Kind::Done) return settlement(live, TaskEvent::Completed, outcome.take_text());
    if (live.stop_reason() == StopReason::Cancelled) return cancelled(live);
    if (live.stop_reason() == StopReason::ShuttingDown) return settlement(live, TaskEvent::Released, {});
    switch (outcome.kind()) {
        case Outcome::Kind::Snooze: {
            rows::Settlement end = settlement(live, TaskEvent::Snoozed, {});
            end.run_at = clock_.now() + outcome.delay();
            return end;
        }
        case Outcome::Kind::Cancel:
            return settlement(live, TaskEvent::Cancelled, outcome.take_text());
        case Outcome::Kind::Retry:
            return retry_or_fail(live, outcome.take_text(), outcome.delay());
        case Outcome::Kind::Died:
            return after_own_kill(live, outcome.take_text());
        default:
            return settlement(live, TaskEvent::Failed, outcome.take_text());
    }
}

rows::Settlement TaskEngine::Impl::settlement(const LiveTask& live, TaskEvent event, std::string text) const {
    const TaskRecord& task = live.task();
    // Leased while there were keys, and ended after a start without.
    if (event == TaskEvent::Completed && task.encrypted && options_.payload_keys.empty()) {
        return settlement(live, TaskEvent::Failed, "its result cannot be kept: the server has no payload keys");
    }
    const bool counted = event != TaskEvent::Released && event != TaskEvent::Snoozed;
    ProgressView progress = live.progress_now();
    rows::Settlement end;
    end.seq = task.seq;
    end.attempt = task.attempt;
    end.attempt_stored = counted ? task.attempt : task.attempt - 1;
    end.event = event;
    end.to = *find_transition(TaskState::Running, event);
    end.at = clock_.now();
    end.started_at = task.started_at;
    end.kills = task.kills;
    end.progress = event == TaskEvent::Completed ? 100 : progress.percent;
    end.message = std::move(progress.message);
    end.text = event == TaskEvent::Completed ? at_rest(task, PayloadPart::Result, std::move(text))
                                             : std::string(cut_utf8(text, kErrorBytesMax));
    return end;
}

rows::Settlement TaskEngine::Impl::cancelled(const LiveTask& live) const {
    return settlement(live, TaskEvent::Cancelled, std::string(rows::kCancelled));
}

rows::Settlement TaskEngine::Impl::retry_or_fail(const LiveTask& live, std::string error, Duration delay) const {
    const TaskRecord& task = live.task();
    // Deaths of the process are counted apart (kKillsMax).
    if (task.attempt - task.kills >= task.max_attempts) return settlement(live, TaskEvent::Failed, std::move(error));
    rows::Settlement end = settlement(live, TaskEvent::Retrying, std::move(error));
    if (delay <= Duration(0)) delay = backoff_delay(task.backoff, task.attempt, random_.random_u64());
    end.run_at = clock_.now() + delay;
    return end;
}

// The kernel told whose child process died, so nobody shares the blame and no pause is needed.
rows::Settlement TaskEngine::Impl::after_own_kill(const LiveTask& live, std::string error) const {
    const int kills = live.task().kills + 1;
    const bool poisoned = kills >= kOwnKillsMax;
    if (poisoned) error = fmt::format("quarantined, its process died {} times; at last: {}", kills, error);
    rows::Settlement end = settlement(live, poisoned ? TaskEvent::Poisoned : TaskEvent::Rescued, std::move(error));
    end.kills = kills;
    return end;
}

// Precondition: the caller claimed the end. The worker goes on at once; the write rides the next group commit.
void TaskEngine::Impl::write_end(const Live& live, rows::Settlement end) {
    {
        MutexLock lock(mutex_);
        ++unsettled_;
    }
    std::vector<store::WriteWork> works = live->take_finish_works();
    if (end.event == TaskEvent::Completed && !works.empty())
        return submit_end_with_works(live, std::move(end), std::move(works));
    submit_end(live, std::move(end));
}

void TaskEngine::Impl::submit_end(const Live& live, rows::Settlement end) {
    auto shared = std::make_shared<std::pair<rows::Settlement, bool>>(std::move(end), false);
    journal_.append(
        [this, live, shared](store::Executor& executor) -> Result<void> {
            rows::Settlement& settled = shared->first;
            GALLEY_TRY_VOID(heed_cancel(executor, settled));
            GALLEY_TRY(shared->second, rows::settle_attempt(executor, settled));
            if (!shared->second || !is_terminal(settled.to)) return {};
            const bool hooked = settled.event != TaskEvent::Completed;
            if (hooked) GALLEY_TRY_VOID(run_hook(executor, live->task(), settled.event, settled.text));
            return end_children(executor, live->task(), settled.to);
        },
        [this, live, shared](Result<void> result) {
            if (!result) return when_not_written(live, shared->first, result.error());
            after_end(live, shared->first, shared->second);
        });
}

// A request to cancel may have come after the end was decided: then the task does not run again.
Result<void> TaskEngine::Impl::heed_cancel(store::Executor& executor, rows::Settlement& end) const {
    if (is_terminal(end.to)) return {};
    GALLEY_TRY(const bool asked, rows::is_cancel_asked(executor, end.seq));
    if (!asked) return {};
    end.event = TaskEvent::Cancelled;
    end.to = TaskState::Cancelled;
    end.attempt_stored = end.attempt;
    end.run_at.reset();
    end.text = rows::kCancelled;
    return {};
}

// Not for want of a disk, unless we are closing: the journal would have tried again. An end that the database does not
// take as it is may be taken as a failure; and if not even that, the task must not wait unseen.
void TaskEngine::Impl::when_not_written(const Live& live, const rows::Settlement& end, const Error& error) {
    log_unwritten("task_end_not_written", *live, error);
    if (!may_pass(error) && end.event != TaskEvent::Failed) {
        return submit_end(live, settlement(*live, TaskEvent::Failed, "the end was not written: " + error.to_string()));
    }
    after_end(live, end, false);
    {
        MutexLock lock(mutex_);
        count(live->task().queue, live->start_written ? TaskState::Running : TaskState::Pending, 1);
    }
    find_again(live->task());
}

// A database that did not take the end is no fault of the task's: it runs again, and the attempt does not count.
rows::Settlement TaskEngine::Impl::after_lost_end(const LiveTask& live, const Error& error) const {
    if (!may_pass(error)) return settlement(live, TaskEvent::Failed, error.to_string());
    log_unwritten("task_end_lost", live, error);
    if (live.stop_reason() == StopReason::Cancelled) return cancelled(live);
    rows::Settlement end = settlement(live, TaskEvent::Snoozed, {});
    end.run_at = clock_.now() + Journal::kRetryAfter;
    return end;
}

// These writes belong to the caller and may fail for their own reasons, so they do not share the journal's savepoint.
void TaskEngine::Impl::submit_end_with_works(const Live& live, rows::Settlement end,
                                             std::vector<store::WriteWork> works) {
    auto shared = std::make_shared<rows::Settlement>(std::move(end));
    auto fenced = std::make_shared<bool>(false);
    database_.submit(
        [this, live, shared, fenced, works = std::move(works)](store::Executor& executor) mutable -> Result<void> {
            GALLEY_TRY(const bool applied, rows::settle_attempt(executor, *shared));
            *fenced = !applied;
            if (!applied) return fail(ErrorCode::Conflict, "the attempt is over");
            for (store::WriteWork& work : works) GALLEY_TRY_VOID(work(executor));
            return end_children(executor, live->task(), shared->to);
        },
        [this, live, shared, fenced](Result<void> result) {
            if (result || *fenced) return after_end(live, *shared, result.has_value());
            submit_end(live, after_lost_end(*live, result.error()));
        });
}

// On the writer thread, the end being durable (or refused).
void TaskEngine::Impl::after_end(const Live& live, const rows::Settlement& end, bool applied) {
    {
        MutexLock lock(mutex_);
        if (const auto found = live_.find(end.seq); found != live_.end() && found->second == live) live_.erase(found);
        if (live->outside() != nullptr) forget_held(*live);
        --unsettled_;
        count(live->task().queue, TaskState::Running, -1);
        if (applied) count(live->task().queue, end.to, 1);
        if (idle_workers_ > 0 && unsettled_ + 1 == options_.unsettled_max) work_wanted_.notify_all();
    }
    wake_outside();
    if (applied) {
        follow_up(live->task(), end);
    } else {
        ++refused_late_;
        log_refused("task_end_refused", *live);
    }
    // Last: who hears of the end may ask at once for what it put back.
    if (live->outside() != nullptr && live->outside()->on_end) live->outside()->on_end(applied, end.to);
}

void TaskEngine::Impl::log_refused(std::string_view event, const LiveTask& live) const {
    const auto left_out = log_bound_.take(event, clock_.monotonic());
    if (!left_out) return;
    log(LogLevel::Warning, event,
        {{"task_id", live.task().id}, {"attempt", live.task().attempt}, {"suppressed", *left_out}});
}

void TaskEngine::Impl::log_unwritten(std::string_view event, const LiveTask& live, const Error& error) const {
    const auto left_out = log_bound_.take(event, clock_.monotonic());
    if (!left_out) return;
    log(LogLevel::Error, event, {{"task_id", live.task().id}, {"error", error.to_string()}, {"suppressed", *left_out}});
}

void TaskEngine::Impl::follow_up(const TaskRecord& task, const rows::Settlement& end) {
    TaskRecord shown = task;
    shown.state = end.to;
    shown.attempt = end.attempt_stored;
    shown.progress = end.progress;
    shown.message = end.message;
    const bool is_error = end.event != TaskEvent::Completed;
    const Duration ran = end.at - end.started_at.value_or(end.at);
    notify(end.event, shown, is_error ? std::string_view(end.text) : std::string_view(), {}, ran);
    if (is_terminal(end.to)) return waiters_.finish(end.seq);
    if (end.to == TaskState::Pending) return push_ready(task);
    add_due(end.run_at.value_or(end.at), end.seq);
}

}  // namespace galley::tasks
