#include "os/process.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <vector>

#include "os/sandbox.h"

namespace galley::os {
namespace {

TEST(Process, MemoryGrowsWithWhatIsTouched) {
    const std::uint64_t before = resident_memory_bytes();
    EXPECT_GT(before, 0U);
    const std::vector<char> block(64 << 20, 'x');
    EXPECT_GE(resident_memory_bytes(), before + (48 << 20)) << block.back();
}

long page_faults() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

// Blocks of half a megabyte, as arenas ask for them.
long faults_of_a_round() {
    const long before = page_faults();
    std::vector<std::vector<char>> blocks;
    for (int i = 0; i < 40; ++i) blocks.emplace_back(512 << 10, 'x');
    return page_faults() - before;
}

TEST(Process, FreedMemoryIsUsedAgain) {
    if (!limits_can_be_set()) GTEST_SKIP() << "a sanitizer has its own malloc";
    keep_freed_memory(64 << 20);
    const long first = faults_of_a_round(), again = faults_of_a_round();
    EXPECT_GT(first, 1000);
    EXPECT_LT(again, 100);
}

TEST(Process, FactsArePlausible) {
    EXPECT_GE(cpu_count(), 1U);
    EXPECT_GT(process_id(), 0);
    EXPECT_GE(cpu_seconds(), 0);
}

}  // namespace
}  // namespace galley::os
