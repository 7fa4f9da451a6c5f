// src/tasks/waiters.h — who waits for which task's end: each callback is called exactly once.
//
// Shape    add() → finish(seq) | expire(now) | cancel(id) | stop(). Callbacks run without any lock held.
// Threads  all methods from any thread.
// Limits   memory per waiter only; thousands are fine.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "tasks/engine.h"

namespace galley::tasks {

class Waiters {
 public:
    WaitId next_id() { return ++last_id_; }
    // After stop() the callback is called at once with Stopped.
    void add(WaitId id, TaskSeq seq, MonotonicTime deadline, WaitCallback callback);
    bool cancel(WaitId id) { return end_one(id, WaitEnd::Cancelled); }
    bool end_one(WaitId id, WaitEnd end);
    void finish(TaskSeq seq);
    void expire(MonotonicTime now);
    void stop();

    std::optional<MonotonicTime> next_deadline() const;
    std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
    struct Waiter {
        TaskSeq seq;
        MonotonicTime deadline;
        WaitCallback callback;
    };
    std::optional<WaitCallback> take(WaitId id) GALLEY_REQUIRES(mutex_);

    std::atomic<WaitId> last_id_ = 0;
    std::atomic<std::size_t> size_ = 0;  // read without the lock on each task's end
    mutable Mutex mutex_;
    std::unordered_map<WaitId, Waiter> waiters_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_multimap<TaskSeq, WaitId> by_task_ GALLEY_GUARDED_BY(mutex_);
    std::multimap<MonotonicTime, WaitId> by_deadline_ GALLEY_GUARDED_BY(mutex_);
    bool stopped_ GALLEY_GUARDED_BY(mutex_) = false;
};

}  // namespace galley::tasks
