#include "document/html/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace galley::document {
namespace {

// The dump of what stands in the body, without the body's own line and with two levels less of indentation.
std::string body_of(std::string_view html) {
    const auto dom = parse_html(html);
    const std::string all = dump(**dom);
    const std::size_t body = all.find("    <body");
    std::string out;
    for (std::size_t at = all.find('\n', body) + 1; at < all.size();) {
        const std::size_t end = all.find('\n', at);
        const std::string line = all.substr(at, end - at);
        out += line.size() > 6 && line.starts_with("      ") ? line.substr(6) : "!" + line;
        out += '\n';
        at = end + 1;
    }
    return out;
}

struct TreeCase {
    const char* name;
    const char* html;
    const char* want;  // body_of()
};

void PrintTo(const TreeCase& test, std::ostream* out) {
    *out << test.name;
}

class HtmlTree : public testing::TestWithParam<TreeCase> {};

TEST_P(HtmlTree, IsAsBrowsersBuildIt) {
    EXPECT_EQ(body_of(std::string("<!DOCTYPE html><body>") + GetParam().html), GetParam().want);
}

const TreeCase kCases[] = {
    {"PlainText", "a", "\"a\"\n"},
    {"Element", "<p>a</p>", "<p>\n  \"a\"\n"},
    {"UppercaseNames", "<P CLASS=X>a</P>", "<p class=\"X\">\n  \"a\"\n"},
    {"ParagraphClosesParagraph", "<p>a<p>b", "<p>\n  \"a\"\n<p>\n  \"b\"\n"},
    {"BlockClosesParagraph", "<p>a<div>b</div>c", "<p>\n  \"a\"\n<div>\n  \"b\"\n\"c\"\n"},
    {"ParagraphInButtonStays", "<p>a<button><p>b</button>", "<p>\n  \"a\"\n  <button>\n    <p>\n      \"b\"\n"},
    {"EndTagWithoutParagraphMakesOne", "</p>", "<p>\n"},
    {"HeadingClosesHeading", "<h1>a<h2>b", "<h1>\n  \"a\"\n<h2>\n  \"b\"\n"},
    {"AnyHeadingEndTagCloses", "<h1>a</h3>b", "<h1>\n  \"a\"\n\"b\"\n"},
    {"ListItemsCloseEachOther", "<ul><li>a<li>b</ul>", "<ul>\n  <li>\n    \"a\"\n  <li>\n    \"b\"\n"},
    {"NestedListKeepsOuterItem", "<ul><li>a<ul><li>b</ul><li>c</ul>",
     "<ul>\n  <li>\n    \"a\"\n    <ul>\n      <li>\n        \"b\"\n  <li>\n    \"c\"\n"},
    {"TermsCloseEachOther", "<dl><dt>a<dd>b<dt>c</dl>",
     "<dl>\n  <dt>\n    \"a\"\n  <dd>\n    \"b\"\n  <dt>\n    \"c\"\n"},
    {"OptionsCloseEachOther", "<select><option>a<option>b</select>",
     "<select>\n  <option>\n    \"a\"\n  <option>\n    \"b\"\n"},
    {"VoidElements", "a<br>b<hr><img src=x>", "\"a\"\n<br>\n\"b\"\n<hr>\n<img src=\"x\">\n"},
    {"BreakEndTagIsABreak", "a</br>b", "\"a\"\n<br>\n\"b\"\n"},
    {"ImageIsImg", "<image src=x>", "<img src=\"x\">\n"},
    {"SlashOnOrdinaryElementIsIgnored", "<div/>a", "<div>\n  \"a\"\n"},
    {"Comment", "<!-- a --><!--b--!><!-->c", "<!-- a -->\n<!--b-->\n<!---->\n\"c\"\n"},
    {"BogusComments", "<?x?></ y><!z>", "<!--?x?-->\n<!-- y-->\n<!--z-->\n"},
    {"EmptyEndTagIsNothing", "a</>b", "\"ab\"\n"},
    {"LoneLessThanIsText", "a < b <3", "\"a < b <3\"\n"},
    {"UnfinishedTagIsDropped", "a<b c", "\"a\"\n"},
    {"AttributeForms", "<p a b=1 c='2' d=\"3\" e = 4>", "<p a=\"\" b=\"1\" c=\"2\" d=\"3\" e=\"4\">\n"},
    {"FirstOfEqualAttributesCounts", "<p a=1 A=2>", "<p a=\"1\">\n"},
    {"SlashesBetweenAttributes", "<p a/b/>", "<p a=\"\" b=\"\">\n"},
    {"Entities", "&amp;&lt;&eacute;&hellip;&nbsp;", "\"&<é…\u00a0\"\n"},
    {"EntityOfTwoCodePoints", "&NotEqualTilde;", "\"≂̸\"\n"},
    {"EntityWithoutSemicolon", "&copy 2 &notit;", "\"© 2 ¬it;\"\n"},
    {"UnknownEntityStays", "&nosuch; & &;", "\"&nosuch; & &;\"\n"},
    {"NumericReferences", "&#65;&#x42;&#x43 &#0;&#xD800;&#128;", "\"ABC ��€\"\n"},
    {"ReferenceInAttribute", "<a href='?a&copy=1&amp;b&lt;'>", "<a href=\"?a&copy=1&b<\">\n"},
    {"MisnestedFormatting", "<b>1<i>2</b>3</i>", "<b>\n  \"1\"\n  <i>\n    \"2\"\n<i>\n  \"3\"\n"},
    {"FormattingGoesOnInNextParagraph", "<p><b>1<p>2</b>3", "<p>\n  <b>\n    \"1\"\n<p>\n  <b>\n    \"2\"\n  \"3\"\n"},
    {"AdoptionAgencyMovesBlocks", "<a>1<p>2</a>3", "<a>\n  \"1\"\n<p>\n  <a>\n    \"2\"\n  \"3\"\n"},
    {"AdoptionAgencyThroughTwoElements", "<b>1<em>2<div>3</b>4",
     "<b>\n  \"1\"\n  <em>\n    \"2\"\n<em>\n  <div>\n    <b>\n      \"3\"\n    \"4\"\n"},
    {"AnchorClosesAnchor", "<a href=1>a<a href=2>b", "<a href=\"1\">\n  \"a\"\n<a href=\"2\">\n  \"b\"\n"},
    {"AtMostThreeEqualFormattingElements", "<p><b><b><b><b>x<p>y",
     "<p>\n  <b>\n    <b>\n      <b>\n        <b>\n          \"x\"\n<p>\n  <b>\n    <b>\n      <b>\n        \"y\"\n"},
    {"EndTagStopsAtSpecialElement", "<span><div>a</span>b</div>", "<span>\n  <div>\n    \"ab\"\n"},
    {"CellsImplyRowAndBody", "<table><td>a", "<table>\n  <tbody>\n    <tr>\n      <td>\n        \"a\"\n"},
    {"CellsAndRowsCloseEachOther", "<table><tr><td>1<th>2<tr><td>3</table>",
     "<table>\n  <tbody>\n    <tr>\n      <td>\n        \"1\"\n      <th>\n        \"2\"\n    <tr>\n      <td>\n"
     "        \"3\"\n"},
    {"TextInTableIsFostered", "<table>x<tr><td>1</table>y",
     "\"x\"\n<table>\n  <tbody>\n    <tr>\n      <td>\n        \"1\"\n\"y\"\n"},
    {"ElementInTableIsFostered", "<table><div>x</div><tr><td>1</table>",
     "<div>\n  \"x\"\n<table>\n  <tbody>\n    <tr>\n      <td>\n        \"1\"\n"},
    {"SpaceInTableStays", "<table> <tr> <td>1</td> </tr></table>",
     "<table>\n  \" \"\n  <tbody>\n    <tr>\n      \" \"\n      <td>\n        \"1\"\n      \" \"\n"},
    {"TableSections", "<table><thead><tr><th>h<tbody><tr><td>b<tfoot><tr><td>f</table>",
     "<table>\n  <thead>\n    <tr>\n      <th>\n        \"h\"\n  <tbody>\n    <tr>\n      <td>\n        \"b\"\n"
     "  <tfoot>\n    <tr>\n      <td>\n        \"f\"\n"},
    {"CaptionAndColumns", "<table><caption>c<col><tr><td>1</table>",
     "<table>\n  <caption>\n    \"c\"\n  <colgroup>\n    <col>\n  <tbody>\n    <tr>\n      <td>\n        \"1\"\n"},
    {"NestedTableInCell", "<table><tr><td><table><tr><td>1</table>2</table>",
     "<table>\n  <tbody>\n    <tr>\n      <td>\n        <table>\n          <tbody>\n            <tr>\n"
     "              <td>\n                \"1\"\n        \"2\"\n"},
    {"TableInTableClosesTheFirst", "<table><tr><table><td>1</table>",
     "<table>\n  <tbody>\n    <tr>\n<table>\n  <tbody>\n    <tr>\n      <td>\n        \"1\"\n"},
    {"FormattingInCellDoesNotLeak", "<table><tr><td><b>1<td>2</table>3",
     "<table>\n  <tbody>\n    <tr>\n      <td>\n        <b>\n          \"1\"\n      <td>\n        \"2\"\n\"3\"\n"},
    {"StrayTablePartsAreIgnored", "<tr><td>a</td></tr>", "\"a\"\n"},
    {"ScriptIsRaw", "<script>a<b>&lt;</script>c", "<script>\n  \"a<b>&lt;\"\n\"c\"\n"},
    {"ScriptHidesEndTagInComment", "<script><!-- <script></script> --></script>x",
     "<script>\n  \"<!-- <script></script> -->\"\n\"x\"\n"},
    {"TextareaDecodesAndDropsFirstNewline", "<textarea>\n a&lt;<b></textarea>", "<textarea>\n  \" a<<b>\"\n"},
    {"PreDropsFirstNewline", "<pre>\n\na</pre>", "<pre>\n  \"\\na\"\n"},
    {"PlaintextTakesTheRest", "<plaintext></plaintext>a", "<plaintext>\n  \"</plaintext>a\"\n"},
    {"SvgKeepsItsCase", "<svg viewbox='0 0 1 1'><lineargradient/><rect></svg>a",
     "<svg:svg viewBox=\"0 0 1 1\">\n  <svg:linearGradient>\n  <svg:rect>\n\"a\"\n"},
    {"HtmlBreaksOutOfSvg", "<svg><g><p>a", "<svg:svg>\n  <svg:g>\n<p>\n  \"a\"\n"},
    {"HtmlInForeignObject", "<svg><foreignObject><p>a</p></foreignObject></svg>b",
     "<svg:svg>\n  <svg:foreignObject>\n    <p>\n      \"a\"\n\"b\"\n"},
    {"CdataInSvgIsText", "<svg><![CDATA[a<b]]></svg><![CDATA[c]]>", "<svg:svg>\n  \"a<b\"\n<!--[CDATA[c]]-->\n"},
    {"CarriageReturnsBecomeNewlines", "a\r\nb\rc", "\"a\\nb\\nc\"\n"},
    {"InvalidUtf8IsReplaced", "a\xff\xc3(", "\"a\xEF\xBF\xBD\xEF\xBF\xBD(\"\n"},
    {"AfterBodyGoesIntoBody", "a</body></html>b", "\"ab\"\n"},
    {"UnknownElements", "<x-y>a</x-y>b", "<x-y>\n  \"a\"\n\"b\"\n"},
    {"RubyPartsCloseEachOther", "<ruby>a<rt>b<rp>c</ruby>", "<ruby>\n  \"a\"\n  <rt>\n    \"b\"\n  <rp>\n    \"c\"\n"},
    {"HtmlEndTagInsideSvgEndsTheBody", "<svg><g></html>a", "<svg:svg>\n  <svg:g>\n    \"a\"\n"},
    {"FormInFormIsIgnored", "<form><form>a</form>b", "<form>\n  \"a\"\n\"b\"\n"},
};

INSTANTIATE_TEST_SUITE_P(Cases, HtmlTree, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(HtmlParser, EveryDocumentHasHtmlHeadAndBody) {
    for (const char* html :
         {"", " ", "<!-- x -->", "<title>t</title>", "<html>", "</html>", "<table>", "<svg>", "\xff"}) {
        const auto dom = parse_html(html);
        ASSERT_TRUE(dom.has_value());
        EXPECT_NE((*dom)->html(), nullptr) << html;
        EXPECT_NE((*dom)->head(), nullptr) << html;
        EXPECT_NE((*dom)->body(), nullptr) << html;
    }
}

TEST(HtmlParser, HeadElementsGoIntoTheHead) {
    const auto dom = parse_html("<title>t</title><style>a{}</style><p>x<link rel=x>");
    EXPECT_EQ(dump(**dom),
              "#document\n  <html>\n    <head>\n      <title>\n        \"t\"\n      <style>\n        \"a{}\"\n"
              "    <body>\n      <p>\n        \"x\"\n        <link rel=\"x\">\n");
}

TEST(HtmlParser, ByteOrderMarkAndNulAreDropped) {
    const auto dom = parse_html(std::string_view("\xEF\xBB\xBF<p>a\0b", 9));
    EXPECT_NE(dump(**dom).find("\"ab\""), std::string::npos);
}

TEST(HtmlParser, LaterHtmlAndBodyTagsAddAttributes) {
    const auto dom = parse_html("<html a=1><body b=2><p><html a=9 c=3><body d=4>");
    EXPECT_EQ(dump(**dom), "#document\n  <html a=\"1\" c=\"3\">\n    <head>\n    <body b=\"2\" d=\"4\">\n      <p>\n");
}

TEST(HtmlParser, NodesAreNumberedInDocumentOrder) {
    const auto dom = parse_html("<table><tr><td>a</table>b<p>c<table>x<tr><td>y</table>");
    for (std::uint32_t i = 0; i < (*dom)->node_count(); ++i) {
        EXPECT_EQ((*dom)->node(i).index, i);
        if (i > 0) EXPECT_LT((*dom)->node(i).parent->index, i);
    }
}

TEST(HtmlParser, ClassesAndIdsAreSplitAndShared) {
    const auto dom = parse_html("<p id=x class=' a\tb '><p class=' a\tb '>");
    const Node& first = *(*dom)->body()->first_child;
    EXPECT_EQ(first.id(), "x");
    ASSERT_EQ(first.classes().size(), 2U);
    EXPECT_EQ(first.classes()[0], "a");
    EXPECT_EQ(first.classes()[1], "b");
    EXPECT_EQ(first.classes().data(), first.next_sibling->classes().data());
    EXPECT_EQ(first.tag().data(), first.next_sibling->tag().data());
}

TEST(HtmlParser, TooManyNodesIsAnError) {
    std::string html;
    for (int i = 0; i < 100; ++i) html += "<p>x";
    const auto dom = parse_html(html, {.nodes_max = 100});
    ASSERT_FALSE(dom.has_value());
    EXPECT_EQ(dom.error().code, ErrorCode::LimitExceeded);
}

TEST(HtmlParser, DepthIsBounded) {
    std::string html;
    for (int i = 0; i < 10'000; ++i) html += "<div>";
    html += "deep";
    const auto dom = parse_html(html, {.depth_max = 50});
    ASSERT_TRUE(dom.has_value());
    std::size_t deepest = 0;
    std::vector<std::size_t> depth((*dom)->node_count());
    for (std::uint32_t i = 1; i < (*dom)->node_count(); ++i) {
        depth[i] = depth[(*dom)->node(i).parent->index] + 1;
        deepest = std::max(deepest, depth[i]);
    }
    EXPECT_LE(deepest, 52U);
    EXPECT_GE((*dom)->node_count(), 10'000U);
}

TEST(HtmlParser, AttributesAreBounded) {
    std::string html = "<p";
    for (int i = 0; i < 100; ++i) html += " a" + std::to_string(i);
    const auto dom = parse_html(html + ">", {.attributes_max = 10});
    EXPECT_EQ((*dom)->body()->first_child->attributes().size(), 10U);
}

TEST(HtmlParser, ManyFormattingElementsStayAffordable) {
    std::string html;
    for (int i = 0; i < 2'000; ++i) html += "<b a" + std::to_string(i) + "><p>";
    const auto dom = parse_html(html);
    ASSERT_TRUE(dom.has_value());
    EXPECT_LT((*dom)->node_count(), 300'000U);
}

}  // namespace
}  // namespace galley::document
