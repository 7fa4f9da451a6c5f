// src/tasks/start_rate.h — holds starts to a rate: at most so many in any stretch of time of a given length.
//
// Shape    free_at() says when the next start is allowed; note() remembers one. The times of the last starts are kept,
//          so that the bound holds for every stretch, not only for those that begin on a full second.
// Threads  one at a time.
// Limits   kKept times: a larger rate is held over a shorter stretch, which implies it.
#pragma once

#include <algorithm>
#include <vector>

#include "tasks/queue_settings.h"

namespace galley::tasks {

class StartRate {
 public:
    static constexpr int kKept = 1'000;

    // Forgets nothing when the rate stays as it is.
    void set(const Rate& rate) {
        if (rate == rate_) return;
        rate_ = rate;
        const int shorter = (rate.starts + kKept - 1) / kKept;
        starts_ = shorter > 0 ? static_cast<std::size_t>(rate.starts / shorter) : 0;
        stretch_ = shorter > 0 ? MonotonicTime::duration(rate.per) / shorter : MonotonicTime::duration(0);
        times_.clear();
        next_ = 0;
    }
    bool limited() const { return starts_ > 0; }
    MonotonicTime free_at() const {
        return times_.size() < starts_ || starts_ == 0 ? MonotonicTime{} : times_[next_] + stretch_;
    }
    void note(MonotonicTime now) {
        if (starts_ == 0) return;
        last_ = now;
        if (times_.size() < starts_) return times_.push_back(now);
        times_[next_] = now;
        next_ = (next_ + 1) % starts_;
    }
    // From then on it knows no more than a new one.
    MonotonicTime idle_at() const { return times_.empty() ? MonotonicTime{} : last_ + stretch_; }

 private:
    Rate rate_{};
    std::size_t starts_ = 0;
    MonotonicTime::duration stretch_{};
    std::vector<MonotonicTime> times_{};  // a ring once it is full
    std::size_t next_ = 0;                // the oldest
    MonotonicTime last_{};
};

}  // namespace galley::tasks
