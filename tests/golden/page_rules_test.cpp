// Rules of pages, counters and generated content, one fact a test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

// A page of 400 × 200 px with margins of 40 px; text of 10 px on lines of 20 px: six lines a page.
std::string document(const std::string& css, const std::string& body) {
    return "<style>@page{size:400px 200px;margin:40px}html{font:10px/20px 'Liberation Sans'}body,p,h1,h2{margin:0}" +
           css + "</style>" + body;
}

std::string lines(int count) {
    std::string out;
    for (int i = 1; i <= count; ++i) out += "line<br>";
    return out;
}

bool shows(const DisplayPage& page, const std::string& text) {
    return find_text(page, text) != nullptr;
}

constexpr Color kRed{255, 0, 0, 255};

TEST(RunningElements, StandOnTheirPageAndOnThoseAfterIt) {
    const auto pages = pages_of(document("@page{@top-left{content:element(head)}}.r{position:running(head)}",
                                         "<div class=r>one</div>" + lines(8) + "<div class=r>two</div>" + lines(8)));
    ASSERT_EQ(pages.size(), 3u);
    EXPECT_TRUE(shows(pages[0], "one"));
    EXPECT_TRUE(shows(pages[1], "two"));
    EXPECT_TRUE(shows(pages[2], "two"));
    EXPECT_FALSE(shows(pages[2], "one"));
}

TEST(RunningElements, CountThePageThatTheyStandOn) {
    const auto pages =
        pages_of(document("@page{@bottom-left{content:element(foot)}}.r{position:running(foot)}.n::after{content:'p'"
                          "counter(page)'/'counter(pages)}",
                          "<div class=r><span class=n></span></div>" + lines(8)));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[0], "p1/2"));
    EXPECT_TRUE(shows(pages[1], "p2/2"));
}

TEST(PageCounters, FollowThePageRules) {
    const auto pages =
        pages_of(document("@page{@top-left{content:'p'counter(page)'n'counter(n)}counter-increment:page 2 "
                          "n}@page:first{counter-reset:page 9}",
                          lines(8)));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[0], "p11n1"));
    EXPECT_TRUE(shows(pages[1], "p13n2"));
}

TEST(PageCounters, ShowThePageInTheFlow) {
    const auto pages = pages_of(document("b::after{content:'on'counter(page)}", lines(8) + "<b></b>"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[1], "on2"));
}

TEST(TargetCounter, IsThatOfTheTarget) {
    const auto pages =
        pages_of(document("h2{counter-increment:c}a::after{content:'see'target-counter(attr(href url), c)}",
                          "<a href=#b></a><h2>x</h2><h2 id=b>y</h2>"));
    EXPECT_TRUE(shows(pages.at(0), "see2"));
}

TEST(Breaks, ASideOutweighsPage) {
    const auto pages =
        pages_of(document("div{break-before:right}h2{break-before:always}", "<p>a</p><div><h2>b</h2></div>"));
    ASSERT_EQ(pages.size(), 3u);
    EXPECT_TRUE(shows(pages[2], "b"));
}

TEST(Breaks, TheBottomEdgeTakesRoomOnlyWhereTheBoxEnds) {
    const auto pages = pages_of(document("div{padding-bottom:30px}", "<div>" + lines(8) + "</div>"));
    ASSERT_EQ(pages.size(), 2u);
    int count = 0;
    for (const DisplayItem& item : pages[0].items) count += std::holds_alternative<DrawText>(item) ? 1 : 0;
    EXPECT_EQ(count, 6);
}

TEST(Breaks, MarginBreakKeepKeepsTheMargin) {
    const std::string body = lines(6) + "<p style='margin-top:15px'>x</p>";
    const auto cut = pages_of(document("", body));
    const auto kept = pages_of(document("p{margin-break:keep}", body));
    EXPECT_EQ((find_text(kept.at(1), "x")->origin.y - find_text(cut.at(1), "x")->origin.y).px(), 15);
}

TEST(Floats, AloneTheyGoToTheNextPageWhereTheyDoNotFit) {
    const auto pages =
        pages_of(document("i{float:left;width:150px;height:50px}", "<i>a</i><i>b</i><i>c</i><i>d</i><i>e</i>"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[0], "d"));
    EXPECT_TRUE(shows(pages[1], "e"));
}

TEST(FirstLetter, IsABoxOfItsOwn) {
    const auto pages = pages_of(document("p::first-letter{font-size:30px}", "<p>\"Word</p>"));
    const DrawText* letter = find_text(pages.at(0), "\"W");
    ASSERT_NE(letter, nullptr);
    EXPECT_EQ(letter->size_px, 30);
    EXPECT_EQ(find_text(pages[0], "ord")->size_px, 10);
}

TEST(MarginBoxes, OfGivenHeightLieAtThePagesArea) {
    const auto pages = pages_of(document("@page{@top-left{content:'';height:10px;width:20px;background:#f00}}", "x"));
    const std::vector<Rect> rects = rects_of(pages.at(0), kRed);
    ASSERT_EQ(rects.size(), 1u);
    EXPECT_EQ(rects[0].y.px(), 30);
    EXPECT_EQ(rects[0].height.px(), 10);
}

TEST(Backgrounds, FixedOnesLieInThePageArea) {
    const auto pages = pages_of(
        "<style>@page{size:400px 200px;margin:20px}body{margin:0}p{height:60px;margin:0 0 0 100px;"
        "background:linear-gradient(red,blue) no-repeat fixed 90px 10px/40px 30px}</style><p></p>");
    std::vector<FillGradient> gradients;
    for (const DisplayItem& item : pages.at(0).items)
        if (const auto* gradient = std::get_if<FillGradient>(&item)) gradients.push_back(*gradient);
    ASSERT_EQ(gradients.size(), 1U);
    EXPECT_EQ(gradients[0].gradient->from, (Point2{130, 30}));
    EXPECT_EQ(gradients[0].gradient->to, (Point2{130, 60}));
    EXPECT_EQ(gradients[0].rect.x.px(), 120) << "the box shows the right part of it";
    EXPECT_EQ(gradients[0].rect.width.px(), 30);
}

TEST(Sizes, AspectRatioGivesTheHeight) {
    const auto pages = pages_of(document("div{width:60px;aspect-ratio:3/2;background:#f00}", "<div></div>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).height.px(), 40);
}

TEST(Tables, CellsOfABrokenRowStandOnOneBaseline) {
    const auto pages = pages_of(document("td{padding:0;vertical-align:baseline}i{font-size:30px;line-height:40px}",
                                         "<table><tr><td><i>a</i><br>" + lines(8) + "<td>x</table>"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_EQ(find_text(pages[0], "x")->origin.y, find_text(pages[0], "a")->origin.y);
}

TEST(Tables, TheLastOfSpannedRowsTakesTheEdgeBelowWithIt) {
    const auto pages = pages_of(document("table{border-spacing:0;border-bottom:15px solid}td{padding:0}",
                                         lines(3) + "<table><tr><td rowspan=3>a<td>b<tr><td>c<tr><td>d</table>"));
    ASSERT_EQ(pages.size(), 2u);  // the three rows alone would fill the first page
    EXPECT_TRUE(shows(pages[0], "c"));
    EXPECT_TRUE(shows(pages[1], "d"));
}

TEST(Tables, CellsOfGivenHeightAlignTheirContents) {
    const auto pages =
        pages_of(document("td{height:60px;vertical-align:middle;padding:0}", "<table><tr><td>x</table>"));
    EXPECT_NEAR(find_text(pages.at(0), "x")->origin.y.px(), 40 + 2 + 30 + 3.5, 1);
}

TEST(Tables, ExcessWidthGoesInEqualParts) {
    const auto pages =
        pages_of(document("table{width:320px;border-spacing:0}td{padding:0}.r{background:#f00;width:auto}",
                          "<table><tr><td>a long text here<td class=r>b</table>"));
    const auto narrow = pages_of(document("td{padding:0}table{border-spacing:0}.r{background:#f00}",
                                          "<table><tr><td>a long text here<td class=r>b</table>"));
    const double first = rects_of(narrow.at(0), kRed).at(0).x.px() - 40, own = rects_of(narrow[0], kRed)[0].width.px();
    EXPECT_NEAR(rects_of(pages.at(0), kRed).at(0).width.px(), own + (320 - first - own) / 2, 0.1);
}

// Boxes of given height, over pages of six lines.
TEST(GivenHeights, WhatStandsOutGoesOnAtTheNextPage) {
    const auto pages = pages_of(document("html,body{height:100%}", lines(8) + "last"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[1], "last"));
}

TEST(GivenHeights, BreaksInsideAreObeyed) {
    const auto pages = pages_of(document("body{height:100px}p{break-before:page}", "one<p>two<p>three"));
    ASSERT_EQ(pages.size(), 3u);
    EXPECT_TRUE(shows(pages[2], "three"));
}

TEST(GivenHeights, WhatFollowsABoxStandsBelowItsWholeHeightOnTheLastPage) {
    const auto pages = pages_of(document("div{height:40px}", "<div>" + lines(8) + "</div>after"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_EQ(find_text(pages[1], "after")->origin.y - find_text(pages[1], "line")->origin.y, LayoutUnit::from_px(40));
}

TEST(GivenHeights, ABoxThatIsBrokenBeforeItsEndHasTheRest) {
    const auto pages = pages_of(document("div{height:200px}", "<div>" + lines(8) + "</div>after"));
    ASSERT_EQ(pages.size(), 2u);  // six lines, 120 px, stand on the first page
    EXPECT_EQ(find_text(pages[1], "after")->origin.y - find_text(pages[1], "line")->origin.y, LayoutUnit::from_px(80));
}

TEST(GivenHeights, ClippedBoxesAndFloatsThatFitAreNotBroken) {
    EXPECT_EQ(pages_of(document("div{height:100px;overflow:hidden}", "<div>" + lines(8) + "</div>")).size(), 1u);
    EXPECT_EQ(pages_of(document("div{height:100px;float:left}", "<div>" + lines(8) + "</div>")).size(), 1u);
}

TEST(GivenHeights, FlexContainersGoOnAsBlocksDo) {
    for (const char* way : {"row", "column"}) {
        const auto pages =
            pages_of(document("body{display:flex;height:120px;flex-direction:" + std::string(way) + "}main{flex:1}",
                              "<main>" + lines(8) + "last</main>"));
        ASSERT_EQ(pages.size(), 2u) << way;
        EXPECT_TRUE(shows(pages[1], "last")) << way;
    }
}

TEST(GivenHeights, OverflowOfRootAndBodyCutsNothingOff) {
    const auto pages = pages_of(document("html,body{height:100%;overflow:hidden}", lines(8) + "last"));
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_TRUE(shows(pages[1], "last"));
}

// The least height would have three lines on the left; the margin below an article counts, so it stays whole.
TEST(ColumnBalance, CountsTheMarginBelowTheLastBoxOfAColumn) {
    const auto pages =
        pages_of(document("div{columns:2;column-gap:0}p{margin-bottom:10px}article{margin-bottom:20px}",
                          "<div><article><p>a<br>b<br>c</p><p>d<br>e</p></article><article>f<br>g</article></div>"));
    EXPECT_EQ(find_text(pages.at(0), "f")->origin.y, find_text(pages[0], "a")->origin.y);
}

}  // namespace

}  // namespace galley::document::testing
