// RFC 8259 case by case, from tests/conformance/json/cases.tsv (the HTTP server gets the same cases in
// tests/server/test_json.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "codec/json.h"
#include "codec/json_fault.h"
#include "codec/utf8.h"

namespace galley::codec {
namespace {

struct Case {
    bool valid = false;
    std::string name;
    std::string text;
};

// "\xHH" is a byte, "\\" a backslash.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
        } else if (text[++i] == 'x') {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            out += '\\';
        }
    }
    return out;
}

std::vector<Case> read_cases() {
    std::ifstream file(GALLEY_SOURCE_DIR "/tests/conformance/json/cases.tsv");
    std::vector<Case> cases;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        const std::size_t name = line.find('\t') + 1;
        const std::size_t text = line.find('\t', name) + 1;
        cases.push_back({line[0] == 'y', line.substr(name, text - 1 - name), unescaped(line.substr(text))});
    }
    return cases;
}

TEST(JsonConformance, TheTableIsThere) {
    const std::vector<Case> cases = read_cases();
    EXPECT_GT(std::ranges::count(cases, true, &Case::valid), 60);
    EXPECT_GT(std::ranges::count(cases, false, &Case::valid), 150);
}

TEST(JsonConformance, ValidTextsAreAcceptedAndComeBackEqual) {
    for (const Case& one : read_cases()) {
        if (!one.valid) continue;
        const Result<JsonDocument> parsed = JsonDocument::parse(one.text);
        ASSERT_TRUE(parsed) << one.name << ": " << parsed.error().message;
        const std::string written = parsed->root().to_json();
        const Result<JsonDocument> again = JsonDocument::parse(written);
        ASSERT_TRUE(again) << one.name << ": " << written;
        EXPECT_EQ(again->root().to_json(), written) << one.name;
    }
}

TEST(JsonConformance, InvalidTextsAreRefusedByBothReaders) {
    for (const Case& one : read_cases()) {
        if (one.valid) continue;
        const Result<JsonDocument> parsed = JsonDocument::parse(one.text);
        ASSERT_FALSE(parsed) << one.name;
        EXPECT_TRUE(parsed.error().code == ErrorCode::InvalidInput || parsed.error().code == ErrorCode::LimitExceeded)
            << one.name;
        EXPECT_TRUE(scan_json(one.text, kJsonDepthMaxDefault).fault) << one.name;
        for (std::size_t at = 0; at < parsed.error().message.size();) {
            const std::size_t length = utf8_sequence_length(std::string_view(parsed.error().message).substr(at));
            ASSERT_NE(length, 0U) << one.name << ": the complaint is not UTF-8";
            at += length;
        }
    }
}

// Every proper prefix of a valid object or array is invalid, whatever was cut.
TEST(JsonConformance, EveryCutOfAValidTextIsRefused) {
    for (const Case& one : read_cases()) {
        if (!one.valid || one.text.size() > 1000 || (one.text[0] != '[' && one.text[0] != '{')) continue;
        const std::size_t end = one.text.find_last_of("]}");
        for (std::size_t size = 0; size <= end; ++size) {
            EXPECT_FALSE(JsonDocument::parse(std::string_view(one.text).substr(0, size))) << one.name << " at " << size;
        }
    }
}

TEST(JsonConformance, LongIntegersKeepTheirDigitsWhereverTheyStand) {
    const std::string text =
        R"({"a":123456789012345678901234567890,"b":[1,2.5,-98765432109876543210,{"c":18446744073709551615}],)"
        R"("d":9223372036854775808,"e":"98765432109876543210","f":1e2,"g":111111111111111111111111})";
    const JsonDocument document = JsonDocument::parse(text).value();
    EXPECT_EQ(document.root().to_json(),
              R"({"a":123456789012345678901234567890,"b":[1,2.5,-98765432109876543210,{"c":18446744073709551615}],)"
              R"("d":9223372036854775808,"e":"98765432109876543210","f":100,"g":111111111111111111111111})");
    EXPECT_EQ(document.root().find("a")->number(), 123456789012345678901234567890.0);
    EXPECT_EQ(document.root().find("a")->long_integer(), "123456789012345678901234567890");
    EXPECT_EQ(document.root().find("f")->long_integer(), "");
    EXPECT_EQ(document.root().find("e")->long_integer(), "");
    EXPECT_EQ(JsonDocument::parse("-12345678901234567890").value().root().to_json(), "-12345678901234567890");
}

TEST(JsonConformance, ADuplicateIsNamedByItsPointer) {
    const auto pointer = [](std::string_view text) { return JsonDocument::parse(text).error().fields.at(0).pointer; };
    EXPECT_EQ(pointer(R"({"a":1,"a":2})"), "/a");
    EXPECT_EQ(pointer(R"({"outer":[{"a":1},[],{"b":{"c/d~":1,"x":[{}],"c/d~":2}}]})"), "/outer/2/b/c~1d~0");
    EXPECT_EQ(pointer(R"([[1,2],{"":1,"":2}])"), "/1/");
    EXPECT_TRUE(JsonDocument::parse("[1,2").error().fields.empty());
}

TEST(JsonConformance, HugeTextsTakeNoStack) {
    const std::string deep(1'000'000, '[');
    EXPECT_FALSE(JsonDocument::parse(deep));
    EXPECT_FALSE(JsonDocument::parse(deep + std::string(deep.size(), ']')));
    EXPECT_TRUE(JsonDocument::parse(std::string(512, '[') + std::string(512, ']')));
    const std::string string = '"' + std::string(1 << 20, 'x') + '"';
    EXPECT_EQ(JsonDocument::parse(string).value().root().to_json(), string);
}

}  // namespace
}  // namespace galley::codec
