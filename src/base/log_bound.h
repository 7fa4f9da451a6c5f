// src/base/log_bound.h — how much a storm may write to the log: of each reason a few lines at once, then one a second.
//
// Shape    if (const auto left_out = bound.take(reason, now)) log(…, {…, {"suppressed", *left_out}});
//          The number is of the lines of this reason that were left out since its last one: who wants to know how many
//          there were altogether reads a counter, not the log.
// Units    `now` is the caller's clock, the same for all calls.
// Threads  any.
// Limits   kReasonsMax reasons are told apart at once: so many lines a second at most, whatever the reasons are made
//          of. One more shares the bound of that which was quiet for longest.
// Source   R132.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/mutex.h"
#include "base/time.h"

namespace galley {

class LogBound {
 public:
    static constexpr std::size_t kReasonsMax = 64;
    static constexpr int kLinesAtOnce = 10;
    static constexpr Duration kEvery{1'000};

    // Nothing: leave the line out. Otherwise write it, with the number of those left out before it.
    std::optional<std::uint64_t> take(std::string_view reason, MonotonicTime now);

 private:
    struct Reason {
        std::size_t hash = 0;
        MonotonicTime rested{};  // from when on kLinesAtOnce are free again
        std::uint64_t left_out = 0;
    };
    Reason& find(std::size_t hash, MonotonicTime now) GALLEY_REQUIRES(mutex_);

    Mutex mutex_;
    std::array<Reason, kReasonsMax> reasons_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley
