#include "document/layout/margin_boxes.h"

#include <gtest/gtest.h>

namespace galley::document {

namespace {
LayoutUnit px(int value) {
    return LayoutUnit::from_px(value);
}
MarginBoxSize text(int least, int most) {
    return {true, px(least), px(most), false};
}
}  // namespace

TEST(MarginBoxes, LoneBoxTakesTheWholeSide) {
    EXPECT_EQ(share_margin(text(10, 50), {}, {}, px(500)).start, px(500));
    EXPECT_EQ(share_margin({}, {}, text(10, 50), px(500)).end, px(500));
}

TEST(MarginBoxes, TwoBoxesShareByWhatTheirTextsNeed) {
    const MarginBoxSizes sizes = share_margin(text(10, 100), {}, text(10, 300), px(400));
    EXPECT_EQ(sizes.start, px(100));
    EXPECT_EQ(sizes.end, px(300));
}

TEST(MarginBoxes, CenterStaysInTheMiddle) {
    const MarginBoxSizes sizes = share_margin(text(10, 200), text(10, 100), text(10, 50), px(1000));
    EXPECT_EQ(sizes.start, sizes.end);
    EXPECT_EQ(sizes.start + sizes.center + sizes.end, px(1000));
    EXPECT_EQ(sizes.center, px(200));
}

TEST(MarginBoxes, FixedWidthLeavesTheRest) {
    const MarginBoxSizes sizes = share_margin({true, px(120), px(120), true}, {}, text(10, 50), px(400));
    EXPECT_EQ(sizes.start, px(120));
    EXPECT_EQ(sizes.end, px(280));
}

}  // namespace galley::document
