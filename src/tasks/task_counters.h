// src/tasks/task_counters.h — how many tasks are in each state, in all and by queue, without asking the database.
//
// Shape    add() with every change of a state. By queue only what has not ended is counted; a queue of which nothing is
//          left is forgotten.
// Threads  one at a time.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tasks/task.h"

namespace galley::tasks {

class TaskCounters {
 public:
    using ByQueue = std::map<std::string, QueueCounts, std::less<>>;

    void add(std::string_view queue, TaskState state, std::int64_t by) {
        total_.by_state[static_cast<int>(state)] += by;
        if (is_terminal(state)) return;
        auto at = by_queue_.find(queue);
        if (at == by_queue_.end()) at = by_queue_.try_emplace(std::string(queue)).first;
        at->second.of(state) += by;
        if (at->second == QueueCounts{}) by_queue_.erase(at);
    }
    void remove_ended(const TaskCounts& counts) {
        for (int s = 0; s < kTaskStateCount; ++s) total_.by_state[s] -= counts.by_state[s];
    }
    const TaskCounts& total() const { return total_; }
    const ByQueue& by_queue() const { return by_queue_; }
    QueueCounts queue(std::string_view name) const {
        const auto at = by_queue_.find(name);
        return at == by_queue_.end() ? QueueCounts{} : at->second;
    }

 private:
    TaskCounts total_{};
    ByQueue by_queue_{};
};

}  // namespace galley::tasks
