#include "os/clock.h"

namespace galley::os {

namespace {

class SystemClock final : public Clock {
 public:
    Time now() const override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
    MonotonicTime monotonic() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

}  // namespace galley::os
