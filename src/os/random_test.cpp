#include "os/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "os/testing/fake_random.h"

namespace galley::os {
namespace {

TEST(Random, SystemBytesDiffer) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 100; ++i) seen.insert(system_random().random_u64());
    EXPECT_EQ(seen.size(), 100U);
    system_random().fill({});
}

TEST(Random, FakeRepeatsForASeedAndDiffersBetweenSeeds) {
    FakeRandom a(5);
    FakeRandom b(5);
    FakeRandom c(6);
    const std::uint64_t first = a.random_u64();
    EXPECT_EQ(first, b.random_u64());
    EXPECT_NE(first, c.random_u64());
    EXPECT_NE(first, a.random_u64());
    std::array<std::uint8_t, 13> bytes{};
    a.fill(bytes);
    EXPECT_NE(bytes[8], 0);
}

}  // namespace
}  // namespace galley::os
