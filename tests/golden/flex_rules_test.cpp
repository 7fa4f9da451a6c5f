// CSS Flexible Box Layout 1 and Box Alignment 3, rule by rule.
#include "rule_cases.h"

namespace galley::document::testing {
namespace {

class Flexbox : public ::testing::TestWithParam<RuleCase> {};
TEST_P(Flexbox, Shows) {
    EXPECT_EQ(shown(GetParam().css, GetParam().body), GetParam().want);
}

constexpr const char* kFour = "<div class=f><p class=r></p><p class=b></p><p class=g></p><p class=y></p></div>";

INSTANTIATE_TEST_SUITE_P(
    Rows, Flexbox,
    ::testing::Values(
        RuleCase{"ItemsShareARowAndStretch", ".f{display:flex;gap:20px}.f div{flex:1}",
                 "<div class=f><div class=r><p style='height:40px'></p></div><div class=b></div></div>",
                 "red 0,0 190x40; blue 210,0 190x40"},
        RuleCase{"ItemsShrinkBelowTheirWidth", ".f{display:flex}p{width:300px;height:10px}",
                 "<div class=f><p class=r></p><p class=b></p></div>", "red 0,0 200x10; blue 200,0 200x10"},
        RuleCase{"ItemsShrinkAsFarAsTheirContentsAllow", ".f{display:flex}p{width:300px;height:10px}",
                 "<div class=f><p class=r><i style='float:left;width:250px'></i></p><p class=b></p></div>",
                 "red 0,0 250x10; blue 250,0 150x10"},
        RuleCase{"MarginsKeepTheirSideInReversedRows",
                 ".f{display:flex;flex-direction:row-reverse}p{width:100px;height:10px;margin:0 30px 0 5px}",
                 "<div class=f><p class=r></p><p class=b></p></div>"
                 "<div class=f><p class=g></p><p class=y style='margin-right:auto'></p></div>",
                 "red 270,0 100x10; blue 135,0 100x10; lime 270,10 100x10; yellow 5,10 100x10"},
        RuleCase{"RowsOfRightToLeftTextBeginAtTheRight",
                 ".f{display:flex;direction:rtl}p{width:100px;height:10px;margin-left:30px}",
                 "<div class=f><p class=r></p><p class=b></p></div>"
                 "<div class=f style='justify-content:flex-end'><p class=g></p></div>"
                 "<div class=f style='justify-content:right;flex-direction:row-reverse'><p class=y></p></div>",
                 "red 300,0 100x10; blue 170,0 100x10; lime 30,10 100x10; yellow 300,20 100x10"},
        RuleCase{"ColumnsOfRightToLeftTextBeginAtTheRight",
                 ".f{display:flex;direction:rtl;flex-direction:column}p{width:100px;height:10px;margin-left:30px}",
                 "<div class=f><p class=r></p><p class=b style='align-self:flex-end'></p>"
                 "<p class=g style='align-self:center;margin:0'></p></div>",
                 "red 300,0 100x10; blue 30,10 100x10; lime 150,20 100x10"},
        RuleCase{"LinesBreakBetweenPages", ".f{display:flex;flex-wrap:wrap}p{width:100%;height:60px}", kFour,
                 "red 0,0 400x60; blue 0,60 400x60; lime 0,120 400x60 | yellow 0,0 400x60"}),
    rule_name);

// https://www.w3.org/TR/css-flexbox-1/#align-content-property
INSTANTIATE_TEST_SUITE_P(
    AlignContent, Flexbox,
    ::testing::Values(
        RuleCase{"LinesStretch", ".f{display:flex;flex-wrap:wrap;height:100px}p{width:200px}", kFour,
                 "red 0,0 200x50; blue 200,0 200x50; lime 0,50 200x50; yellow 200,50 200x50"},
        RuleCase{"ASingleLineOfAWrappingContainerStretches",
                 ".f{display:flex;flex-wrap:wrap;height:100px}p{width:100px}", kFour,
                 "red 0,0 100x100; blue 100,0 100x100; lime 200,0 100x100; yellow 300,0 100x100"},
        RuleCase{"StretchedLinesGrowByTheSame", ".f{display:flex;flex-wrap:wrap;height:100px}p{width:400px}",
                 "<div class=f><p class=r><i style='display:block;height:20px'></i></p><p class=b></p></div>",
                 "red 0,0 400x60; blue 0,60 400x40"},
        RuleCase{"SpaceBetween",
                 ".f{display:flex;flex-wrap:wrap;height:100px;align-content:space-between}p{width:200px;height:10px}",
                 kFour, "red 0,0 200x10; blue 200,0 200x10; lime 0,90 200x10; yellow 200,90 200x10"},
        RuleCase{"SpaceAround",
                 ".f{display:flex;flex-wrap:wrap;height:100px;align-content:space-around}p{width:200px;height:10px}",
                 kFour, "red 0,20 200x10; blue 200,20 200x10; lime 0,70 200x10; yellow 200,70 200x10"},
        RuleCase{"Center",
                 ".f{display:flex;flex-wrap:wrap;height:100px;align-content:center}p{width:200px;height:10px}", kFour,
                 "red 0,40 200x10; blue 200,40 200x10; lime 0,50 200x10; yellow 200,50 200x10"},
        RuleCase{"EndWithAGap",
                 ".f{display:flex;flex-wrap:wrap;height:100px;align-content:flex-end;row-gap:5px}"
                 "p{width:200px;height:10px}",
                 kFour, "red 0,75 200x10; blue 200,75 200x10; lime 0,90 200x10; yellow 200,90 200x10"},
        RuleCase{"LinesMayStandInReverse", ".f{display:flex;flex-wrap:wrap-reverse}p{width:200px;height:10px}", kFour,
                 "lime 0,0 200x10; yellow 200,0 200x10; red 0,10 200x10; blue 200,10 200x10"},
        RuleCase{
            "ReversedLinesBeginAtTheBottom",
            ".f{display:flex;flex-wrap:wrap-reverse;height:100px;align-content:flex-start}p{width:200px;height:10px}"
            ".b{height:5px}",
            kFour, "lime 0,80 200x10; yellow 200,80 200x10; red 0,90 200x10; blue 200,95 200x5"},
        RuleCase{"ReversedLinesGoOnAtTheNextPage", ".f{display:flex;flex-wrap:wrap-reverse}p{width:400px;height:60px}",
                 kFour, "yellow 0,0 400x60; lime 0,60 400x60; blue 0,120 400x60 | red 0,0 400x60"},
        RuleCase{
            "NothingIsLostWhereTheNextPageIsNarrower",
            "@page:left{size:200px 200px}.f{display:flex;flex-wrap:wrap}p{width:100px;height:150px}",
            "<div class=f><p class=r></p><p class=r></p><p class=r></p><p class=r></p><p class=b></p><p class=g></p>"
            "<p class=y></p></div>",
            "red 0,0 100x150; red 100,0 100x150; red 200,0 100x150; red 300,0 100x150 | "
            "blue 0,0 100x150; lime 100,0 100x150 | yellow 0,0 100x150"},
        RuleCase{"LinesThatDoNotFitThePageGoOn",
                 ".f{display:flex;flex-wrap:wrap;height:300px;align-content:center}p{width:400px;height:80px}", kFour,
                 "red 0,0 400x80; blue 0,80 400x80 | lime 0,0 400x80; yellow 0,80 400x80"},
        RuleCase{"AContainerAsHighAsThePageMayHangOverByTheMarginAbove",
                 "body{padding-top:10px}.f{display:flex;flex-wrap:wrap;height:200px;align-content:space-between}"
                 "p{width:400px;height:10px}",
                 "<div class=f><p class=r></p><p class=b></p></div>", "red 0,10 400x10; blue 0,200 400x10"}),
    rule_name);

// https://www.w3.org/TR/css-flexbox-1/#pagination — breaks before the first and behind the last item are the container's.
INSTANTIATE_TEST_SUITE_P(
    Breaks, Flexbox,
    ::testing::Values(
        RuleCase{"BeforeTheFirstItem", ".f{display:flex}p{width:50px;height:10px}",
                 "<p class=r></p><div class=f><p class=b style='break-before:page'></p><p class=g></p></div>",
                 "red 0,0 50x10 | blue 0,0 50x10; lime 50,0 50x10"},
        RuleCase{"BehindTheLastItem", ".f{display:flex}p{width:50px;height:10px}",
                 "<div class=f><p class=b></p><p class=g style='break-after:page'></p></div><p class=r></p>",
                 "blue 0,0 50x10; lime 50,0 50x10 | red 0,0 50x10"}),
    rule_name);

}  // namespace
}  // namespace galley::document::testing
