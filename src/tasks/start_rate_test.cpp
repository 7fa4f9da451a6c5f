#include "tasks/start_rate.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace galley::tasks {
namespace {

using namespace std::chrono_literals;

MonotonicTime at(MonotonicTime::duration since) {
    return MonotonicTime(1h) + since;
}

TEST(StartRate, WithoutLimitEveryStartIsAllowedAtOnce) {
    StartRate rate;
    for (int i = 0; i < 10; ++i) {
        EXPECT_LE(rate.free_at(), at(0ms));
        rate.note(at(0ms));
    }
}

TEST(StartRate, TheStartAfterTheLastAllowedOneWaitsForTheFirstToLeaveTheStretch) {
    StartRate rate;
    rate.set({.starts = 2, .per = Duration(1'000)});
    rate.note(at(0ms));
    rate.note(at(300ms));
    EXPECT_EQ(rate.free_at(), at(1'000ms));
    rate.note(at(1'000ms));
    EXPECT_EQ(rate.free_at(), at(1'300ms));
}

TEST(StartRate, ALargeRateIsHeldOverAShorterStretch) {
    StartRate rate;
    rate.set({.starts = 10'000, .per = Duration(1'000)});
    for (int i = 0; i < 1'000; ++i) rate.note(at(0ms));
    EXPECT_EQ(rate.free_at(), at(100ms));
}

TEST(StartRate, SettingTheSameRateForgetsNothing) {
    StartRate rate;
    rate.set({.starts = 1, .per = Duration(1'000)});
    rate.note(at(0ms));
    rate.set({.starts = 1, .per = Duration(1'000)});
    EXPECT_EQ(rate.free_at(), at(1'000ms));
    rate.set({.starts = 2, .per = Duration(1'000)});
    EXPECT_LE(rate.free_at(), at(0ms));
}

TEST(StartRate, NoStretchEverHoldsMoreStartsThanAllowed) {
    std::mt19937 random(7);
    for (const int starts : {1, 3, 50, 1'500}) {
        StartRate rate;
        const Duration per(500);
        rate.set({.starts = starts, .per = per});
        std::deque<MonotonicTime> seen;
        MonotonicTime now = at(0ms);
        for (int i = 0; i < 20'000; ++i) {
            now += std::chrono::microseconds(random() % 700);
            if (rate.free_at() > now) now = rate.free_at();
            rate.note(now);
            seen.push_back(now);
            while (seen.front() + per <= now) seen.pop_front();
            ASSERT_LE(seen.size(), static_cast<std::size_t>(starts));
        }
    }
}

}  // namespace
}  // namespace galley::tasks
