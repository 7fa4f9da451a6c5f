#include "document/text/line_break.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "document/text/utf8.h"

namespace galley::document {
namespace {

// "a| b" style: a bar wherever a line may end, "!" where it must.
std::string show(std::string_view text, const std::vector<BreakMark>& marks) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (marks[i] == BreakMark::Allowed) out += '|';
        if (marks[i] == BreakMark::Forced) out += '!';
        out += text[i];
    }
    return out;
}

std::string breaks(std::string_view text, char32_t previous = 0) {
    LineBreaker breaker;
    return show(text, breaker.find(text, previous, {"en"}));
}

TEST(LineBreaker, BreaksAfterSpacesAndHyphensButNotInsideNumbers) {
    EXPECT_EQ(breaks("one two-three"), "one |two-|three");
    EXPECT_EQ(breaks("$1,234.56 (net) 10:30"), "$1,234.56 |(net) |10:30");
    EXPECT_EQ(breaks("a\nb"), "a\n!b");
    EXPECT_EQ(breaks("wait ! -x"), "wait ! |-x");
}

TEST(LineBreaker, PreviousCharacterDecidesTheFirstMark) {
    EXPECT_EQ(breaks("b", ' '), "|b");
    EXPECT_EQ(breaks("b", 'a'), "b");
    EXPECT_EQ(breaks("b", '-'), "b");
}

TEST(LineBreaker, BreaksBetweenIdeographsAndInsideThaiWords) {
    EXPECT_EQ(breaks("\u65e5\u672c"), "\u65e5|\u672c");
    EXPECT_NE(
        breaks("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a\u0e17\u0e38\u0e01\u0e04\u0e19").find('|'),
        std::string::npos);
}

TEST(LineBreaker, NoLineBeginsWithSmallKanaOrALengthMark) {
    LineBreaker breaker;
    const std::string text = "\u30cb\u30e3\u30fc";
    EXPECT_EQ(show(text, breaker.find(text, 0, {"ja"})), text);
    EXPECT_NE(show(text, breaker.find(text, 0, {"ja", LineBreakRule::Loose})), text);
}

std::string random_text(std::mt19937& random, const std::u32string& alphabet) {
    std::string text;
    const std::size_t length = 1 + random() % 12;
    for (std::size_t i = 0; i < length; ++i) append_utf8(text, alphabet[random() % alphabet.size()]);
    return text;
}

void expect_table_equals_icu(const std::u32string& alphabet, unsigned seed, int rounds) {
    std::mt19937 random(seed);
    LineBreaker fast;
    LineBreaker slow;
    int shown = 0;
    for (int i = 0; i < rounds && shown < 20; ++i) {
        const std::string text = random_text(random, alphabet);
        const std::string want = show(text, slow.find_by_icu(text, 0, {"en"}));
        const std::string got = show(text, fast.find(text, 0, {"en"}));
        if (got != want) ++shown;
        EXPECT_EQ(got, want) << "text: " << text;
    }
}

std::u32string range(char32_t first, char32_t last) {
    std::u32string all;
    for (char32_t c = first; c <= last; ++c) all += c;
    return all;
}

TEST(LineBreaker, TableAgreesWithIcuOnAscii) {
    expect_table_equals_icu(range(0x20, 0x7E) + U"\n\r\t", 1, 200'000);
}
TEST(LineBreaker, TableAgreesWithIcuOnPunctuation) {
    expect_table_equals_icu(U" ab01.,:;/-()[]{}$%\"'!?+\u00a0\u00ad\u00ab\u00bb\u20ac\u2010\u2013\u2014\u2026", 2,
                            200'000);
}
TEST(LineBreaker, TableAgreesWithIcuOnLatinOne) {
    expect_table_equals_icu(range(0x20, 0x7E) + range(0xA0, 0xFF), 3, 200'000);
}
TEST(LineBreaker, TableAgreesWithIcuOnGeneralPunctuation) {
    expect_table_equals_icu(U" a1(-" + range(0x2010, 0x2060) + range(0x20A0, 0x20BF), 4, 200'000);
}

}  // namespace
}  // namespace galley::document
