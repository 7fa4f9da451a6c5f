#include "tasks/live_task.h"

#include <algorithm>
#include <utility>

#include "tasks/text.h"

namespace galley::tasks {

void LiveTask::load(TaskRecord task, std::string input, MonotonicTime deadline, Sinks sinks) {
    task_ = std::move(task);
    input_ = std::move(input);
    deadline_ = deadline;
    sinks_ = std::move(sinks);
    {
        MutexLock lock(mutex_);
        progress_ = {task_.progress, task_.message};  // of an attempt that began under another process of this server
    }
    loaded_.store(true, std::memory_order_release);
}

void LiveTask::progress(int percent, std::string_view message) {
    ProgressView now;
    {
        MutexLock lock(mutex_);
        const int next = std::max(progress_.percent, std::clamp(percent, 0, 100));
        const std::string_view text = cut_utf8(message, kMessageBytesMax);
        const bool new_text = !text.empty() && text != progress_.message;
        if (next == progress_.percent && !new_text) return;
        progress_.percent = next;
        if (new_text) progress_.message = text;
        unsaved_ = true;
        now = progress_;
    }
    if (!ended()) sinks_.progress(*this, now);
}

void LiveTask::finish_with(store::WriteWork work) {
    MutexLock lock(mutex_);
    finish_works_.push_back(std::move(work));
}

void LiveTask::stop(StopReason reason) {
    StopReason none = StopReason::None;
    if (reason_.compare_exchange_strong(none, reason)) stop_.request_stop();
}

ProgressView LiveTask::progress_now() const {
    MutexLock lock(mutex_);
    return progress_;
}

std::optional<ProgressView> LiveTask::take_unsaved_progress() {
    MutexLock lock(mutex_);
    if (!std::exchange(unsaved_, false)) return std::nullopt;
    return progress_;
}

std::vector<store::WriteWork> LiveTask::take_finish_works() {
    MutexLock lock(mutex_);
    return std::exchange(finish_works_, {});
}

}  // namespace galley::tasks
