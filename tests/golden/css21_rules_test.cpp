// CSS 2.1, chapters 8 to 17: what each rule says about boxes, one case a rule.
// https://www.w3.org/TR/CSS21/
#include "rule_cases.h"

namespace galley::document::testing {

namespace {

class Css21 : public ::testing::TestWithParam<RuleCase> {};
TEST_P(Css21, Shows) {
    EXPECT_EQ(shown(GetParam().css, GetParam().body), GetParam().want);
}

// ---- chapter 8, the box model

INSTANTIATE_TEST_SUITE_P(
    BoxModel, Css21,
    ::testing::Values(
        RuleCase{"BackgroundCoversPaddingNotMargin", "",
                 "<div class=r style='margin:10px;padding:5px;height:10px;width:50px'></div>", "red 10,10 60x20"},
        RuleCase{
            "PercentMarginsReferToTheWidthAlsoAboveAndBelow", "",
            "<div class=b style='width:200px;padding-top:1px'><div class=r style='margin:10%;width:50px;height:10px'>"
            "</div></div>",
            "blue 0,0 200x31; red 20,21 50x10"},
        RuleCase{"PercentPaddingRefersToTheWidth", "",
                 "<div style='width:200px'><div class=r style='padding:10% 5%;width:50px;height:0'></div></div>",
                 "red 0,0 70x40"},
        RuleCase{"BorderWithoutStyleHasNoWidth", "",
                 "<div class=r style='border:10px none;width:50px;height:10px'></div>", "red 0,0 50x10"},
        RuleCase{"SidesWithoutBorderAreNotPainted", "",
                 "<p style='border:solid #f00;border-width:2px 0 1px;height:10px'></p>",
                 "red 0,0 400x2; red 0,12 400x1"},
        RuleCase{"RoundCornersOfOneSideArePaintedWithItAlone", "",
                 "<p style='border-left:4px solid #f00;border-radius:6px;height:20px'></p>", "clip 0,0 6x20; end clip"},
        RuleCase{"BackgroundReachesBelowTheBorder", "",
                 "<div class=r style='border:5px dashed transparent;width:50px;height:10px'></div>", "red 0,0 60x20"},
        RuleCase{
            "PaddingKeepsParentAndChildMarginsApart", "",
            "<div class=b style='margin-top:10px;padding-top:1px'><p class=r style='margin-top:20px;height:9px'></div>",
            "blue 0,10 400x30; red 0,31 400x9"},
        RuleCase{"ParentAndLastChildMarginsCollapse", "",
                 "<div class=b style='margin-bottom:10px'><p class=r style='margin-bottom:20px;height:9px'></p></div>"
                 "<p class=g style='height:5px'>",
                 "blue 0,0 400x9; red 0,0 400x9; lime 0,29 400x5"},
        RuleCase{
            "MarginsOfFloatsDoNotCollapse", "",
            "<p style='margin-bottom:20px;height:10px'></p><div class=r style='float:left;margin-top:20px;height:10px;"
            "width:10px'></div>",
            "red 0,50 10x10"},
        RuleCase{"BoxThatClearsFloatsOfItsParentMakesItAsHighAsTheyAre", "",
                 "<div class=y style='margin-bottom:10px'><p class=r style='float:left;width:50px;height:30px'></p>"
                 "<p style='clear:both'></p></div><p class=b style='height:5px'></p>",
                 "yellow 0,0 400x30; blue 0,40 400x5; red 0,0 50x30"},
        RuleCase{"GeneratedBoxClearsFloats", "div::after{content:'';display:block;clear:both}",
                 "<div class=y><p class=r style='float:left;width:50px;height:30px'></p></div>"
                 "<p class=b style='height:5px'></p>",
                 "yellow 0,0 400x30; blue 0,30 400x5; red 0,0 50x30"},
        RuleCase{"EmptyBoxHoldsOneThatClearsEarlierFloats", "",
                 "<p class=r style='float:left;width:50px;height:30px'></p><div><p style='clear:both'></p></div>"
                 "<p class=b style='height:5px'></p>",
                 "blue 0,30 400x5; red 0,0 50x30"},
        RuleCase{"FloatsStayAboveWhatABoxBelowThemClears",
                 "u{float:left;width:50px;height:20px}i{display:block;clear:both}p{margin-top:10px;height:10px}",
                 "<u class=r></u><i></i><p class=b></p>", "blue 0,30 400x10; red 0,0 50x20"},
        RuleCase{"MarginOfTheNextBoxMovesAFloat", "u{float:left;width:50px;height:20px}p{margin-top:10px;height:10px}",
                 "<u class=r></u><p class=b></p>", "blue 0,10 400x10; red 0,10 50x20"},
        RuleCase{"MarginWithinTheNextBoxDoesNotMoveAFloat",
                 "u{float:left;width:50px;height:20px}p{margin-top:10px;height:10px}",
                 "<u class=r></u><div><p class=b></p></div>", "blue 0,10 400x10; red 0,0 50x20"},
        RuleCase{"BoxesOfAHalfStandSideBySideThoughTheirWidthsAreRounded",
                 "div{width:340.157px;line-height:0}i{display:inline-block;width:50%;height:10px}",
                 "<div><i class=r></i><i class=b></i></div>", "red 0,0 170.078x10; blue 170.078,0 170.078x10"},
        RuleCase{"MissingImageWithoutTextLeavesNothing", "p{line-height:20px}img{width:50px;height:30px}",
                 "<p><img src=none.png></p><p class=b style='height:10px'></p>", "blue 0,0 400x10"},
        RuleCase{"FloatsInAnEmptyBoxStandBelowItsTopMargin", "",
                 "<p style='height:10px;margin-bottom:10px'></p><div style='margin:15px 0 40px'>"
                 "<p class=r style='float:left;width:50px;height:30px'></p></div><p class=b style='height:5px'></p>",
                 "blue 0,50 400x5; red 0,25 50x30"},
        RuleCase{"UnsupportedDisplayValuesAreDropped", "",
                 "<div class=b style='display:grid'><p class=r style='margin:10px 0;height:5px'></p></div>",
                 "blue 0,10 400x5; red 0,10 400x5"},
        RuleCase{"MarginsOfFormattingContextsDoNotCollapseWithTheirChildren", "",
                 "<div class=b style='overflow:hidden'><p class=r style='margin:10px 0;height:5px'></p></div>",
                 "blue 0,0 400x25; clip 0,0 400x25; red 0,10 400x5; end clip"},
        RuleCase{"BoxThatScrollsOneWayOnlyIsAnOrdinaryOneOnPaper", "",
                 "<div class=b style='overflow-x:auto'><p class=r style='margin:10px 0;height:5px'></p></div>"
                 "<div class=y style='overflow-y:scroll;height:5px'><p class=g style='height:9px'></p></div>",
                 "blue 0,10 400x5; red 0,10 400x5; yellow 0,25 400x5; lime 0,25 400x9"},
        RuleCase{"BoxThatHidesOneWayHidesBoth", "",
                 "<div class=b style='overflow-x:auto;overflow-y:hidden;height:5px'><p class=r "
                 "style='height:9px'></p></div>",
                 "blue 0,0 400x5; clip 0,0 400x5; red 0,0 400x9; end clip"},
        RuleCase{"MarginsCollapseThroughARuleWithoutLine", "hr{border:0;margin:0}",
                 "<p class=r style='margin-bottom:10px;height:5px'></p><hr><p class=b "
                 "style='margin-top:20px;height:5px'></p>",
                 "red 0,0 400x5; blue 0,25 400x5"},
        RuleCase{"NegativeMarginsPullTogether", "",
                 "<p class=r style='height:20px'></p><p class=b style='height:10px;margin-top:-5px'></p>",
                 "red 0,0 400x20; blue 0,15 400x10"}),
    rule_name);

// ---- chapter 9, the visual formatting model

INSTANTIATE_TEST_SUITE_P(
    Formatting, Css21,
    ::testing::Values(
        RuleCase{
            "FormattingContextContainsItsFloats", "",
            "<div class=b style='display:flow-root;width:100px'><div class=r style='float:left;width:20px;height:30px'>"
            "</div></div>",
            "blue 0,0 100x30; red 0,0 20x30"},
        RuleCase{
            "OrdinaryBlockDoesNotContainItsFloats", "",
            "<div class=b style='width:100px;padding:1px'><div class=r style='float:left;width:20px;height:30px'></div>"
            "</div>",
            "blue 0,0 102x2; red 1,1 20x30"},
        RuleCase{"RelativePositionMovesNothingElse", "",
                 "<div class=r style='position:relative;top:5px;left:7px;width:10px;height:10px'></div>"
                 "<div class=b style='width:10px;height:10px'></div>",
                 "blue 0,10 10x10; red 7,5 10x10"},
        RuleCase{"LeftWinsOverRightInLeftToRightText", "",
                 "<div class=r "
                 "style='position:relative;left:5px;right:50px;top:3px;bottom:9px;width:10px;height:10px'></div>",
                 "red 5,3 10x10"},
        RuleCase{"RightWinsOverLeftInRightToLeftText", "",
                 "<div dir=rtl><div class=r style='position:relative;left:5px;right:50px;height:10px'></div></div>",
                 "red -50,0 400x10"},
        RuleCase{"FloatsStandSideBySide", ".f{float:left;height:10px}",
                 "<div class='f r' style='width:50px'></div><div class='f b' style='width:60px'></div>",
                 "red 0,0 50x10; blue 50,0 60x10"},
        RuleCase{"FloatWithoutRoomGoesDown", ".f{float:left;height:10px}",
                 "<div class='f r' style='width:300px'></div><div class='f b' style='width:150px'></div>",
                 "red 0,0 300x10; blue 0,10 150x10"},
        RuleCase{"FloatIsNotHigherThanAnEarlierOne", ".f{float:left;height:10px}",
                 "<div class='f r' style='width:300px'></div><div class='f b' style='width:200px'></div>"
                 "<div class='f g' style='float:right;width:50px'></div>",
                 "red 0,0 300x10; blue 0,10 200x10; lime 350,10 50x10"},
        RuleCase{"TableOfAPercentageOfItsContainerStandsBelowTheFloatThatItDoesNotFitBeside",
                 "u{float:right;width:150px;height:30px}table{width:100%}td{height:10px}",
                 "<u></u><table class=r><tr><td></table>", "red 0,30 400x10"},
        RuleCase{"TableStandsBesideAFloatWhereItFits",
                 "u{float:left;width:150px;height:30px}table{width:60%;margin:0 auto}td{height:10px}",
                 "<u></u><table class=r><tr><td></table><table class=b style='margin:0;clear:none'><tr><td></table>",
                 "red 80,30 240x10; blue 0,40 240x10"},
        RuleCase{"TableBesideAFloatKeepsItsMargins",
                 "u{float:left;width:50px;height:30px}table{width:50%;margin-left:auto}td{height:10px}",
                 "<u></u><table class=r><tr><td></table><table class=b style='margin-left:20px'><tr><td></table>",
                 "red 200,0 200x10; blue 50,10 200x10"},
        RuleCase{"TableIsNotNarrowedByAFloat", "u{float:right;width:250px;height:30px}",
                 "<u></u><table class=r><tr><td>some words that would fit in two lines of text</table>",
                 "red 0,30 195.094x20; 'some words that would fit in two lines of text'"},
        RuleCase{"FormattingContextWithAWidthKeepsItBesideAFloat",
                 "u{float:left;width:40%;height:30px}div{overflow:hidden;height:10px}",
                 "<u></u><div class=r style='width:60%'></div><div class=b></div>",
                 "red 160,0 240x10; clip 160,0 240x10; end clip; blue 160,10 240x10; clip 160,10 240x10; end clip"},
        RuleCase{"RightFloatsFillFromTheRight", ".f{float:right;height:10px;width:50px}",
                 "<div class='f r'></div><div class='f b'></div>", "red 350,0 50x10; blue 300,0 50x10"},
        RuleCase{"ClearGoesBelowFloats", "",
                 "<div class=r style='float:left;width:20px;height:30px'></div><p class=b "
                 "style='clear:left;height:10px'></p>",
                 "blue 0,30 400x10; red 0,0 20x30"},
        RuleCase{"ClearanceSwallowsTheMargin", "",
                 "<div class=r style='float:left;width:20px;height:30px'></div>"
                 "<p class=b style='clear:both;margin-top:10px;height:10px'></p>",
                 "blue 0,30 400x10; red 0,0 20x30"},
        RuleCase{"ClearOfTheOtherSideDoesNothing", "",
                 "<div class=r style='float:left;width:20px;height:30px'></div><p class=b "
                 "style='clear:right;height:10px'></p>",
                 "blue 0,0 400x10; red 0,0 20x30"},
        RuleCase{"FormattingContextStandsBesideAFloat", "",
                 "<div class=r style='float:left;width:100px;height:30px'></div><div class=b style='display:flow-root;"
                 "height:10px'></div>",
                 "blue 100,0 300x10; red 0,0 100x30"},
        RuleCase{
            "BoxOfABlockRunsBelowAFloat", "",
            "<div class=r style='float:left;width:100px;height:30px'></div><div class=b style='height:10px'></div>",
            "blue 0,0 400x10; red 0,0 100x30"},
        RuleCase{"AbsoluteBoxStandsWhereItWouldHaveStood", "",
                 "<p style='height:10px'></p><div class=r style='position:absolute;width:20px;height:5px'></div>"
                 "<p class=b style='height:7px'></p>",
                 "blue 0,10 400x7; red 0,10 20x5"},
        RuleCase{"AbsoluteBoxInRightToLeftTextStandsAtTheRight",
                 "div{direction:rtl;padding-right:30px}i{position:absolute;width:20px;height:5px}",
                 "<div><p style='height:10px'></p><i class=r style='display:block'></i><p style='height:7px'></div>"
                 "<div style='display:flex;height:10px'><i class=b></i></div>"
                 "<div style='height:20px'><i class=g></i></div>",
                 "red 350,10 20x5; blue 350,17 20x5; lime 350,27 20x5"},
        RuleCase{"OverConstrainedBoxInRightToLeftTextKeepsItsRight",
                 "p{position:absolute;left:10px;right:50px;width:20px;height:5px}",
                 "<p class=r></p><div style='direction:rtl'><p class=b></p></div>", "red 10,0 20x5; blue 330,0 20x5"},
        RuleCase{
            "AbsoluteBoxRefersToThePaddingBoxOfItsAncestor", "",
            "<div class=b style='position:relative;margin:10px;border:2px solid transparent;padding:5px;width:50px;"
            "height:50px'><div class=r style='position:absolute;right:0;bottom:0;width:4px;height:4px'></div></div>",
            "blue 10,10 64x64; red 68,68 4x4"},
        RuleCase{"FloatMakesAnInlineElementABlock", "",
                 "<span class=r style='float:left;width:30px;height:10px'></span>", "red 0,0 30x10"},
        RuleCase{"StaticPositionOfAnInlineBoxIsTheLinesTop",
                 "i{display:inline-block;width:10px;height:50px}b{position:absolute;width:5px;height:5px}",
                 "<p style='font-size:0'><i class=g></i><b class=r></b></p>", "lime 0,0 10x50; red 10,0 5x5"},
        RuleCase{"StaticPositionOfABlockIsTheNextLine",
                 "i{display:inline-block;width:10px;height:50px}div{position:absolute;width:5px;height:5px}",
                 "<section style='font-size:0;line-height:0'><i class=g></i><div class=r></div></section>"
                 "<section style='font-size:0;line-height:0'><div class=b></div><i class=y></i></section>",
                 "lime 0,0 10x50; yellow 0,50 10x50; red 0,50 5x5; blue 0,50 5x5"},
        RuleCase{"HigherZIndexIsPaintedLater", ".a{position:absolute;width:10px;height:10px}",
                 "<div class='a r' style='z-index:2'></div><div class='a b' style='z-index:1'></div>",
                 "blue 0,0 10x10; red 0,0 10x10"},
        RuleCase{"NegativeZIndexIsPaintedBelowTheFlow", "",
                 "<p class=r style='height:10px'></p><div class=b "
                 "style='position:absolute;z-index:-1;top:0;left:0;width:9px;"
                 "height:9px'></div>",
                 "blue 0,0 9x9; red 0,0 400x10"},
        RuleCase{"FloatsArePaintedAboveBlocksAndBelowText", "",
                 "<div class=r style='float:left;width:20px;height:10px'></div><p class=b>x</p>",
                 "blue 0,0 400x20; red 0,0 20x10; 'x'"}),
    rule_name);

// ---- chapter 10, widths and heights

INSTANTIATE_TEST_SUITE_P(
    Sizes, Css21,
    ::testing::Values(
        RuleCase{"AutoMarginsCentre", "", "<div class=r style='width:100px;margin:0 auto;height:5px'></div>",
                 "red 150,0 100x5"},
        RuleCase{"OneAutoMarginTakesTheRest", "", "<div class=r style='width:100px;margin-left:auto;height:5px'></div>",
                 "red 300,0 100x5"},
        RuleCase{"TooManyWidthsLeaveOutTheRightMargin", "",
                 "<div class=r style='width:300px;margin:0 200px 0 50px;height:5px'></div>", "red 50,0 300x5"},
        RuleCase{"AutoMarginsOfWideBoxesAreZero", "",
                 "<div class=r style='width:500px;margin:0 auto;height:5px'></div>", "red 0,0 500x5"},
        RuleCase{"LeftAndRightGiveAnAbsoluteBoxItsWidth", "",
                 "<div class=r style='position:absolute;left:10px;right:20px;height:5px'></div>", "red 10,0 370x5"},
        RuleCase{"AutoMarginsCentreAnAbsoluteBox", "",
                 "<div class=r style='position:absolute;left:0;right:0;width:100px;margin:0 auto;height:5px'></div>",
                 "red 150,0 100x5"},
        RuleCase{
            "TopAndBottomGiveAnAbsoluteBoxItsHeight", "",
            "<div style='position:relative;height:200px'><div class=r style='position:absolute;top:10px;bottom:30px;"
            "width:10px'></div></div>",
            "red 0,10 10x160"},
        RuleCase{"FloatShrinksToItsContent", "",
                 "<div class=r style='float:left'><div style='width:30px;height:10px'></div></div>", "red 0,0 30x10"},
        RuleCase{
            "InlineBlockShrinksToItsContent", "",
            "<span class=r style='display:inline-block;vertical-align:top'><div style='width:30px;height:10px'></div>"
            "</span>",
            "red 0,0 30x10"},
        RuleCase{"MinWidthBeatsMaxWidth", "",
                 "<div class=r style='width:50px;min-width:80px;max-width:60px;height:5px'></div>", "red 0,0 80x5"},
        RuleCase{"MaxHeightCutsTheHeight", "", "<div class=r style='height:100px;max-height:30px'></div>",
                 "red 0,0 400x30"},
        RuleCase{"MinHeightRaisesTheHeight", "", "<div class=r style='min-height:30px'>x</div>", "red 0,0 400x30; 'x'"},
        RuleCase{"PercentOfAnAutoHeightIsAuto", "", "<div><div class=r style='height:50%'>x</div></div>",
                 "red 0,0 400x20; 'x'"},
        RuleCase{"PercentOfAGivenHeight", "", "<div style='height:80px'><div class=r style='height:50%'></div></div>",
                 "red 0,0 400x40"},
        RuleCase{"LineIsAsHighAsItsHighestInlineBox", "", "<p class=r>a<span style='line-height:40px'>b</span></p>",
                 "red 0,0 400x40; 'a'; 'b'"},
        RuleCase{"BoxAlignedWithTheLinesTopMakesItHigher", "",
                 "<p class=r><span class=b "
                 "style='display:inline-block;width:10px;height:50px;vertical-align:top'></span></p>",
                 "red 0,0 400x50; blue 0,0 10x50"},
        RuleCase{
            "BoxAlignedWithTheLinesBottomStandsAtItsEnd", "",
            "<p class=r style='height:50px'><span style='display:inline-block;height:50px;vertical-align:top'></span>"
            "<span class=b style='display:inline-block;width:10px;height:20px;vertical-align:bottom'></span></p>",
            "red 0,0 400x50; blue 0,30 10x20"}),
    rule_name);

// ---- chapters 11 and 12, visual effects and generated content

INSTANTIATE_TEST_SUITE_P(
    EffectsAndContent, Css21,
    ::testing::Values(
        RuleCase{"HiddenOverflowIsClipped", "",
                 "<div style='overflow:hidden;width:50px;height:10px'><div class=r "
                 "style='height:30px;width:80px'></div></div>",
                 "clip 0,0 50x10; red 0,0 80x30; end clip"},
        RuleCase{"VisibleOverflowTakesNoRoom", "",
                 "<div style='height:10px'><div class=r style='height:30px;width:80px'></div></div><p class=b>x</p>",
                 "red 0,0 80x30; blue 0,10 400x20; 'x'"},
        RuleCase{"HiddenBoxesTakeRoomAndTheirChildrenMayBeSeen", "",
                 "<div class=r style='visibility:hidden;height:30px'><div class=b "
                 "style='visibility:visible;height:5px'></div>"
                 "</div><p class=g style='height:9px'></p>",
                 "blue 0,0 400x5; lime 0,30 400x9"},
        RuleCase{"ContentBeforeAndAfter", "p::before{content:'<';}p::after{content:attr(title)'>'}", "<p title=t>x</p>",
                 "'<'; 'x'; 't>'"},
        RuleCase{"EmptyContentMakesABox", "p::before{content:'';display:block;height:10px;background:#f00}",
                 "<p class=b>x</p>", "blue 0,0 400x30; red 0,0 400x10; 'x'"},
        RuleCase{
            "CountersNest",
            "ol{counter-reset:n;list-style:none;padding:0}li{counter-increment:n}li::before{content:counters(n,'.')}",
            "<ol><li><li><ol><li></ol><li></ol>", "'1'; '2'; '2.1'; '3'"},
        RuleCase{"ElementsThatAreNotShownDoNotCount", "p{counter-increment:n}p::before{content:counter(n)}",
                 "<p><p style='display:none'><p style='visibility:hidden'><p>", "'1'; '3'"},
        RuleCase{"ResetComesBeforeIncrement", "p{counter-increment:n 2;counter-reset:n 5}p::before{content:counter(n)}",
                 "<p>", "'7'"},
        RuleCase{"CounterStyles",
                 "p::before{content:counter(n,upper-roman)counter(n,lower-alpha)counter(n,decimal-leading-zero)}",
                 "<p style='counter-reset:n 9'>", "'IXi09'"},
        RuleCase{"OwnCounterStyles",
                 "@counter-style s{system:fixed;symbols:x y;suffix:') '}ol{list-style:s inside;padding:0}",
                 "<ol><li>a<li>b<li style='counter-reset:n 1'>c</ol>", "'x) '; 'a'; 'y) '; 'b'; '3) '; 'c'"},
        RuleCase{"QuotesNest", "q{quotes:'<' '>' '(' ')'}", "<q>a<q>b</q></q>", "'<'; 'a'; '('; 'b'; ')'; '>'"},
        RuleCase{"ListItemsCountAlsoWhereTheyStartElsewhere", "ol{padding-left:40px}",
                 "<ol start=7><li>a<li value=20>b<li>c</ol>", "'a'; '7.'; 'b'; '20.'; 'c'; '21.'"},
        RuleCase{"MarkerInsideIsPartOfTheLine", "ul{list-style:square inside;padding:0}", "<ul><li class=r>a</ul>",
                 "red 0,0 400x20; '▪ '; 'a'"}),
    rule_name);

// ---- chapters 13, 14 and 16, pages, backgrounds, text

INSTANTIATE_TEST_SUITE_P(
    PagesAndText, Css21,
    ::testing::Values(
        RuleCase{"PageBreakBefore", "", "<p>a</p><p class=r style='page-break-before:always;height:5px'></p>",
                 "'a' | red 0,0 400x5"},
        RuleCase{"PageBreakAfter", "", "<p class=r style='page-break-after:always;height:5px'></p><p>a</p>",
                 "red 0,0 400x5 | 'a'"},
        RuleCase{"PageBreakInsideAvoid", "",
                 "<p style='height:150px'></p><div class=r style='page-break-inside:avoid'>a<br>b<br>c</div>",
                 "nothing | red 0,0 400x60; 'a'; 'b'; 'c'"},
        RuleCase{"BackgroundOfTheBodyCoversThePage", "body{background:#f00;height:10px}", "", "red 0,0 400x200"},
        RuleCase{"BackgroundOfTheRootLeavesTheBodyItsOwn", "html{background:#f00}body{background:#00f;height:10px}", "",
                 "red 0,0 400x200; blue 0,0 400x10"},
        RuleCase{"IndentIsOfTheFirstLineOnly", ".i{display:inline-block;vertical-align:top;width:10px;height:10px}",
                 "<p style='text-indent:10%'><span class='i r'></span><br><span class='i b'></span>",
                 "red 40,0 10x10; blue 0,20 10x10"},
        RuleCase{"TextIsAlignedAtTheRight", ".i{display:inline-block;vertical-align:top;width:10px;height:10px}",
                 "<p style='text-align:right'><span class='i r'></span>", "red 390,0 10x10"},
        RuleCase{"TextIsCentred", ".i{display:inline-block;vertical-align:top;width:10px;height:10px}",
                 "<p style='text-align:center'><span class='i r'></span>", "red 195,0 10x10"},
        RuleCase{"AlignmentIsInherited", ".i{display:inline-block;vertical-align:top;width:10px;height:10px}",
                 "<div style='text-align:right'><p><span class='i r'></span></p></div>", "red 390,0 10x10"},
        RuleCase{"ALineBreakMayHaveContentBehindIt",
                 "br::after{content:'';display:inline-block;width:7px;height:20px;vertical-align:top;background:#f00}",
                 "<p>a<br>b</p>", "'a'; red 0,20 7x20; 'b'"},
        RuleCase{"PreLineKeepsBreaksOnly", "", "<p style='white-space:pre-line'>a  b\nc</p>", "'a b'; 'c'"},
        RuleCase{"ClosingEdgeOfAnInlineBoxStaysWithItsText", "span{padding-right:20px}",
                 "<p style='width:40px'>ooo <span>ooo</span></p><p style='width:80px'>ooo <span>ooo</span></p>",
                 "'ooo'; 'ooo'; 'ooo '; 'ooo'"},
        RuleCase{"BoxesAtTheLinesBottomMakeItGrowBelow",
                 "i{display:inline-block;width:10px;background:#f00;height:10px;vertical-align:baseline}"
                 "b{display:inline-block;width:10px;background:#00f;height:60px;vertical-align:bottom}",
                 "<p style='line-height:10px;font-size:0'><i></i><b></b></p>", "red 0,0 10x10; blue 10,0 10x60"},
        RuleCase{"NamedSizesAreThoseOfTheTable", "i{display:block;width:1em;height:5px;background:#f00}",
                 "<i style='font-size:small'></i><i style='font-size:x-large'></i>", "red 0,0 14.2188x5; red 0,5 24x5"},
        RuleCase{"SpacesBeforeALineBreakCountWhenTheLineIsAligned", ".i{display:inline-block;width:10px;height:10px}",
                 "<p style='text-align:right'><span class='i r'></span> <br><span class='i b'></span></p>",
                 "red 387.219,3.45312 10x10; ' '; blue 390,23.4531 10x10"},
        RuleCase{"SpacesBeforeALineBreakWidenAFloat", ".i{display:inline-block;width:10px;height:10px}",
                 "<div class=g style='float:left'><span class='i r'></span> <br><span class='i b'></span></div>",
                 "lime 0,0 12.7812x40; red 0,3.45312 10x10; ' '; blue 0,23.4531 10x10"},
        RuleCase{"TextTransformUppercase", "", "<p style='text-transform:uppercase'>straße</p>", "'STRASSE'"}),
    rule_name);

// ---- chapter 17, tables

INSTANTIATE_TEST_SUITE_P(
    Tables, Css21,
    ::testing::Values(
        RuleCase{"CaptionStandsAbove", "",
                 "<table style='width:100px'><caption class=r style='height:10px'></caption>"
                 "<tr><td class=b style='height:20px'></table>",
                 "red 0,0 100x10; blue 0,10 100x20"},
        RuleCase{"InlineTablesStandOnTheirFirstRow",
                 "table{display:inline-table;border-spacing:0}td{padding:0}i{display:inline-block;width:20px;"
                 "height:10px}p{line-height:20px;font-size:10px}",
                 "<p><i class=r></i><table><tr><td><i class=b></i><tr><td><i class=g></i></table></p>",
                 "red 0,3.45312 20x10; blue 20,3.45312 20x10; lime 20,23.4531 20x10"},
        RuleCase{"CaptionMayStandBelow", "caption{caption-side:bottom}",
                 "<table style='width:100px'><caption class=r style='height:10px'></caption><tr><td class=b "
                 "style='height:20px'>"
                 "</table>",
                 "blue 0,0 100x20; red 0,20 100x10"},
        RuleCase{"LayersFromTableToCell", "",
                 "<table class=r style='width:100px'><tr class=b><td class=g style='height:20px'></table>",
                 "red 0,0 100x20; blue 0,0 100x20; lime 0,0 100x20"},
        RuleCase{"SpacingStandsBetweenAndAroundCells", "table{border-spacing:10px 5px}td{width:20px;height:20px}",
                 "<table><tr><td class=r><td class=b></table>", "red 10,5 20x20; blue 40,5 20x20"},
        RuleCase{"EmptyCellsMayHide", "table{empty-cells:hide}td{width:20px;height:20px}",
                 "<table><tr><td class=r><td class=b>x</table>", "blue 20,0 20x20; 'x'"},
        RuleCase{"RowIsAsHighAsItsHighestCell", "td{width:20px}",
                 "<table><tr><td class=r style='height:10px'><td class=b style='height:30px'></table>",
                 "red 0,0 20x30; blue 20,0 20x30"},
        RuleCase{"ColumnSpansCoverTheirColumns", "td{height:10px}",
                 "<table><tr><td class=r colspan=2><tr><td class=b style='width:30px'><td class=g "
                 "style='width:40px'></table>",
                 "red 0,0 70x10; blue 0,10 30x10; lime 30,10 40x10"},
        RuleCase{"TableOfAutoWidthShrinks", "",
                 "<table class=r><tr><td><div style='width:30px;height:10px'></div></table>", "red 0,0 30x10"},
        RuleCase{"WidthInPxIsThatOfTheColumns",
                 "table{border:10px solid transparent}th{width:20px;height:10px}.c{border-collapse:collapse}",
                 "<table class=r style='width:100px'><th></table><table class='b c' style='width:100px'><th></table>",
                 "red 0,0 120x30; blue 0,30 110x30"},
        RuleCase{"WidthInPercentHoldsTheBorders",
                 "table{border:10px solid transparent}th{height:10px}.c{border-collapse:collapse}",
                 "<table class=r style='width:50%'><th></table><table class='b c' style='width:50%'><th></table>",
                 "red 0,0 200x30; blue 0,30 200x30"},
        RuleCase{"TablesHeedMinWidthInPxOnly", "td{height:10px}",
                 "<table class=r style='width:100%;max-width:200px'><tr><td></table>"
                 "<table class=b style='width:50px;min-width:90px'><tr><td></table>"
                 "<table class=g style='width:50px;min-width:90%'><tr><td></table>",
                 "red 0,0 400x10; blue 0,10 90x10; lime 0,20 50x10"},
        RuleCase{"BoxesAroundTablesHaveRoomForTheirMinWidth", "td{height:10px}table{min-width:90px}",
                 "<div class=r style='float:left'><table style='table-layout:fixed;width:20px'><tr><td></table></div>"
                 "<div class=b style='float:right'><table><tr><td></table></div>",
                 "red 0,0 20x10; blue 310,0 90x10"},
        RuleCase{"CellsHeedLimitsInPxForTheirWidthInPx", "table{width:300px}td{height:10px;padding:0 5px}",
                 "<table><tr><td class=r style='width:200px;max-width:80px'><td></table>"
                 "<table><tr><td class=b style='width:20px;min-width:80px;box-sizing:border-box'><td></table>",
                 "red 0,0 90x10; blue 0,10 90x10"},
        RuleCase{"ContentsOfCellsMayExceedTheirMaxWidth", "td{height:10px}u{display:block;width:60px}",
                 "<table><tr><td class=r style='max-width:20px'><u></u></table>"
                 "<table><tr><td class=b style='min-width:80px'><u></u></table>",
                 "red 0,0 60x10; blue 0,10 80x10"},
        RuleCase{"CellsHeedLimitsInPercent", "table{width:300px}td{height:10px}",
                 "<table><tr><td class=r style='min-width:30%'><td></table>"
                 "<table><tr><td class=b style='width:80%;max-width:40%'><td></table>",
                 "red 0,0 90x10; blue 0,10 120x10"},
        RuleCase{"ImagesOfPercentWidthTakeWhatIsLeftForTheirColumn",
                 "svg{width:100%;display:block}td.b{background:#00f}",
                 "<table style='width:200px'><tr><td><svg class=r width=100 height=10></svg>"
                 "<td class=b><div style='width:20px;height:10px'></div></table>",
                 "red 0,0 90x10; blue 90,0 110x10"},
        RuleCase{"ImagesOfPercentWidthWidenATableOfAutoWidth", "svg{width:100%;display:block}",
                 "<table><tr><td><svg class=r width=100 height=10></svg></table>", "red 0,0 100x10"},
        RuleCase{
            "PercentagesOfTheWholeAreKeptWhateverTheirRounding", "td{padding:0;height:10px}",
            "<table style='width:306px'><tr><td class=r style='width:31%'><td class=b style='width:23%'>"
            "<td class=y style='width:29%'><td class=g style='width:17%'></table>",
            "red 0,0 94.8594x10; blue 94.8594,0 70.375x10; yellow 165.234,0 88.7344x10; lime 253.969,0 52.0312x10"},
        RuleCase{"PercentColumnWidensATableOnlyAsFarAsItAsksFor", "td{padding:0;height:10px}",
                 "<table class=y><tr><td style='width:50%'><div style='width:40px'></div><td>"
                 "<div style='width:30px'></div></table>",
                 "yellow 0,0 80x10"},
        RuleCase{"SpacesAtTheEndOfAnInlineBoxTakeNoRoom", "b{display:inline-block;width:10px;height:10px}",
                 "<p class=g style='float:left'><i><b class=r></b> </i></p>", "lime 0,0 10x20; red 0,3.45312 10x10"},
        RuleCase{"AutoMarginsCentreATable", "",
                 "<table class=r style='margin:0 auto'><tr><td><div style='width:30px;height:10px'></div></table>",
                 "red 185,0 30x10"},
        RuleCase{"CellsAlignAtTheBottom", "",
                 "<table><tr><td style='height:50px'><td style='vertical-align:bottom'><div class=r style='width:5px;"
                 "height:10px'></div></table>",
                 "red 0,40 5x10"},
        RuleCase{"HeadStandsFirstAndFootLast", "td{width:20px;height:10px}",
                 "<table><tfoot><tr><td class=r></tfoot><tbody><tr><td class=b></tbody><thead><tr><td "
                 "class=g></thead></table>",
                 "lime 0,0 20x10; blue 0,10 20x10; red 0,20 20x10"}),
    rule_name);

}  // namespace

}  // namespace galley::document::testing
