#include "tasks/journal.h"

#include <iterator>
#include <memory>
#include <utility>

namespace galley::tasks {
void Journal::append(Write write, store::WriteDone done) {
    ++under_way_;
    {
        MutexLock lock(mutex_);
        waiting_.push_back({std::move(write), std::move(done)});
        if (submitted_ || retry_at_) return;
        submitted_ = true;
    }
    submit();
}

std::optional<MonotonicTime> Journal::retry_at() const {
    MutexLock lock(mutex_);
    return retry_at_;
}

void Journal::retry_now() {
    {
        MutexLock lock(mutex_);
        retry_at_.reset();
        if (submitted_ || waiting_.empty()) return;
        submitted_ = true;
    }
    submit();
}

void Journal::close() {
    {
        MutexLock lock(mutex_);
        closed_ = true;
    }
    retry_now();
}

// Takes what waits only when the writer comes to it: by then an attempt that has just begun may already be over, and
// its start need not be written.
void Journal::submit() {
    auto entries = std::make_shared<Entries>();
    database_.submit(
        [this, entries](store::Executor& executor) -> Result<void> {
            {
                MutexLock lock(mutex_);
                submitted_ = false;
                *entries = std::exchange(waiting_, {});
            }
            for (Entry& entry : *entries) GALLEY_TRY_VOID(entry.write(executor));
            return {};
        },
        [this, entries](Result<void> result) { settle(entries, std::move(result)); });
}

void Journal::settle(std::shared_ptr<Entries> entries, Result<void> result) {
    if (result) return tell_done(*entries, result);
    // A work that took nothing never ran: whatever the error, none of the writes is to blame.
    if (entries->empty() || may_pass(result.error())) {
        if (!keep_for_retry(*entries)) tell_done(*entries, result);
        return;
    }
    for (Entry& entry : *entries) submit_one(std::move(entry));
}

void Journal::tell_done(Entries& entries, const Result<void>& result) {
    for (Entry& entry : entries) {
        if (entry.done) entry.done(result);
        --under_way_;
    }
}

bool Journal::keep_for_retry(Entries& entries) {
    {
        MutexLock lock(mutex_);
        if (entries.empty()) submitted_ = false;  // the work was refused before it could take anything
        if (closed_) {
            if (entries.empty()) entries = std::exchange(waiting_, {});
            return false;
        }
        entries.insert(entries.end(), std::make_move_iterator(waiting_.begin()),
                       std::make_move_iterator(waiting_.end()));
        waiting_ = std::exchange(entries, {});
        retry_at_ = clock_.monotonic() + kRetryAfter;
    }
    retry_wanted_();
    return true;
}

void Journal::submit_one(Entry entry) {
    auto alone = std::make_shared<Entries>();
    alone->push_back(std::move(entry));
    database_.submit([alone](store::Executor& executor) { return alone->front().write(executor); },
                     [this, alone](Result<void> result) {
                         if (!result && may_pass(result.error()) && keep_for_retry(*alone)) return;
                         tell_done(*alone, result);
                     });
}

}  // namespace galley::tasks
