#include "document/box/counters.h"

#include <gtest/gtest.h>

namespace galley::document {

TEST(Counters, SiblingsShareACounterAndChildrenNestTheirOwn) {
    Counters counters;
    counters.reset("item", 0);
    counters.increment("item", 1);
    counters.enter();
    counters.reset("item", 0);
    counters.increment("item", 1);
    counters.increment("item", 1);
    EXPECT_EQ(counters.values("item"), (std::vector<int>{1, 2}));
    counters.leave();
    counters.increment("item", 1);
    EXPECT_EQ(counters.values("item"), (std::vector<int>{2}));
}

TEST(Counters, ResetBySiblingReplacesItsCounter) {
    Counters counters;
    counters.enter();
    counters.reset("section", 3);
    counters.reset("section", 7);
    EXPECT_EQ(counters.values("section"), (std::vector<int>{7}));
}

TEST(Counters, UnknownCounterIsZeroAndIncrementMakesIt) {
    Counters counters;
    EXPECT_EQ(counters.value("none"), 0);
    counters.increment("none", 4);
    EXPECT_EQ(counters.value("none"), 4);
}

TEST(Counters, IncrementSaturates) {
    Counters counters;
    for (int i = 0; i < 3; ++i) counters.increment("big", 2'000'000'000);
    EXPECT_EQ(counters.value("big"), 2'000'000'000);
}

struct StyleCase {
    int value;
    const char* style;
    const char* want;
};
class CounterStyle : public ::testing::TestWithParam<StyleCase> {};
TEST_P(CounterStyle, WritesValue) {
    EXPECT_EQ(format_counter(GetParam().value, GetParam().style), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Styles, CounterStyle,
    ::testing::Values(StyleCase{7, "decimal", "7"}, StyleCase{7, "decimal-leading-zero", "07"},
                      StyleCase{-7, "decimal-leading-zero", "-07"}, StyleCase{1994, "lower-roman", "mcmxciv"},
                      StyleCase{4, "upper-roman", "IV"}, StyleCase{4000, "upper-roman", "4000"},
                      StyleCase{26, "lower-alpha", "z"}, StyleCase{27, "lower-latin", "aa"},
                      StyleCase{703, "upper-alpha", "AAA"}, StyleCase{2, "lower-greek", "β"},
                      StyleCase{0, "upper-alpha", "0"}, StyleCase{1994, "armenian", "ՌՋՂԴ"},
                      StyleCase{1994, "lower-armenian", "ռջղդ"}, StyleCase{1994, "georgian", "ჩშჟდ"},
                      StyleCase{115, "hebrew", "קטו"}, StyleCase{16, "hebrew", "טז"}, StyleCase{321, "hebrew", "שכא"},
                      StyleCase{500, "hebrew", "500"}, StyleCase{2024, "devanagari", "२०२४"},
                      StyleCase{-12, "arabic-indic", "-١٢"}, StyleCase{305, "cjk-decimal", "三〇五"},
                      StyleCase{49, "hiragana", "ああ"}, StyleCase{2, "katakana-iroha", "ロ"},
                      StyleCase{12, "cjk-earthly-branch", "亥"}, StyleCase{13, "cjk-earthly-branch", "13"},
                      StyleCase{3, "disc", "•"}, StyleCase{3, "none", ""}));

}  // namespace galley::document
