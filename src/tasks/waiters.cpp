#include "tasks/waiters.h"

namespace galley::tasks {
namespace {

template <typename Map, typename Key>
void erase_pair(Map& map, const Key& key, WaitId id) {
    const auto [begin, end] = map.equal_range(key);
    for (auto at = begin; at != end; ++at) {
        if (at->second != id) continue;
        map.erase(at);
        return;
    }
}

}  // namespace

void Waiters::add(WaitId id, TaskSeq seq, MonotonicTime deadline, WaitCallback callback) {
    {
        MutexLock lock(mutex_);
        if (!stopped_) {
            waiters_.emplace(id, Waiter{seq, deadline, std::move(callback)});
            by_task_.emplace(seq, id);
            by_deadline_.emplace(deadline, id);
            size_ = waiters_.size();
            return;
        }
    }
    callback(WaitEnd::Stopped);
}

std::optional<WaitCallback> Waiters::take(WaitId id) {
    const auto found = waiters_.find(id);
    if (found == waiters_.end()) return std::nullopt;
    erase_pair(by_task_, found->second.seq, id);
    erase_pair(by_deadline_, found->second.deadline, id);
    WaitCallback callback = std::move(found->second.callback);
    waiters_.erase(found);
    size_ = waiters_.size();
    return callback;
}

bool Waiters::end_one(WaitId id, WaitEnd end) {
    std::optional<WaitCallback> callback;
    {
        MutexLock lock(mutex_);
        callback = take(id);
    }
    if (callback) (*callback)(end);
    return callback.has_value();
}

void Waiters::finish(TaskSeq seq) {
    if (size() == 0) return;
    std::vector<WaitId> ids;
    {
        MutexLock lock(mutex_);
        const auto [begin, end] = by_task_.equal_range(seq);
        for (auto at = begin; at != end; ++at) ids.push_back(at->second);
    }
    for (const WaitId id : ids) end_one(id, WaitEnd::Finished);
}

void Waiters::expire(MonotonicTime now) {
    std::vector<WaitId> ids;
    {
        MutexLock lock(mutex_);
        for (auto at = by_deadline_.begin(); at != by_deadline_.end() && at->first <= now; ++at)
            ids.push_back(at->second);
    }
    for (const WaitId id : ids) end_one(id, WaitEnd::TimedOut);
}

void Waiters::stop() {
    std::vector<WaitId> ids;
    {
        MutexLock lock(mutex_);
        stopped_ = true;
        for (const auto& [id, waiter] : waiters_) ids.push_back(id);
    }
    for (const WaitId id : ids) end_one(id, WaitEnd::Stopped);
}

std::optional<MonotonicTime> Waiters::next_deadline() const {
    MutexLock lock(mutex_);
    return by_deadline_.empty() ? std::nullopt : std::optional(by_deadline_.begin()->first);
}

}  // namespace galley::tasks
