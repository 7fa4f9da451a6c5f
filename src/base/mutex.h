// src/base/mutex.h — std::mutex with clang's thread-safety annotations, so that -Wthread-safety checks our locking.
//
// Shape    Mutex, MutexLock (scoped), CondVar. Members guarded by a mutex say GALLEY_GUARDED_BY(mutex_).
// Source   https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#define GALLEY_CAPABILITY(x) __attribute__((capability(x)))
#define GALLEY_SCOPED_CAPABILITY __attribute__((scoped_lockable))
#define GALLEY_GUARDED_BY(x) __attribute__((guarded_by(x)))
#define GALLEY_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define GALLEY_ACQUIRE(...) __attribute__((acquire_capability(__VA_ARGS__)))
#define GALLEY_RELEASE(...) __attribute__((release_capability(__VA_ARGS__)))
#define GALLEY_EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))
#define GALLEY_NO_THREAD_SAFETY_ANALYSIS __attribute__((no_thread_safety_analysis))

namespace galley {

class GALLEY_CAPABILITY("mutex") Mutex {
 public:
    void lock() GALLEY_ACQUIRE() { mutex_.lock(); }
    void unlock() GALLEY_RELEASE() { mutex_.unlock(); }

 private:
    friend class MutexLock;
    std::mutex mutex_;
};

class GALLEY_SCOPED_CAPABILITY MutexLock {
 public:
    explicit MutexLock(Mutex& mutex) GALLEY_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
    ~MutexLock() GALLEY_RELEASE() = default;
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;
    void unlock() GALLEY_RELEASE() { lock_.unlock(); }
    void lock() GALLEY_ACQUIRE() { lock_.lock(); }

 private:
    friend class CondVar;
    std::unique_lock<std::mutex> lock_;
};

// wait() releases and re-acquires the lock; write the condition as a loop at the call, where the analysis sees it.
class CondVar {
 public:
    void wait(MutexLock& lock) { condition_.wait(lock.lock_); }
    // False on timeout.
    bool wait_until(MutexLock& lock, std::chrono::steady_clock::time_point deadline) {
        return condition_.wait_until(lock.lock_, deadline) == std::cv_status::no_timeout;
    }
    void notify_one() { condition_.notify_one(); }
    void notify_all() { condition_.notify_all(); }

 private:
    std::condition_variable condition_;
};

}  // namespace galley
