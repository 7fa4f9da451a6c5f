// src/auth/audit_queue.h — audit entries for what changes nothing else (downloads): gathered for a moment, then
// appended together,
// so that a thousand downloads cost one durable write and not a thousand.
//
// Shape    add(entry) returns at once; the entry is durable within gather_time and a commit. stop() writes what waits.
// Errors   add: Unavailable when entries_max wait (the caller must then refuse what it would have told of).
//          A write that fails is logged and its entries go into the next one.
// Owner    borrows the database. The thread starts with the first entry and sleeps while there is none.
// Threads  any.
// Limits   entries_max.
// Source   R13.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include "auth/audit.h"
#include "base/error.h"
#include "base/mutex.h"
#include "store/database.h"

namespace galley::auth {

struct AuditQueueOptions {
    std::size_t entries_max = 20'000;
    Duration gather_time{50};
};

class AuditQueue {
 public:
    explicit AuditQueue(store::Database& database, AuditQueueOptions options = {})
        : database_(database), options_(options) {}
    ~AuditQueue() { stop(); }
    AuditQueue(const AuditQueue&) = delete;
    AuditQueue& operator=(const AuditQueue&) = delete;

    Result<void> add(AuditEntry entry);
    // Idempotent; afterwards add() refuses.
    void stop();

 private:
    void run();
    bool write(std::vector<AuditEntry> entries);  // false: they wait again

    store::Database& database_;
    const AuditQueueOptions options_;
    Mutex mutex_;
    CondVar changed_;
    std::vector<AuditEntry> waiting_ GALLEY_GUARDED_BY(mutex_);
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    std::thread thread_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::auth
