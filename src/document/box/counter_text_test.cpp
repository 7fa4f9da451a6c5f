#include "document/box/counter_text.h"

#include <gtest/gtest.h>

#include "document/css/syntax.h"

namespace galley::document {

namespace {

struct TextCase {
    const char* name;
    const char* rules;
    const char* style;
    int value;
    const char* want;
};

// What the rules of a sheet say; `styles` may name each other.
CounterStyles styles_of(const std::string& text) {
    CounterStyles out;
    const auto source = CssSource::parse(text, "");
    RuleReader reader(source->tokens);
    while (const auto rule = reader.next())
        if (auto style = read_counter_style(rule->prelude, rule->block)) out.insert(std::move(*style));
    return out;
}

class CounterText : public ::testing::TestWithParam<TextCase> {};
TEST_P(CounterText, IsWritten) {
    EXPECT_EQ(counter_text(GetParam().value, GetParam().style, styles_of(GetParam().rules)), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Systems, CounterText,
    ::testing::Values(
        TextCase{"CyclicGoesRound", "@counter-style s{system:cyclic;symbols:'a' 'b' 'c'}", "s", 5, "b"},
        TextCase{"CyclicBelowOne", "@counter-style s{system:cyclic;symbols:a b c}", "s", -1, "b"},
        TextCase{"FixedHasAnEnd", "@counter-style s{system:fixed 3;symbols:x y}", "s", 4, "y"},
        TextCase{"FixedFallsBack", "@counter-style s{system:fixed;symbols:x y;fallback:upper-roman}", "s", 4, "IV"},
        TextCase{"SymbolicRepeats", "@counter-style s{symbols:'*' '†'}", "s", 4, "††"},
        TextCase{"SymbolicOfManyIsDecimal", "@counter-style s{symbols:'*'}", "s", 100000, "100000"},
        TextCase{"AlphabeticHasNoZero", "@counter-style s{system:alphabetic;symbols:a b}", "s", 5, "ba"},
        TextCase{"AlphabeticZeroIsDecimal", "@counter-style s{system:alphabetic;symbols:a b}", "s", 0, "0"},
        TextCase{"NumericIsPositional", "@counter-style s{system:numeric;symbols:'0' '1'}", "s", 5, "101"},
        TextCase{"NumericNegative", "@counter-style s{system:numeric;symbols:'0' '1';negative:'(' ')'}", "s", -2,
                 "(10)"},
        TextCase{"AdditiveTakesTheHeaviest", "@counter-style s{system:additive;additive-symbols:1 I,5 V,4 IV}", "s", 9,
                 "VIV"},
        TextCase{"AdditiveWithoutARestIsDecimal", "@counter-style s{system:additive;additive-symbols:5 V}", "s", 6,
                 "6"},
        TextCase{"PadCountsTheSign", "@counter-style s{system:extends decimal;pad:4 '0'}", "s", -7, "-007"},
        TextCase{"RangeFallsBack", "@counter-style s{system:extends lower-roman;range:1 3}", "s", 4, "4"},
        TextCase{"ExtendsAnOwnStyle",
                 "@counter-style a{system:numeric;symbols:'x' 'y';pad:3 '.'}@counter-style s{system:extends a}", "s", 1,
                 "..y"},
        TextCase{"CirclesEnd", "@counter-style a{system:extends s}@counter-style s{system:extends a}", "s", 3, "3"},
        TextCase{"FallbacksInACircleEnd",
                 "@counter-style a{system:fixed;symbols:x;fallback:s}@counter-style s{system:fixed;symbols:x;"
                 "fallback:a}",
                 "s", 3, "3"},
        TextCase{"LeastNumber", "@counter-style s{system:numeric;symbols:'0' '1';range:infinite infinite}", "s",
                 -2147483647 - 1, "-1111111111111111111111111111111"},
        TextCase{"OneSymbolIsNoNumericSystem", "@counter-style s{system:numeric;symbols:'0'}", "s", 5, "5"},
        TextCase{"DecimalStays", "@counter-style decimal{system:cyclic;symbols:x}", "decimal", 5, "5"}),
    [](const auto& info) { return info.param.name; });

}  // namespace

TEST(MarkerText, HasPrefixAndSuffixOfItsStyle) {
    const CounterStyles own = styles_of(
        "@counter-style a{system:extends decimal;prefix:'(';suffix:') '}@counter-style b{system:extends a;prefix:'['}");
    EXPECT_EQ(marker_text(3, "a", own), "(3) ");
    EXPECT_EQ(marker_text(3, "b", own), "[3) ");
    EXPECT_EQ(marker_text(3, "decimal", own), "3. ");
    EXPECT_EQ(marker_text(3, "disc", own), "• ");
}

}  // namespace galley::document
