#include "auth/rate_limits.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "os/testing/fake_clock.h"
#include "os/testing/fake_random.h"

namespace galley::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RateLimitsFacts : public testing::Test {
 protected:
    static RateRules rules(RateRule write, RateRule failures = {}, RateRule visitors = {}) {
        RateRules wanted;
        wanted.classes = {};
        wanted.of(RateClass::Write) = write;
        wanted.of(RateClass::Public) = visitors;
        wanted.failed_authentications = failures;
        return wanted;
    }
    void use(const RateRules& wanted) { limits_.set_rules(wanted); }
    RateVerdict write(std::string_view email = "a@b.example") { return limits_.take_caller(email, RateClass::Write); }
    int allowed_writes(int count, std::string_view email = "a@b.example") {
        int allowed = 0;
        for (int i = 0; i < count; ++i) allowed += write(email).allowed ? 1 : 0;
        return allowed;
    }

    os::FakeClock clock_;
    os::FakeRandom random_{1};
    RateLimits limits_{RateRules{}, clock_, random_};
};

TEST_F(RateLimitsFacts, ABurstIsAllowedAndThenTheRate) {
    use(rules({.per_minute = 60, .burst = 5}));
    EXPECT_EQ(allowed_writes(20), 5);
    clock_.advance(seconds(1));
    EXPECT_EQ(allowed_writes(20), 1);
    clock_.advance(seconds(3));
    EXPECT_EQ(allowed_writes(20), 3);
    clock_.advance(seconds(3600));
    EXPECT_EQ(allowed_writes(20), 5) << "a bucket does not overflow";
}

TEST_F(RateLimitsFacts, TheVerdictSaysWhatIsLeftAndWhenToComeBack) {
    use(rules({.per_minute = 60, .burst = 3}));
    const RateVerdict first = write();
    EXPECT_TRUE(first.allowed);
    EXPECT_EQ(first.limit, 60);
    EXPECT_EQ(first.remaining, 2);
    EXPECT_EQ(first.reset, seconds(1));
    allowed_writes(2);
    clock_.advance(milliseconds(400));
    const RateVerdict refused = write();
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, milliseconds(600));
    EXPECT_EQ(refused.reset, milliseconds(2600));
    clock_.advance(milliseconds(599));
    EXPECT_FALSE(write().allowed);
    clock_.advance(milliseconds(1));
    EXPECT_TRUE(write().allowed);
}

TEST_F(RateLimitsFacts, RefusedRequestsDoNotPostponeTheNextAllowedOne) {
    use(rules({.per_minute = 60, .burst = 1}));
    EXPECT_TRUE(write().allowed);
    EXPECT_EQ(allowed_writes(1000), 0);
    clock_.advance(seconds(1));
    EXPECT_TRUE(write().allowed);
}

TEST_F(RateLimitsFacts, CallersAndClassesAreCountedApart) {
    RateRules wanted = rules({.per_minute = 60, .burst = 2});
    wanted.of(RateClass::Batch) = {.per_minute = 60, .burst = 1};
    use(wanted);
    EXPECT_EQ(allowed_writes(5, "a@b.example"), 2);
    EXPECT_EQ(allowed_writes(5, "c@d.example"), 2);
    EXPECT_TRUE(limits_.take_caller("a@b.example", RateClass::Batch).allowed);
    EXPECT_FALSE(limits_.take_caller("a@b.example", RateClass::Batch).allowed);
    EXPECT_TRUE(limits_.take_caller("a@b.example", RateClass::Read).allowed) << "no rule for reads";
}

TEST_F(RateLimitsFacts, ZeroIsNoLimit) {
    use(rules({}));
    EXPECT_EQ(allowed_writes(100'000), 100'000);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(limits_.take_failure("203.0.113.7").allowed);
    EXPECT_FALSE(limits_.has_failed_too_often("203.0.113.7"));
}

TEST_F(RateLimitsFacts, WithoutABurstATenthOfTheMinuteMayComeAtOnce) {
    use(rules({.per_minute = 600}));
    EXPECT_EQ(allowed_writes(1000), 60);
    use(rules({.per_minute = 5}));
    EXPECT_EQ(allowed_writes(10, "new@b.example"), 1);
}

TEST_F(RateLimitsFacts, ChangedRulesCountAtOnceForOldBuckets) {
    use(rules({.per_minute = 60, .burst = 2}));
    EXPECT_EQ(allowed_writes(5), 2);
    use(rules({.per_minute = 60, .burst = 10}));
    EXPECT_EQ(allowed_writes(20), 8);
}

TEST_F(RateLimitsFacts, OnlySoManyRefusalsOfACallerAreNoted) {
    int noted = 0;
    for (int i = 0; i < 1000; ++i) noted += limits_.take_noted_refusal("a@b.example").allowed ? 1 : 0;
    EXPECT_EQ(noted, kNotedRefusals);
    EXPECT_TRUE(limits_.take_noted_refusal("c@d.example").allowed);
}

TEST_F(RateLimitsFacts, FailuresAreCountedByAddress) {
    use(rules({}, {.per_minute = 30, .burst = 3}));
    EXPECT_FALSE(limits_.has_failed_too_often("203.0.113.7"));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(limits_.take_failure("203.0.113.7").allowed);
    EXPECT_FALSE(limits_.take_failure("203.0.113.7").allowed);
    EXPECT_TRUE(limits_.has_failed_too_often("203.0.113.7"));
    EXPECT_FALSE(limits_.has_failed_too_often("203.0.113.8"));
    clock_.advance(seconds(2));
    EXPECT_FALSE(limits_.has_failed_too_often("203.0.113.7"));
}

TEST_F(RateLimitsFacts, AnIpv6NetworkIsOneAddress) {
    use(rules({}, {.per_minute = 30, .burst = 1}));
    EXPECT_TRUE(limits_.take_failure("2001:db8:1:2::1").allowed);
    EXPECT_FALSE(limits_.take_failure("2001:db8:1:2:ffff:ffff:ffff:ffff").allowed);
    EXPECT_TRUE(limits_.take_failure("2001:db8:1:3::1").allowed);
    EXPECT_TRUE(limits_.take_failure("203.0.113.7").allowed);
    EXPECT_FALSE(limits_.take_failure("::ffff:203.0.113.7").allowed) << "the same IPv4 address";
}

TEST_F(RateLimitsFacts, TheMachinesOwnAddressesAreNotCounted) {
    use(rules({}, {.per_minute = 1, .burst = 1}, {.per_minute = 1, .burst = 1}));
    for (const char* own : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
        for (int i = 0; i < 10; ++i) {
            EXPECT_TRUE(limits_.take_failure(own).allowed) << own;
            EXPECT_TRUE(limits_.take_public(own).allowed) << own;
        }
        EXPECT_FALSE(limits_.has_failed_too_often(own));
    }
    EXPECT_TRUE(limits_.take_public("203.0.113.7").allowed);
    EXPECT_FALSE(limits_.take_public("203.0.113.7").allowed);
}

TEST_F(RateLimitsFacts, AFloodOfAddressesDoesNotLiftTheLimitOfOne) {
    use(rules({}, {.per_minute = 6, .burst = 30}));
    for (int i = 0; i < 31; ++i) limits_.take_failure("203.0.113.7");
    ASSERT_TRUE(limits_.has_failed_too_often("203.0.113.7"));
    // Four times as many networks as there are buckets, each failing once.
    for (std::uint32_t i = 0; i < 4 * RateLimits::kBuckets; ++i) {
        limits_.take_failure("2001:db8:" + std::to_string(i % 10'000) + ":" + std::to_string(i / 10'000) + "::1");
    }
    EXPECT_TRUE(limits_.has_failed_too_often("203.0.113.7"));
    EXPECT_FALSE(limits_.take_failure("203.0.113.7").allowed);
}

TEST_F(RateLimitsFacts, AFloodOfAddressesDoesNotKeepCallersOut) {
    use(rules({.per_minute = 6'000, .burst = 100}, {.per_minute = 6, .burst = 30}));
    for (std::uint32_t i = 0; i < 4 * RateLimits::kBuckets; ++i) {
        for (int k = 0; k < 2; ++k) limits_.take_failure("2001:db8:0:" + std::to_string(i % 10'000) + "::1");
    }
    // Every bucket may be in use now. A newcomer waits for one request's interval at worst.
    for (int i = 0; i < 100; ++i) {
        const std::string email = "user" + std::to_string(i) + "@b.example";
        if (write(email).allowed) continue;
        clock_.advance(milliseconds(10));
        EXPECT_TRUE(write(email).allowed) << email;
    }
}

// The slow obvious version: a list of the instants that were let through, for one bucket.
TEST_F(RateLimitsFacts, AgreesWithCountingTheRequestsOfEveryWindow) {
    use(rules({.per_minute = 600, .burst = 7}));
    std::vector<MonotonicTime> passed;
    for (int i = 0; i < 5'000; ++i) {
        clock_.advance(milliseconds(static_cast<std::int64_t>(random_.random_u64() % 150)));
        if (write().allowed) passed.push_back(clock_.monotonic());
    }
    ASSERT_GT(passed.size(), 1000U);
    // In no window are there more than the burst and what the rate gives; in each gap something was used up.
    for (std::size_t first = 0; first < passed.size(); ++first) {
        for (std::size_t last = first; last < std::min(first + 200, passed.size()); ++last) {
            const auto window = std::chrono::duration_cast<milliseconds>(passed[last] - passed[first]);
            EXPECT_LE(static_cast<std::int64_t>(last - first + 1), 7 + window / milliseconds(100));
        }
    }
}

TEST_F(RateLimitsFacts, ManyThreadsTakeNoMoreThanTheBurst) {
    use(rules({.per_minute = 1, .burst = 500}));
    std::atomic<int> allowed = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 1'000; ++k) {
                if (write().allowed) ++allowed;
                limits_.has_failed_too_often("203.0.113.7");
                limits_.take_failure("203.0.113." + std::to_string(k % 256));
                if (k % 100 == 0) limits_.set_rules(rules({.per_minute = 1, .burst = 500}, {.per_minute = 30}));
            }
        });
    }
    threads.clear();
    EXPECT_EQ(allowed, 500);
}

TEST(KeyedHash, IsTheOneOfThePaper) {
    // SipHash-1-3 of the bytes 0, 1, 2 … under the key 0, 1, … 15; from the reference implementation's vectors.
    const KeyedHash::Key key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    EXPECT_EQ(KeyedHash::of(key, ""), 0xabac0158050fc4dcU);
    EXPECT_EQ(KeyedHash::of(key, std::string("\0", 1)), 0xc9f49bf37d57ca93U);
    EXPECT_EQ(KeyedHash::of(key, std::string("\0\1\2\3\4\5\6\7", 8)), 0x369095118d299a8eU);
}

}  // namespace
}  // namespace galley::auth
