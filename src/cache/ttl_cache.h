// src/cache/ttl_cache.h — answers that may be a little old: text by key, for a time, the least recently used leave.
//
// Shape    get(key, state) before the work, put(key, value, state) after it. `state` is the caller's number for the
//          state that the value shows, read before the value was made: an entry of another state is dropped, so that a
//          change is seen at once although nobody looks for the entries that show it.
// Units    ages in milliseconds; sizes in entries.
// Errors   none: a miss.
// Owner    values are shared with who got them.
// Threads  any.
// Limits   entries_max entries of at most kTtlKeyBytesMax and kTtlValueBytesMax; larger ones are not kept. Those whose
//          time is over leave when they are asked for, or by remove_expired().
// Source   R81.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/time.h"

namespace galley::cache {

inline constexpr std::size_t kTtlKeyBytesMax = 1024;
inline constexpr std::size_t kTtlValueBytesMax = 256 * 1024;

struct TtlCacheOptions {
    Duration ttl;
    std::size_t entries_max;
};

struct TtlCacheStatistics {
    std::uint64_t size = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t sets = 0;
    std::uint64_t evictions = 0;      // for want of room
    std::uint64_t expirations = 0;    // their time was over
    std::uint64_t invalidations = 0;  // of another state, or by invalidate_all()
};

class TtlCache {
 public:
    explicit TtlCache(TtlCacheOptions options) : options_(options) {}

    struct Hit {
        SharedBytes value;
        Duration age;
    };
    std::optional<Hit> get(std::string_view key, std::uint64_t state, MonotonicTime now);
    void put(std::string_view key, SharedBytes value, std::uint64_t state, MonotonicTime now);
    void note_bypass();  // somebody did not want what is kept: a miss
    std::size_t invalidate_all();
    void remove_expired(MonotonicTime now);

    TtlCacheStatistics statistics() const;
    const TtlCacheOptions& options() const { return options_; }

 private:
    struct Entry {
        std::string key;
        SharedBytes value;
        std::uint64_t state;
        MonotonicTime since;
    };
    using Entries = std::list<Entry>;  // the most recently used first
    bool is_expired(const Entry& entry, MonotonicTime now) const { return now - entry.since >= options_.ttl; }
    void erase(Entries::iterator entry) GALLEY_REQUIRES(mutex_);

    const TtlCacheOptions options_;
    mutable Mutex mutex_;
    Entries entries_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<std::string_view, Entries::iterator> by_key_ GALLEY_GUARDED_BY(mutex_);  // keys live in entries_
    TtlCacheStatistics statistics_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::cache
