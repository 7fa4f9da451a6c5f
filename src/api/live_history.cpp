#include "api/live_history.h"

#include <algorithm>
#include <utility>

namespace galley::api {

void LiveHistory::begin_period(std::uint64_t period) {
    period_ = period;
    complete_after_ = next_ - 1;
    bytes_ = 0;
    changes_.clear();
    attempts_.clear();
}

LiveEventPtr LiveHistory::add(LiveEvent event) {
    if (event.is_progress() && !is_news(event)) return nullptr;
    event.id = {period_, next_++, std::nullopt};
    if (event.is_final()) event.id.ended_attempt = event.attempt;
    auto kept = std::make_shared<const LiveEvent>(std::move(event));
    if (kept->is_progress()) {
        keep_progress(kept);
    } else {
        keep_change(kept);
    }
    return kept;
}

bool LiveHistory::is_news(const LiveEvent& progress) const {
    const auto found = attempts_.find(progress.task);
    if (found == attempts_.end()) return true;
    const Attempt& attempt = found->second;
    if (attempt.over || progress.attempt < attempt.number) return false;
    const bool same = attempt.progress && attempt.progress->attempt == progress.attempt;
    return !same || progress.progress >= attempt.progress->progress;
}

void LiveHistory::keep_progress(const LiveEventPtr& event) {
    const auto found = attempts_.find(event->task);
    if (found != attempts_.end()) {
        found->second.number = event->attempt;
        found->second.progress = event;
    } else if (attempts_.size() < kProgressMax) {
        attempts_.emplace(event->task, Attempt{event->attempt, event->id.position, false, event});
    }
}

// A start makes the attempt's entry; whatever else happens to a task ends its attempt. The entry of an ended one goes
// with the event that ended it.
void LiveHistory::keep_change(const LiveEventPtr& event) {
    const bool starts = event->event == tasks::TaskEvent::Started;
    attempts_[event->task] = Attempt{event->attempt, event->id.position, !starts, nullptr};
    bytes_ += event->bytes();
    changes_.push_back(event);
    while (bytes_ > bytes_max_ && !changes_.empty()) drop_oldest();
}

void LiveHistory::drop_oldest() {
    const LiveEventPtr oldest = std::move(changes_.front());
    changes_.pop_front();
    bytes_ -= oldest->bytes();
    complete_after_ = oldest->id.position;
    const auto found = attempts_.find(oldest->task);
    const bool last_known = found != attempts_.end() && found->second.known_by == oldest->id.position;
    if (last_known && found->second.over) attempts_.erase(found);
}

std::optional<std::vector<LiveEventPtr>> LiveHistory::since(const LiveId& seen,
                                                            const std::function<bool(const LiveEvent&)>& wanted) const {
    if (seen.period != period_ || seen.position < complete_after_ || seen.position >= next_) return std::nullopt;
    std::vector<LiveEventPtr> missed;
    const auto first = std::ranges::upper_bound(changes_, seen.position, {},
                                                [](const LiveEventPtr& event) { return event->id.position; });
    std::copy_if(first, changes_.end(), std::back_inserter(missed), [&](const auto& event) { return wanted(*event); });
    for (const auto& [task, attempt] : attempts_) {
        const LiveEventPtr& progress = attempt.progress;
        if (progress && progress->id.position > seen.position && wanted(*progress)) missed.push_back(progress);
    }
    std::ranges::sort(missed, {}, [](const LiveEventPtr& event) { return event->id.position; });
    return missed;
}

}  // namespace galley::api
