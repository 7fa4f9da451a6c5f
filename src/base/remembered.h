// src/base/remembered.h — a bounded memory of values that are read from a store which others change.
//
// Shape    find(key, generation) → the value, or nothing and the generation to give to remember(). forget(key), called
//          when a change is durable, bumps the generation: a read that began before the change cannot put its old
//          answer in after it.
// Owner    copies keys and values in and out.
// Threads  any.
// Limits   entries_max; the least recently asked leave first.
#pragma once

#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/mutex.h"

namespace galley {

template <typename Key, typename Value>
class Remembered {
 public:
    explicit Remembered(std::size_t entries_max) : entries_max_(entries_max) {}

    std::optional<Value> find(const Key& key, std::uint64_t& generation) {
        const MutexLock lock(mutex_);
        generation = generation_;
        const auto it = entries_.find(key);
        if (it == entries_.end()) return std::nullopt;
        order_.splice(order_.begin(), order_, it->second);
        return it->second->second;
    }

    void remember(const Key& key, Value value, std::uint64_t generation) {
        const MutexLock lock(mutex_);
        if (generation != generation_ || entries_.contains(key)) return;
        order_.emplace_front(key, std::move(value));
        entries_[key] = order_.begin();
        if (entries_.size() <= entries_max_) return;
        entries_.erase(order_.back().first);
        order_.pop_back();
    }

    void forget(const Key& key) {
        const MutexLock lock(mutex_);
        ++generation_;
        const auto it = entries_.find(key);
        if (it == entries_.end()) return;
        order_.erase(it->second);
        entries_.erase(it);
    }

    void forget_all() {
        const MutexLock lock(mutex_);
        ++generation_;
        entries_.clear();
        order_.clear();
    }

 private:
    using Order = std::list<std::pair<Key, Value>>;

    const std::size_t entries_max_;
    Mutex mutex_;
    std::uint64_t generation_ GALLEY_GUARDED_BY(mutex_) = 0;
    Order order_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<Key, typename Order::iterator> entries_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley
