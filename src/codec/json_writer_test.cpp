#include "codec/json_writer.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <limits>
#include <random>

namespace galley::codec {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter w(out);
    w.begin_object();
    w.field("id", "x");
    w.field("n", 3);
    w.field("flag", true);
    w.null_field("none");
    w.key("list");
    w.begin_array();
    w.value(1);
    w.begin_array();
    w.end_array();
    w.begin_object();
    w.end_object();
    w.value(2.5);
    w.raw("[7]");
    w.end_array();
    w.raw_field("raw", "{}");
    w.field("text", std::string("t"));
    w.field("big", UINT64_MAX);
    w.end_object();
    EXPECT_EQ(
        out,
        R"({"id":"x","n":3,"flag":true,"none":null,"list":[1,[],{},2.5,[7]],"raw":{},"text":"t","big":18446744073709551615})");
}

TEST(JsonWriter, EscapesOnlyWhatMustBeEscaped) {
    std::string out;
    append_json_string(out, std::string_view("a\"\\/\b\f\n\r\t\x01\x1f\x7f\xC3\xA9\0", 15));
    EXPECT_EQ(out, "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xC3\xA9\\u0000\"");
}

TEST(JsonWriter, WhatJsonCannotSayIsNull) {
    std::string out;
    append_json_number(out, std::numeric_limits<double>::quiet_NaN());
    append_json_number(out, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(out, "nullnull");
}

std::string number_text(double number) {
    std::string out;
    append_json_number(out, number);
    return out;
}

TEST(JsonWriter, AnyFiniteNumberReadsBackEqual) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 100'000; ++i) {
        const double number = std::bit_cast<double>(random());
        if (!std::isfinite(number)) continue;
        const std::string text = number_text(number);
        double back = 0;
        ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), back).ec, std::errc()) << text;
        ASSERT_EQ(back, number) << text;
    }
}

struct NumberCase {
    std::uint64_t bits;
    const char* text;
};

// RFC 8785, appendix B.
TEST(JsonWriter, NumbersAgreeWithThePublishedTable) {
    for (const NumberCase& c : {
             NumberCase{0x0000000000000000, "0"},
             NumberCase{0x8000000000000000, "0"},
             NumberCase{0x0000000000000001, "5e-324"},
             NumberCase{0x8000000000000001, "-5e-324"},
             NumberCase{0x7fefffffffffffff, "1.7976931348623157e+308"},
             NumberCase{0xffefffffffffffff, "-1.7976931348623157e+308"},
             NumberCase{0x4340000000000000, "9007199254740992"},
             NumberCase{0xc340000000000000, "-9007199254740992"},
             NumberCase{0x4430000000000000, "295147905179352830000"},
             NumberCase{0x44b52d02c7e14af5, "9.999999999999997e+22"},
             NumberCase{0x44b52d02c7e14af6, "1e+23"},
             NumberCase{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
             NumberCase{0x444b1ae4d6e2ef4e, "999999999999999700000"},
             NumberCase{0x444b1ae4d6e2ef4f, "999999999999999900000"},
             NumberCase{0x444b1ae4d6e2ef50, "1e+21"},
             NumberCase{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
             NumberCase{0x3eb0c6f7a0b5ed8d, "0.000001"},
             NumberCase{0x41b3de4355555553, "333333333.3333332"},
             NumberCase{0x41b3de4355555554, "333333333.33333325"},
             NumberCase{0x41b3de4355555555, "333333333.3333333"},
             NumberCase{0x41b3de4355555556, "333333333.3333334"},
             NumberCase{0x41b3de4355555557, "333333333.33333343"},
             NumberCase{0xbecbf647612f3696, "-0.0000033333333333333333"},
             NumberCase{0x43143ff3c1cb0959, "1424953923781206.2"},
         }) {
        EXPECT_EQ(number_text(std::bit_cast<double>(c.bits)), c.text);
    }
}

}  // namespace
}  // namespace galley::codec
