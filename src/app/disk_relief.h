// src/app/disk_relief.h — when the database meets a full disk, the document cache gives way to it.
//
// Shape    call() is the database's on_disk_full: it asks the background queue to evict, at most one request at a time.
//          connect() once cache and queue exist, disconnect() before they go; without them call() does nothing.
// Owner    borrows cache and queue between connect() and disconnect().
// Threads  any; call() does not block.
// Limits   kGiveWayBytes, or a quarter of the cache on disk if that is more, each time.
#pragma once

#include <algorithm>
#include <atomic>

#include "base/background_queue.h"
#include "base/log.h"
#include "base/log_bound.h"
#include "base/mutex.h"
#include "cache/document_cache.h"
#include "os/clock.h"

namespace galley::app {

class DiskRelief {
 public:
    static constexpr std::uint64_t kGiveWayBytes = 16u << 20;

    void connect(cache::DocumentCache& documents, BackgroundQueue& background) {
        const MutexLock lock(mutex_);
        documents_ = &documents;
        background_ = &background;
    }
    void disconnect() {
        const MutexLock lock(mutex_);
        documents_ = nullptr;
        background_ = nullptr;
    }
    void call() {
        const MutexLock lock(mutex_);
        if (background_ == nullptr || asked_.exchange(true)) return;
        BackgroundQueue::Work work = [this, documents = documents_](BackgroundQueue::Run how) {
            if (how == BackgroundQueue::Run::Now) give_way(*documents);
            asked_ = false;
        };
        if (!background_->post(work)) asked_ = false;
    }

 private:
    void give_way(cache::DocumentCache& documents) {
        constexpr double kQuarterOfMegabyte = 250'000;
        const auto share = static_cast<std::uint64_t>(documents.statistics().disk_used_mb * kQuarterOfMegabyte);
        const Result<std::uint64_t> freed = documents.give_way(std::max(kGiveWayBytes, share));
        const auto left_out = log_bound_.take("cache_gave_way", os::system_clock().monotonic());
        if (!left_out) return;
        log(LogLevel::Warning, "cache_gave_way",
            {{"freed_bytes", freed.value_or(0)},
             {"error", freed ? std::string() : freed.error().to_string()},
             {"suppressed", *left_out}});
    }

    Mutex mutex_;
    cache::DocumentCache* documents_ GALLEY_GUARDED_BY(mutex_) = nullptr;
    BackgroundQueue* background_ GALLEY_GUARDED_BY(mutex_) = nullptr;
    std::atomic<bool> asked_ = false;
    LogBound log_bound_;
};

}  // namespace galley::app
