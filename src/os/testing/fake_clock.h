// src/os/testing/fake_clock.h — a clock that only the test turns.
//
// Shape    starts at 2026-01-01T00:00:00Z unless told otherwise; advance() moves both readings.
// Threads  any.
#pragma once

#include "base/mutex.h"
#include "os/clock.h"

namespace galley::os {

class FakeClock final : public Clock {
 public:
    FakeClock();
    explicit FakeClock(Time start) : now_(start) {}

    Time now() const override;
    MonotonicTime monotonic() const override;

    void advance(Duration duration);
    // Sets the wall clock alone, as an administrator would; the monotonic reading stays.
    void set_now(Time time);

 private:
    mutable Mutex mutex_;
    Time now_ GALLEY_GUARDED_BY(mutex_);
    MonotonicTime monotonic_ GALLEY_GUARDED_BY(mutex_){std::chrono::hours(1)};
};

}  // namespace galley::os
