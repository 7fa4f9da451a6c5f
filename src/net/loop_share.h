// src/net/loop_share.h — how much of its loop's time one connection has used lately.
//
// Shape    has_credit(now) before a turn, use(time) after it. Credit grows with time: who uses less than a kShare-th of
//          the loop always has some.
// Units    nanoseconds: a small request takes some tens of microseconds.
// Threads  one.
// Limits   credit is at most kCreditMax, debt at most kDebtMax: what was long ago does not count.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace galley::net {

class LoopShare {
 public:
    static constexpr int kShare = 8;
    static constexpr std::chrono::nanoseconds kCreditMax = std::chrono::milliseconds(1);
    static constexpr std::chrono::nanoseconds kDebtMax = std::chrono::milliseconds(20);

    // A newcomer has to earn it: otherwise a connection a request would always be first.
    explicit LoopShare(MonotonicTime now) : counted_to_(now) {}

    bool has_credit(MonotonicTime now) {
        credit_ = std::min(kCreditMax, credit_ + (now - counted_to_) / kShare);
        counted_to_ = now;
        return credit_.count() > 0;
    }
    void use(std::chrono::nanoseconds time) { credit_ = std::max(-kDebtMax, credit_ - time); }

 private:
    MonotonicTime counted_to_;
    std::chrono::nanoseconds credit_{0};
};

}  // namespace galley::net
