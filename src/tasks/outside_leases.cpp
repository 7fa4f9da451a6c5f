// Leases: who waits for tasks, who gets which, and what is written before it is told.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tasks/backoff.h"
#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

constexpr std::size_t kRefillsPerLease = 4;

}  // namespace

WaitId TaskEngine::Impl::lease(LeaseRequest request, MonotonicTime deadline, LeaseCallback callback) {
    if (request.queues.empty()) request.queues = outside_kinds_.queues_of(request.kinds);
    if (!request.lease) request.lease = options_.outside.lease;
    auto grants = std::make_shared<Grants>();
    WaitId wait = 0;
    std::optional<Error> refused;
    LeaseCallback nothing;
    {
        MutexLock lock(mutex_);
        refused = admit_worker(request);
        if (!refused) {
            wait = ++desk_.last_wait;
            desk_.waiting.emplace(wait, LeaseWaiter{std::move(request), deadline, std::move(callback)});
            *grants = choose();
            const auto left = desk_.waiting.find(wait);
            if (left != desk_.waiting.end() && deadline <= clock_.monotonic()) {
                nothing = std::move(left->second.callback);
                desk_.waiting.erase(left);
            }
        }
    }
    if (nothing) nothing(Leased{});
    if (refused) {
        callback(std::unexpected(std::move(*refused)));
        return wait;
    }
    if (!grants->empty()) submit_grants(std::move(grants));
    wake_timer_by(deadline);
    return wait;
}

std::optional<Error> TaskEngine::Impl::admit_worker(const LeaseRequest& request) {
    if (desk_.stopped) return Error{.code = ErrorCode::Unavailable, .message = "the server is stopping"};
    if (desk_.waiting.size() >= options_.outside.leases_waiting_max) {
        return Error{.code = ErrorCode::Unavailable, .message = "too many workers wait for tasks"};
    }
    WorkerNote* worker = note_worker(request.who);
    if (worker == nullptr) return Error{.code = ErrorCode::Unavailable, .message = "too many workers"};
    worker->client = request.client;
    worker->address = request.address;
    worker->kinds = request.kinds;
    worker->queues = request.queues;
    return std::nullopt;
}

// Null when there are too many that were seen lately.
WorkerNote* TaskEngine::Impl::note_worker(const WorkerIdentity& who) {
    const MonotonicTime now = clock_.monotonic();
    const auto known = desk_.workers.find(who);
    if (known == desk_.workers.end() && desk_.workers.size() >= options_.outside.workers_max) {
        const MonotonicTime old = now - options_.outside.worker_kept;
        std::erase_if(desk_.workers, [old](const auto& entry) { return entry.second.seen <= old; });
        if (desk_.workers.size() >= options_.outside.workers_max) return nullptr;
    }
    WorkerNote& worker = desk_.workers[who];
    worker.last_seen = clock_.now();
    worker.seen = now;
    if (worker.since == Time{}) worker.since = worker.last_seen;
    return &worker;
}

// Who waits longest gets first. Tasks that are taken here are under way from this moment on.
TaskEngine::Impl::Grants TaskEngine::Impl::choose() {
    Grants grants;
    std::size_t taken = 0;
    for (auto at = desk_.waiting.begin(); at != desk_.waiting.end();) {
        Grant grant;
        while (grant.taken.size() < at->second.request.tasks_max &&
               desk_.held.size() + taken < options_.outside.tasks_max) {
            std::optional<Taken> next = pop_outside(at->second.request);
            if (!next) break;
            grant.taken.push_back(std::move(*next));
            ++taken;
        }
        if (grant.taken.empty()) {
            ++at;
            continue;
        }
        grant.wait = at->first;
        grant.waiter = std::move(at->second);
        at = desk_.waiting.erase(at);
        grants.push_back(std::move(grant));
    }
    if (!desk_.waiting.empty()) desk_.release = lanes_.next_release(clock_.monotonic());
    if (desk_.release) wake_timer_by(*desk_.release);
    return grants;
}

void TaskEngine::Impl::want_outside(std::string_view kind) {
    if (!desk_.waiting.empty() && !kinds_.contains(kind)) outside_wanted_ = true;
}

void TaskEngine::Impl::return_lane(ReadyLanes::Lane* lane) {
    if (!lanes_.returned(lane, clock_.monotonic())) return;
    if (idle_workers_ > 0) work_wanted_.notify_all();
    if (!desk_.waiting.empty()) outside_wanted_ = true;
}

std::optional<TaskEngine::Impl::Taken> TaskEngine::Impl::pop_outside(const LeaseRequest& request) {
    const MonotonicTime now = clock_.monotonic();
    for (const std::string& queue : request.queues) {
        for (std::size_t i = 0; i < request.kinds.size(); ++i) {
            const std::string& kind = request.kinds[(desk_.turn + i) % request.kinds.size()];
            std::optional<ReadyLanes::Taken> ready = lanes_.take_outside(queue, kind, now);
            if (!ready) continue;
            ++desk_.turn;
            auto live = std::make_shared<LiveTask>(ready->task.seq);
            live_.emplace(live->seq(), live);
            count(queue, TaskState::Pending, -1);
            count(queue, TaskState::Running, 1);
            Taken taken{std::move(live), std::move(ready->task), ready->lane};
            if (lanes_.is_hungry(taken.lane)) taken.hungry = lanes_.take_hungry(kRefillsPerLease);
            return taken;
        }
    }
    return std::nullopt;
}

// The task is counted where it was; a refill will find it again, if it still waits.
void TaskEngine::Impl::put_back_taken(const Taken& taken) {
    (void)taken.live->claim_end();
    MutexLock lock(mutex_);
    live_.erase(taken.live->seq());
    const std::string queue = ReadyLanes::lane_key(taken.lane).queue;
    count(queue, TaskState::Running, -1);
    count(queue, TaskState::Pending, 1);
    lanes_.mark_more(taken.lane);
    return_lane(taken.lane);
}

ReadyLanes::Lane* TaskEngine::Impl::lane_of_taken(const Grant& grant, const Live& live) {
    return std::ranges::find(grant.taken, live, &Taken::live)->lane;
}

// Something became ready that is for others to run. On the writer thread many come at once: one look serves them all.
void TaskEngine::Impl::wake_outside() {
    if (!outside_wanted_.exchange(false)) return;
    {
        MutexLock lock(mutex_);
        if (desk_.waiting.empty() || std::exchange(desk_.dispatching, true)) return;
    }
    auto grants = std::make_shared<Grants>();
    database_.submit(
        [this, grants](store::Executor& executor) -> Result<void> {
            {
                MutexLock lock(mutex_);
                desk_.dispatching = false;
                *grants = choose();
            }
            return write_grants(executor, *grants);
        },
        [this, grants](Result<void> result) {
            if (!result && grants->empty()) {  // perhaps never looked
                MutexLock lock(mutex_);
                desk_.dispatching = false;
                outside_wanted_ = true;  // the timer looks again
            }
            settle_grants(*grants, std::move(result));
        });
}

void TaskEngine::Impl::submit_grants(std::shared_ptr<Grants> grants) {
    database_.submit([this, grants](store::Executor& executor) { return write_grants(executor, *grants); },
                     [this, grants](Result<void> result) { settle_grants(*grants, std::move(result)); });
}

// A lease is given to nobody before it is on disk: its number is what tells its holder from the next.
Result<void> TaskEngine::Impl::write_grants(store::Executor& executor, Grants& grants) {
    for (Grant& grant : grants) {
        std::size_t bytes = 0;
        for (Taken& taken : grant.taken) {
            if (bytes > kLeaseInputBytesMax) break;
            GALLEY_TRY(std::unique_ptr<TaskSeed> seed, seed_of(executor, taken));
            if (seed == nullptr || is_too_late(seed->task)) continue;
            Result<void> fit = prepare_input(*seed);
            if (!fit && fit.error().code == ErrorCode::Unavailable) return fail(std::move(fit.error()));
            bytes += seed->input.size();
            GALLEY_TRY_VOID(start_outside(executor, *taken.live, grant.waiter.request, *seed));
            if (taken.live->start_written) {
                grant.leased.push_back(taken.live);
                if (!fit) {
                    grant.unfit.emplace_back(taken.live, std::move(fit.error().message));
                    continue;
                }
                grant.answer.push_back({taken.live->task(), std::move(seed->input)});
            }
        }
    }
    return {};
}

// Null when the task waits no longer.
Result<std::unique_ptr<TaskSeed>> TaskEngine::Impl::seed_of(store::Executor& executor, Taken& taken) const {
    if (taken.ready.seed) return std::move(taken.ready.seed);
    GALLEY_TRY(auto task, rows::find(executor, taken.live->seq()));
    if (!task || task->state != TaskState::Pending) return nullptr;
    GALLEY_TRY(auto input, rows::input(executor, taken.live->seq()));
    return std::make_unique<TaskSeed>(TaskSeed{std::move(*task), std::move(input).value_or("null")});
}

Result<void> TaskEngine::Impl::start_outside(store::Executor& executor, LiveTask& live, const LeaseRequest& request,
                                             const TaskSeed& seed) {
    TaskRecord task = seed.task;
    ++task.attempt;
    task.state = TaskState::Running;
    task.started_at = clock_.now();
    task.progress = 0;
    task.message.clear();
    rows::OutsideLeaseRow row{task.seq, holder_of(request.who), *request.lease};
    GALLEY_TRY(const bool started, rows::start_outside_attempt(executor, task, row));
    if (!started) return {};
    if (task.cancel_asked) live.stop(StopReason::Cancelled);
    lend(live, std::move(row), std::move(task), clock_.monotonic() + seed.task.timeout);
    live.start_written = true;
    return {};
}

void TaskEngine::Impl::lend(LiveTask& live, rows::OutsideLeaseRow row, TaskRecord task, MonotonicTime deadline) {
    auto lease = std::make_unique<OutsideLease>();
    lease->holder = std::move(row.holder);
    lease->length = row.lease;
    lease->renew(clock_.monotonic());
    live.lend(std::move(lease));
    live.load(std::move(task), {}, deadline, sinks());
}

// On the writer thread, the leases being durable, or not.
void TaskEngine::Impl::settle_grants(Grants& grants, Result<void> result) {
    for (Grant& grant : grants) {
        if (!result) grant.leased.clear();
        take_back_rest(grant, result.has_value());
        if (!result) {
            grant.waiter.callback(std::unexpected(result.error()));
            continue;
        }
        if (grant.leased.empty()) {
            wait_on(std::move(grant));
            continue;
        }
        hand_out(grant);
    }
}

void TaskEngine::Impl::hand_out(Grant& grant) {
    const MonotonicTime now = clock_.monotonic();
    {
        MutexLock lock(mutex_);
        for (const Live& live : grant.leased) {
            live->outside()->renew(now);
            desk_.held.insert_or_assign(live->task().id, OutsideDesk::Held{live, lane_of_taken(grant, live)});
        }
        if (WorkerNote* worker = note_worker(grant.waiter.request.who)) worker->leased += grant.leased.size();
    }
    wake_timer_by(now + std::min(*grant.waiter.request.lease, Duration(1'000)));
    for (const Live& live : grant.leased) {
        ++started_;
        const TaskRecord& task = live->task();
        const Time due = std::max(task.created_at, task.scheduled_at.value_or(task.created_at));
        notify(TaskEvent::Started, task, {}, std::max(Duration(0), *task.started_at - due));
        if (live->stopped() && live->claim_end()) write_end(live, cancelled(*live));  // nobody need begin it
    }
    for (auto& [live, why] : grant.unfit) {
        if (live->claim_end()) write_end(live, settlement(*live, TaskEvent::Failed, std::move(why)));
    }
    std::erase_if(grant.answer, [&](const LeasedTask& leased) { return leased.task.cancel_asked; });
    grant.waiter.callback(Leased{std::move(grant.answer), *grant.waiter.request.lease});
}

// What was taken and did not become a lease: it waits no longer, or it waits again.
void TaskEngine::Impl::take_back_rest(Grant& grant, bool written) {
    bool again = false;
    for (const Taken& taken : grant.taken) {
        for (const LaneKey& lane : taken.hungry) refill(lane);
        if (std::ranges::find(grant.leased, taken.live) != grant.leased.end()) continue;
        again = true;
        put_back_taken(taken);
    }
    if (again) wake_timer_by(clock_.monotonic() + (written ? Duration(0) : Journal::kRetryAfter));
}

// Its tasks were gone when their turn came: it waits for others.
void TaskEngine::Impl::wait_on(Grant grant) {
    auto grants = std::make_shared<Grants>();
    LeaseCallback stopped;
    {
        MutexLock lock(mutex_);
        if (desk_.stopped) {
            stopped = std::move(grant.waiter.callback);
        } else {
            desk_.waiting.emplace(grant.wait, std::move(grant.waiter));
            *grants = choose();
        }
    }
    if (stopped) stopped(Leased{});
    if (!grants->empty()) submit_grants(std::move(grants));
    wake_timer_by(clock_.monotonic());
}

bool TaskEngine::Impl::cancel_lease(WaitId wait) {
    LeaseCallback callback;
    {
        MutexLock lock(mutex_);
        const auto found = desk_.waiting.find(wait);
        if (found == desk_.waiting.end()) return false;
        callback = std::move(found->second.callback);
        desk_.waiting.erase(found);
    }
    callback(Leased{});
    return true;
}

void TaskEngine::Impl::stop_leasing() {
    std::map<WaitId, LeaseWaiter> waiting;
    {
        MutexLock lock(mutex_);
        desk_.stopped = true;
        waiting.swap(desk_.waiting);
    }
    for (auto& [wait, waiter] : waiting) waiter.callback(Leased{});
}

// On the timer's thread.
void TaskEngine::Impl::expire_lease_waits(MonotonicTime now) {
    std::vector<LeaseCallback> over;
    std::optional<MonotonicTime> next;
    {
        MutexLock lock(mutex_);
        for (auto at = desk_.waiting.begin(); at != desk_.waiting.end();) {
            if (at->second.deadline > now) {
                next = std::min(next.value_or(at->second.deadline), at->second.deadline);
                ++at;
                continue;
            }
            over.push_back(std::move(at->second.callback));
            at = desk_.waiting.erase(at);
        }
        if (desk_.release && *desk_.release <= now) {
            desk_.release.reset();
            outside_wanted_ = true;
        }
        if (desk_.release) next = std::min(next.value_or(*desk_.release), *desk_.release);
    }
    for (LeaseCallback& callback : over) callback(Leased{});
    if (next) wake_timer_by(*next);
    wake_outside();
}

}  // namespace galley::tasks
