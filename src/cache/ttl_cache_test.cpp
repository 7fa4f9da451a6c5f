#include "cache/ttl_cache.h"

#include <gtest/gtest.h>

namespace galley::cache {
namespace {

constexpr Duration kTtl{2000};

class Ttl : public ::testing::Test {
 protected:
    void put(std::string_view key, const char* value = "v", std::uint64_t state = 0) {
        cache_.put(key, SharedBytes(Bytes(value)), state, now_);
    }
    std::string get(std::string_view key, std::uint64_t state = 0) {
        const auto hit = cache_.get(key, state, now_);
        return hit ? std::string(hit->value.view()) : "miss";
    }

    MonotonicTime now_{std::chrono::hours(1)};
    TtlCache cache_{{.ttl = kTtl, .entries_max = 3}};
};

TEST_F(Ttl, KeepsAnAnswerForItsTimeAndTellsItsAge) {
    put("a", "1");
    now_ += kTtl - Duration(1);
    EXPECT_EQ(cache_.get("a", 0, now_)->age, kTtl - Duration(1));
    now_ += Duration(1);
    EXPECT_EQ(get("a"), "miss");
    EXPECT_EQ(cache_.statistics().expirations, 1U);
    EXPECT_EQ(cache_.statistics().size, 0U);
}

TEST_F(Ttl, AnAnswerOfAnotherStateIsDropped) {
    put("a", "old", 7);
    EXPECT_EQ(get("a", 8), "miss");
    EXPECT_EQ(get("a", 7), "miss") << "gone";
    EXPECT_EQ(cache_.statistics().invalidations, 1U);
}

TEST_F(Ttl, TheLeastRecentlyUsedLeaves) {
    for (const auto key : {"a", "b", "c"}) put(key);
    EXPECT_EQ(get("a"), "v");
    put("d");
    EXPECT_EQ(get("b"), "miss");
    EXPECT_EQ(get("a"), "v");
    EXPECT_EQ(cache_.statistics().evictions, 1U);
}

TEST_F(Ttl, ANewAnswerTakesThePlaceOfTheOld) {
    put("a", "1");
    now_ += kTtl - Duration(1);
    put("a", "2");
    now_ += Duration(2);
    EXPECT_EQ(get("a"), "2");
    EXPECT_EQ(cache_.statistics().size, 1U);
    EXPECT_EQ(cache_.statistics().sets, 2U);
}

TEST_F(Ttl, CleaningTakesWhatIsOverAndNothingElse) {
    put("a");
    now_ += kTtl / 2;
    put("b");
    now_ += kTtl / 2;
    cache_.remove_expired(now_);
    EXPECT_EQ(cache_.statistics().size, 1U);
    EXPECT_EQ(get("b"), "v");
}

TEST_F(Ttl, InvalidatingAllCountsEach) {
    put("a");
    put("b");
    EXPECT_EQ(cache_.invalidate_all(), 2U);
    EXPECT_EQ(get("a"), "miss");
    EXPECT_EQ(cache_.statistics().invalidations, 2U);
}

TEST_F(Ttl, WhatIsTooLargeIsNotKept) {
    put(std::string(kTtlKeyBytesMax + 1, 'k'));
    cache_.put("a", SharedBytes(Bytes(kTtlValueBytesMax + 1, 'v')), 0, now_);
    EXPECT_EQ(cache_.statistics().size, 0U);
}

}  // namespace
}  // namespace galley::cache
