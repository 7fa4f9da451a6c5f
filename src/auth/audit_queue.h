// src/auth/audit_queue.h — audit entries for what changes nothing else (downloads): gathered while a commit is under way, then
// appended together.
//
// Shape    add(entry): the first one of an empty queue submits one write, which takes along all that came meanwhile.
// Errors   add: Unavailable when entries_max wait (the caller must then refuse what it would have told of).
//          A write that fails is logged and its entries go into the next one.
// Owner    borrows the database; close the database before this goes.
// Threads  any.
// Limits   entries_max.
// Source   R13.
#pragma once

#include <cstddef>
#include <vector>

#include "auth/audit.h"
#include "base/error.h"
#include "base/mutex.h"
#include "store/database.h"

namespace galley::auth {

class AuditQueue {
 public:
    static constexpr std::size_t kEntriesMax = 20'000;

    explicit AuditQueue(store::Database& database, std::size_t entries_max = kEntriesMax)
        : database_(database), entries_max_(entries_max) {}

    Result<void> add(AuditEntry entry);

 private:
    void submit();
    Result<void> append_in(store::Executor& executor);
    void written(const Result<void>& outcome);

    store::Database& database_;
    const std::size_t entries_max_;
    Mutex mutex_;
    std::vector<AuditEntry> waiting_ GALLEY_GUARDED_BY(mutex_);
    std::vector<AuditEntry> writing_ GALLEY_GUARDED_BY(mutex_);
    bool submitted_ GALLEY_GUARDED_BY(mutex_) = false;
};

}  // namespace galley::auth
