#include "document/style/nesting.h"

#include <gtest/gtest.h>

#include <string>

#include "document/html/parser.h"
#include "document/style/style_engine.h"

namespace galley::document {
namespace {

constexpr std::string_view kBody =
    "<section id=s class=a><p id=p>x<b id=b class=c>y</b></p><i id=i class=c>z</i></section>"
    "<div id=d class=e><p id=q class=c>x</p></div>";

Result<std::unique_ptr<StyledDocument>> style(const Dom& dom) {
    StyleOptions options;
    options.name = "page.html";
    options.base_url = "file:///page.html";
    return style_document(dom, options);
}

std::unique_ptr<Dom> parse(const std::string& css) {
    return std::move(*parse_html("<!DOCTYPE html><style>" + css + "</style>" + std::string(kBody)));
}

// The ids of the elements with `order: 1`.
std::string ordered(const std::string& css) {
    const auto dom = parse(css);
    const auto styled = style(*dom);
    EXPECT_TRUE(styled) << styled.error().message;
    std::string out;
    for (std::uint32_t i = 0; styled && i < dom->node_count(); ++i) {
        const Node& node = dom->node(i);
        if (!node.is_element() || (*styled)->style(node) == nullptr || (*styled)->style(node)->order != 1) continue;
        out += (out.empty() ? "" : " ") + std::string(node.id());
    }
    return out;
}

struct NestingCase {
    const char* css;
    const char* want;
};
void PrintTo(const NestingCase& test, std::ostream* out) {
    *out << test.css;
}
class StyleNesting : public testing::TestWithParam<NestingCase> {};

TEST_P(StyleNesting, ReachesTheseElements) {
    EXPECT_EQ(ordered(GetParam().css), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, StyleNesting,
    testing::Values(
        NestingCase{"section{ p{order:1} }", "p"}, NestingCase{"section{ & p{order:1} }", "p"},
        NestingCase{"section{ > .c{order:1} }", "i"}, NestingCase{"p{ + .c{order:1} }", "i"},
        NestingCase{"section{ &.a{order:1} }", "s"}, NestingCase{"p{ div &{order:1} }", "q"},
        NestingCase{"section,div{ .c{order:1} }", "b i q"}, NestingCase{"section,div{ > .c, &.e{order:1} }", "i d q"},
        NestingCase{".a,.e{ p{ &.c{order:1} } }", "q"}, NestingCase{".a{ p{ b{order:1} } }", "b"},
        NestingCase{"p{ :not(&).c{order:1} }", "b i"}, NestingCase{"& .e{order:1}", "d"},
        NestingCase{"section{ i:hover, i{order:1} }", "i"},
        NestingCase{"section{ order:2; p{order:1} order:1 }", "s p"},
        NestingCase{"section{ p{order:1} } p{order:2}", "p"}, NestingCase{"#s,q{ p{order:1} } .a p{order:2}", "p"},
        NestingCase{"section{ @media print{ order:1; p{order:1} } }", "s p"},
        NestingCase{"section{ @media screen{ order:1; p{order:1} } }", ""},
        NestingCase{"section{ @supports (order:1){ p{order:1} } }", "p"},
        NestingCase{"@layer x,y; section{ @layer y{ order:1 } @layer x{ order:2 } }", "s"},
        NestingCase{"section{ --x:{a:b}; order:1 }", "s"}, NestingCase{"section{ color:red {order:1} order:1 }", "s"},
        NestingCase{"@supports selector(&){ p{order:1} }", "p q"}, NestingCase{"section{ p{order:1}", "p"}));

TEST(StyleNestingLimits, DeepRulesAreNamed) {
    std::string css;
    for (int i = 0; i < 40; ++i) css += "section{";
    const auto dom = parse(css + "order:1");
    const auto styled = style(*dom);
    ASSERT_TRUE(styled);
    const std::vector<std::string>& warnings = (*styled)->warnings();
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings.front().find("rule nests too deep: section"), std::string::npos) << warnings.front();
}

TEST(StyleNestingLimits, SelectorsThatDoubleAreRefused) {
    std::string css = "p{";
    for (int i = 0; i < 15; ++i) css += "& + & + & + &{";
    const auto dom = parse(css + "order:1");
    const auto styled = style(*dom);
    ASSERT_FALSE(styled);
    EXPECT_EQ(styled.error().code, ErrorCode::LimitExceeded);
}

// Two hundred kilobytes that stand for some ten billion tokens.
TEST(StyleNestingLimits, LongListsInManyPlacesAreRefusedBeforeTheyAreMade) {
    std::string css = "p";
    for (int i = 0; i < 50'000; ++i) css += ",p";
    css += "{";
    for (int i = 0; i < 100'000; ++i) css += "&";
    const auto dom = parse(css + "{order:1}");
    const auto styled = style(*dom);
    ASSERT_FALSE(styled);
    EXPECT_EQ(styled.error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::document
