// src/net/testing/turning_clock.h — a clock that stands still until a test sets it running, then runs by the hour.
//
// Shape    options.clock = &turning.clock(); … turning.turn_on(); a deadline of the server now comes, whenever it was
//          set: a single step forward could come before the server has set it.
// Threads  the test's; the clock is read from any.
#pragma once

#include <atomic>
#include <thread>

#include "os/testing/fake_clock.h"

namespace galley::net::testing {

class TurningClock {
 public:
    TurningClock() = default;
    ~TurningClock() {
        turning_ = false;
        if (turner_.joinable()) turner_.join();
    }
    TurningClock(const TurningClock&) = delete;
    TurningClock& operator=(const TurningClock&) = delete;

    os::FakeClock& clock() { return clock_; }
    // From now on hours pass, a second at a time.
    void turn_on() {
        turner_ = std::thread([this] {
            while (turning_) {
                clock_.advance(std::chrono::seconds(1));
                std::this_thread::yield();
            }
        });
    }

 private:
    os::FakeClock clock_;
    std::atomic<bool> turning_ = true;
    std::thread turner_;
};

}  // namespace galley::net::testing
