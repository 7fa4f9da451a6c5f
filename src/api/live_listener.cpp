#include "api/live_listener.h"

#include <algorithm>
#include <utility>

namespace galley::api {

LiveListener::LiveListener(LiveWish wish, const Limits& limits, MonotonicTime now)
    : wish_(std::move(wish)),
      limits_(limits),
      stream_(std::make_shared<net::BodyStream>(limits.stream_bytes_max)),
      joined_at_(now),
      progress_sent_(now - limits.progress_interval) {}

bool LiveListener::wants(const LiveEvent& event) const {
    if (wish_.task) return event.task == *wish_.task;
    return wish_.caller.is_admin() || event.created_by == wish_.caller.email;
}

void LiveListener::start_with(const tasks::TaskRecord& snapshot) {
    shown_ = {snapshot.state, snapshot.attempt, snapshot.progress};
}

// The record may be one change ahead of the notices, and more of progress.
bool LiveListener::is_shown(const LiveEvent& event) const {
    if (!shown_ || event.state != shown_->state || event.attempt != shown_->attempt) return false;
    return event.is_progress() ? event.progress < shown_->progress : true;
}

void LiveListener::offer(const LiveEventPtr& event, MonotonicTime now) {
    if (event->id.position <= known_to_ || !wants(*event) || is_shown(*event)) return;
    shown_.reset();
    if (event->is_progress()) return offer_progress(event, now);
    offer_change(event);
}

void LiveListener::offer_progress(const LiveEventPtr& event, MonotonicTime now) {
    const auto of_task = std::ranges::find(waiting_, event->task, [](const LiveEventPtr& one) { return one->task; });
    if (of_task != waiting_.end()) {
        *of_task = event;
    } else if (waiting_.size() < kWaitingMax) {
        waiting_.push_back(event);
    }
    flush_progress(now);
}

void LiveListener::offer_change(const LiveEventPtr& event) {
    forget_progress(event->task);
    backlog_.push_back(event);
    flush_backlog();
    if (backlog_.size() <= limits_.backlog_max) return;
    backlog_.clear();
    stream_->cut();
}

// A change says how far the attempt came; older progress behind it would go backwards.
void LiveListener::forget_progress(tasks::TaskSeq task) {
    std::erase_if(waiting_, [task](const LiveEventPtr& one) { return one->task == task; });
}

void LiveListener::replay(std::vector<LiveEventPtr> missed) {
    std::ranges::move(missed, std::back_inserter(backlog_));
    flush_backlog();
}

void LiveListener::flush(MonotonicTime now) {
    flush_backlog();
    flush_progress(now);
}

void LiveListener::flush_backlog() {
    while (!backlog_.empty() && push(*backlog_.front())) {
        const bool end = wish_.task && backlog_.front()->is_final();
        backlog_.pop_front();
        if (end) return stream_->end();
    }
}

// Half of the stream is left to changes.
void LiveListener::flush_progress(MonotonicTime now) {
    if (waiting_.empty() || !backlog_.empty() || now - progress_sent_ < limits_.progress_interval) return;
    std::size_t sent = 0;
    while (sent < waiting_.size() && stream_->bytes_held() <= limits_.stream_bytes_max / 2 && push(*waiting_[sent]))
        ++sent;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(sent));
    if (sent > 0) progress_sent_ = now;
}

// False when there is no room. What nobody will read counts as sent.
bool LiveListener::push(const LiveEvent& event) {
    static thread_local std::string frame;
    frame.clear();
    append_frame(frame, event);
    return stream_->push(frame) != net::BodyStream::Push::Full;
}

}  // namespace galley::api
