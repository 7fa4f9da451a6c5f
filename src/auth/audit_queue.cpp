#include "auth/audit_queue.h"

#include <iterator>
#include <utility>

#include "base/log.h"
#include "os/clock.h"

namespace galley::auth {

namespace {
constexpr Duration kRetryAfter{1'000};  // a failing disk is not asked twenty times a second
}

Result<void> AuditQueue::add(AuditEntry entry) {
    const MutexLock lock(mutex_);
    if (stopping_ || waiting_.size() >= options_.entries_max) {
        return fail(ErrorCode::Unavailable, "too many audit entries wait to be written");
    }
    waiting_.push_back(std::move(entry));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    if (waiting_.size() == 1) changed_.notify_one();
    return {};
}

void AuditQueue::stop() {
    std::thread thread;
    {
        const MutexLock lock(mutex_);
        stopping_ = true;
        thread = std::move(thread_);
        changed_.notify_all();
    }
    if (thread.joinable()) thread.join();
}

void AuditQueue::run() {
    bool failed = false;
    MutexLock lock(mutex_);
    for (;;) {
        while (waiting_.empty() && !stopping_) changed_.wait(lock);
        if (waiting_.empty()) return;
        const auto until = os::system_clock().monotonic() + (failed ? kRetryAfter : options_.gather_time);
        while (!stopping_ && changed_.wait_until(lock, until)) {
        }
        std::vector<AuditEntry> entries = std::exchange(waiting_, {});
        const bool last = stopping_;
        lock.unlock();
        failed = !write(std::move(entries));
        lock.lock();
        if (last) return;
    }
}

bool AuditQueue::write(std::vector<AuditEntry> entries) {
    const Result<void> written =
        database_.write([&](store::Executor& executor) { return append_audit(executor, entries); });
    if (written) return true;
    log(LogLevel::Error, "audit_write_failed", {{"entries", entries.size()}, {"error", written.error().to_string()}});
    const MutexLock lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    return false;
}

}  // namespace galley::auth
