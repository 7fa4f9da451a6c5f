// What outside workers say of their tasks, and what their silence says.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tasks/backoff.h"
#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

constexpr std::string_view kWorkerLost = "the worker was lost";

}  // namespace

// The attempt of this task, if it is this worker's and under way.
std::optional<Error> TaskEngine::Impl::why_not_held(const Live& live, const std::string& holder, int attempt) {
    if (live->outside()->holder != holder)
        return Error{.code = ErrorCode::NotFound, .message = "no such task of this worker"};
    if (live->task().attempt != attempt) {
        return Error{.code = ErrorCode::Conflict,
                     .message = fmt::format("attempt {} is under way, not {}", live->task().attempt, attempt)};
    }
    if (live->ended()) return Error{.code = ErrorCode::Conflict, .message = "the attempt is over"};
    return std::nullopt;
}

Result<TaskEngine::Impl::Live> TaskEngine::Impl::find_held(const WorkerIdentity& who, std::string_view id,
                                                           int attempt) {
    MutexLock lock(mutex_);
    (void)note_worker(who);
    const auto found = desk_.held.find(id);
    if (found == desk_.held.end()) return Live();
    if (auto error = why_not_held(found->second.live, holder_of(who), attempt)) return fail(std::move(*error));
    return found->second.live;
}

HeldAnswer TaskEngine::Impl::heartbeat(const WorkerIdentity& who, std::span<const HeldTask> tasks) {
    const std::string holder = holder_of(who);
    const MonotonicTime now = clock_.monotonic();
    HeldAnswer answer;
    std::vector<std::pair<Live, std::span<const std::string>>> logs;
    {
        MutexLock lock(mutex_);
        (void)note_worker(who);
        for (const HeldTask& task : tasks) {
            const auto found = desk_.held.find(task.id);
            if (found == desk_.held.end() || why_not_held(found->second.live, holder, task.attempt)) {
                answer.lost.push_back(task.id);
                continue;
            }
            const Live& live = found->second.live;
            live->outside()->renew(now);
            live->outside()->waiting = task.waiting;
            if (live->stopped()) answer.cancelled.push_back(task.id);
            if (!task.log.empty()) logs.emplace_back(live, task.log);
        }
    }
    for (const auto& [live, lines] : logs) log_lines(*live, lines);
    return answer;
}

Result<ProgressAnswer> TaskEngine::Impl::outside_progress(const WorkerIdentity& who, std::string_view id, int attempt,
                                                          const SaidProgress& said) {
    GALLEY_TRY(const Live live, find_held(who, id, attempt));
    if (!live) return fail(over_or_unknown(id));
    live->outside()->renew(clock_.monotonic());
    live->outside()->waiting = false;
    live->progress(said.percent, said.message);
    log_lines(*live, said.log);
    return ProgressAnswer{live->progress_now().percent, live->stopped()};
}

Result<ProgressAnswer> TaskEngine::Impl::outside_beat(const WorkerIdentity& who, const HeldTask& task) {
    GALLEY_TRY(const Live live, find_held(who, task.id, task.attempt));
    if (!live) return fail(over_or_unknown(task.id));
    live->outside()->renew(clock_.monotonic());
    live->outside()->waiting = task.waiting;
    log_lines(*live, task.log);
    return ProgressAnswer{live->progress_now().percent, live->stopped()};
}

// Of a task that nobody holds.
Error TaskEngine::Impl::over_or_unknown(std::string_view id) const {
    const auto task = database_.read([&](store::Executor& executor) { return rows::find(executor, id); });
    if (!task) return task.error();
    if (!*task) return Error{.code = ErrorCode::NotFound, .message = "no such task of this worker"};
    return Error{.code = ErrorCode::Conflict, .message = "the attempt is over"};
}

// An answer that got lost on its way is asked for again: what is done stays done.
Result<TaskState> TaskEngine::Impl::after_the_end(const WorkerIdentity& who, const OutsideEnd& end) const {
    GALLEY_TRY(const bool repeated, database_.read([&](store::Executor& executor) -> Result<bool> {
        GALLEY_TRY(const auto task, rows::find(executor, end.id));
        if (!task || task->state != TaskState::Completed || task->attempt != end.attempt) return false;
        GALLEY_TRY(const std::string holder, rows::last_holder(executor, task->seq));
        return holder == holder_of(who);
    }));
    if (repeated && end.kind == OutsideEnd::Kind::Done) return TaskState::Completed;
    return fail(over_or_unknown(end.id));
}

void TaskEngine::Impl::settle_outside(const WorkerIdentity& who, std::vector<OutsideEnd> ends,
                                      SettleCallback callback) {
    struct Settling {
        std::vector<Result<TaskState>> answers;
        std::atomic<std::size_t> left;
        SettleCallback callback;
        void one_less() {
            if (--left == 0) callback(std::move(answers));
        }
    };
    auto settling = std::make_shared<Settling>();
    settling->answers.resize(ends.size(), TaskState::Running);
    settling->left = ends.size() + 1;
    settling->callback = std::move(callback);
    for (std::size_t i = 0; i < ends.size(); ++i) {
        Result<Live> live = find_held(who, ends[i].id, ends[i].attempt);
        if (live && *live && !(*live)->claim_end()) live = fail(ErrorCode::Conflict, "the attempt is over");
        if (!live || !*live) {
            settling->answers[i] = live ? after_the_end(who, ends[i]) : std::unexpected(live.error());
            settling->one_less();
            continue;
        }
        (*live)->outside()->on_end = [settling, i](bool applied, TaskState state) {
            settling->answers[i] = state;
            if (!applied) settling->answers[i] = fail(ErrorCode::Unavailable, "the end was not written");
            settling->one_less();
        };
        log_lines(**live, ends[i].log);
        write_end(*live, decide_outside(**live, std::move(ends[i])));
    }
    settling->one_less();
}

rows::Settlement TaskEngine::Impl::decide_outside(const LiveTask& live, OutsideEnd end) {
    using enum OutsideEnd::Kind;
    note_end(live, end.kind);
    if (end.kind == Done) return settlement(live, TaskEvent::Completed, std::move(end.text));
    if (live.stop_reason() == StopReason::Cancelled) return cancelled(live);
    rows::Settlement settled;
    switch (end.kind) {
        case Release:
            return settlement(live, TaskEvent::Released, {});
        case Snooze:
            settled = settlement(live, TaskEvent::Snoozed, {});
            settled.run_at = clock_.now() + end.delay.value_or(Duration(0));
            return settled;
        case Cancel:
            return settlement(live, TaskEvent::Cancelled, std::move(end.text));
        case Retry:
            settled = retry_or_fail(live, std::move(end.text));
            if (end.delay && settled.run_at) settled.run_at = clock_.now() + *end.delay;
            return settled;
        case Crash:
            return after_own_kill(live, std::move(end.text));
        default:
            return settlement(live, TaskEvent::Failed, std::move(end.text));
    }
}

void TaskEngine::Impl::note_end(const LiveTask& live, OutsideEnd::Kind kind) {
    using enum OutsideEnd::Kind;
    MutexLock lock(mutex_);
    WorkerNote* worker = note_worker(identity_of(live.outside()->holder));
    if (worker == nullptr) return;
    if (kind == Done) ++worker->completed;
    if (kind == Retry || kind == Fail || kind == Crash) ++worker->failed;
}

// The worker died, or is silent for too long, which nobody can tell apart. Its other tasks share the blame.
rows::Settlement TaskEngine::Impl::after_lost_lease(const LiveTask& live) const {
    const int kills = live.task().kills + 1;
    const bool poisoned = kills >= kOutsideKillsMax;
    const TaskEvent event = poisoned ? TaskEvent::Poisoned : kills == 1 ? TaskEvent::Rescued : TaskEvent::Deferred;
    std::string text(kWorkerLost);
    if (poisoned) text += fmt::format(" ({} times)", kills);
    rows::Settlement end = settlement(live, event, std::move(text));
    end.kills = kills;
    if (event == TaskEvent::Deferred) end.run_at = end.at + backoff_ceiling({kDeferralBase, kDeferralCap}, kills - 1);
    return end;
}

// False: the lease is over, and with it the attempt.
bool TaskEngine::Impl::keep_lease(const Live& live, MonotonicTime now) {
    const OutsideLease& lease = *live->outside();
    const MonotonicTime until = lease.until();
    if (until > now) {
        wake_timer_by(until);
        return true;
    }
    if (!live->claim_end()) return false;
    ++rescued_;
    {
        MutexLock lock(mutex_);
        const auto worker = desk_.workers.find(identity_of(lease.holder));
        if (worker != desk_.workers.end()) ++worker->second.lost;
    }
    const bool begun = !lease.waiting;
    if (const auto left_out = log_bound_.take("task_lease_lost", now)) {
        log(LogLevel::Warning, "task_lease_lost",
            {{"task_id", live->task().id}, {"worker", lease.holder}, {"begun", begun}, {"suppressed", *left_out}});
    }
    write_end(live, begun ? after_lost_lease(*live) : settlement(*live, TaskEvent::Released, {}));
    return false;
}

void TaskEngine::Impl::forget_held(const LiveTask& live) {
    const auto found = desk_.held.find(live.task().id);
    if (found == desk_.held.end() || found->second.live.get() != &live) return;
    return_lane(found->second.lane);
    desk_.held.erase(found);
}

}  // namespace galley::tasks
