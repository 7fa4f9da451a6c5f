#include "tasks/list_map.h"

#include <gtest/gtest.h>

namespace galley::tasks {
namespace {

constexpr TaskSeq kBlock = ListMap::kBlockRows;

// 10 blocks of tasks of a kind of their own each; every row is a second younger than the one before.
void fill(ListMap& map) {
    for (TaskSeq seq = 1; seq < 10 * kBlock; ++seq) {
        const std::string kind = "kind-" + std::to_string(seq / kBlock);
        map.add({.seq = seq, .kind = kind, .queue = "q", .tags = "|red|big|", .created_ms = seq * 1'000});
    }
}

TEST(ListMap, AStretchIsWhereTheFilterMayMatch) {
    ListMap map;
    fill(map);
    const auto found = map.next({.kind = "kind-3"}, 10 * kBlock, kBlock);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->from, 3 * kBlock);
    EXPECT_EQ(found->before, 4 * kBlock);
    EXPECT_FALSE(map.next({.kind = "kind-3"}, found->from, kBlock)) << "nothing older";
    EXPECT_FALSE(map.next({.kind = "absent"}, 10 * kBlock, kBlock));
    EXPECT_FALSE(map.next({.queue = "kind-3"}, 10 * kBlock, kBlock)) << "a queue is not a kind";
    EXPECT_FALSE(map.next({.tag = "reddish"}, 10 * kBlock, kBlock));
    EXPECT_TRUE(map.next({.tag = "big"}, 10 * kBlock, kBlock));
}

TEST(ListMap, NeighboursMakeOneStretchUpToTheRowsAskedFor) {
    ListMap map;
    fill(map);
    const auto found = map.next({.queue = "q"}, 10 * kBlock - 100, 4 * kBlock);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->before, 10 * kBlock - 100);
    EXPECT_EQ(found->from, 6 * kBlock);
    EXPECT_EQ(map.next({}, kBlock, 100 * kBlock)->from, 0);
    EXPECT_FALSE(map.next({}, 0, kBlock));
}

TEST(ListMap, TimesBoundIt) {
    ListMap map;
    fill(map);
    const Time start = from_unix_ms(5 * kBlock * 1'000);
    const auto found =
        map.next({.created_after = start, .created_before = start + Duration(1'000)}, 10 * kBlock, kBlock);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->from, 5 * kBlock);
    EXPECT_FALSE(map.next({.created_before = from_unix_ms(1'000)}, 10 * kBlock, kBlock));
    EXPECT_FALSE(map.next({.created_after = from_unix_ms(10 * kBlock * 1'000)}, 10 * kBlock, kBlock));
}

TEST(ListMap, ABlockWhoseRowsAreGoneTakesNoMemory) {
    ListMap map;
    fill(map);
    EXPECT_EQ(map.blocks(), 10u);
    for (TaskSeq seq = 3 * kBlock; seq < 4 * kBlock; ++seq) map.remove(seq);
    EXPECT_EQ(map.blocks(), 9u);
    EXPECT_FALSE(map.next({.kind = "kind-3"}, 10 * kBlock, kBlock));
    map.remove(3 * kBlock);
    EXPECT_EQ(map.next({.queue = "q"}, 5 * kBlock, 9 * kBlock)->from, 4 * kBlock) << "a gap ends a stretch";
}

TEST(ListMap, EveryRowThatMatchesIsInAStretch) {
    ListMap map;
    std::vector<TaskSeq> rare;
    for (TaskSeq seq = 0; seq < 50 * kBlock; ++seq) {
        const bool is_rare = seq % 4'999 == 17;
        if (is_rare) rare.push_back(seq);
        const std::string queue = is_rare ? "rare" : "q" + std::to_string(seq % 300);
        map.add({.seq = seq, .kind = "k", .queue = queue, .tags = {}, .created_ms = seq});
    }
    TaskSeq before = 50 * kBlock;
    while (const auto stretch = map.next({.queue = "rare"}, before, 2 * kBlock)) {
        std::erase_if(rare, [&](TaskSeq seq) { return seq >= stretch->from && seq < stretch->before; });
        ASSERT_LT(stretch->from, before);
        before = stretch->from;
    }
    EXPECT_TRUE(rare.empty());
}

}  // namespace
}  // namespace galley::tasks
