#include "base/background_queue.h"

namespace galley {

bool BackgroundQueue::post(Work& work) {
    const MutexLock lock(mutex_);
    if (stopping_ || waiting_.size() >= waiting_max_) return false;
    waiting_.push_back(std::move(work));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    changed_.notify_one();
    return true;
}

void BackgroundQueue::stop() {
    std::thread thread;
    {
        const MutexLock lock(mutex_);
        stopping_ = true;
        thread = std::move(thread_);
        changed_.notify_all();
    }
    if (thread.joinable()) thread.join();
}

void BackgroundQueue::run() {
    MutexLock lock(mutex_);
    for (;;) {
        while (waiting_.empty() && !stopping_) changed_.wait(lock);
        if (waiting_.empty()) return;
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        const Run how = stopping_ ? Run::Stopped : Run::Now;
        lock.unlock();
        work(how);
        lock.lock();
    }
}

}  // namespace galley
