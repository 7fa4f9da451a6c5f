// src/os/clock.h — the only way to read the time.
//
// Shape    Clock is an interface; system_clock() is the machine's. os/testing/fake_clock.h is turned by tests.
// Units    now() UTC milliseconds; monotonic() steady nanoseconds, never backwards.
// Threads  any.
#pragma once

#include "base/time.h"

namespace galley::os {

class Clock {
 public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    virtual MonotonicTime monotonic() const = 0;
};

const Clock& system_clock();

}  // namespace galley::os
