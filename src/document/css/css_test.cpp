#include <gtest/gtest.h>

#include <string>

#include "document/css/media.h"
#include "document/css/properties.h"
#include "document/css/syntax.h"
#include "document/css/values.h"
#include "document/style/dump.h"

namespace galley::document {
namespace {

std::string rules_of(std::string_view css) {
    const auto source = CssSource::parse(std::string(css), "");
    RuleReader reader(source->tokens);
    std::string out;
    while (const auto rule = reader.next()) {
        if (!rule->at_name.empty()) out.append("@").append(rule->at_name).append(" ");
        out += "[" + to_text(rule->prelude) + "]";
        DeclarationReader declarations(rule->block);
        while (const auto item = declarations.next()) {
            if (item->rule)
                out += item->rule->at_name.empty() ? " {" + to_text(item->rule->prelude) + "}"
                                                   : " @" + std::string(item->rule->at_name);
            if (!item->declaration) continue;
            out.append(" ").append(item->declaration->name).append("=").append(to_text(item->declaration->value));
            if (item->declaration->important) out += "!";
        }
        out += "\n";
    }
    return out;
}

struct SyntaxCase {
    const char* name;
    const char* css;
    const char* want;
};
void PrintTo(const SyntaxCase& test, std::ostream* out) {
    *out << test.name;
}
class CssSyntax : public testing::TestWithParam<SyntaxCase> {};
TEST_P(CssSyntax, ReadsRulesAndDeclarations) {
    EXPECT_EQ(rules_of(GetParam().css), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Cases, CssSyntax,
    testing::Values(
        SyntaxCase{"OneRule", "p { color: red; width: 1px }", "[p] color=red width=1px\n"},
        SyntaxCase{"Important", "p{a:b !important;c:d ! IMPORTANT}", "[p] a=b! c=d!\n"},
        SyntaxCase{"Comments", "/*x*/p/**/{a:/* ; */b}", "[p] a=b\n"},
        SyntaxCase{"BadDeclarationIsSkipped", "p{1:2;a;b:c;=d;e:f}", "[p] b=c e=f\n"},
        SyntaxCase{"SemicolonInBracketsBelongs", "p{a:(;);b:c}", "[p] a=(;) b=c\n"},
        SyntaxCase{"UnclosedBlockEndsWithTheSheet", "p{a:b", "[p] a=b\n"},
        SyntaxCase{"UnclosedFunctionEndsWithTheSheet", "p{a:f(1", "[p] a=f(1)\n"},
        SyntaxCase{"StrayCloserIsPartOfTheNextPrelude", "} p{a:b} q{c:d}", "[} p] a=b\n[q] c=d\n"},
        SyntaxCase{"AtRules", "@import 'x';@media print{p{a:b}}", "@import [\"x\"]\n@media [print] {p}\n"},
        SyntaxCase{"NestedRules", "p{a:b;&.q,r:s{c:d}e:f;--x:{g};t{", "[p] a=b {&.q,r:s} e=f --x={g} {t}\n"},
        SyntaxCase{"PageWithMarginBox", "@page :first{a:b;@top-left{c:d}e:f}", "@page [:first] a=b @top-left e=f\n"},
        SyntaxCase{"Cdo", "<!-- p{a:b} -->", "[p] a=b\n"},
        SyntaxCase{"Escapes", "\\70 x{\\61 b:\\27 '\\41\\\nB'}", "[px] ab='\"AB\"\n"},
        SyntaxCase{"UnquotedUrl", "p{a:url( x/y.png );b:url(a b)}", "[p] a=url(x/y.png) b=?\n"},
        SyntaxCase{"Numbers", "p{a:+1.5e1px -.5 .25% 3e 1n-2}", "[p] a=15px -0.5 0.25% 3e 1n-2\n"},
        SyntaxCase{"NewlineEndsABadString", "p{a:'x\n;b:c}", "[p] a=? b=c\n"}),
    [](const auto& info) { return info.param.name; });

std::string color_of(std::string_view css) {
    const auto source = CssSource::parse(std::string(css), "");
    CssCursor cursor(source->tokens);
    const auto color = read_color(cursor);
    if (!color || !cursor.done()) return "invalid";
    return color->current ? "current" : dump(color->color);
}

struct ColorCase {
    const char* css;
    const char* want;
};
class CssColor : public testing::TestWithParam<ColorCase> {};
TEST_P(CssColor, IsRead) {
    EXPECT_EQ(color_of(GetParam().css), GetParam().want) << GetParam().css;
}
INSTANTIATE_TEST_SUITE_P(
    Cases, CssColor,
    testing::Values(ColorCase{"red", "#ff0000"}, ColorCase{"RebeccaPurple", "#663399"},
                    ColorCase{"transparent", "#00000000"}, ColorCase{"currentColor", "current"},
                    ColorCase{"#abc", "#aabbcc"}, ColorCase{"#abcd", "#aabbccdd"}, ColorCase{"#0f4c81", "#0f4c81"},
                    ColorCase{"#0f4c8180", "#0f4c8180"}, ColorCase{"#ab", "invalid"}, ColorCase{"#ggg", "invalid"},
                    ColorCase{"rgb(1, 2, 3)", "#010203"}, ColorCase{"rgb(100% 0% 50%)", "#ff0080"},
                    ColorCase{"rgba(255,255,255,.5)", "#ffffff80"}, ColorCase{"rgb(1 2 3 / 50%)", "#01020380"},
                    ColorCase{"rgb(300, -5, 0)", "#ff0000"}, ColorCase{"rgb(1, 2)", "invalid"},
                    ColorCase{"hsl(120, 100%, 50%)", "#00ff00"}, ColorCase{"hsla(240deg 100% 50% / 0)", "#0000ff00"},
                    ColorCase{"hsl(-120, 100%, 25%)", "#000080"}, ColorCase{"nosuch", "invalid"},
                    ColorCase{"color-mix(in srgb, red, blue)", "#800080"},
                    ColorCase{"color-mix(in srgb, red 25%, blue)", "#4000bf"},
                    ColorCase{"color-mix(in srgb, 20% red, 20% red)", "#ff000066"},
                    ColorCase{"color-mix(in srgb, transparent, red)", "#ff000080"},
                    ColorCase{"color-mix(in oklab, white, black)", "#636363"},
                    ColorCase{"color-mix(in srgb-linear, white, black)", "#bcbcbc"},
                    ColorCase{"color-mix(in srgb, red 0%, blue 0%)", "invalid"},
                    ColorCase{"color-mix(red, blue)", "invalid"}));

class TallFont final : public FontUnits {
 public:
    double x_height() const override { return 0.7; }
    double zero_width() const override { return 0.6; }
};

TEST(CssLengthOfFont, ExAndChAreItsOwn) {
    const TallFont font;
    LengthContext context;
    context.font_size_px = 10;
    context.font = &font;
    for (const auto& [css, px] : {std::pair("2ex", 14), std::pair("2ch", 12)}) {
        const auto source = CssSource::parse(css, "");
        CssCursor cursor(source->tokens);
        const auto value = read_length(cursor, context, Percentages::Allowed);
        ASSERT_TRUE(value) << css;
        EXPECT_NEAR(value->px, px, 1e-9) << css;
    }
}

struct LengthCase {
    const char* css;
    double px;  // -1: invalid
    double percent;
};
class CssLength : public testing::TestWithParam<LengthCase> {};
TEST_P(CssLength, IsResolved) {
    const auto source = CssSource::parse(GetParam().css, "");
    CssCursor cursor(source->tokens);
    LengthContext context;
    context.font_size_px = 10;
    context.root_font_size_px = 20;
    context.viewport_width_px = 1000;
    context.viewport_height_px = 500;
    const auto value = read_length(cursor, context, Percentages::Allowed);
    if (GetParam().px == -1) {
        EXPECT_FALSE(value && cursor.done()) << GetParam().css;
        return;
    }
    ASSERT_TRUE(value && cursor.done()) << GetParam().css;
    EXPECT_NEAR(value->px, GetParam().px, 1e-9) << GetParam().css;
    EXPECT_NEAR(value->percent, GetParam().percent, 1e-9) << GetParam().css;
}
INSTANTIATE_TEST_SUITE_P(Cases, CssLength,
                         testing::Values(LengthCase{"1px", 1, 0}, LengthCase{"72pt", 96, 0}, LengthCase{"6pc", 96, 0},
                                         LengthCase{"1in", 96, 0}, LengthCase{"2.54cm", 96, 0},
                                         LengthCase{"25.4mm", 96, 0}, LengthCase{"101.6Q", 96, 0},
                                         LengthCase{"2em", 20, 0}, LengthCase{"2rem", 40, 0}, LengthCase{"2ex", 10, 0},
                                         LengthCase{"2ch", 10, 0}, LengthCase{"1vw", 10, 0}, LengthCase{"1vh", 5, 0},
                                         LengthCase{"1vmin", 5, 0}, LengthCase{"1vmax", 10, 0}, LengthCase{"0", 0, 0},
                                         LengthCase{"1", -1, 0}, LengthCase{"1foo", -1, 0}, LengthCase{"50%", 0, 50},
                                         LengthCase{"calc(1px + 2px)", 3, 0},
                                         LengthCase{"calc(100% - 2 * (1em + 3px))", -26, 100},
                                         LengthCase{"calc(10px / 4)", 2.5, 0}, LengthCase{"calc(1px / 0)", -1, 0},
                                         LengthCase{"calc(1px + 2)", -1, 0}, LengthCase{"calc(1px +2px)", -1, 0},
                                         LengthCase{"calc(calc(1px) * 2)", 2, 0},
                                         LengthCase{"min(3px, 1em, 2px)", 2, 0}, LengthCase{"max(3px, 1em)", 10, 0},
                                         LengthCase{"clamp(5px, 1px, 9px)", 5, 0}, LengthCase{"min(1px, 50%)", -1, 0}));

TEST(CssCalc, DeepNestingIsRefused) {
    std::string css;
    for (int i = 0; i < 1000; ++i) css += "calc(";
    css += "1px";
    const auto source = CssSource::parse(css, "");
    CssCursor cursor(source->tokens);
    EXPECT_FALSE(read_length(cursor, {}, Percentages::Allowed));
}

struct MediaCase {
    const char* query;
    bool want;
};
class CssMedia : public testing::TestWithParam<MediaCase> {};
TEST_P(CssMedia, HoldsForPrintOnA4) {
    const auto source = CssSource::parse(GetParam().query, "");
    const Size a4{LayoutUnit::from_px(793.7), LayoutUnit::from_px(1122.5)};
    EXPECT_EQ(matches_media(source->tokens, {a4}), GetParam().want) << GetParam().query;
}
INSTANTIATE_TEST_SUITE_P(
    Cases, CssMedia,
    testing::Values(MediaCase{"", true}, MediaCase{"print", true}, MediaCase{"all", true}, MediaCase{"screen", false},
                    MediaCase{"screen, print", true}, MediaCase{"not screen", true}, MediaCase{"not print", false},
                    MediaCase{"only print", true}, MediaCase{"(min-width: 10cm)", true},
                    MediaCase{"print and (max-width: 10cm)", false}, MediaCase{"(orientation: portrait)", true},
                    MediaCase{"not print and (max-width: 10cm)", true}, MediaCase{"(foo: bar)", false},
                    MediaCase{"print and", true}, MediaCase{"print or screen", false}));

TEST(PropertyTable, EveryNameFindsItsRow) {
    for (const PropertyInfo& info : property_table()) {
        const auto found = find_property(info.name);
        ASSERT_TRUE(found.has_value()) << info.name;
        EXPECT_EQ(*found, info.id) << info.name;
    }
    EXPECT_EQ(find_property("MARGIN-Top"), PropertyId::MarginTop);
    EXPECT_EQ(find_property("word-wrap"), PropertyId::OverflowWrap);
    EXPECT_FALSE(find_property("no-such-property"));
}

}  // namespace
}  // namespace galley::document
