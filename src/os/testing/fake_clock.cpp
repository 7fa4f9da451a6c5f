#include "os/testing/fake_clock.h"

namespace galley::os {

using std::chrono::January;

FakeClock::FakeClock() : FakeClock(std::chrono::sys_days(std::chrono::year(2026) / January / 1)) {}

Time FakeClock::now() const {
    const MutexLock lock(mutex_);
    return now_;
}

MonotonicTime FakeClock::monotonic() const {
    const MutexLock lock(mutex_);
    return monotonic_;
}

void FakeClock::advance(Duration duration) {
    const MutexLock lock(mutex_);
    now_ += duration;
    monotonic_ += duration;
}

void FakeClock::set_now(Time time) {
    const MutexLock lock(mutex_);
    now_ = time;
}

}  // namespace galley::os
