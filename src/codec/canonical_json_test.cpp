#include "codec/canonical_json.h"

#include <gtest/gtest.h>

#include "codec/json_text.h"

namespace galley::codec {
namespace {

std::string canonical(std::string_view text) {
    return canonical_json(JsonDocument::parse(text).value().root());
}

// RFC 8785 §3.2.2 and §3.2.4.
TEST(CanonicalJson, AgreesWithThePublishedExample) {
    EXPECT_EQ(canonical(R"({
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]})"),
              "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
              "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785 §3.2.3.
TEST(CanonicalJson, SortsAsThePublishedExample) {
    const std::string text = canonical(R"({
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"})");
    std::vector<std::string> order;
    const JsonDocument again = JsonDocument::parse(text).value();
    again.root().for_each_member([&](std::string_view, const JsonValue& value) { order.emplace_back(value.string()); });
    EXPECT_EQ(order,
              (std::vector<std::string>{"Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis",
                                        "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"}));
}

// The slow obvious order: decode to UTF-16 and compare the units.
std::u16string to_utf16(std::u32string_view text) {
    std::u16string units;
    for (const char32_t point : text) {
        if (point < 0x10000) {
            units += static_cast<char16_t>(point);
            continue;
        }
        units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10U));
        units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FFU));
    }
    return units;
}

std::string to_utf8(std::u32string_view text) {
    std::string json = "\"";
    for (const char16_t unit : to_utf16(text)) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(unit));
        json += escape;
    }
    return std::string(JsonDocument::parse(json + "\"").value().root().string());
}

TEST(CanonicalJson, ComparisonAgreesWithUtf16OnAllPairs) {
    const std::u32string points =
        U"\x01"
        U"Az\x7F\x80\x7FF\x800\xD7FF\xE000\xEFFF\xF000\xFFFF\x10000\x10FFFF";
    std::vector<std::u32string> texts = {U""};
    for (const char32_t a : points) {
        texts.push_back({a});
        for (const char32_t b : points) texts.push_back({a, b});
    }
    for (const std::u32string& a : texts) {
        for (const std::u32string& b : texts) {
            ASSERT_EQ(less_utf16(to_utf8(a), to_utf8(b)), to_utf16(a) < to_utf16(b));
        }
    }
}

TEST(CanonicalJson, IsTheSameForEveryWritingOfAValue) {
    const std::string want = R"({"a":[1,{"x":0,"y":9223372036854775807}],"b":100})";
    EXPECT_EQ(canonical(R"({"b":1e2,"a":[1.0,{"y":9223372036854775807,"x":-0.0}]})"), want);
    EXPECT_EQ(canonical(R"( { "a" : [ 1 , {"x":0,"y":9223372036854775807} ] , "b" : 100.00 } )"), want);
    EXPECT_EQ(canonical(want), want);
}

}  // namespace
}  // namespace galley::codec
