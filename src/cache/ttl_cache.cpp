#include "cache/ttl_cache.h"

#include <iterator>
#include <utility>

namespace galley::cache {

void TtlCache::erase(Entries::iterator entry) {
    by_key_.erase(entry->key);
    entries_.erase(entry);
}

std::optional<TtlCache::Hit> TtlCache::get(std::string_view key, std::uint64_t state, MonotonicTime now) {
    const MutexLock lock(mutex_);
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
        const Entries::iterator entry = found->second;
        const bool current = entry->state == state;
        if (current && !is_expired(*entry, now)) {
            ++statistics_.hits;
            entries_.splice(entries_.begin(), entries_, entry);
            return Hit{entry->value, std::chrono::duration_cast<Duration>(now - entry->since)};
        }
        ++(current ? statistics_.expirations : statistics_.invalidations);
        erase(entry);
    }
    ++statistics_.misses;
    return std::nullopt;
}

void TtlCache::put(std::string_view key, SharedBytes value, std::uint64_t state, MonotonicTime now) {
    if (key.size() > kTtlKeyBytesMax || value.size() > kTtlValueBytesMax || options_.entries_max == 0) return;
    const MutexLock lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) erase(found->second);
    while (entries_.size() >= options_.entries_max) {
        ++(is_expired(entries_.back(), now) ? statistics_.expirations : statistics_.evictions);
        erase(std::prev(entries_.end()));
    }
    entries_.push_front({std::string(key), std::move(value), state, now});
    by_key_.emplace(entries_.front().key, entries_.begin());
    ++statistics_.sets;
}

void TtlCache::note_bypass() {
    const MutexLock lock(mutex_);
    ++statistics_.misses;
}

std::size_t TtlCache::invalidate_all() {
    const MutexLock lock(mutex_);
    const std::size_t dropped = entries_.size();
    statistics_.invalidations += dropped;
    by_key_.clear();
    entries_.clear();
    return dropped;
}

void TtlCache::remove_expired(MonotonicTime now) {
    const MutexLock lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto next = std::next(entry);
        if (is_expired(*entry, now)) {
            ++statistics_.expirations;
            erase(entry);
        }
        entry = next;
    }
}

TtlCacheStatistics TtlCache::statistics() const {
    const MutexLock lock(mutex_);
    TtlCacheStatistics now = statistics_;
    now.size = entries_.size();
    return now;
}

}  // namespace galley::cache
