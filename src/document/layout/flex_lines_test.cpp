#include "document/layout/flex_lines.h"

#include <gtest/gtest.h>

namespace galley::document {

namespace {

LayoutUnit px(int value) {
    return LayoutUnit::from_px(value);
}

FlexItem item(int base, double grow, double shrink, int least = 0, int most = 10000) {
    FlexItem made;
    made.base = px(base);
    made.grow = grow;
    made.shrink = shrink;
    made.least = px(least);
    made.most = px(most);
    return made;
}

std::vector<double> resolved(std::vector<FlexItem> items, int available) {
    resolve_flexible_lengths(items, px(available));
    std::vector<double> sizes;
    for (const FlexItem& made : items) sizes.push_back(made.size.px());
    return sizes;
}

}  // namespace

TEST(FlexLines, GrowSharesFreeSpaceByFactor) {
    EXPECT_EQ(resolved({item(100, 1, 1), item(100, 3, 1)}, 400), (std::vector<double>{150, 250}));
}

TEST(FlexLines, ShrinkIsWeightedByBaseSize) {
    EXPECT_EQ(resolved({item(300, 0, 1), item(100, 0, 1)}, 300), (std::vector<double>{225, 75}));
}

TEST(FlexLines, MinimumTakesFromTheOthers) {
    EXPECT_EQ(resolved({item(100, 0, 1, 90), item(100, 0, 1)}, 120), (std::vector<double>{90, 30}));
}

TEST(FlexLines, MaximumGivesToTheOthers) {
    EXPECT_EQ(resolved({item(0, 1, 1, 0, 50), item(0, 1, 1)}, 300), (std::vector<double>{50, 250}));
}

TEST(FlexLines, FactorsBelowOneLeaveSpaceFree) {
    EXPECT_EQ(resolved({item(0, 0.25, 1), item(0, 0.25, 1)}, 200), (std::vector<double>{50, 50}));
}

TEST(FlexLines, ThirdsAddUpExactly) {
    std::vector<FlexItem> items{item(0, 1, 1), item(0, 1, 1), item(0, 1, 1)};
    resolve_flexible_lengths(items, px(100));
    EXPECT_EQ(items[0].size + items[1].size + items[2].size, px(100));
}

TEST(FlexLines, LinesBreakWhereTheGapNoLongerFits) {
    const std::vector<FlexItem> items{item(40, 0, 1), item(40, 0, 1), item(40, 0, 1)};
    EXPECT_EQ(break_flex_lines(items, px(90), px(10), true), (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(break_flex_lines(items, px(89), px(10), true), (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(break_flex_lines(items, px(10), px(10), false), (std::vector<std::size_t>{3}));
}

TEST(FlexLines, SpaceIsDistributedByAlignment) {
    EXPECT_EQ(distribute_space(Align::SpaceBetween, px(90), 4, false).between, px(30));
    EXPECT_EQ(distribute_space(Align::SpaceEvenly, px(90), 2, false).before, px(30));
    EXPECT_EQ(distribute_space(Align::Center, px(90), 2, false).before, px(45));
    EXPECT_EQ(distribute_space(Align::SpaceBetween, px(-90), 4, false).between, LayoutUnit());
}

}  // namespace galley::document
