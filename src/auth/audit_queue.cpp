#include "auth/audit_queue.h"

#include <utility>

#include "base/log.h"

namespace galley::auth {

Result<void> AuditQueue::add(AuditEntry entry) {
    {
        const MutexLock lock(mutex_);
        if (waiting_.size() + writing_.size() >= entries_max_) {
            return fail(ErrorCode::Unavailable, "too many audit entries wait to be written");
        }
        waiting_.push_back(std::move(entry));
        if (std::exchange(submitted_, true)) return {};
    }
    submit();
    return {};
}

void AuditQueue::submit() {
    database_.submit([this](store::Executor& executor) { return append_in(executor); },
                     [this](const Result<void>& outcome) { written(outcome); });
}

// One write is under way at a time, so `writing_` is this one's and what an earlier one could not keep.
Result<void> AuditQueue::append_in(store::Executor& executor) {
    std::vector<AuditEntry> entries;
    {
        const MutexLock lock(mutex_);
        for (AuditEntry& entry : waiting_) writing_.push_back(std::move(entry));
        waiting_.clear();
        entries = writing_;
    }
    return append_audit(executor, entries);
}

void AuditQueue::written(const Result<void>& outcome) {
    if (!outcome) log(LogLevel::Error, "audit_write_failed", {{"error", outcome.error().to_string()}});
    {
        const MutexLock lock(mutex_);
        if (outcome) writing_.clear();
        submitted_ = outcome && !waiting_.empty();  // after a failure the next add() tries again
        if (!submitted_) return;
    }
    submit();
}

}  // namespace galley::auth
