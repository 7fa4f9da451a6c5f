#include "pool/process_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/log.h"
#include "os/child_process.h"
#include "pool/child.h"

namespace galley::pool {
namespace {

constexpr int kTriesMax = kBlamelessDeathsMax + 1;

std::string describe(const Death& gone) {
    return "the child process " + std::string(gone.signal != 0 ? "was " : "") + gone.to_string();
}

// The child is gone, or was told to go. False: that was not the job's fault, and it may be tried once more.
bool judge(const JobCall& call, Child::Ended& ended, JobEnd& end) {
    if (call.stop.stop_requested()) {
        end.reply = fail(ErrorCode::Cancelled, "stopped");
    } else if (ended.over_wall_time) {
        end.reply =
            fail(ErrorCode::DeadlineExceeded,
                 fmt::format("took longer than {} s: {}", call.limits.wall.count() / 1000, describe(ended.gone)));
    } else if (ended.how == Child::How::Nonsense) {
        end.reply = fail(ErrorCode::Corrupt, "the child process answered what it should not, and was killed");
    } else if (ended.how == Child::How::NotForked) {
        end.reply = std::move(ended.reply);
    } else if (ended.how == Child::How::Died && ended.gone.signal == SIGXCPU) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(call.limits.cpu).count();
        end.reply = fail(
            ErrorCode::LimitExceeded,
            fmt::format("more than {} s of processor time (tasks.child_cpu_time): {}", seconds, describe(ended.gone)));
    } else if (ended.how == Child::How::Died) {
        end.reply = fail(ErrorCode::Unavailable, describe(ended.gone));
        end.death = std::move(ended.gone);
    } else {
        return false;
    }
    return true;
}

}  // namespace

std::string Death::to_string() const {
    std::string text =
        signal != 0 ? "killed by " + os::signal_name(signal) : fmt::format("exited with {}", exit_status);
    text += fmt::format("; peak memory {:.1f} MiB{}, processor time {:.1f} s, at {} %",
                        static_cast<double>(peak_memory_bytes) / (1u << 20), near_memory_limit ? " (the limit)" : "",
                        static_cast<double>(cpu.count()) / 1000, progress);
    if (!message.empty()) text += " (" + message + ")";
    return text;
}

ProcessPool::ProcessPool(PoolOptions options, const os::Clock& clock) : options_(std::move(options)), clock_(clock) {}

ProcessPool::~ProcessPool() = default;

Result<std::unique_ptr<ProcessPool>> ProcessPool::start(PoolOptions options, const os::Clock& clock) {
    std::unique_ptr<ProcessPool> pool(new ProcessPool(std::move(options), clock));
    const MutexLock lock(pool->mutex_);
    GALLEY_TRY_VOID(pool->start_parent());
    const std::size_t first = std::min(pool->options_.children_at_start, pool->options_.children_max);
    for (std::size_t i = 0; i < first; ++i) {
        GALLEY_TRY(ChildPtr child, pool->make_child());
        pool->idle_.push_back(std::move(child));
    }
    return pool;
}

Result<void> ProcessPool::start_parent() {
    GALLEY_TRY(parent_, ParentHandle::start());
    ++stats_.parents_started;
    return {};
}

JobEnd ProcessPool::run(const JobCall& call) {
    if (call.input.size() > options_.reply_bytes_max)
        return {fail(ErrorCode::LimitExceeded, "the input of a child process is too large"), {}};
    const MonotonicTime deadline = clock_.monotonic() + call.limits.wall;
    JobEnd end{fail(ErrorCode::Unavailable, "child processes die before they begin"), {}};
    for (int i = 0; i < kTriesMax; ++i)
        if (run_once(call, deadline, end)) break;
    return end;
}

bool ProcessPool::run_once(const JobCall& call, MonotonicTime deadline, JobEnd& end) {
    Result<ChildPtr> acquired = acquire(call, deadline);
    if (!acquired) {
        end.reply = std::unexpected(std::move(acquired.error()));
        return true;
    }
    ChildPtr child = std::move(*acquired);
    Child::Ended ended;
    {
        const std::stop_callback on_stop(call.stop, [&child] { child->kill(); });
        ended = child->run(call, deadline, clock_, options_);
    }
    note_enforcement(*child);
    const bool in_time = !call.stop.stop_requested() && !ended.over_wall_time;
    if (ended.how == Child::How::Answered && in_time) {
        end.reply = std::move(ended.reply);
        ended.spent ? drop(std::move(child), &PoolStats::killed) : release(std::move(child));
        return true;
    }
    const bool judged = judge(call, ended, end);
    drop(std::move(child), end.death ? &PoolStats::deaths : &PoolStats::killed);
    if (end.death) log_death(*end.death);
    return judged;
}

Result<ProcessPool::ChildPtr> ProcessPool::acquire(const JobCall& call, MonotonicTime deadline) {
    const std::stop_callback wake(call.stop, [this] {
        const MutexLock lock(mutex_);
        freed_.notify_all();
    });
    MutexLock lock(mutex_);
    ++stats_.jobs;
    for (;;) {
        if (call.stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped");
        if (ChildPtr idle = take_idle()) return idle;
        if (children_ < options_.children_max) return make_child();
        if (!freed_.wait_until(lock, deadline))
            return fail(ErrorCode::DeadlineExceeded, "no child process was free in time");
    }
}

// The one that worked last: what it keeps is warmest.
ProcessPool::ChildPtr ProcessPool::take_idle() {
    while (!idle_.empty()) {
        ChildPtr child = std::move(idle_.back());
        idle_.pop_back();
        if (child->is_usable()) return child;
        --children_;
    }
    return nullptr;
}

Result<ProcessPool::ChildPtr> ProcessPool::make_child() {
    if (parent_->has_ended()) {
        log(LogLevel::Warning, "process_pool_restarted", {{"times", stats_.parents_started}});
        GALLEY_TRY_VOID(start_parent());
    }
    GALLEY_TRY(ChildPtr child, Child::make(parent_, ++last_number_, options_));
    ++children_;
    return child;
}

void ProcessPool::release(ChildPtr child) {
    if (child->jobs() >= options_.recycle_jobs || child->peak_memory_bytes() > options_.recycle_memory_bytes)
        return drop(std::move(child), &PoolStats::recycled);
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(child));
    freed_.notify_one();
}

void ProcessPool::drop(ChildPtr child, std::uint64_t PoolStats::* why) {
    child.reset();
    const MutexLock lock(mutex_);
    ++(stats_.*why);
    --children_;
    freed_.notify_one();
}

void ProcessPool::note_enforcement(const Child& child) {
    if (!child.not_enforced()) return;
    {
        const MutexLock lock(mutex_);
        if (stats_.not_enforced == child.not_enforced()) return;
        stats_.not_enforced = child.not_enforced();
    }
    if (!child.not_enforced()->empty())
        log(LogLevel::Warning, "process_pool_unconfined", {{"missing", *child.not_enforced()}});
}

void ProcessPool::log_death(const Death& death) {
    const auto left_out = log_bound_.take("child_process_died", clock_.monotonic());
    if (left_out) log(LogLevel::Warning, "child_process_died", {{"how", death.to_string()}, {"suppressed", *left_out}});
}

PoolStats ProcessPool::stats() {
    const MutexLock lock(mutex_);
    PoolStats stats = stats_;
    stats.children = children_;
    return stats;
}

}  // namespace galley::pool
