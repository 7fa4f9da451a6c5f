// src/base/background_queue.h — one thread that runs posted work in order, for calls that may block where the poster
// must not.
//
// Shape    post(work) → true when accepted; work(Run::Now) on the queue's thread, or work(Run::Stopped) for what still
//          waits when the
//          queue stops: every accepted work is called exactly once.
// Owner    stop() or the destructor ends the thread after the work in hand. The thread starts with the first post.
// Threads  any. Work must not call stop().
// Limits   waiting_max works; more are refused.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "base/mutex.h"

namespace galley {

class BackgroundQueue {
 public:
    enum class Run : unsigned char { Now, Stopped };
    using Work = std::move_only_function<void(Run)>;

    explicit BackgroundQueue(std::size_t waiting_max) : waiting_max_(waiting_max) {}
    ~BackgroundQueue() { stop(); }
    BackgroundQueue(const BackgroundQueue&) = delete;
    BackgroundQueue& operator=(const BackgroundQueue&) = delete;

    // Moves from `work` only when it is accepted.
    bool post(Work& work);
    void stop();

 private:
    void run();

    const std::size_t waiting_max_;
    Mutex mutex_;
    CondVar changed_;
    std::deque<Work> waiting_ GALLEY_GUARDED_BY(mutex_);
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    std::thread thread_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley
