#include "cache/memory_tier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include "os/testing/fake_clock.h"

namespace galley::cache {
namespace {

Digest key_of(int n) {
    return sha256(std::to_string(n));
}

SharedBytes value_of(std::size_t cost) {
    return SharedBytes(Bytes(cost - MemoryTier::kEntryOverheadBytes, 'v'));
}

TEST(MemoryTier, GivesTheSameBufferBack) {
    MemoryTier tier(1'000'000, os::system_clock());
    const SharedBytes value(Bytes("%PDF"));
    ASSERT_TRUE(tier.put(key_of(1), value));
    EXPECT_EQ(tier.get(key_of(1))->view().data(), value.view().data());
    EXPECT_FALSE(tier.get(key_of(2)));
    EXPECT_TRUE(tier.contains(key_of(1)));
    EXPECT_TRUE(tier.remove(key_of(1)));
    EXPECT_FALSE(tier.remove(key_of(1)));
    EXPECT_EQ(tier.used_bytes(), 0U);
}

TEST(MemoryTier, TheLeastRecentlyUsedLeavesFirst) {
    MemoryTier tier(4000, os::system_clock());
    for (int n = 0; n < 4; ++n) ASSERT_TRUE(tier.put(key_of(n), value_of(1000)));
    (void)tier.get(key_of(0));
    EXPECT_TRUE(tier.contains(key_of(1)));  // contains() does not count as use
    ASSERT_TRUE(tier.put(key_of(4), value_of(1000)));
    EXPECT_TRUE(tier.contains(key_of(0)));
    EXPECT_FALSE(tier.contains(key_of(1)));
    EXPECT_EQ(tier.evictions(), 1U);
    EXPECT_EQ(tier.entries(), 4U);
}

TEST(MemoryTier, AGiantIsRefusedAndEvictsNobody) {
    MemoryTier tier(4000, os::system_clock());
    ASSERT_TRUE(tier.put(key_of(1), value_of(500)));
    EXPECT_FALSE(tier.put(key_of(2), value_of(1001)));
    EXPECT_TRUE(tier.put(key_of(3), value_of(1000)));
    EXPECT_EQ(tier.entries(), 2U);
    EXPECT_FALSE(tier.put(key_of(1), value_of(1001))) << "an old value must not outlive its replacement";
    EXPECT_FALSE(tier.contains(key_of(1)));
    MemoryTier off(0, os::system_clock());
    EXPECT_FALSE(off.put(key_of(1), SharedBytes()));
}

TEST(MemoryTier, WhatWasUsedSinceStaysWhenTheOldLeave) {
    os::FakeClock clock;
    MemoryTier tier(1'000'000, clock);
    for (int n = 0; n < 3; ++n) ASSERT_TRUE(tier.put(key_of(n), value_of(1000)));
    clock.advance(std::chrono::hours(10));
    (void)tier.get(key_of(1));
    EXPECT_EQ(tier.remove_older_than(clock.now() - std::chrono::hours(5)), 2U);
    EXPECT_TRUE(tier.contains(key_of(1)));
    EXPECT_EQ(tier.used_bytes(), 1000U);
    EXPECT_EQ(tier.remove_older_than(Time::max()), 1U);
    EXPECT_EQ(tier.used_bytes(), 0U);
}

TEST(MemoryTier, AReadersBufferOutlivesEviction) {
    MemoryTier tier(1'000'000, os::system_clock());
    tier.put(key_of(1), SharedBytes(Bytes("content")));
    const SharedBytes held = *tier.get(key_of(1));
    EXPECT_EQ(tier.remove_older_than(Time::max()), 1U);
    EXPECT_EQ(held.view(), "content");
    EXPECT_TRUE(held.unique());
    EXPECT_EQ(tier.entries(), 0U);
}

// The slow obvious cache: a list in order of use.
TEST(MemoryTier, AgreesWithTheObviousCacheOnRandomWork) {
    constexpr std::uint64_t kMax = 10'000;
    MemoryTier tier(kMax, os::system_clock());
    std::deque<std::pair<int, std::size_t>> model;  // most recent first
    std::mt19937 random(9);
    for (int step = 0; step < 20'000; ++step) {
        const int key = static_cast<int>(random() % 30);
        const auto at = std::ranges::find(model, key, &std::pair<int, std::size_t>::first);
        if (random() % 2 == 0) {
            ASSERT_EQ(tier.get(key_of(key)).has_value(), at != model.end());
            if (at == model.end()) continue;
            const auto entry = *at;
            model.erase(at);
            model.push_front(entry);
            continue;
        }
        const std::size_t cost = 300 + random() % 2000;
        ASSERT_TRUE(tier.put(key_of(key), value_of(cost)));
        if (at != model.end()) model.erase(at);
        model.push_front({key, cost});
        std::uint64_t used = 0;
        for (const auto& entry : model) used += entry.second;
        for (; used > kMax; model.pop_back()) used -= model.back().second;
        ASSERT_EQ(tier.used_bytes(), used);
        ASSERT_EQ(tier.entries(), model.size());
    }
}

TEST(MemoryTier, ThreadsShareIt) {
    MemoryTier tier(20'000, os::system_clock());
    std::barrier start(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 0; i < 2000; ++i) {
                const int key = (i * (t + 3)) % 50;
                tier.put(key_of(key), SharedBytes(std::to_string(key)));
                const auto found = tier.get(key_of(key));
                if (found) EXPECT_EQ(found->view(), std::to_string(key));
                if (i % 100 == 0) tier.remove(key_of(key));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(tier.used_bytes(), 20'000U);
}

}  // namespace
}  // namespace galley::cache
