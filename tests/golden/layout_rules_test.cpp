// Rules of layout that show only with styles and fonts: margins, lines, tables, breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A page of 400 × 200 px without margins; text of 10 px on lines of 20 px.
std::string document(const std::string& css, const std::string& body) {
    return "<style>@page{size:400px 200px;margin:0}html{font:10px/20px 'Liberation Sans'}body,p,h1,h2,h3,ul{margin:0}" +
           css + "</style>" + body;
}

double top_of(const DisplayPage& page, Color color) {
    const std::vector<Rect> rects = rects_of(page, color);
    return rects.empty() ? -1 : rects.front().y.px();
}

constexpr Color kRed{255, 0, 0, 255}, kBlue{0, 0, 255, 255};

std::string lines(int count) {
    std::string out;
    for (int i = 1; i <= count; ++i) out += "line" + std::to_string(i) + "<br>";
    return out;
}

// On which page each text stands, 1-based; 0 when nowhere.
int page_with(const std::vector<DisplayPage>& pages, const std::string& text) {
    for (std::size_t i = 0; i < pages.size(); ++i)
        if (find_text(pages[i], text) != nullptr) return static_cast<int>(i) + 1;
    return 0;
}

struct MarginCase {
    const char* name;
    const char* body;
    double want;  // y of the red box
};
class Margins : public ::testing::TestWithParam<MarginCase> {};
TEST_P(Margins, RedBoxLiesAt) {
    const auto pages = pages_of(document(".r{height:10px;background:#f00}", GetParam().body));
    ASSERT_FALSE(pages.empty());
    EXPECT_EQ(top_of(pages[0], kRed), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Collapse, Margins,
    ::testing::Values(
        MarginCase{"LargerOfTwoSiblings",
                   "<p style='margin-bottom:30px;height:10px'></p><p class=r style='margin-top:20px'></p>", 40},
        MarginCase{"NegativeIsAdded",
                   "<p style='margin-bottom:30px;height:10px'></p><p class=r style='margin-top:-10px'></p>", 30},
        MarginCase{"ThroughEmptyBox", "<p style='height:10px'></p><p style='margin:15px 0 25px'></p><p class=r></p>",
                   35},
        MarginCase{
            "FirstChildWithParent",
            "<p style='height:10px'></p><div style='margin-top:5px'><p class=r style='margin-top:20px'></p></div>", 30},
        MarginCase{"PaddingKeepsThemApart",
                   "<p style='height:10px'></p><div style='margin-top:5px;padding-top:1px'><p class=r "
                   "style='margin-top:20px'></p></div>",
                   36},
        MarginCase{"LastChildWithParent",
                   "<div><p style='height:10px;margin-bottom:20px'></p></div><p class=r style='margin-top:5px'></p>",
                   30},
        MarginCase{"FlowRootKeepsItsChildren",
                   "<div style='display:flow-root'><p style='height:10px;margin-bottom:20px'></p></div><p class=r "
                   "style='margin-top:5px'></p>",
                   35},
        MarginCase{"FloatsTakeNoPart",
                   "<p style='height:10px;margin-bottom:8px'></p><div style='float:left;height:5px'></div><p class=r "
                   "style='margin-top:12px'></p>",
                   22}),
    [](const auto& info) { return info.param.name; });

TEST(Lines, BreakAtSpacesAndDropThem) {
    const auto pages = pages_of(document("p{width:60px}", "<p>aaaa bbbb cccc dddd"));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_THAT(texts_of(pages[0]), ElementsAre("aaaa bbbb", "cccc dddd"));
}

TEST(Lines, NoWrapOverflowsAndPreKeepsSpacesAndBreaks) {
    const auto pages = pages_of(
        document("p{width:30px}",
                 "<p style='white-space:nowrap'>aaaa  bbbb cccc</p><pre style='font:inherit;margin:0'>a  b\nc</pre>"));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_THAT(texts_of(pages[0]), ElementsAre("aaaa bbbb cccc", "a  b", "c"));
}

TEST(Lines, LongWordBreaksAnywhereWhenAllowed) {
    const auto pages = pages_of(document("p{width:40px;overflow-wrap:break-word}", "<p>mmmmmmmmmmmm"));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_GT(texts_of(pages[0]).size(), 2U);
}

TEST(Lines, SpacesBetweenInlineBoxesCollapseIntoOne) {
    const auto pages = pages_of(document("", "<p>a <b> b</b> <i> c</i>"));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_THAT(texts_of(pages[0]), ElementsAre("a ", "b", " ", "c"));
}

TEST(Lines, JustifiedLineEndsAtTheEdge) {
    const auto pages = pages_of(document("p{width:100px;text-align:justify}", "<p>aaa bbb ccc ddd eee fff ggg hhh"));
    const DrawText* first = find_text(pages.at(0), "aaa");
    ASSERT_NE(first, nullptr);
    EXPECT_GT(first->word_spacing, LayoutUnit());
    const DrawText* last = find_text(pages[0], "hhh");
    ASSERT_NE(last, nullptr);
    EXPECT_EQ(last->word_spacing, LayoutUnit());
}

TEST(Attributes, SizeOfARuleIsThatOfTheLineWithItsBorders) {
    for (const auto& [size, y] : {std::pair("1", 11), std::pair("2", 12), std::pair("6", 16)}) {
        const auto pages = pages_of(document("hr{margin:5px 0}.r{height:10px;background:#f00}",
                                             std::string("<hr size=") + size + "><p class=r>"));
        EXPECT_EQ(top_of(pages.at(0), kRed), y) << size;
    }
}

TEST(Breaks, OrphansAndWidowsHoldLinesTogether) {
    // 10 lines fit. After 8 lines two of the paragraph's three would fit, but one line may not stand alone on page 2.
    const auto pages =
        pages_of(document("p{orphans:2;widows:2}", "<p>" + lines(8) + "</p><p>first<br>second<br>third</p>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "first"), 2);
}

TEST(Breaks, WidowsTakeALineFromThePageBefore) {
    const auto pages = pages_of(document("p{orphans:2;widows:3}", "<p>" + lines(12) + "</p>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "line9"), 1);
    EXPECT_EQ(page_with(pages, "line10"), 2);
}

TEST(Breaks, HeadingStaysWithItsParagraph) {
    const auto pages = pages_of(document("h2{break-after:avoid;font:inherit}",
                                         "<p>" + lines(8) + "</p><h2>Heading</h2><p>one<br>two<br>three"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "Heading"), 2);
}

TEST(Breaks, AvoidInsideMovesTheWholeBox) {
    const auto pages = pages_of(document(
        "div{break-inside:avoid}", "<p>" + lines(6) + "</p><div><p>" + lines(3) + "</p><p>tail<br>end</p></div>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(texts_of(pages[0]).size(), 6U);
}

TEST(Breaks, AvoidGivesWayWhenTheBoxIsHigherThanAPage) {
    const auto pages = pages_of(document("div{break-inside:avoid}", "<div>" + lines(25) + "</div>"));
    EXPECT_EQ(pages.size(), 3U);
}

TEST(Breaks, ForcedBreaksPropagateFromFirstChildAndSkipToRightPages) {
    const auto pages =
        pages_of(document("h1{break-before:page;font:inherit}.r{break-before:right}",
                          "<section><h1>One</h1></section><section><h1>Two</h1></section><p class=r>Three"));
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(page_with(pages, "Two"), 2);
    EXPECT_EQ(page_with(pages, "Three"), 3);
    const auto skipped = pages_of(document(".r{break-before:right}", "<p>One</p><p class=r>Three"));
    ASSERT_EQ(skipped.size(), 3U);
    EXPECT_TRUE(skipped[1].items.empty());
}

TEST(Breaks, NamedPagesChangeSheetAndBreak) {
    const auto pages =
        pages_of(document("@page wide{size:600px 200px}@page tall{size:200px 300px}.w{page:wide}.t{page:tall}",
                          "<p>One</p><div class=w>Two</div><div class=t>Three</div>"));
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(pages[1].size.width.px(), 600);
    EXPECT_EQ(pages[2].size.width.px(), 200);
}

TEST(Breaks, WhatHasNoPageNameGoesOnWhereTheNamedPageEnds) {
    const auto pages = pages_of(document("@page wide{size:600px 200px}.w{page:wide}",
                                         "<p>One</p><div class=w>Two</div><p>Three</p>" + lines(9)));
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(page_with(pages, "Three"), 2);
    EXPECT_EQ(pages[2].size.width.px(), 400);
}

TEST(Breaks, MarginsStayAtTheTopsOfNamedPages) {
    const std::string text = "<p>One</p><p>Two</p><p>Three</p>", css = "p{margin-top:60px}";
    const auto named = pages_of(document(css + "@page a{margin:0}body{page:a}", text)),
               plain = pages_of(document(css, text));
    ASSERT_EQ(named.size(), 2U);
    ASSERT_EQ(plain.size(), 2U);
    EXPECT_GT(find_text(named[1], "Three")->origin.y.px(), 60);
    EXPECT_LT(find_text(plain[1], "Three")->origin.y.px(), 20);
}

TEST(Breaks, BlankPagesHaveNoName) {
    const auto pages =
        pages_of(document("@page a{size:300px 100px}div{page:a;break-before:right}", "<p>One</p><div>Two</div>"));
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(pages[1].size.width.px(), 400);
    EXPECT_EQ(pages[2].size.width.px(), 300);
}

TEST(Breaks, UnbreakableContentOverflowsInsteadOfLoopingForever) {
    const auto pages = pages_of(
        document("", "<div style='display:inline-block;height:900px;width:10px;background:#f00'></div><p>after"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "after"), 2);
}

std::string table(int rows, const std::string& attributes = "") {
    std::string out =
        "<table " + attributes + "><thead><tr><th>Head</th></tr></thead><tfoot><tr><td>Foot</td></tr></tfoot><tbody>";
    for (int i = 1; i <= rows; ++i) out += "<tr><td>row" + std::to_string(i) + "</td></tr>";
    return out + "</tbody></table>";
}

TEST(Tables, HeadAndFootStandOnEveryPage) {
    const auto pages = pages_of(document("table{border-spacing:0}td,th{padding:0}", table(20)));
    ASSERT_EQ(pages.size(), 3U);
    for (const DisplayPage& page : pages) {
        EXPECT_THAT(texts_of(page).front(), HasSubstr("Head"));
        EXPECT_THAT(texts_of(page).back(), HasSubstr("Foot"));
        EXPECT_LE(texts_of(page).size(), 10U);
    }
    EXPECT_EQ(page_with(pages, "row20"), 3);
}

TEST(Tables, RowHigherThanAPageGoesOnOnTheNext) {
    const auto pages = pages_of(document("table{border-spacing:0}td{padding:0}tr{break-inside:avoid}",
                                         "<table><tr><td>" + lines(14) + "</td><td>side</td></tr></table>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "line10"), 1);
    EXPECT_EQ(page_with(pages, "line11"), 2);
}

TEST(Tables, RowThatAvoidsBreaksMovesAsAWhole) {
    const auto pages = pages_of(document("table{border-spacing:0}td{padding:0}tr{break-inside:avoid}",
                                         "<p>" + lines(7) + "</p><table><tr><td>" + lines(5) + "</td></tr></table>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(texts_of(pages[1]).size(), 5U);
}

TEST(Tables, GroupThatAvoidsBreaksMovesAsAWhole) {
    const std::string rows = "<tr><td>a<tr><td>b<tr><td>c<tr><td>d";
    const auto pages = pages_of(document(
        "table{border-spacing:0}td{padding:0}tbody{break-inside:avoid}",
        "<table><tbody>" + rows + "<tbody>" + rows + "<tbody><tr><td>one<tr><td>two<tr><td>three<tr><td>four</table>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(texts_of(pages[0]).size(), 8U);
    EXPECT_EQ(page_with(pages, "one"), 2);
}

TEST(Tables, FixedLayoutSharesWhatTheFirstRowLeaves) {
    const auto pages = pages_of(document(
        "table{table-layout:fixed;width:300px;border-spacing:0}td{padding:0;height:10px}",
        "<table><tr><td style='width:100px'><td style='background:#f00'><td style='background:#00f'></table>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).width.px(), 100);
    EXPECT_EQ(rects_of(pages[0], kBlue).at(0).x.px(), 200);
}

TEST(Tables, FixedColumnsCountHalfOfCollapsedBorders) {
    const auto pages =
        pages_of(document("table{table-layout:fixed;width:300px;border-collapse:collapse}td{padding:0;height:10px;"
                          "border:10px solid #fff}",
                          "<table><tr><td style='width:100px;background:#f00'><td style='background:#00f'></table>"));
    // Cells' boxes reach to the middle of their borders.
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).width.px(), 110);
}

TEST(Tables, FixedLayoutAddsACellsEdgesToItsWidth) {
    const std::string table = "<table><tr><td style='width:20%;background:#f00'><td style='background:#00f'></table>";
    const std::string css = "table{table-layout:fixed;width:300px;border-spacing:0}td{padding:0 10px;height:10px}";
    EXPECT_EQ(rects_of(pages_of(document(css, table)).at(0), kRed).at(0).width.px(), 80);
    EXPECT_EQ(rects_of(pages_of(document(css + "td{box-sizing:border-box}", table)).at(0), kRed).at(0).width.px(), 60);
    const std::string fitted = "<table><tr><td style='width:20px;background:#f00'><td style='background:#00f'></table>";
    EXPECT_EQ(
        rects_of(pages_of(document(css + "table{table-layout:auto}td{box-sizing:border-box}", fitted)).at(0), kRed)
            .at(0)
            .width.px(),
        40)
        << "where the contents count a width in px is that of the content";
}

TEST(Tables, PercentagesAndSpansDivideTheWidth) {
    const auto pages = pages_of(document("table{width:400px;border-spacing:0}td{padding:0;height:10px}",
                                         "<table><tr><td style='width:25%;background:#f00'><td>x<td>y<tr><td colspan=3 "
                                         "style='background:#00f'></table>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).width.px(), 100);
    EXPECT_EQ(rects_of(pages[0], kBlue).at(0).width.px(), 400);
}

TEST(Tables, RowSpanReachesOverItsRows) {
    const auto pages = pages_of(
        document("table{border-spacing:0}td{padding:0}",
                 "<table><tr><td rowspan=2 style='background:#f00'>a</td><td>b</td></tr><tr><td>c</td></tr></table>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).height.px(), 40);
}

TEST(Tables, RowsThatACellSpansPartBetweenPages) {
    const std::string spanned =
        "<tr><th rowspan=6>name<td>r1" + std::string("<tr><td>r2<tr><td>r3<tr><td>r4") + "<tr><td>r5<tr><td>r6";
    const auto pages = pages_of(document("table{border-spacing:0}td,th{padding:0}th{background:#f00}",
                                         "<p>" + lines(7) + "</p><table>" + spanned + "</table>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "r3"), 1);
    EXPECT_EQ(page_with(pages, "r4"), 2);
    EXPECT_EQ(page_with(pages, "name"), 1);
    EXPECT_EQ(rects_of(pages[0], kRed).at(0).height, LayoutUnit::from_px(60));
    EXPECT_EQ(rects_of(pages[1], kRed).at(0).height, LayoutUnit::from_px(60));
}

TEST(Tables, CollapsedBorderIsPaintedOnceAndTheWiderWins) {
    const auto pages = pages_of(
        document("table{border-collapse:collapse}td{padding:0;width:20px;height:20px;border:0}",
                 "<table><tr><td style='border-right:4px solid #f00'><td style='border-left:2px solid #00f'></table>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).size(), 1U);
    EXPECT_TRUE(rects_of(pages[0], kBlue).empty());
}

TEST(Tables, LooseCellsGetATable) {
    const auto pages =
        pages_of(document("span{display:table-cell;width:50px}", "<div><span>a</span><span>b</span></div>"));
    EXPECT_EQ(find_text(pages.at(0), "b")->origin.x.px(), 50);
    EXPECT_EQ(find_text(pages[0], "a")->origin.y, find_text(pages[0], "b")->origin.y);
}

TEST(Floats, TextFlowsAround) {
    const auto pages = pages_of(
        document("", "<div style='float:left;width:100px;height:30px;background:#f00'></div><p>one<br>two<br>three"));
    EXPECT_EQ(find_text(pages.at(0), "one")->origin.x.px(), 100);
    EXPECT_EQ(find_text(pages[0], "two")->origin.x.px(), 100);
    EXPECT_EQ(find_text(pages[0], "three")->origin.x.px(), 0);
}

TEST(Positioned, AbsoluteBoxFollowsItsContainingBlock) {
    const auto pages = pages_of(
        document("",
                 "<div style='position:relative;margin:20px;height:50px'><i "
                 "style='position:absolute;right:5px;bottom:5px;width:10px;height:10px;background:#f00'></i></div>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0), (Rect{LayoutUnit::from_px(365), LayoutUnit::from_px(55),
                                                       LayoutUnit::from_px(10), LayoutUnit::from_px(10)}));
}

TEST(Positioned, FixedBoxStandsOnEveryPage) {
    const auto pages = pages_of(document(
        "", "<div style='position:fixed;top:0;left:0;width:10px;height:10px;background:#f00'></div><p>" + lines(15)));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(rects_of(pages[1], kRed).size(), 1U);
}

TEST(Generated, MarkersCountAndPageNumbersArePatched) {
    const auto pages = pages_of(
        "<style>@page{size:400px 200px;margin:30px;@bottom-right{content:counter(page) '/' counter(pages)}}</style>"
        "<ol start=9><li>a<li>b</ol><p style='break-before:page'>c");
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_NE(find_text(pages[0], "10."), nullptr);
    EXPECT_NE(find_text(pages[0], "1/2"), nullptr);
    EXPECT_NE(find_text(pages[1], "2/2"), nullptr);
}

TEST(Generated, OutsideMarkersStandAtTheTopOfTheirItems) {
    const auto pages = pages_of(document("i{display:inline-block;width:9px;height:50px}ol{margin:0}",
                                         "<ol><li>a<i></i><li style='padding-top:9px'>b</ol>"));
    const auto y = [&](const char* text) { return find_text(pages.at(0), text)->origin.y.px(); };
    EXPECT_LT(y("1."), 20);
    EXPECT_GT(y("a"), 49);
    EXPECT_EQ(y("2."), y("b"));
}

TEST(Generated, TargetCounterNamesThePageOfItsTarget) {
    const auto pages = pages_of(document("a::after{content:' p' target-counter(attr(href), page)}",
                                         "<a href='#x'>see</a><p id=x style='break-before:page'>target"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_NE(find_text(pages[0], "p2"), nullptr);
}

TEST(Generated, RunningHeadShowsThePagesFirstChapter) {
    const auto pages = pages_of(
        "<style>@page{size:400px 200px;margin:30px;@top-left{content:string(chapter)}}h1{string-set:chapter "
        "content();break-before:page}</style>"
        "<h1>Alpha</h1><p>x</p><h1>Beta</h1>");
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(texts_of(pages[1]).back(), "Beta");
}

TEST(FloatBreaks, GoesOnAtTheTopOfTheNextPageBesideTheText) {
    const auto pages =
        pages_of(document("div{float:left;width:100px}", "<div>" + lines(15) + "</div><p>start " + lines(12)));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "line10"), 1);
    const DrawText* rest = find_text(pages[1], "line11");
    ASSERT_NE(rest, nullptr);
    EXPECT_EQ(rest->origin.x, LayoutUnit());
    const DrawText* beside = find_text(pages[1], "line12");
    ASSERT_NE(beside, nullptr);
    EXPECT_EQ(beside->origin.x.px(), 0);
}

TEST(FloatBreaks, RestIsShownWhenTheFlowHasEnded) {
    const auto pages = pages_of(document("div{float:left}", "<p>text</p><div>" + lines(30) + "</div>"));
    ASSERT_EQ(pages.size(), 4U);
    EXPECT_EQ(page_with(pages, "line30"), 4);
}

TEST(FloatBreaks, RestOfAnEnclosedFloatComesBeforeWhatFollows) {
    const auto pages = pages_of(document("section{overflow:hidden}div{float:right}",
                                         "<section><div>" + lines(15) + "</div></section><p>after</p>"));
    ASSERT_EQ(pages.size(), 2U);
    const DrawText* after = find_text(pages[1], "after");
    ASSERT_NE(after, nullptr);
    EXPECT_GT(after->origin.y.px(), 100);
}

TEST(FloatBreaks, ClearedBlockWaitsForTheRest) {
    for (const std::string cleared : {"<p style=clear:both>below</p>", "<p style=clear:left></p><p>below</p>"}) {
        const auto pages = pages_of(document("div{float:left}", "<div>" + lines(13) + "</div><p>beside</p>" + cleared));
        ASSERT_EQ(pages.size(), 2U) << cleared;
        const DrawText* below = find_text(pages[1], "below");
        ASSERT_NE(below, nullptr) << cleared;
        EXPECT_GT(below->origin.y.px(), 60) << cleared;
    }
}

TEST(FloatBreaks, AvoidedBreakMovesTheWholeFloat) {
    const auto pages = pages_of(
        document("div{float:left;break-inside:avoid}", "<p>" + lines(6) + "</p><div>" + lines(8) + "end</div><p>text"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(page_with(pages, "end"), 2);
    EXPECT_EQ(page_with(pages, "line8"), 2);
}

TEST(FloatBreaks, PaddingBelowTheContentMayHangOver) {
    const auto pages = pages_of(document("div{float:left;padding-bottom:15px}", "<div>" + lines(10) + "</div>"));
    EXPECT_EQ(pages.size(), 1U);
}

const std::string kColumns = "div{columns:2;column-gap:20px}";

TEST(Columns, ContentIsBalanced) {
    const auto pages = pages_of(document(kColumns, "<div>" + lines(6) + "</div><p>after</p>"));
    ASSERT_EQ(pages.size(), 1U);
    EXPECT_EQ(find_text(pages[0], "line3")->origin.x.px(), 0);
    EXPECT_EQ(find_text(pages[0], "line4")->origin.x.px(), 210);
    EXPECT_EQ(find_text(pages[0], "line4")->origin.y, find_text(pages[0], "line1")->origin.y);
    EXPECT_EQ((find_text(pages[0], "after")->origin.y - find_text(pages[0], "line1")->origin.y).px(), 60);
}

TEST(Columns, GoOnAtTheNextPageWhenTheyAreFull) {
    const auto pages = pages_of(document(kColumns, "<div>" + lines(26) + "</div>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(find_text(pages[0], "line11")->origin.x.px(), 210);
    EXPECT_EQ(page_with(pages, "line20"), 1);
    EXPECT_EQ(find_text(pages[1], "line21")->origin.x.px(), 0);
    EXPECT_EQ(find_text(pages[1], "line24")->origin.x.px(), 210);
}

TEST(Columns, AsManyAsTheirWidthAllows) {
    const auto pages =
        pages_of(document("div{columns:100px;column-gap:20px;orphans:1;widows:1}", "<div>" + lines(3) + "</div>"));
    EXPECT_EQ(find_text(pages.at(0), "line2")->origin.x.px(), 140);
    EXPECT_EQ(find_text(pages[0], "line3")->origin.x.px(), 280);
}

TEST(Columns, NormalGapIsOneEm) {
    const auto pages = pages_of(document("div{columns:2;orphans:1;widows:1}", "<div>" + lines(2) + "</div>"));
    EXPECT_EQ(find_text(pages.at(0), "line2")->origin.x.px(), 205);
}

TEST(Columns, MarginBelowTheLastBoxDoesNotMakeThemHigher) {
    const auto pages = pages_of(document("div{columns:3;column-gap:20px}p{margin-bottom:10px}",
                                         "<div><p>line1<p>line2<p>line3<p>line4<p>line5<p>line6</div>"));
    EXPECT_EQ(find_text(pages.at(0), "line3")->origin.x.px(), 140);
    EXPECT_EQ(find_text(pages[0], "line5")->origin.x.px(), 280);
}

TEST(Columns, MarginsStayWhereColumnsBegin) {
    const auto pages = pages_of(document(kColumns + "p{margin-top:10px}", "<div><p>line1<p>line2</div>"));
    EXPECT_EQ(find_text(pages.at(0), "line2")->origin.x.px(), 210);
    EXPECT_EQ(find_text(pages[0], "line2")->origin.y, find_text(pages[0], "line1")->origin.y);
}

TEST(Columns, BalancingKeepsOrphansAndWidows) {
    const auto pages = pages_of(document(kColumns, "<div>" + lines(3) + "</div>"));
    EXPECT_EQ(find_text(pages.at(0), "line3")->origin.x.px(), 0);
}

TEST(Columns, BalancingKeepsWhatStaysTogether) {
    const auto pages = pages_of(
        document(kColumns + "h2{font:inherit;break-after:avoid}", "<div><h2>line1</h2><p>line2</div><p>after</p>"));
    EXPECT_EQ(find_text(pages.at(0), "line2")->origin.x.px(), 0);
    EXPECT_EQ((find_text(pages[0], "after")->origin.y - find_text(pages[0], "line1")->origin.y).px(), 40);
}

TEST(Columns, SpanningBoxDividesThem) {
    const auto pages = pages_of(document(kColumns + "h2{column-span:all;font:inherit;background:#f00}",
                                         "<div><p>" + lines(4) + "</p><h2>wide</h2><p>" + lines(2) + "</p></div>"));
    EXPECT_EQ(rects_of(pages.at(0), kRed).at(0).width.px(), 400);
    EXPECT_NEAR(top_of(pages[0], kRed), 40, 0.3);
}

TEST(Columns, ABreakEndsTheColumn) {
    for (const std::string css : {"h1{break-before:column}", "p{break-after:column}"}) {
        const auto pages = pages_of(document("h1{font:inherit}div{columns:2;column-gap:0}" + css,
                                             "<h1>not here</h1><div><p>one</p><h1>two<br>three</h1></div>"));
        ASSERT_EQ(pages.size(), 1U) << css;
        EXPECT_EQ(find_text(pages[0], "one")->origin.x.px(), 0) << css;
        EXPECT_EQ(find_text(pages[0], "two")->origin.x.px(), 200) << css;
        EXPECT_EQ(find_text(pages[0], "two")->origin.y, find_text(pages[0], "one")->origin.y) << css;
    }
}

TEST(Columns, APageBreakEndsThePage) {
    const auto pages = pages_of(document("section{break-before:page}div{columns:2;column-gap:0}",
                                         "<div><p>one</p><section>two</section><p>three</p></div><p>after</p>"));
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_THAT(texts_of(pages[0]), ElementsAre("one"));
    EXPECT_EQ(find_text(pages[1], "two")->origin.x.px(), 0);
    EXPECT_EQ(find_text(pages[1], "three")->origin.x.px(), 200);
    EXPECT_EQ(page_with(pages, "after"), 2);
}

TEST(Columns, RuleStandsBetweenThem) {
    const auto pages = pages_of(document(kColumns + "div{column-rule:2px solid #f00}", "<div>" + lines(4) + "</div>"));
    const std::vector<Rect> rules = rects_of(pages.at(0), kRed);
    ASSERT_EQ(rules.size(), 1U);
    EXPECT_EQ(rules[0].x.px(), 199);
    EXPECT_EQ(rules[0].height.px(), 40);
}

TEST(Columns, FloatsAndGivenHeightsLoseNothing) {
    for (const std::string css : {"section{float:left}", "div{height:60px;column-fill:auto}section{float:right}"}) {
        const auto pages = pages_of(document(kColumns + css, "<div><section>" + lines(30) + "</section></div>"));
        EXPECT_NE(page_with(pages, "line30"), 0) << css;
    }
}

TEST(Strings, TakeWhatStandsBeforeAndAfterAndTheFirstLetter) {
    const auto pages = pages_of(
        "<style>@page{size:400px 200px;margin:30px;@top-left{content:string(a)}@top-right{content:string(b)}}"
        "h1{counter-increment:c;string-set:a content(before) content() content(after), b content(first-letter)}"
        "h1::before{content:counter(c) '. '}h1::after{content:'!'}</style><h1>Alpha</h1>");
    EXPECT_NE(find_text(pages.at(0), "1. Alpha!"), nullptr);
    EXPECT_THAT(texts_of(pages[0]), ::testing::Contains("A"));
}

TEST(Breaks, MarginAfterABlankPageIsCutOff) {
    const auto pages = pages_of(document("h1{font:inherit;margin-top:50px;break-before:right}",
                                         "<p>x</p><h1>right</h1><p>" + lines(9) + "</p><h1>next</h1>"));
    ASSERT_EQ(pages.size(), 5U);
    EXPECT_LT(find_text(pages[2], "right")->origin.y.px(), 20);
    EXPECT_LT(find_text(pages[4], "next")->origin.y.px(), 20);
}

TEST(Limits, TooManyPagesAreAnError) {
    RenderOptions options;
    options.limits.pages_max = 3;
    const auto rendered = render(document("", "<p>" + lines(100)), options);
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().code, ErrorCode::LimitExceeded);
}

TEST(Limits, CancelledRenderStops) {
    const std::atomic<bool> cancelled = true;
    RenderOptions options;
    options.cancelled = &cancelled;
    const auto rendered = render(document("", "<p>x"), options);
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().code, ErrorCode::Cancelled);
}

TEST(Limits, DeepNestingIsLaidOutWithoutOverflowingTheStack) {
    for (const std::string tag :
         {"div", "table><tr><td", "span style=display:inline-block", "div style=display:flex"}) {
        std::string html;
        for (int i = 0; i < 2000; ++i) html += "<" + tag + ">";
        EXPECT_FALSE(pages_of(html + "x").empty()) << tag;
    }
}

TEST(Input, MalformedUtf8IsRefused) {
    const auto rendered = render("<p>\xFF\xFE</p>");
    ASSERT_FALSE(rendered);
    EXPECT_EQ(rendered.error().code, ErrorCode::InvalidInput);
}

}  // namespace

}  // namespace galley::document::testing
