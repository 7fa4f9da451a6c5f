#include "tasks/ready_window.h"

#include <algorithm>
#include <ranges>

namespace galley::tasks {

std::optional<ReadyTask> ReadyWindow::push(ReadyTask task) {
    if (more_ && !before_worst(task)) return task;
    return refill(std::move(task));
}

std::optional<ReadyTask> ReadyWindow::refill(ReadyTask task) {
    if (auto duplicate = insert(std::move(task))) return duplicate;
    if (size_ <= entries_max_) return std::nullopt;
    more_ = true;
    return drop_worst();
}

std::optional<ReadyTask> ReadyWindow::pop() {
    for (Lane& lane : lanes_) {
        if (lane.empty()) continue;
        ReadyTask task = std::move(lane.front());
        lane.pop_front();
        --size_;
        return task;
    }
    return std::nullopt;
}

std::optional<ReadyTask> ReadyWindow::remove(TaskSeq seq, int priority) {
    Lane& tasks = lane(priority);
    const auto found = std::ranges::lower_bound(tasks, seq, {}, &ReadyTask::seq);
    if (found == tasks.end() || found->seq != seq) return std::nullopt;
    ReadyTask task = std::move(*found);
    tasks.erase(found);
    --size_;
    return task;
}

bool ReadyWindow::contains(TaskSeq seq, int priority) const {
    return std::ranges::binary_search(lane(priority), seq, {}, &ReadyTask::seq);
}

bool ReadyWindow::before_worst(const ReadyTask& task) const {
    for (const Lane& lane : lanes_ | std::views::reverse) {
        if (lane.empty()) continue;
        const ReadyTask& worst = lane.back();
        return task.priority > worst.priority || (task.priority == worst.priority && task.seq < worst.seq);
    }
    return false;
}

// Row numbers nearly always come in ascending order, so this nearly always appends.
std::optional<ReadyTask> ReadyWindow::insert(ReadyTask task) {
    Lane& tasks = lane(task.priority);
    if (tasks.empty() || tasks.back().seq < task.seq) {
        tasks.push_back(std::move(task));
    } else {
        const auto at = std::ranges::lower_bound(tasks, task.seq, {}, &ReadyTask::seq);
        if (at->seq == task.seq) return task;
        tasks.insert(at, std::move(task));
    }
    ++size_;
    return std::nullopt;
}

ReadyTask ReadyWindow::drop_worst() {
    for (Lane& lane : lanes_ | std::views::reverse) {
        if (lane.empty()) continue;
        ReadyTask worst = std::move(lane.back());
        lane.pop_back();
        --size_;
        return worst;
    }
    GALLEY_CHECK(false && "drop_worst of an empty window");
    return {};
}

}  // namespace galley::tasks
