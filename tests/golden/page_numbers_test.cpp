// Texts that show page numbers: filled in where the page's end stays, laid out again where it moves.
#include <gtest/gtest.h>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

constexpr const char* kHead =
    "<!DOCTYPE html><style>@page{size:300px 200px;margin:20px}body{margin:0;font:10px/20px 'Liberation Sans'}"
    "p{margin:0;break-before:page}";

std::string chapters(int count) {
    std::string html;
    for (int i = 1; i <= count; ++i) html += "<p id=c" + std::to_string(i) + ">chapter " + std::to_string(i);
    return html;
}

// How often a page was laid for the file: once each, unless the document was laid out again.
int pages_laid(const std::string& html) {
    int laid = 0;
    RenderOptions options;
    options.progress = [&laid](RenderPhase phase, int) { laid += phase == RenderPhase::LaidOut ? 1 : 0; };
    return render(html, options) ? laid : -1;
}

std::string with_contents(const std::string& css, const std::string& contents, int count) {
    return kHead + css + "a::after{content:' at ' target-counter(attr(href), page) '.'}</style>" + contents +
           chapters(count);
}

TEST(PageNumbers, ContentsAreFilledInWithoutLayingTheDocumentAgain) {
    const std::string html = with_contents("", "<div><a href='#c1'>one</a> <a href='#c11'>eleven</a></div>", 11);
    const auto pages = pages_of(html);
    ASSERT_EQ(pages.size(), 12U);
    EXPECT_NE(find_text(pages[0], " at 2."), nullptr);
    EXPECT_NE(find_text(pages[0], " at 12."), nullptr);
    EXPECT_EQ(pages_laid(html), 12);
}

TEST(PageNumbers, InATableTheyDecideAboutColumnsAndPassesFollow) {
    const std::string html = with_contents("", "<table><tr><td><a href='#c9'>nine</a><td>b</table>", 9);
    const auto pages = pages_of(html);
    ASSERT_EQ(pages.size(), 10U);
    EXPECT_NE(find_text(pages[0], " at 10."), nullptr);
}

TEST(PageNumbers, ALineThatNoLongerFitsMovesWhatFollows) {
    // Eight lines fill the page; the last takes a second line once its number has three digits instead of two.
    std::string lines;
    for (int i = 0; i < 7; ++i) lines += "<div>line</div>";
    const std::string narrow = "div.n{width:1px;margin-right:0}a{overflow-wrap:anywhere;white-space:pre-wrap}";
    const std::string last = "<div class=n><a href='#c101'></a></div>";
    const std::string html =
        kHead + narrow + "a::after{content:target-counter(attr(href), page)}</style>" + lines + last + chapters(101);
    const auto pages = pages_of(html);
    ASSERT_GE(pages.size(), 102U);
    std::string digits;
    for (const DisplayPage& page : pages)
        for (const std::string& text : texts_of(page))
            if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') digits += text;
    EXPECT_EQ(digits, std::to_string(pages.size()));
}

TEST(PageNumbers, MarginBoxesLearnTheNumberOfPages) {
    const auto pages = pages_of(
        "<!DOCTYPE html><style>@page{size:300px 200px;margin:30px;@bottom-left{content:counter(page) ' of ' "
        "counter(pages)}}p{margin:0;break-before:page}</style><div>start</div>" +
        chapters(2));
    ASSERT_EQ(pages.size(), 3U);
    for (std::size_t i = 0; i < pages.size(); ++i)
        EXPECT_EQ(texts_of(pages[i]).back(), std::to_string(i + 1) + " of 3");
}

}  // namespace

}  // namespace galley::document::testing
