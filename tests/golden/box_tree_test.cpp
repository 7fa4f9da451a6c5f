// The box tree of small documents: anonymous boxes, generated content, counters.
#include <gtest/gtest.h>

#include "document/box/box_builder.h"
#include "document/html/parser.h"
#include "document_testing.h"

namespace galley::document::testing {

namespace {

// The tree below <body>, without the two outermost lines.
std::string boxes_of(const std::string& html) {
    const auto dom = parse_html("<style>body{margin:0}</style><body>" + html);
    const auto styled = style_document(**dom, {});
    const auto tree = build_boxes(**styled, {});
    std::string text = dump(**tree);
    return text.substr(text.find("block body") + std::string("block body\n").size());
}

TEST(BoxTree, LinesBesideBlocksGetAnonymousBlocks) {
    EXPECT_EQ(boxes_of("a<div>b</div> c"),
              "    block anonymous\n      text \"a\"\n    block div\n      text \"b\"\n    block anonymous\n      text "
              "\" c\"\n");
}

TEST(BoxTree, SpaceBetweenBlocksMakesNoBox) {
    EXPECT_EQ(boxes_of("<div></div> \n <div></div>"), "    block div\n    block div\n");
}

TEST(BoxTree, BlockInInlineSplitsIt) {
    EXPECT_EQ(boxes_of("<span>a<div>b</div>c</span>"),
              "    block anonymous\n      inline span\n        text \"a\"\n    block div\n      text \"b\"\n"
              "    block anonymous\n      inline span continuation\n        text \"c\"\n");
}

TEST(BoxTree, LooseCellsGetRowGroupAndTable) {
    EXPECT_EQ(
        boxes_of("<div style='display:table-cell'>a</div><div style='display:table-cell'>b</div>"),
        "    table anonymous\n      rows anonymous\n        row anonymous\n          cell div\n            text \"a\"\n"
        "          cell div\n            text \"b\"\n");
}

TEST(BoxTree, TextInFlexContainerBecomesAnItem) {
    EXPECT_EQ(boxes_of("<div style='display:flex'>a<div>b</div></div>"),
              "    flex div\n      block anonymous\n        text \"a\"\n      block div\n        text \"b\"\n");
}

TEST(BoxTree, QuotesNestAndCountersCountNestedScopes) {
    EXPECT_EQ(boxes_of("<style>q::before{content:open-quote}q::after{content:close-quote}</style><q>a<q>b</q></q>")
                      .find("\"\u2018\"") == std::string::npos,
              false);
    const std::string lists = boxes_of(
        "<style>ol{counter-reset:n;list-style:none}li::before{counter-increment:n;content:counters(n,'.')}</style>"
        "<ol><li>a<ol><li>b</ol></ol>");
    EXPECT_NE(lists.find("\"1.1\""), std::string::npos);
}

TEST(BoxTree, ElementsWithoutDisplayMakeNoBoxes) {
    EXPECT_EQ(boxes_of("<p style='display:none'>a</p><p>b</p>"), "    block p\n      text \"b\"\n");
}

}  // namespace

}  // namespace galley::document::testing
