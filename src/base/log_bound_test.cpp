#include "base/log_bound.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace galley {
namespace {

constexpr MonotonicTime kStart{std::chrono::hours(1)};

// How many of `count` lines are written.
int written(LogBound& bound, std::string_view reason, int count, MonotonicTime now) {
    int lines = 0;
    for (int i = 0; i < count; ++i) lines += bound.take(reason, now).has_value() ? 1 : 0;
    return lines;
}

TEST(LogBound, AFewLinesAreWrittenAsTheyCome) {
    LogBound bound;
    for (int i = 0; i < LogBound::kLinesAtOnce; ++i) EXPECT_EQ(bound.take("full", kStart), 0u);
    EXPECT_EQ(bound.take("full", kStart), std::nullopt);
}

TEST(LogBound, AStormHasOneLineASecondThatSaysHowManyWereLeftOut) {
    LogBound bound;
    EXPECT_EQ(written(bound, "full", 1'000, kStart), LogBound::kLinesAtOnce);
    EXPECT_EQ(bound.take("full", kStart + LogBound::kEvery - std::chrono::nanoseconds(1)), std::nullopt);
    EXPECT_EQ(bound.take("full", kStart + LogBound::kEvery), 991u);
    EXPECT_EQ(written(bound, "full", 1'000, kStart + LogBound::kEvery), 0);
    EXPECT_EQ(bound.take("full", kStart + 2 * LogBound::kEvery), 1'000u);
}

TEST(LogBound, ADayOfStormWritesNoMoreThanItsSeconds) {
    LogBound bound;
    int lines = 0;
    constexpr int kSeconds = 24 * 3600;
    for (int tenth = 0; tenth < kSeconds * 10; ++tenth) {
        lines += written(bound, "full", 3, kStart + tenth * LogBound::kEvery / 10);
    }
    EXPECT_LE(lines, kSeconds + LogBound::kLinesAtOnce);
    EXPECT_GE(lines, kSeconds);
}

TEST(LogBound, ReasonsDoNotHideEachOther) {
    LogBound bound;
    EXPECT_EQ(written(bound, "full", 1'000, kStart), LogBound::kLinesAtOnce);
    EXPECT_EQ(bound.take("locked", kStart), 0u);
}

TEST(LogBound, AfterARestAFewLinesAreFreeAgain) {
    LogBound bound;
    EXPECT_EQ(written(bound, "full", 1'000, kStart), LogBound::kLinesAtOnce);
    const MonotonicTime later = kStart + LogBound::kLinesAtOnce * LogBound::kEvery;
    EXPECT_EQ(bound.take("full", later), 990u);
    EXPECT_EQ(written(bound, "full", 1'000, later), LogBound::kLinesAtOnce - 1);
}

TEST(LogBound, ReasonsWithoutEndAreBoundedTogether) {
    LogBound bound;
    int lines = 0;
    for (int i = 0; i < 100'000; ++i) lines += written(bound, "reason " + std::to_string(i), 1, kStart);
    EXPECT_LE(lines, static_cast<int>(LogBound::kReasonsMax) * LogBound::kLinesAtOnce);
    EXPECT_EQ(written(bound, "one more", 1, kStart + LogBound::kLinesAtOnce * LogBound::kEvery), 1)
        << "a rested place is free";
}

TEST(LogBound, ThreadsThatMeetLoseNoCount) {
    LogBound bound;
    constexpr std::uint64_t kThreads = 4;
    constexpr std::uint64_t kEach = 10'000;
    std::atomic<std::uint64_t> told = 0;
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                for (std::uint64_t i = 0; i < kEach; ++i) {
                    const auto left_out = bound.take("full", kStart + i * std::chrono::milliseconds(1));
                    if (left_out) told += *left_out + 1;
                }
            });
        }
    }
    told += bound.take("full", kStart + std::chrono::hours(1)).value_or(0);
    EXPECT_EQ(told, kThreads * kEach);
}

}  // namespace
}  // namespace galley
