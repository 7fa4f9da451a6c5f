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

TEST(MarginBoxes, AreAsWideAsTheirTexts) {
    EXPECT_EQ(fit_margin(text(10, 50), {}, {}, px(500)).start, px(50));
    EXPECT_EQ(fit_margin({}, text(10, 600), {}, px(500)).center, px(500));
    const MarginBoxSizes sizes = fit_margin(text(10, 100), text(10, 200), text(10, 50), px(400));
    EXPECT_EQ(sizes.start, px(100));
    EXPECT_EQ(sizes.center, px(200));
    EXPECT_EQ(sizes.end, px(50));
}

TEST(MarginBoxes, ShareWhatTheirWordsLeaveWhereTextsDoNotFit) {
    const MarginBoxSizes two = fit_margin(text(100, 300), {}, text(100, 500), px(500));
    EXPECT_EQ(two.start, px(200));
    EXPECT_EQ(two.end, px(300));
    const MarginBoxSizes three = fit_margin(text(50, 250), text(100, 500), text(20, 30), px(600));
    EXPECT_EQ(three.center, px(300));
    EXPECT_EQ(three.start, px(150));
    EXPECT_EQ(three.end, px(30));
    EXPECT_EQ(fit_margin(text(300, 400), {}, text(300, 400), px(500)).start, px(300)) << "words are not broken";
}

TEST(MarginBoxes, FixedWidthsLeaveTheRest) {
    const MarginBoxSizes sizes = fit_margin({true, px(120), px(120), true}, {}, text(10, 500), px(400));
    EXPECT_EQ(sizes.start, px(120));
    EXPECT_EQ(sizes.end, px(280));
    EXPECT_EQ(fit_margin(text(10, 300), {true, px(200), px(200), true}, {}, px(400)).start, px(100));
}

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
