// CSS Paged Media 3, Fragmentation 3 and Generated Content for Paged Media 3: what each rule says, one case a rule.
// https://www.w3.org/TR/css-page-3/ https://www.w3.org/TR/css-break-3/ https://www.w3.org/TR/css-gcpm-3/
#include "rule_cases.h"

namespace galley::document::testing {

namespace {

class CssPage : public ::testing::TestWithParam<RuleCase> {};
TEST_P(CssPage, Shows) {
    EXPECT_EQ(shown(GetParam().css, GetParam().body), GetParam().want);
}

// ---- css-page-3: page boxes and selectors

INSTANTIATE_TEST_SUITE_P(
    PageBoxes, CssPage,
    ::testing::Values(
        RuleCase{"MarginsLeaveThePageArea", "@page{margin:20px 30px}", "<p class=r style='height:10px'>",
                 "red 30,20 340x10"},
        RuleCase{"PercentMarginsReferToThePagesSide", "@page{margin:10%}", "<p class=r style='height:10px'>",
                 "red 40,20 320x10"},
        RuleCase{"PageBordersAndPaddingTakeFromThePageArea", "@page{margin:20px;border:5px solid #123;padding:3px}",
                 "<p class=r style='height:10px'>", "red 28,28 344x10"},
        RuleCase{"BackgroundOfThePageCoversItsMargins", "@page{margin:20px;background:#f00}",
                 "<p class=b style='height:10px'>", "red 0,0 400x200; blue 20,20 360x10"},
        RuleCase{"FirstPageIsARightPage",
                 "@page:right{margin-left:50px}@page:left{margin-left:10px}p{break-after:page;height:10px}",
                 "<p class=r></p><p class=b></p>", "red 50,0 350x10 | blue 10,0 390x10"},
        RuleCase{"FirstBeatsRightWhateverTheOrder", "@page:first{margin-left:70px}@page:right{margin-left:50px}",
                 "<p class=r style='height:10px'>", "red 70,0 330x10"},
        RuleCase{"NameBeatsFirst", "@page n{margin-left:30px}@page:first{margin-left:70px}p{page:n;height:10px}",
                 "<p class=r>", "red 30,0 370x10"},
        RuleCase{"NameAndPseudoClassBeatTheName",
                 "@page n:first{margin-left:90px}@page n{margin-left:30px}p{page:n;height:10px}", "<p class=r>",
                 "red 90,0 310x10"},
        RuleCase{"LaterOfEqualRulesWins", "@page{margin-left:30px}@page{margin-left:40px}",
                 "<p class=r style='height:10px'>", "red 40,0 360x10"},
        RuleCase{"ImportantBeatsSpecificity", "@page{margin-left:30px!important}@page:first{margin-left:40px}",
                 "<p class=r style='height:10px'>", "red 30,0 370x10"},
        RuleCase{"BlankPagesAreSelected",
                 "@page:blank{margin:20px;@top-left{content:'blank'}}p{break-before:right;height:10px}",
                 "<p class=r></p><p class=b></p>", "red 0,0 400x10 | 'blank' | blue 0,0 400x10"},
        RuleCase{"NthPagesAreSelected", "@page:nth(2n){margin-left:10px}p{break-after:page;height:10px}",
                 "<p class=r></p><p class=b></p><p class=g></p>",
                 "red 0,0 400x10 | blue 10,0 390x10 | lime 0,0 400x10"},
        RuleCase{"ANewNameBeginsAPage", "@page n{margin-left:30px}.n{page:n}p{height:10px}",
                 "<p class=r></p><p class='n b'></p>", "red 0,0 400x10 | blue 30,0 370x10"},
        RuleCase{"ListedSelectorsShareARule", "@page:first,:left{margin-left:30px}p{break-after:page;height:10px}",
                 "<p class=r></p><p class=b></p><p class=g></p>",
                 "red 30,0 370x10 | blue 30,0 370x10 | lime 0,0 400x10"}),
    rule_name);

// ---- css-page-3: margin boxes

INSTANTIATE_TEST_SUITE_P(
    MarginBoxes, CssPage,
    ::testing::Values(
        RuleCase{"WithoutContentThereIsNoBox", "@page{margin:20px;@top-left{background:#f00}}", "x", "'x'"},
        RuleCase{"EmptyContentMakesABox", "@page{margin:20px;@top-left-corner{content:'';background:#f00}}", "x",
                 "'x'; red 0,0 20x20"},
        RuleCase{"CornersFillTheCorners",
                 "@page{margin:10px 20px 30px "
                 "40px;@bottom-right-corner{content:'';background:#f00}@top-left-corner{content:'';"
                 "background:#00f}}",
                 "x", "'x'; blue 0,0 40x10; red 380,170 20x30"},
        RuleCase{"ABoxIsAsWideAsItsContent",
                 "@page{margin:20px;@top-left{content:'';background:#f00}@bottom-center{content:element(a)}}"
                 ".a{position:running(a)}i{float:left;width:30px;height:10px;background:#00f}u{float:right;width:50px}",
                 "<div class=a><i></i><u></u></div>x", "'x'; blue 160,185 30x10"},
        RuleCase{"RunningElementsStandInTheMiddleThoughTheirTextDoesNot",
                 "@page{margin:20px;@top-center{content:element(a)}}.a{position:running(a)}"
                 "i{display:block;height:10px;width:40px;background:#f00}",
                 "<div class=a><i></i></div>x", "'x'; red 180,5 40x10"},
        RuleCase{"FixedBoxesStandWhereTheirContainersContentBegins",
                 "body{margin:8px}div{padding-left:20px;width:100px}i{position:fixed;bottom:0;width:100%;height:10px;"
                 "background:#f00}",
                 "<div><p><i></i>x</div>", "'x'; red 28,190 400x10"},
        RuleCase{"BoxesHigherThanTheMarginReachOverThePapersEdge",
                 "@page{margin:20px;@top-left{content:'';background:#f00;width:9px;height:50px}@bottom-left{content:'';"
                 "background:#00f;width:9px;height:50px;margin:auto}}",
                 "x", "'x'; red 20,-30 9x50; blue 20,180 9x50"},
        RuleCase{"TheCentreIsCentred", "@page{margin:20px;@top-center{content:'';background:#f00;width:100px}}", "x",
                 "'x'; red 150,0 100x20"},
        RuleCase{"LeftAndRightOfGivenWidthStandAtTheirEnds",
                 "@page{margin:20px;@bottom-left{content:'';background:#f00;width:50px}@bottom-right{content:'';"
                 "background:#00f;"
                 "width:60px}}",
                 "x", "'x'; red 20,180 50x20; blue 320,180 60x20"},
        RuleCase{"SidesRunDownThePage", "@page{margin:20px;@left-middle{content:'';background:#f00;height:40px}}", "x",
                 "'x'; red 0,80 20x40"},
        RuleCase{"EachPageHasItsOwn",
                 "@page{margin:20px;@top-left{content:counter(page)'/'counter(pages)}}p{break-after:page}",
                 "<p>a</p><p>b</p>", "'a'; '1/2' | 'b'; '2/2'"},
        RuleCase{"TheFirstPageMayGoWithout",
                 "@page{margin:20px;@top-left{content:counter(page)}}@page:first{@top-left{content:none}}"
                 "p{break-after:page}",
                 "<p>a</p><p>b</p>", "'a' | 'b'; '2'"}),
    rule_name);

// ---- css-break-3

INSTANTIATE_TEST_SUITE_P(
    Fragmentation, CssPage,
    ::testing::Values(
        RuleCase{"MarginsAreCutAtAnUnforcedBreak", "",
                 "<p style='height:190px'></p><p class=r style='margin-top:30px;height:20px'>",
                 "nothing | red 0,0 400x20"},
        RuleCase{"MarginsStayAfterAForcedBreak", "",
                 "<p>a</p><p class=r style='break-before:page;margin-top:30px;height:20px'>", "'a' | red 0,30 400x20"},
        RuleCase{"BreakBeforeOfTheFirstChildIsThatOfItsParent", "",
                 "<p>a</p><div class=r><p class=b style='break-before:page;height:10px'></p></div>",
                 "'a' | red 0,0 400x10; blue 0,0 400x10"},
        RuleCase{"BreakAfterOfTheLastChildIsThatOfItsParent", "",
                 "<div class=r><p class=b style='break-after:page;height:10px'></p></div><p>a</p>",
                 "red 0,0 400x10; blue 0,0 400x10 | 'a'"},
        RuleCase{"LeftMakesARightPageBlank", "p{height:10px}",
                 "<p class=r></p><p class=b style='break-before:left'></p>", "red 0,0 400x10 | blue 0,0 400x10"},
        RuleCase{"VersoIsLeft", "p{height:10px}", "<p class=r></p><p class=b style='break-before:verso'></p>",
                 "red 0,0 400x10 | blue 0,0 400x10"},
        RuleCase{"RectoSkipsALeftPage", "p{height:10px}", "<p class=r></p><p class=b style='break-before:recto'></p>",
                 "red 0,0 400x10 | nothing | blue 0,0 400x10"},
        RuleCase{"AvoidAfterKeepsTheNextBox", "p{height:50px}",
                 "<p></p><p></p><p></p><p class=r style='break-after:avoid;height:30px'></p><p class=b></p>",
                 "nothing | red 0,0 400x30; blue 0,30 400x50"},
        RuleCase{
            "AvoidedBreakGoesAmongTheLinesAbove",
            "i{display:inline-block;width:10px;height:20px;background:#00f;"
            "vertical-align:top}ul{break-before:avoid;height:40px;margin:0}",
            "<p class=g style='height:100px'></p><p><i></i><br><i></i><br><i></i><br><i></i></p><ul class=r></ul>",
            "lime 0,0 400x100; blue 0,100 10x20; blue 0,120 10x20 | red 0,40 400x40; blue 0,0 10x20; blue 0,20 10x20"},
        RuleCase{"AvoidedBreakLeavesLinesThatOrphansKeepTogether",
                 "i{display:inline-block;width:10px;height:20px;"
                 "background:#00f;vertical-align:top}ul{break-before:avoid;height:40px;margin:0}",
                 "<p class=g style='height:120px'></p><p><i></i><br><i></i><br><i></i></p><ul class=r></ul>",
                 "lime 0,0 400x120 | red 0,60 400x40; blue 0,0 10x20; blue 0,20 10x20; blue 0,40 10x20"},
        RuleCase{"TablesGoOnWithoutSpacingAndKeepThatBelowTheirRows",
                 "table{border-spacing:10px;width:120px}td{padding:0;height:80px}",
                 "<table><tr><td class=r><tr><td class=b><tr><td class=g></table>",
                 "red 10,10 100x80; blue 10,100 100x80 | lime 10,0 100x80"},
        RuleCase{"RowsDoNotFitWithoutTheSpacingBelow",
                 "table{border-spacing:10px;width:120px}td{padding:0;height:90px}",
                 "<table><tr><td class=r><tr><td class=b></table>", "red 10,10 100x90 | blue 10,0 100x90"},
        RuleCase{"RowsThatFitStayWhereTheEdgeBelowTheTableDoesNot",
                 "table{border-spacing:0;border-bottom:5px solid #123;width:100px}td{padding:0;height:60px}",
                 "<p class=y style='height:77px'></p><table><tr><td class=r><tr><td class=b></table>",
                 "yellow 0,0 400x77; red 0,77 100x60 | blue 0,0 100x60"},
        RuleCase{"EdgeOfATableStandsAboveARepeatedHead",
                 "table{border-spacing:0;border-top:5px solid #123;width:100px}td,th{padding:0;height:60px}",
                 "<table><thead><tr><th class=r></thead><tr><td class=b><tr><td class=b><tr><td class=g></table>",
                 "red 0,5 100x60; blue 0,65 100x60; blue 0,125 100x60 | red 0,5 100x60; lime 0,65 100x60"},
        RuleCase{"AvoidBeforeKeepsWithThePreviousBox", "p{height:50px}",
                 "<p></p><p></p><p></p><p class=r style='height:30px'></p><p class=b style='break-before:avoid'></p>",
                 "nothing | red 0,0 400x30; blue 0,30 400x50"},
        RuleCase{"BackgroundIsSlicedAtTheBreak", "",
                 "<div class=r style='padding:10px 0'><p style='height:150px'></p>"
                 "<p style='height:100px'></p></div>",
                 "red 0,0 400x200 | red 0,0 400x110"},
        RuleCase{"ClonedEdgesStandOnEveryPage", "",
                 "<div class=r style='padding:10px 0;-webkit-box-decoration-break:clone;box-decoration-break:clone'>"
                 "<p style='height:150px'></p><p style='height:100px'></p></div>",
                 "red 0,0 400x200 | red 0,0 400x120"},
        RuleCase{"OrphansHoldTheFirstLines", "",
                 "<p style='height:170px'></p><p style='orphans:2;widows:1'>a<br>b<br>c</p>",
                 "nothing | 'a'; 'b'; 'c'"},
        RuleCase{"WidowsHoldTheLastLines", "",
                 "<p style='height:140px'></p><p style='orphans:1;widows:2'>a<br>b<br>c<br>d</p>",
                 "'a'; 'b' | 'c'; 'd'"},
        RuleCase{"TallBoxesThatCannotBreakAreCut", "",
                 "<p>a</p><div class=r style='display:inline-block;width:10px;height:250px;vertical-align:top'></div>",
                 "'a' | red 0,0 10x250"}),
    rule_name);

// ---- what CSS leaves open, as WeasyPrint does it

INSTANTIATE_TEST_SUITE_P(
    BreaksAsWeasyPrint, CssPage,
    ::testing::Values(
        RuleCase{"CellsWithoutRoomGoOnAsAWholeWhileOthersShowTheirs",
                 "table{border-spacing:0;width:100px}td{padding:0;orphans:2;widows:2;vertical-align:top}",
                 "<p style='height:180px'></p><table><tr><td>a<td>b<br>c</table>", "'a' | 'b'; 'c'"},
        RuleCase{"MarginsStayWhereACellGoesOn", "table{border-spacing:0;width:100px}td{padding:0;vertical-align:top}",
                 "<p style='height:180px'></p><table><tr><td width=20>a<td width=80><p class=r "
                 "style='height:30px;margin-top:9px'>"
                 "</table>",
                 "'a' | red 20,9 80x30"},
        RuleCase{
            "MarginsStayWhereAFormattingContextGoesOn", "",
            "<div style='overflow:hidden'><p style='height:190px'></p><p class=r style='margin-top:9px;height:30px'>"
            "</p></div>",
            "clip 0,0 400x200; end clip | clip 0,0 400x39; red 0,9 400x30; end clip"},
        RuleCase{"RowWhereNothingFitsMoves", "table{border-spacing:0;width:100px}td{padding:0}",
                 "<p style='height:180px'></p><table><tr><td>a<br>b<td>c<br>d</table>", "nothing | 'a'; 'b'; 'c'; 'd'"},
        RuleCase{"RowOfGivenHeightMoves", "table{border-spacing:0}td{padding:0;height:30px;vertical-align:top}",
                 "<p style='height:180px'></p><table><tr><td>a</table>", "nothing | 'a'"},
        RuleCase{"BottomEdgeOfABoxOfGivenHeightMayHangOver", "",
                 "<p style='height:150px'></p><div class=r style='height:45px;padding-bottom:10px'></div>",
                 "red 0,150 400x55"},
        RuleCase{"BottomEdgeOfAWrapperThatBeginsThePageMayHangOver", "",
                 "<div class=r style='padding-bottom:30px'><p class=b style='height:190px'></p></div>",
                 "red 0,0 400x220; blue 0,0 400x190"},
        RuleCase{"BottomEdgeBelowTextTakesRoom", "",
                 "<p style='height:150px'></p><div class=r style='orphans:1;widows:1;padding-bottom:15px'>a<br>b</div>",
                 "red 0,150 400x50; 'a' | red 0,0 400x35; 'b'"}),
    rule_name);

// ---- css-gcpm-3 and css-content-3

INSTANTIATE_TEST_SUITE_P(
    GeneratedContent, CssPage,
    ::testing::Values(
        RuleCase{"StringIsTheFirstOfThePage",
                 "@page{margin:20px;@top-left{content:string(s)}}h1{string-set:s content();font-size:10px}",
                 "<h1>a</h1><h1>b</h1>", "'a'; 'b'; 'a'; bookmark 1 'a'; bookmark 1 'b'"},
        RuleCase{"StringLastIsTheLastOfThePage",
                 "@page{margin:20px;@top-left{content:string(s,last)}}b{string-set:s content()}", "<b>a</b><b>b</b>",
                 "'a'; 'b'; 'b'"},
        RuleCase{"StringStaysOnLaterPages",
                 "@page{margin:20px;@top-left{content:string(s)}}b{string-set:s content()}p{break-before:page}",
                 "<b>a</b><p>x", "'a'; 'a' | 'x'; 'a'"},
        RuleCase{"StringStartIsWhatHeldBefore",
                 "@page{margin:20px;@top-left{content:'['string(s,start)']'}}"
                 "i{display:block;string-set:s content()}div{break-before:page}",
                 "<i>a</i><div>x<i>b</i></div>", "'a'; '[a]' | 'x'; 'b'; '[a]'"},
        RuleCase{"StringFirstExceptIsEmptyWhereItIsSet",
                 "@page{margin:20px;@top-left{content:'['string(s,first-except)']'}}b{string-set:s "
                 "content()}p{break-before:page}",
                 "<b>a</b><p>x", "'a'; '[]' | 'x'; '[a]'"},
        RuleCase{"StringTakesAttributesAndTexts",
                 "@page{margin:20px;@top-left{content:string(s)}}b{string-set:s 'No. 'attr(n)}", "<b n=7>a</b>",
                 "'a'; 'No. 7'"},
        RuleCase{"RunningElementLeavesTheFlow",
                 "@page{margin:20px;@top-left{content:element(h)}}.h{position:running(h)}",
                 "<div class=h>head</div><p class=r style='height:5px'></p>", "red 20,20 360x5; 'head'"},
        RuleCase{"RunningElementLast", "@page{margin:20px;@top-left{content:element(h,last)}}.h{position:running(h)}",
                 "<div class=h>a</div><div class=h>b</div>x", "'x'; 'b'"},
        RuleCase{"HeadingsAreBookmarks", "h1,h2{font-size:10px}", "<h1>a</h1><h2>b</h2>",
                 "'a'; 'b'; bookmark 1 'a'; bookmark 2 'b'"},
        RuleCase{"BookmarksMayBeChosen",
                 "h1{bookmark-level:none;font-size:10px}p{bookmark-level:3;bookmark-label:'§ 'attr(n);"
                 "bookmark-state:closed}",
                 "<h1>a</h1><p n=1>b", "'a'; 'b'; bookmark 3 '§ 1' closed"},
        RuleCase{"TargetCounterNamesThePage",
                 "a::after{content:' p. 'target-counter(attr(href),page)}p{break-before:page}",
                 "<a href='#t'>see</a><p id=t>x", "'see'; ' p. 2' | 'x'"},
        RuleCase{"TargetTextIsThatOfTheElement", "a::after{content:target-text(attr(href))}",
                 "<a href='#t'>see </a><b id=t>it</b>", "'see '; 'it'; 'it'"}),
    rule_name);

}  // namespace

}  // namespace galley::document::testing
