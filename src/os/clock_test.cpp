#include "os/clock.h"

#include <gtest/gtest.h>

#include "os/testing/fake_clock.h"

namespace galley::os {
namespace {

TEST(Clock, SystemTimeIsPlausibleAndMonotonicNeverGoesBack) {
    const Clock& clock = system_clock();
    EXPECT_GT(to_unix_ms(clock.now()), 1'700'000'000'000);
    MonotonicTime last = clock.monotonic();
    for (int i = 0; i < 1000; ++i) {
        const MonotonicTime next = clock.monotonic();
        EXPECT_GE(next, last);
        last = next;
    }
}

TEST(Clock, FakeStandsStillUntilTurned) {
    FakeClock clock;
    const Time start = clock.now();
    const MonotonicTime mark = clock.monotonic();
    EXPECT_EQ(clock.now(), start);
    clock.advance(Duration(1500));
    EXPECT_EQ(clock.now() - start, Duration(1500));
    EXPECT_EQ(clock.monotonic() - mark, Duration(1500));
    clock.set_now(Time());
    EXPECT_EQ(clock.now(), Time());
    EXPECT_EQ(clock.monotonic() - mark, Duration(1500));
}

}  // namespace
}  // namespace galley::os
