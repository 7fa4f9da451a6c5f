// Kinds that others run, the door to them, and what an earlier process of this server left; outside.h is the contract.
#include "tasks/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tasks/backoff.h"
#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

bool same_options(const OutsideKind& a, const OutsideKind& b) {
    return a.queue == b.queue && a.max_attempts == b.max_attempts && a.timeout == b.timeout;
}

}  // namespace

Result<void> validate(const OutsideKind& kind) {
    const NewTask task{
        .kind = kind.name, .queue = kind.queue, .max_attempts = kind.max_attempts, .timeout = kind.timeout};
    return validate(task);
}

// ---- kinds

Result<void> TaskEngine::Impl::declare_outside(store::Executor& executor, std::span<const OutsideKind> kinds) {
    GALLEY_TRY(std::int64_t known, rows::count_outside_kinds(executor));
    for (const OutsideKind& kind : kinds) {
        GALLEY_TRY_VOID(validate(kind));
        if (kinds_.contains(kind.name))
            return fail(ErrorCode::Conflict, fmt::format("the server itself runs tasks of kind '{}'", kind.name));
        const std::optional<OutsideKind> before = outside_kinds_.find(kind.name);
        if (before && same_options(*before, kind)) continue;
        if (!before && ++known > static_cast<std::int64_t>(options_.outside.kinds_max))
            return fail(ErrorCode::LimitExceeded,
                        fmt::format("at most {} kinds can be declared", options_.outside.kinds_max));
        GALLEY_TRY_VOID(rows::put_outside_kind(executor, kind));
        executor.after_commit([this, kind] { outside_kinds_.put(kind); });
    }
    return {};
}

Result<void> TaskEngine::Impl::forget_outside(store::Executor& executor, std::string_view name) {
    GALLEY_TRY(const bool removed, rows::remove_outside_kind(executor, name));
    if (!removed) return fail(ErrorCode::NotFound, "no such kind");
    executor.after_commit([this, owned = std::string(name)] { outside_kinds_.erase(owned); });
    return {};
}

std::optional<KindOptions> TaskEngine::Impl::outside_options(std::string_view kind) const {
    const std::optional<OutsideKind> found = outside_kinds_.find(kind);
    if (!found) return std::nullopt;
    return KindOptions{
        .name = found->name, .queue = found->queue, .max_attempts = found->max_attempts, .timeout = found->timeout};
}

std::vector<WorkerView> TaskEngine::Impl::outside_workers() const {
    const MonotonicTime old = clock_.monotonic() - options_.outside.worker_kept;
    std::map<WorkerIdentity, WorkerView> views;
    MutexLock lock(mutex_);
    for (const auto& [who, note] : desk_.workers) {
        if (note.seen <= old) continue;
        views[who] = {who,         note.client,    note.address, note.kinds, note.queues, note.since, note.last_seen,
                      note.leased, note.completed, note.failed,  note.lost};
    }
    for (const auto& [wait, waiter] : desk_.waiting) {
        if (const auto found = views.find(waiter.request.who); found != views.end()) found->second.waiting = true;
    }
    for (const auto& [id, held] : desk_.held) {
        if (held.live->ended()) continue;
        const auto found = views.find(identity_of(held.live->outside()->holder));
        if (found != views.end()) ++found->second.running;
    }
    std::vector<WorkerView> all;
    for (auto& [who, view] : views) all.push_back(std::move(view));
    return all;
}

// What an earlier process of this server leased goes on: its workers have one lease's time to say a word.
Result<void> TaskEngine::Impl::adopt_outside() {
    std::vector<OutsideKind> kinds;
    std::vector<std::pair<rows::OutsideLeaseRow, TaskRecord>> leases;
    GALLEY_TRY_VOID(database_.read([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(kinds, rows::outside_kinds(executor));
        GALLEY_TRY(auto found, rows::outside_leases(executor));
        for (rows::OutsideLeaseRow& row : found) {
            GALLEY_TRY(auto task, rows::find(executor, row.seq));
            if (task) leases.emplace_back(std::move(row), std::move(*task));
        }
        return {};
    }));
    for (OutsideKind& kind : kinds) outside_kinds_.put(std::move(kind));
    for (auto& [row, task] : leases) adopt_one(std::move(row), std::move(task));
    return {};
}

void TaskEngine::Impl::adopt_one(rows::OutsideLeaseRow row, TaskRecord task) {
    const Duration left = task.started_at.value_or(clock_.now()) + task.timeout - clock_.now();
    const MonotonicTime deadline = clock_.monotonic() + std::clamp(left, row.lease, std::max(row.lease, task.timeout));
    auto live = std::make_shared<LiveTask>(task.seq);
    if (task.cancel_asked) live->stop(StopReason::Cancelled);
    const LaneKey lane(lane_of(task));
    lend(*live, std::move(row), std::move(task), deadline);
    live->start_written = true;
    MutexLock lock(mutex_);
    live_.emplace(live->seq(), live);
    desk_.held.insert_or_assign(live->task().id, OutsideDesk::Held{live, lanes_.adopt(lane.view())});
}

// ---- the door

Result<void> OutsideWork::declare_in(store::Executor& executor, std::span<const OutsideKind> kinds) {
    return impl_.declare_outside(executor, kinds);
}
Result<void> OutsideWork::forget_in(store::Executor& executor, std::string_view name) {
    return impl_.forget_outside(executor, name);
}
bool OutsideWork::knows(std::string_view kind) const {
    return impl_.outside_kinds().contains(kind);
}
std::vector<OutsideKind> OutsideWork::kinds() const {
    return impl_.outside_kinds().all();
}
WaitId OutsideWork::lease(LeaseRequest request, MonotonicTime deadline, LeaseCallback callback) {
    return impl_.lease(std::move(request), deadline, std::move(callback));
}
bool OutsideWork::cancel_lease(WaitId wait) {
    return impl_.cancel_lease(wait);
}
void OutsideWork::stop_leasing() {
    impl_.stop_leasing();
}
HeldAnswer OutsideWork::heartbeat(const WorkerIdentity& who, std::span<const HeldTask> tasks) {
    return impl_.heartbeat(who, tasks);
}
Result<ProgressAnswer> OutsideWork::beat(const WorkerIdentity& who, const HeldTask& task) {
    return impl_.outside_beat(who, task);
}
const OutsideLimits& OutsideWork::limits() const {
    return impl_.outside_limits();
}
Result<ProgressAnswer> OutsideWork::progress(const WorkerIdentity& who, std::string_view id, int attempt, int percent,
                                             std::string_view message, std::span<const std::string> log) {
    return impl_.outside_progress(who, id, attempt, {percent, message, log});
}
void OutsideWork::settle(const WorkerIdentity& who, std::vector<OutsideEnd> ends, SettleCallback callback) {
    impl_.settle_outside(who, std::move(ends), std::move(callback));
}
std::vector<WorkerView> OutsideWork::workers() const {
    return impl_.outside_workers();
}

}  // namespace galley::tasks
