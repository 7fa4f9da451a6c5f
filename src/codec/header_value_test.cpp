#include "codec/header_value.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

// "value|name=text|…", or "!" and the reason.
std::string dump(std::string_view text) {
    const Result<HeaderValue> header = parse_header_value(text);
    if (!header) return "!" + header.error().message;
    std::string out = header->value;
    for (const auto& [name, value] : header->parameters) out += "|" + name + "=" + value;
    return out;
}

struct Case {
    const char* name;
    std::string_view text;
    const char* want;
};

class HeaderValueTable : public testing::TestWithParam<Case> {};

TEST_P(HeaderValueTable, ReadsAs) {
    EXPECT_EQ(dump(GetParam().text), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HeaderValueTable,
    testing::Values(Case{"Plain", "application/json", "application/json"},
                    Case{"LetterCaseAndBlanks", " Text/HTML ; CharSet=UTF-8\t", "text/html|charset=UTF-8"},
                    Case{"Quoted", R"(a/b; x="y;z, \"w\\")", R"(a/b|x=y;z, "w\)"},
                    Case{"BackslashOfABrowser", R"(form-data; filename="C:\temp")", R"(form-data|filename=C:\temp)"},
                    Case{"EmptyQuoted", R"(a; b="")", "a|b="}, Case{"EmptyPlaces", "a/b;; c=d;", "a/b|c=d"},
                    Case{"Empty", "", "!the header has a bad value"},
                    Case{"SpaceInside", "a b", "!the header has a bad value"},
                    Case{"NoValue", "a; b=", "!the header has a parameter without a value"},
                    Case{"NoEquals", "a; b", "!the header has a parameter that is not name=value"},
                    Case{"SpaceBeforeEquals", "a; b =c", "!the header has a parameter that is not name=value"},
                    Case{"OpenQuote", "a; b=\"c", "!the header has a quoted string without an end"},
                    Case{"TextAfterQuote", "a; b=\"c\"d", "!the header has text after a parameter"},
                    Case{"Twice", "a; b=c; B=c", "!the header has the parameter 'b' twice"},
                    Case{"Control", "a; b=\"\x01\"", "!the header has a control character"},
                    Case{"Nul", std::string_view("a\0b", 3), "!the header has a bad value"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HeaderValue, ParametersAreLimited) {
    std::string text = "a";
    for (std::size_t i = 0; i < kHeaderParametersMax; ++i) text += ";p" + std::to_string(i) + "=v";
    EXPECT_TRUE(parse_header_value(text));
    EXPECT_FALSE(parse_header_value(text + ";more=v"));
}

}  // namespace
}  // namespace galley::codec
