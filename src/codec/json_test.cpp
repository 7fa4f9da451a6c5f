#include "codec/json.h"

#include <gtest/gtest.h>

#include <thread>

#include "codec/json_fault.h"

namespace galley::codec {
namespace {

struct BadCase {
    const char* name;
    std::string_view text;
    const char* want;
};

class JsonRefusal : public testing::TestWithParam<BadCase> {};

TEST_P(JsonRefusal, NamesTheReasonAndTheByte) {
    const Result<JsonDocument> parsed = JsonDocument::parse(GetParam().text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(parsed.error().message, std::string("JSON: ") + GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, JsonRefusal,
    testing::Values(BadCase{"Empty", "", "the text ends too early at byte 0"},
                    BadCase{"OnlySpace", " \n", "the text ends too early at byte 2"},
                    BadCase{"Truncated", R"({"a":)", "the text ends too early at byte 5"},
                    BadCase{"TrailingText", "1 2", "text after the value at byte 2"},
                    BadCase{"TrailingComma", "[1,]", "expected a value at byte 3"},
                    BadCase{"MissingComma", "[1 2]", "expected ',' or ']' at byte 3"},
                    BadCase{"WrongClose", R"({"a":1])", "expected ',' or '}' at byte 6"},
                    BadCase{"NoColon", R"({"a" 1})", "expected ':' at byte 5"},
                    BadCase{"BareName", "{a:1}", "expected a member name in quotes at byte 1"},
                    BadCase{"SingleQuotes", "['a']", "expected a value at byte 1"},
                    BadCase{"Comment", "[1/**/]", "expected ',' or ']' at byte 2"},
                    BadCase{"ByteOrderMark", "\xEF\xBB\xBF{}", "expected a value at byte 0"},
                    BadCase{"Literal", "[tru]", "expected a value at byte 1"},
                    BadCase{"NaN", "NaN", "expected a value at byte 0"},
                    BadCase{"LeadingZero", "[01]", "a number may not start with 0 at byte 3"},
                    BadCase{"LeadingPlus", "+1", "expected a value at byte 0"},
                    BadCase{"BareMinus", "-", "expected a value at byte 0"},
                    BadCase{"NoFraction", "1.", "expected a digit at byte 2"},
                    BadCase{"NoExponent", "1e+", "expected a digit at byte 3"},
                    BadCase{"TooLarge", "[1e400]", "the number is too large at byte 1"},
                    BadCase{"HugeExponent", "[0,10e9223372036854775807]", "the number is too large at byte 3"},
                    BadCase{"UnclosedString", R"(["a)", "the string does not end at byte 3"},
                    BadCase{"RawControl", "\"a\nb\"", "control characters in strings must be escaped at byte 2"},
                    BadCase{"UnknownEscape", R"("\x41")", "unknown escape at byte 1"},
                    BadCase{"ShortUnicodeEscape", R"("\u12")", "\\u needs four hexadecimal digits at byte 1"},
                    BadCase{"LoneHighSurrogate", R"("\ud800")", "a lone surrogate at byte 1"},
                    BadCase{"LoneLowSurrogate", R"("\udc00")", "a lone surrogate at byte 1"},
                    BadCase{"BadUtf8", "\"a\xFFz\"", "not UTF-8 at byte 2"},
                    BadCase{"Nul", std::string_view("1\0", 2), "text after the value at byte 1"},
                    BadCase{"Duplicate", R"({"a":1,"b":{"a":2},"\u0061":3})",
                            "the member name \"a\" appears twice at byte 19"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Json, DuplicatesAmongManyMembersAreFound) {
    std::string text = "{";
    for (int i = 0; i < 1000; ++i) text += "\"m" + std::to_string(i) + "\":1,";
    EXPECT_TRUE(JsonDocument::parse(text + "\"last\":1}"));
    EXPECT_FALSE(JsonDocument::parse(text + "\"m500\":1}"));
}

TEST(Json, ScalarsKeepTheirTypeAndValue) {
    const JsonDocument document =
        JsonDocument::parse(
            R"({"i":-9223372036854775808,"u":9223372036854775808,"big":123456789012345678901234567890,"d":1.0,"z":1e-400,)"
            R"("s":"a\u20ac\ud83d\ude00\n","t":true,"f":false,"n":null,"a":[],"o":{}})")
            .value();
    const JsonValue root = document.root();
    EXPECT_EQ(root.size(), 11U);
    EXPECT_EQ(root.find("i")->integer(), INT64_MIN);
    EXPECT_EQ(root.find("i")->number(), -9223372036854775808.0);
    EXPECT_EQ(root.find("u")->type(), JsonType::Double);
    EXPECT_EQ(root.find("u")->number(), 9223372036854775808.0);
    EXPECT_EQ(root.find("big")->number(), 123456789012345678901234567890.0);
    EXPECT_EQ(root.find("d")->type(), JsonType::Double);
    EXPECT_EQ(root.find("z")->number(), 0);
    EXPECT_EQ(root.find("s")->string(), "a\xE2\x82\xAC\xF0\x9F\x98\x80\n");
    EXPECT_TRUE(root.find("t")->boolean());
    EXPECT_FALSE(root.find("f")->boolean());
    EXPECT_TRUE(root.find("n")->is_null());
    EXPECT_EQ(root.find("a")->size(), 0U);
    EXPECT_TRUE(root.find("o")->is_object());
    EXPECT_FALSE(root.find("absent"));
    EXPECT_FALSE(root.find("s")->find("x"));
    EXPECT_TRUE(JsonValue().is_null());
    EXPECT_EQ(JsonValue().to_json(), "null");
}

TEST(Json, MembersAndElementsComeInDocumentOrder) {
    const JsonDocument document = JsonDocument::parse(R"( {"z":[3,1,2], "a":{"k":"v"}} )").value();
    std::string seen;
    document.root().for_each_member([&](std::string_view name, const JsonValue& value) {
        seen += std::string(name) + "=" + value.to_json() + ";";
    });
    EXPECT_EQ(seen, R"(z=[3,1,2];a={"k":"v"};)");
    std::int64_t sum = 0;
    document.root().find("z")->for_each_element([&](const JsonValue& value) { sum = sum * 10 + value.integer(); });
    EXPECT_EQ(sum, 312);
    EXPECT_EQ(document.root().to_json(), R"({"z":[3,1,2],"a":{"k":"v"}})");
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Json, NestingIsLimited) {
    EXPECT_TRUE(JsonDocument::parse(nested(kJsonDepthMaxDefault)));
    EXPECT_EQ(JsonDocument::parse(nested(kJsonDepthMaxDefault + 1)).error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(JsonDocument::parse(nested(3), 3));
    EXPECT_EQ(JsonDocument::parse(nested(4), 3).error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(JsonDocument::parse("1", 0));
    EXPECT_EQ(JsonDocument::parse("{}", 0).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(JsonDocument::parse(nested(100'000), 1'000'000).error().code, ErrorCode::LimitExceeded);
}

TEST(Json, LargeTextsParse) {
    const std::string text = "[\"" + std::string(3 << 20, 'x') + "\"]";
    EXPECT_EQ(JsonDocument::parse(text).value().root().to_json(), text);
}

TEST(Json, ADocumentOutlivesTheTextAndMoves) {
    auto text = std::make_unique<std::string>(R"({"name":"value"})");
    JsonDocument first = JsonDocument::parse(*text).value();
    text.reset();
    const JsonValue root = first.root();
    const JsonDocument second = std::move(first);
    (void)JsonDocument::parse("[1,2,3]");
    EXPECT_EQ(root.find("name")->string(), "value");
    EXPECT_EQ(second.root().to_json(), R"({"name":"value"})");
}

TEST(Json, ThreadsParseIndependently) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([t] {
            const std::string text = "[" + std::to_string(t) + "]";
            for (int i = 0; i < 200; ++i) EXPECT_EQ(JsonDocument::parse(text)->root().to_json(), text);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

// The slow scanner and simdjson must agree on every prefix and every one-byte change of a text with all the features.
TEST(Json, TheSlowScannerAgreesWithTheParser) {
    const std::string text =
        R"({"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":false,"d":12345678901234567890123}})";
    const auto agree = [](const std::string& candidate) {
        EXPECT_EQ(JsonDocument::parse(candidate).has_value(), !scan_json(candidate, kJsonDepthMaxDefault).fault)
            << candidate;
    };
    for (const char* each :
         {"1e-9223372036854775807", "0.01e-9223372036854775808", "0e99999999999999999999", "0.0e400",
          "1e99999999999999999999", "1e-99999999999999999999", "0.0001e312", "0.00001e312", "100e306"}) {
        agree(each);
    }
    for (std::size_t length = 0; length <= text.size(); ++length) agree(text.substr(0, length));
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const char c : std::string_view("\"\\,:[]{}0e.-u \n\x80\x01", 17)) {
            std::string changed = text;
            changed[at] = c;
            agree(changed);
        }
    }
}

}  // namespace
}  // namespace galley::codec
