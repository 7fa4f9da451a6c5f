// src/cache/memory_tier.h — the fast tier of the document cache: shared buffers, least recently used out first.
//
// Shape    key = 32-byte digest; value = SharedBytes, never copied.
// Units    sizes in bytes of the values plus a fixed kEntryOverheadBytes an entry.
// Errors   none: what is not kept is simply not found.
// Owner    shares the values; a reader's buffer lives on after eviction.
// Threads  any; one lock, held for a look-up only.
// Limits   used_bytes() <= bytes_max always. A value larger than bytes_max / kLargestShare is not taken: one giant must
//          not
//          empty the cache.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "base/time.h"
#include "os/clock.h"

namespace galley::cache {

class MemoryTier {
 public:
    static constexpr std::uint64_t kEntryOverheadBytes = 200;
    static constexpr std::uint64_t kLargestShare = 4;

    MemoryTier(std::uint64_t bytes_max, const os::Clock& clock) : bytes_max_(bytes_max), clock_(clock) {}

    // Makes the entry the most recently used one.
    std::optional<SharedBytes> get(const Digest& key);
    // As get(), leaving the order alone.
    bool contains(const Digest& key) const;
    // False when the value is too large to be kept. Replaces what was there.
    bool put(const Digest& key, SharedBytes value);
    // True when there was one.
    bool remove(const Digest& key);
    // What was not got or put since `time`; the number of entries.
    std::size_t remove_older_than(Time time);

    std::uint64_t used_bytes() const;
    std::size_t entries() const;
    std::uint64_t evictions() const;

 private:
    struct Entry {
        Digest key;
        SharedBytes value;
        Time used_at{};
    };
    using Order = std::list<Entry>;  // most recently used first

    void drop(Order::iterator entry) GALLEY_REQUIRES(mutex_);

    const std::uint64_t bytes_max_;
    const os::Clock& clock_;
    mutable Mutex mutex_;
    Order order_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<Digest, Order::iterator> index_ GALLEY_GUARDED_BY(mutex_);
    std::uint64_t used_bytes_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::uint64_t evictions_ GALLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace galley::cache
