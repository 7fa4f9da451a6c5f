#include "cache/disk_index.h"

#include <algorithm>
#include <utility>

namespace galley::cache {

DiskIndexEntry* DiskIndex::find(const Digest& key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &*found->second;
}

DiskIndexEntry& DiskIndex::put(DiskIndexEntry entry) {
    erase(entry.key);
    total_bytes_ += entry.size_bytes;
    const auto at = order_.insert(order_.end(), std::move(entry));
    by_key_.emplace(at->key, at);
    return *at;
}

void DiskIndex::add_listed(std::vector<DiskIndexEntry> entries) {
    std::erase_if(entries, [this](const DiskIndexEntry& entry) { return by_key_.contains(entry.key); });
    std::ranges::sort(entries, {}, [](const DiskIndexEntry& entry) { return std::pair(entry.last_used, entry.key); });
    const auto first_known = order_.begin();
    for (DiskIndexEntry& entry : entries) {
        total_bytes_ += entry.size_bytes;
        const auto at = order_.insert(first_known, std::move(entry));
        by_key_.emplace(at->key, at);
    }
}

void DiskIndex::mark_used(const Digest& key, Time now) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    found->second->last_used = std::max(found->second->last_used, now);
    order_.splice(order_.end(), order_, found->second);
}

bool DiskIndex::erase(const Digest& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return false;
    total_bytes_ -= found->second->size_bytes;
    order_.erase(found->second);
    by_key_.erase(found);
    return true;
}

std::optional<Digest> DiskIndex::oldest_except(const Digest& spared) const {
    for (const DiskIndexEntry& entry : order_) {
        if (entry.key != spared) return entry.key;
    }
    return std::nullopt;
}

std::vector<Digest> DiskIndex::keys() const {
    std::vector<Digest> all;
    all.reserve(order_.size());
    for (const DiskIndexEntry& entry : order_) all.push_back(entry.key);
    return all;
}

std::vector<Digest> DiskIndex::keys_used_before(Time time) const {
    std::vector<Digest> old;
    for (const DiskIndexEntry& entry : order_) {
        if (entry.last_used < time) old.push_back(entry.key);
    }
    return old;
}

}  // namespace galley::cache
