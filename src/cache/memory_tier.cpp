#include "cache/memory_tier.h"

namespace galley::cache {

namespace {

std::uint64_t cost_of(const SharedBytes& value) {
    return value.size() + MemoryTier::kEntryOverheadBytes;
}

}  // namespace

std::optional<SharedBytes> MemoryTier::get(const Digest& key) {
    const MutexLock lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    order_.splice(order_.begin(), order_, found->second);
    found->second->used_at = clock_.now();
    return found->second->value;
}

bool MemoryTier::contains(const Digest& key) const {
    const MutexLock lock(mutex_);
    return index_.contains(key);
}

bool MemoryTier::put(const Digest& key, SharedBytes value) {
    const std::uint64_t cost = cost_of(value);
    const MutexLock lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) drop(found->second);
    if (cost > bytes_max_ / kLargestShare) return false;
    while (used_bytes_ > bytes_max_ - cost) {
        drop(std::prev(order_.end()));
        ++evictions_;
    }
    order_.push_front({key, std::move(value), clock_.now()});
    index_.emplace(key, order_.begin());
    used_bytes_ += cost;
    return true;
}

bool MemoryTier::remove(const Digest& key) {
    const MutexLock lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return false;
    drop(found->second);
    return true;
}

// The order is that of use, so the oldest stand last; a clock that was set back only keeps entries for longer.
std::size_t MemoryTier::remove_older_than(Time time) {
    const MutexLock lock(mutex_);
    std::size_t removed = 0;
    while (!order_.empty() && order_.back().used_at < time) {
        drop(std::prev(order_.end()));
        ++removed;
    }
    return removed;
}

std::uint64_t MemoryTier::used_bytes() const {
    const MutexLock lock(mutex_);
    return used_bytes_;
}

std::size_t MemoryTier::entries() const {
    const MutexLock lock(mutex_);
    return order_.size();
}

std::uint64_t MemoryTier::evictions() const {
    const MutexLock lock(mutex_);
    return evictions_;
}

void MemoryTier::drop(Order::iterator entry) {
    used_bytes_ -= cost_of(entry->value);
    index_.erase(entry->key);
    order_.erase(entry);
}

}  // namespace galley::cache
