#include "codec/url.h"

#include <gtest/gtest.h>

#include "codec/utf8.h"

namespace galley::codec {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Url, PercentDecodingIsExact) {
    EXPECT_EQ(percent_decode("a%20b%2Fc+d").value(), "a b/c+d");
    EXPECT_EQ(percent_decode("%C3%a9").value(), "\xC3\xA9");
    EXPECT_EQ(percent_decode("").value(), "");
}

TEST(Url, BrokenTextIsRefused) {
    for (const char* text : {"%", "a%2", "%2", "%zz", "%2g", "%00", "%ff", "%ED%A0%80", "\xC3"}) {
        EXPECT_EQ(percent_decode(text).error().code, ErrorCode::InvalidInput) << text;
        EXPECT_EQ(parse_query(std::string("a=") + text).error().code, ErrorCode::InvalidInput) << text;
    }
}

TEST(Url, EncodingComesBackWhateverTheText) {
    std::string text;
    for (int c = 1; c < 128; ++c) text += static_cast<char>(c);
    text += "\xE2\x82\xAC";
    EXPECT_EQ(percent_decode(percent_encode(text)).value(), text);
    EXPECT_EQ(percent_encode("a-Z_0.~ /%\xC3\xA9"), "a-Z_0.~%20%2F%25%C3%A9");
}

TEST(Url, QueriesKeepOrderAndRepetition) {
    EXPECT_EQ(parse_query("").value(), Pairs{});
    EXPECT_EQ(parse_query("b=1&a=x+y%26&b=2&&flag&empty=&=v&c=1=2").value(),
              (Pairs{{"b", "1"}, {"a", "x y&"}, {"b", "2"}, {"flag", ""}, {"empty", ""}, {"", "v"}, {"c", "1=2"}}));
}

// The fast check must agree with the slow one: all sequences of up to three bytes out of the interesting ones.
TEST(Url, FastUtf8CheckAgreesWithTheTable) {
    const std::string bytes =
        "\x01\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xED\xEE\xEF\xF0\xF1\xF4\xF5\xFF";
    const auto slow = [](std::string_view text) {
        while (!text.empty()) {
            const std::size_t length = utf8_sequence_length(text);
            if (length == 0) return false;
            text.remove_prefix(length);
        }
        return true;
    };
    for (const char a : bytes) {
        for (const char b : bytes) {
            for (const char c : bytes) {
                for (const char d : bytes) {
                    const std::string text{a, b, c, d};
                    ASSERT_EQ(is_utf8(text), slow(text)) << a << b << c << d;
                }
            }
        }
    }
}

TEST(Url, EncodedCodePointsAreWellFormed) {
    for (const std::uint32_t point : {0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
        std::string text;
        append_utf8(text, point);
        EXPECT_EQ(utf8_sequence_length(text), text.size()) << point;
    }
}

}  // namespace
}  // namespace galley::codec
