// src/api/live_history.h — the last events of all tasks, in memory, for listeners that come again.
//
// Shape    add() numbers an event and keeps it. Changes of state are kept in their order while they fit; of progress
//          the last of each attempt that runs, as it is all that still matters. since() gives what a listener missed.
// Units    bytes as LiveEvent::bytes().
// Errors   add: null for progress that is older than what is known (helpers of a handler may overtake each other, and
//          the attempt's end). since: nullopt when the history does not reach back so far.
// Threads  one at a time.
// Limits   bytes_max of changes; the oldest leave. Progress: one event for each attempt under way, at most
//          kProgressMax.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "api/live_event.h"

namespace galley::api {

class LiveHistory {
 public:
    static constexpr std::size_t kProgressMax = 10'000;

    explicit LiveHistory(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // Forgets all; events are numbered on.
    void begin_period(std::uint64_t period);
    LiveEventPtr add(LiveEvent event);
    LiveId newest() const { return {period_, next_ - 1, std::nullopt}; }
    // What came after `seen` and `wanted` wants, in its order.
    std::optional<std::vector<LiveEventPtr>> since(const LiveId& seen,
                                                   const std::function<bool(const LiveEvent&)>& wanted) const;
    std::size_t bytes() const { return bytes_; }

 private:
    // Of an attempt: its last progress, or that it is over.
    struct Attempt {
        int number = 0;
        std::uint64_t known_by = 0;  // the position of the change that told of it
        bool over = false;
        LiveEventPtr progress{};
    };
    bool is_news(const LiveEvent& progress) const;
    void keep_progress(const LiveEventPtr& event);
    void keep_change(const LiveEventPtr& event);
    void drop_oldest();

    const std::size_t bytes_max_;
    std::uint64_t period_ = 0;
    std::uint64_t next_ = 1;
    std::uint64_t complete_after_ = 0;  // every change with a greater position is kept
    std::size_t bytes_ = 0;
    std::deque<LiveEventPtr> changes_;
    std::unordered_map<tasks::TaskSeq, Attempt> attempts_;
};

}  // namespace galley::api
