#include "tasks/waiters.h"

#include <gtest/gtest.h>

#include <thread>

namespace galley::tasks {
namespace {

constexpr MonotonicTime at(int ms) {
    return MonotonicTime(Duration(ms));
}

class WaitersTest : public testing::Test {
 protected:
    WaitId add(TaskSeq seq, MonotonicTime deadline) {
        const WaitId id = waiters_.next_id();
        waiters_.add(id, seq, deadline, [this](WaitEnd end) { ends_.push_back(end); });
        return id;
    }
    std::vector<WaitEnd> ends_;
    Waiters waiters_;
};

TEST_F(WaitersTest, FinishCallsAllOfTheTaskOnceAndNoOther) {
    add(1, at(100));
    add(1, at(200));
    add(2, at(100));
    waiters_.finish(1);
    waiters_.finish(1);
    EXPECT_EQ(ends_, (std::vector{WaitEnd::Finished, WaitEnd::Finished}));
    EXPECT_EQ(waiters_.size(), 1u);
}

TEST_F(WaitersTest, OnlyWhatIsOverdueExpires) {
    add(1, at(100));
    add(2, at(300));
    EXPECT_EQ(waiters_.next_deadline(), at(100));
    waiters_.expire(at(200));
    EXPECT_EQ(ends_, std::vector{WaitEnd::TimedOut});
    EXPECT_EQ(waiters_.next_deadline(), at(300));
}

TEST_F(WaitersTest, CancelComesOnceAndNotAfterTheEnd) {
    const WaitId first = add(1, at(100));
    EXPECT_TRUE(waiters_.cancel(first));
    EXPECT_FALSE(waiters_.cancel(first));
    const WaitId second = add(1, at(100));
    waiters_.finish(1);
    EXPECT_FALSE(waiters_.cancel(second));
    EXPECT_EQ(ends_, (std::vector{WaitEnd::Cancelled, WaitEnd::Finished}));
}

TEST_F(WaitersTest, StopEndsAllAndLaterOnesAtOnce) {
    add(1, at(100));
    waiters_.stop();
    add(2, at(100));
    EXPECT_EQ(ends_, (std::vector{WaitEnd::Stopped, WaitEnd::Stopped}));
    EXPECT_EQ(waiters_.size(), 0u);
}

TEST(Waiters, RacingEndsCallEachBackOnce) {
    constexpr int kWaiters = 2'000;
    Waiters waiters;
    std::vector<std::atomic<int>> calls(kWaiters);
    for (int i = 0; i < kWaiters; ++i) {
        waiters.add(waiters.next_id(), i % 50, at(i), [&calls, i](WaitEnd) { ++calls[static_cast<std::size_t>(i)]; });
    }
    {
        std::jthread finishing([&] {
            for (int seq = 0; seq < 50; ++seq) waiters.finish(seq);
        });
        std::jthread expiring([&] {
            for (int ms = 0; ms < kWaiters; ++ms) waiters.expire(at(ms));
        });
        std::jthread cancelling([&] {
            for (WaitId id = 1; id <= kWaiters; ++id) waiters.cancel(id);
        });
    }
    for (const auto& count : calls) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace galley::tasks
