#include "document/layout/float_context.h"

#include <gtest/gtest.h>

namespace galley::document {

namespace {
LayoutUnit px(int value) {
    return LayoutUnit::from_px(value);
}
Rect rect(int x, int y, int width, int height) {
    return {px(x), px(y), px(width), px(height)};
}
}  // namespace

TEST(FloatContext, BandLiesBetweenLeftAndRightFloats) {
    FloatContext floats;
    floats.add(Float::Left, rect(0, 0, 50, 100));
    floats.add(Float::Right, rect(160, 0, 40, 60));
    EXPECT_EQ(floats.band(px(10), px(10), px(0), px(200)).left, px(50));
    EXPECT_EQ(floats.band(px(10), px(10), px(0), px(200)).right, px(160));
    EXPECT_EQ(floats.band(px(70), px(10), px(0), px(200)).right, px(200));
}

TEST(FloatContext, FloatThatDoesNotFitGoesBelowTheOthers) {
    FloatContext floats;
    floats.add(Float::Left, rect(0, 0, 150, 30));
    const Point at = floats.find_place(Float::Left, {px(100), px(10)}, px(0), px(0), px(200));
    EXPECT_EQ(at, (Point{px(0), px(30)}));
}

TEST(FloatContext, FloatNeverLiesAboveAnEarlierOne) {
    FloatContext floats;
    floats.add(Float::Left, rect(0, 40, 20, 30));
    EXPECT_EQ(floats.find_place(Float::Right, {px(10), px(10)}, px(0), px(0), px(200)).y, px(40));
}

TEST(FloatContext, FloatsOfOneHeightMakeAGridThoughTheirHeightsAreRounded) {
    FloatContext floats;
    Rect taller = rect(0, 0, 100, 30);
    taller.height += LayoutUnit::from_raw(2);
    floats.add(Float::Left, taller);
    floats.add(Float::Left, rect(100, 0, 100, 30));
    EXPECT_EQ(floats.find_place(Float::Left, {px(100), px(30)}, px(0), px(0), px(200)), (Point{px(0), px(30)}));
}

TEST(FloatContext, ClearLooksAtItsSideOnly) {
    FloatContext floats;
    floats.add(Float::Left, rect(0, 0, 20, 30));
    floats.add(Float::Right, rect(100, 0, 20, 80));
    EXPECT_EQ(floats.clear_edge(Clear::Left), px(30));
    EXPECT_EQ(floats.clear_edge(Clear::Both), px(80));
}

TEST(FloatContext, ReleaseForgetsTentativeFloats) {
    FloatContext floats;
    const std::size_t mark = floats.mark();
    floats.add(Float::Left, rect(0, 0, 20, 30));
    floats.release(mark);
    EXPECT_TRUE(floats.empty());
}

}  // namespace galley::document
