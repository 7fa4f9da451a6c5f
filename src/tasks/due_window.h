// src/tasks/due_window.h — the soonest of the tasks that wait for a time, in memory; the rest are in the database.
//
// Shape    as ReadyWindow, ordered by (time, row number). An entry is only a hint: the database decides when it falls
//          due.
// Threads  one at a time.
// Limits   size() <= entries_max.
#pragma once

#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tasks/task.h"

namespace galley::tasks {

class DueWindow {
 public:
    explicit DueWindow(std::size_t entries_max) : entries_max_(entries_max) {}

    void push(Time due, TaskSeq seq) {
        if (more_ && (entries_.empty() || std::pair(due, seq) > *entries_.rbegin())) return;
        refill(due, seq);
    }
    void refill(Time due, TaskSeq seq) {
        entries_.emplace(due, seq);
        if (entries_.size() <= entries_max_) return;
        entries_.erase(std::prev(entries_.end()));
        more_ = true;
    }
    std::optional<Time> next() const {
        return entries_.empty() ? std::nullopt : std::optional(entries_.begin()->first);
    }
    std::vector<TaskSeq> take_due(Time now, std::size_t count_max) {
        std::vector<TaskSeq> due;
        while (!entries_.empty() && entries_.begin()->first <= now && due.size() < count_max) {
            due.push_back(entries_.begin()->second);
            entries_.erase(entries_.begin());
        }
        return due;
    }

    std::size_t size() const { return entries_.size(); }
    void set_more_in_database(bool more) { more_ = more; }
    bool wants_refill() const { return more_ && entries_.size() <= entries_max_ / 4; }

 private:
    const std::size_t entries_max_;
    std::set<std::pair<Time, TaskSeq>> entries_;
    bool more_ = false;
};

}  // namespace galley::tasks
