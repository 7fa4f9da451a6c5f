// src/tasks/backoff.h — how long to wait before the next attempt: exponential, full jitter.
//
// Shape    uniform in [0, min(cap, base × 2^(attempt−1))]; `random` is 64 random bits.
// Source   "Exponential Backoff And Jitter", AWS Architecture Blog: full jitter spreads a burst of failures best.
#pragma once

#include <algorithm>
#include <cstdint>

#include "tasks/task.h"

namespace galley::tasks {

constexpr Duration backoff_ceiling(const Backoff& backoff, int attempt) {
    constexpr int kDoublingsMax = 30;  // 2^30 × 1 ms is beyond any cap
    const int doublings = std::clamp(attempt - 1, 0, kDoublingsMax);
    const std::int64_t base = backoff.base.count();
    if (base > (backoff.cap.count() >> doublings)) return backoff.cap;
    return Duration(base << doublings);
}

constexpr Duration backoff_delay(const Backoff& backoff, int attempt, std::uint64_t random) {
    const auto span = static_cast<std::uint64_t>(backoff_ceiling(backoff, attempt).count()) + 1;
    return Duration(static_cast<std::int64_t>(random % span));
}

}  // namespace galley::tasks
