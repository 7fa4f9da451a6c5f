// src/base/time.h — the time types that everything uses. Reading a clock is os/clock.h's business.
//
// Units    Time = UTC, milliseconds since 1970; Duration = milliseconds; MonotonicTime = nanoseconds, for measuring.
#pragma once

#include <chrono>
#include <cstdint>

namespace galley {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using MonotonicTime = std::chrono::steady_clock::time_point;

inline std::int64_t to_unix_ms(Time time) {
    return time.time_since_epoch().count();
}
inline Time from_unix_ms(std::int64_t ms) {
    return Time(Duration(ms));
}

}  // namespace galley
