// src/tasks/outside_desk.h — what the engine remembers of workers outside of this process: who waits for tasks, who
// holds which, who was seen when.
//
// Shape    plain state, changed by the engine (outside.cpp) under its lock.
// Threads  one at a time.
// Limits   OutsideLimits, kept by the engine; forget_idle() drops workers that were not seen for long.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tasks/live_task.h"
#include "tasks/outside.h"
#include "tasks/ready_lanes.h"

namespace galley::tasks {

// As rows and leases name who holds them; an address has no spaces.
inline std::string holder_of(const WorkerIdentity& who) {
    return who.caller + ' ' + who.worker;
}
inline WorkerIdentity identity_of(std::string_view holder) {
    const std::size_t space = std::min(holder.find(' '), holder.size());
    return {std::string(holder.substr(0, space)), std::string(holder.substr(std::min(space + 1, holder.size())))};
}

struct LeaseWaiter {
    LeaseRequest request;
    MonotonicTime deadline{};
    LeaseCallback callback;
};

struct WorkerNote {
    std::string client{};
    std::string address{};
    std::vector<std::string> kinds{};
    std::vector<std::string> queues{};
    Time since{};
    Time last_seen{};
    MonotonicTime seen{};
    std::uint64_t leased = 0, completed = 0, failed = 0, lost = 0;
};

struct OutsideDesk {
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::map<WaitId, LeaseWaiter> waiting{};  // the first to ask is the first to get
    struct Held {
        std::shared_ptr<LiveTask> live;
        ReadyLanes::Lane* lane;
    };
    std::unordered_map<std::string, Held, Hash, std::equal_to<>> held{};  // by task id
    std::map<WorkerIdentity, WorkerNote> workers{};
    WaitId last_wait = 0;
    std::size_t turn = 0;                    // which of its kinds a worker gets first
    std::optional<MonotonicTime> release{};  // when a rate lets something go that was held back
    bool dispatching = false;                // a look at who may get what is under way
    bool stopped = false;
};

}  // namespace galley::tasks
