#include "net/server_core.h"

namespace galley::net {

int ServerCore::enter(const std::string& group) {
    const MutexLock lock(mutex_);
    if (connections_ >= options.connections_max) return 503;
    std::size_t& count = per_group_[group];
    if (count >= options.connections_per_address_max)
        return 429;  // so the entry is not empty, unless nobody may come at all
    ++count;
    ++connections_;
    return 0;
}

void ServerCore::leave(const std::string& group) {
    const MutexLock lock(mutex_);
    const auto place = per_group_.find(group);
    if (place != per_group_.end() && --place->second == 0) per_group_.erase(place);
    if (--connections_ == 0) changed_.notify_all();
}

bool ServerCore::wait_until_empty(MonotonicTime deadline) {
    MutexLock lock(mutex_);
    while (connections_ > 0) {
        if (!changed_.wait_until(lock, deadline)) return connections_ == 0;
    }
    return true;
}

}  // namespace galley::net
