#include "net/loop_share.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonotonicTime kStart{seconds(1000)};

TEST(LoopShare, ANewcomerHasToEarnItsCredit) {
    LoopShare share(kStart);
    EXPECT_FALSE(share.has_credit(kStart));
    EXPECT_TRUE(share.has_credit(kStart + microseconds(1)));
}

TEST(LoopShare, WhoUsesLessThanAnEighthAlwaysHasCredit) {
    LoopShare share(kStart);
    for (int turn = 1; turn < 1000; ++turn) {
        ASSERT_TRUE(share.has_credit(kStart + turn * milliseconds(1))) << turn;
        share.use(microseconds(100));
    }
}

TEST(LoopShare, WhoUsesMoreRunsOut) {
    LoopShare share(kStart);
    int served_at_once = 0;
    for (int turn = 1; turn <= 1000; ++turn) {
        served_at_once += share.has_credit(kStart + turn * milliseconds(1)) ? 1 : 0;
        share.use(microseconds(250));
    }
    EXPECT_NEAR(served_at_once, 0, 10);
}

TEST(LoopShare, NeitherALongRestNorALongTurnCountsForEver) {
    LoopShare share(kStart);
    ASSERT_TRUE(share.has_credit(kStart + seconds(100)));
    share.use(LoopShare::kCreditMax);
    EXPECT_FALSE(share.has_credit(kStart + seconds(100)));
    share.use(seconds(10));
    EXPECT_FALSE(share.has_credit(kStart + seconds(100) + LoopShare::kDebtMax * LoopShare::kShare));
    EXPECT_TRUE(share.has_credit(kStart + seconds(101)));
}

}  // namespace
}  // namespace galley::net
