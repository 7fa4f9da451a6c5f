// src/jobs/snapshot/page_counts.h — how many pages a document has, for a few thousand content hashes.
//
// Threads  any. Limits kRemembered entries, oldest leave first.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "base/digest.h"
#include "base/mutex.h"

namespace galley::jobs {

class PageCounts {
 public:
    static constexpr std::size_t kRemembered = 4096;

    std::optional<int> find(const Digest& content_hash) const {
        const MutexLock lock(mutex_);
        const auto it = counts_.find(content_hash);
        return it == counts_.end() ? std::nullopt : std::optional(it->second);
    }

    void remember(const Digest& content_hash, int pages) {
        const MutexLock lock(mutex_);
        if (!counts_.emplace(content_hash, pages).second) return;
        order_.push_back(content_hash);
        if (order_.size() <= kRemembered) return;
        counts_.erase(order_.front());
        order_.pop_front();
    }

 private:
    mutable Mutex mutex_;
    std::unordered_map<Digest, int> counts_ GALLEY_GUARDED_BY(mutex_);
    std::deque<Digest> order_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::jobs
