// src/tasks/journal.h — the engine's own small writes, gathered: all that wait when the writer comes to them are one
// work.
//
// Shape    append(write, done). A write may run more than once (it must be repeatable). Order of append is order of
//          execution.
// Errors   a failing disk or a full queue: everything is kept and tried again, retry_after later, until close(). Any
//          other error: the writes of that work are run one by one, so only the faulty one gets it; what meets a
//          failing disk then is kept, too.
// Owner    borrows the database.
// Threads  append from any thread; writes and dones run on the writer thread.
// Limits   none of its own: the engine bounds what is under way.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "os/clock.h"
#include "store/database.h"

namespace galley::tasks {

// A failing disk or a full queue: what a later try may get past.
inline bool may_pass(const Error& error) {
    return error.code == ErrorCode::Unavailable || error.code == ErrorCode::LimitExceeded;
}

class Journal {
 public:
    using Write = std::move_only_function<Result<void>(store::Executor&)>;

    static constexpr Duration kRetryAfter{1'000};

    Journal(store::Database& database, const os::Clock& clock, std::function<void()> retry_wanted)
        : database_(database), clock_(clock), retry_wanted_(std::move(retry_wanted)) {}

    void append(Write write, store::WriteDone done);
    // When a failed write should be tried again; the owner then calls retry_now().
    std::optional<MonotonicTime> retry_at() const;
    void retry_now();
    // From now on a failure is final. Call before the database closes.
    void close();
    // Every append has had its done. After close() this comes with the database's next works.
    bool is_idle() const { return under_way_ == 0; }

 private:
    struct Entry {
        Write write;
        store::WriteDone done;
    };
    using Entries = std::vector<Entry>;

    void submit();
    void submit_one(Entry entry);
    void settle(std::shared_ptr<Entries> entries, Result<void> result);
    void tell_done(Entries& entries, const Result<void>& result);
    bool keep_for_retry(Entries& entries) GALLEY_EXCLUDES(mutex_);

    store::Database& database_;
    const os::Clock& clock_;
    const std::function<void()> retry_wanted_;
    mutable Mutex mutex_;
    Entries waiting_ GALLEY_GUARDED_BY(mutex_);
    bool submitted_ GALLEY_GUARDED_BY(mutex_) = false;
    bool closed_ GALLEY_GUARDED_BY(mutex_) = false;
    std::optional<MonotonicTime> retry_at_ GALLEY_GUARDED_BY(mutex_);
    std::atomic<std::size_t> under_way_ = 0;  // appended, and not done
};

}  // namespace galley::tasks
