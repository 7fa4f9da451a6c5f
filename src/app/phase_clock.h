// src/app/phase_clock.h — the time that each phase of a render takes.
//
// Shape    give a PhaseClock to RenderOptions::phases, stop() it after the render, read milliseconds().
// Threads  one render at a time.
#pragma once

#include <array>

#include "base/time.h"
#include "document/phase_watch.h"

namespace galley::app {

using PhaseTimes = std::array<double, document::kWorkPhaseNames.size()>;  // milliseconds, by WorkPhase

class PhaseClock final : public document::PhaseWatch {
 public:
    void enter(document::WorkPhase phase) override;
    void stop();
    const PhaseTimes& milliseconds() const { return times_; }
    double total_ms() const;

 private:
    void settle(MonotonicTime now);

    PhaseTimes times_{};
    document::WorkPhase phase_{};
    MonotonicTime since_{};
    bool running_ = false;
};

// One line a phase and the total on standard error, under the name of what was rendered.
void print_timings(const std::string& name, const PhaseClock& clock);

}  // namespace galley::app
