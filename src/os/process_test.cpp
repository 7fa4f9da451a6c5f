#include "os/process.h"

#include <gtest/gtest.h>

#include <vector>

namespace galley::os {
namespace {

TEST(Process, MemoryGrowsWithWhatIsTouched) {
    const std::uint64_t before = resident_memory_bytes();
    EXPECT_GT(before, 0U);
    const std::vector<char> block(64 << 20, 'x');
    EXPECT_GE(resident_memory_bytes(), before + (48 << 20)) << block.back();
}

TEST(Process, FactsArePlausible) {
    EXPECT_GE(cpu_count(), 1U);
    EXPECT_GT(process_id(), 0);
    EXPECT_GE(cpu_seconds(), 0);
}

}  // namespace
}  // namespace galley::os
