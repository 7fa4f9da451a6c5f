// src/tasks/ready_window.h — the part of one queue's waiting tasks that is kept in memory: the best ones, in order.
//
// Shape    order is (priority descending, row number). When more wait than fit, the worst live only in the database and
//          more_in_database() is true: then a new task enters only if it comes before the worst one here, so that the
//          order holds over the edge. refill() brings the next ones in.
// Threads  one at a time.
// Limits   size() <= entries_max.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace galley::tasks {

// What a worker needs, kept from the enqueue so that it need not be read back.
struct TaskSeed {
    TaskRecord task;
    std::string input;
    std::size_t bytes() const { return sizeof(TaskSeed) + input.size() + task.id.size() + task.created_by.size(); }
};

struct ReadyTask {
    TaskSeq seq = 0;
    int priority = 0;
    std::unique_ptr<TaskSeed> seed{};  // may be absent: then read the database
};

class ReadyWindow {
 public:
    explicit ReadyWindow(std::size_t entries_max) : entries_max_(entries_max) {}

    // Gives back what is not in memory afterwards: a duplicate, the new one, or the worst one that it pushed out.
    std::optional<ReadyTask> push(ReadyTask task);
    // As push, but may append beyond the worst: `task` came from the database in order.
    std::optional<ReadyTask> refill(ReadyTask task);
    std::optional<ReadyTask> pop();
    std::optional<ReadyTask> remove(TaskSeq seq, int priority);
    bool contains(TaskSeq seq, int priority) const;

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    bool more_in_database() const { return more_; }
    void set_more_in_database(bool more) { more_ = more; }
    bool wants_refill() const { return more_ && size_ <= entries_max_ / 4; }

 private:
    using Lane = std::deque<ReadyTask>;  // one priority, ascending row numbers
    Lane& lane(int priority) { return lanes_[static_cast<std::size_t>(kPriorityMax - priority)]; }
    const Lane& lane(int priority) const { return lanes_[static_cast<std::size_t>(kPriorityMax - priority)]; }
    bool before_worst(const ReadyTask& task) const;
    std::optional<ReadyTask> insert(ReadyTask task);
    ReadyTask drop_worst();

    const std::size_t entries_max_;
    std::array<Lane, kPriorityMax + 1> lanes_{};  // best first
    std::size_t size_ = 0;
    bool more_ = false;
};

}  // namespace galley::tasks
