#include "codec/object_reader.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

std::string faults_text(const Result<void>& result) {
    std::string text;
    if (result) return text;
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    for (const FieldError& field : result.error().fields) text += field.pointer + ": " + field.message + "\n";
    return text;
}

TEST(ObjectReader, TakesAGoodBodyApart) {
    const JsonDocument body =
        JsonDocument::parse(
            R"({"title":"T","note":null,"flag":true,"n":5,"x":2.5,"o":{"k":1},"list":[1,2],"any":"v","must":null})")
            .value();
    ObjectReader r(body.root(), "");
    EXPECT_EQ(r.required_string("title", {.bytes_min = 1, .bytes_max = 200}), "T");
    EXPECT_EQ(r.optional_string("note"), std::nullopt);
    EXPECT_EQ(r.optional_string("absent"), std::nullopt);
    EXPECT_TRUE(r.optional_bool("flag", false));
    EXPECT_TRUE(r.optional_bool("other_flag", true));
    EXPECT_EQ(r.required_integer("n", {.min = 1, .max = 5}), 5);
    EXPECT_EQ(r.optional_integer("m"), std::nullopt);
    EXPECT_EQ(r.optional_number("x", 0, 3), 2.5);
    EXPECT_EQ(r.optional_object("o")->to_json(), R"({"k":1})");
    EXPECT_EQ(r.optional_array("list", 2)->size(), 2U);
    EXPECT_EQ(r.optional_any("any")->string(), "v");
    EXPECT_TRUE(r.required_any("must").is_null());
    EXPECT_TRUE(r.finish());
}

TEST(ObjectReader, CollectsEveryComplaintWithItsPointer) {
    const JsonDocument body =
        JsonDocument::parse(R"({"title":7,"short":"","flag":"yes","n":9,"d":1.5,"list":[1,2,3],"x":4,"un/kn~own":1})")
            .value();
    ObjectReader r(body.root(), "/rooms/0");
    EXPECT_EQ(r.required_string("title"), "");
    r.required_string("short", {.bytes_min = 1});
    r.required_string("gone");
    EXPECT_FALSE(r.optional_bool("flag", false));
    EXPECT_EQ(r.required_integer("n", {.min = 1, .max = 5}), 1);
    r.optional_integer("d");
    EXPECT_FALSE(r.optional_array("list", 2));
    EXPECT_FALSE(r.optional_number("x", 0, 1));
    r.required_any("missing");
    r.note("x", "is odd");
    r.absorb({ErrorCode::InvalidInput, "m", "", {{"/rooms/0/nested/a", "is bad"}}});
    EXPECT_EQ(faults_text(r.finish()),
              "/rooms/0/title: expected string, found integer\n"
              "/rooms/0/short: must have 1 to 10000 bytes, has 0\n"
              "/rooms/0/gone: is required\n"
              "/rooms/0/flag: expected boolean, found string\n"
              "/rooms/0/n: must be from 1 to 5\n"
              "/rooms/0/d: expected integer, found number\n"
              "/rooms/0/list: must have at most 2 elements\n"
              "/rooms/0/x: must be from 0.000000 to 1.000000\n"
              "/rooms/0/missing: is required\n"
              "/rooms/0/x: is odd\n"
              "/rooms/0/nested/a: is bad\n"
              "/rooms/0/un~1kn~0own: is not a known field\n");
}

TEST(ObjectReader, WhatIsNoObjectHasOneFault) {
    const JsonDocument body = JsonDocument::parse("[1]").value();
    ObjectReader r(body.root(), "");
    r.required_string("title");
    r.required_integer("n");
    r.required_any("any");
    EXPECT_EQ(faults_text(r.finish()), ": expected object, found array\n");
}

TEST(ObjectReader, FaultsAreBoundedAndLongNamesAreCutBetweenCharacters) {
    std::string text = "{\"" + std::string(99, 'a') + "\xC3\xA9\":1";
    for (int i = 0; i < 1000; ++i) text += ",\"m" + std::to_string(i) + "\":1";
    const JsonDocument body = JsonDocument::parse(text + "}").value();
    ObjectReader r(body.root(), "");
    const Result<void> result = r.finish();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fields.size(), 100U);
    EXPECT_EQ(result.error().fields[0].pointer, "/" + std::string(99, 'a'));
}

}  // namespace
}  // namespace galley::codec
