// src/tasks/lane.h — a lane: ready tasks that dispatch tells apart by their age alone, because queue, kind, priority,
// caller and limit key are the same.
//
// Shape    LaneView is a key that borrows from a record; LaneKey owns. lane_id() is what a row keeps of it, so that one
//          index finds a lane's tasks in order of age; two lanes with one number are told apart by their columns.
// Source   lane_id: the first 63 bits of SHA-256 over the parts; never 0, which old rows have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tasks/task.h"

namespace galley::tasks {

using LaneId = std::int64_t;

struct LaneView {
    std::string_view queue;
    std::string_view kind;
    int priority = kPriorityDefault;
    std::string_view caller;
    std::string_view limit_key;
    bool operator==(const LaneView&) const = default;
};

struct LaneKey {
    std::string queue;
    std::string kind;
    int priority = kPriorityDefault;
    std::string caller;
    std::string limit_key;

    LaneKey() = default;
    explicit LaneKey(const LaneView& view)
        : queue(view.queue), kind(view.kind), priority(view.priority), caller(view.caller), limit_key(view.limit_key) {}
    LaneView view() const { return {queue, kind, priority, caller, limit_key}; }
};

LaneView lane_of(const TaskRecord& task);
LaneId lane_id(const LaneView& lane);

struct LaneHash {
    std::size_t operator()(const LaneView& lane) const;
};

}  // namespace galley::tasks
