// src/tasks/retention.h — how long tasks stay after their end, by how they ended.
//
// Units    durations; 0 keeps them for ever. A task's own lifetime (NewTask::keep) goes before.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/time.h"
#include "tasks/states.h"

namespace galley::tasks {

struct Retention {
    Duration completed = std::chrono::hours(24);
    Duration failed = std::chrono::hours(7 * 24);  // somebody may want to look at them, and retry
    Duration cancelled = std::chrono::hours(24);

    static constexpr Retention same(Duration time) { return {time, time, time}; }
    constexpr Duration of(TaskState state) const {
        return state == TaskState::Completed ? completed : state == TaskState::Failed ? failed : cancelled;
    }
    constexpr bool keeps_all() const { return std::max({completed, failed, cancelled}) <= Duration(0); }
};

// The moments before which an ended task is to go; the beginning of time where it stays.
struct EndedBefore {
    Time completed;
    Time failed;
    Time cancelled;

    static EndedBefore at(Time now, const Retention& retention) {
        const auto before = [now](Duration kept) { return kept > Duration(0) ? now - kept : Time::min(); };
        return {before(retention.completed), before(retention.failed), before(retention.cancelled)};
    }
    Time of(TaskState state) const {
        return state == TaskState::Completed ? completed : state == TaskState::Failed ? failed : cancelled;
    }
    Time latest() const { return std::max({completed, failed, cancelled}); }
};

}  // namespace galley::tasks
