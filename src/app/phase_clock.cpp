#include "app/phase_clock.h"

#include <fmt/format.h>

#include <cstdio>
#include <numeric>

#include "os/clock.h"

namespace galley::app {

void PhaseClock::settle(MonotonicTime now) {
    if (running_)
        times_[static_cast<std::size_t>(phase_)] += std::chrono::duration<double, std::milli>(now - since_).count();
    since_ = now;
}

void PhaseClock::enter(document::WorkPhase phase) {
    settle(os::system_clock().monotonic());
    phase_ = phase;
    running_ = true;
}

void PhaseClock::stop() {
    settle(os::system_clock().monotonic());
    running_ = false;
}

double PhaseClock::total_ms() const {
    return std::accumulate(times_.begin(), times_.end(), 0.0);
}

void print_timings(const std::string& name, const PhaseClock& clock) {
    fmt::print(stderr, "{}:\n", name);
    for (std::size_t i = 0; i < document::kWorkPhaseNames.size(); ++i)
        fmt::print(stderr, "  {:<8}{:>10.3f} ms\n", document::kWorkPhaseNames[i], clock.milliseconds()[i]);
    fmt::print(stderr, "  {:<8}{:>10.3f} ms\n", "total", clock.total_ms());
}

}  // namespace galley::app
