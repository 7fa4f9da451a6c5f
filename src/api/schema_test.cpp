#include "api/schema.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

std::string json_of(const Schema& schema, Objects objects = Objects::Open, std::string_view description = {}) {
    std::string out;
    codec::JsonWriter json(out);
    append_json_schema(json, schema, objects, description);
    return out;
}

TEST(Schema, AnyAllowsEverything) {
    EXPECT_EQ(json_of(any()), "{}");
}

TEST(Schema, BoundsAreNamedAfterTheirType) {
    EXPECT_EQ(json_of(text({.min = 1, .max = 3})), R"({"type":"string","minLength":1,"maxLength":3})");
    EXPECT_EQ(json_of(integer({.min = 0})), R"({"type":"integer","minimum":0})");
    EXPECT_EQ(json_of(array(boolean(), {.max = 2})), R"({"type":"array","maxItems":2,"items":{"type":"boolean"}})");
}

TEST(Schema, NullableAddsNullToTypeChoicesAndReference) {
    EXPECT_EQ(json_of(nullable(number())), R"({"type":["number","null"]})");
    EXPECT_EQ(json_of(nullable(one_of({"a"}))), R"({"type":["string","null"],"enum":["a",null]})");
    EXPECT_EQ(json_of(nullable(ref("Task"))), R"({"anyOf":[{"$ref":"#/components/schemas/Task"},{"type":"null"}]})");
}

TEST(Schema, OnlyClosedObjectsRefuseUnknownMembers) {
    const Schema schema = object({field("a", text()), optional("b", time_text(), "when")});
    const std::string open =
        R"("type":"object","properties":{"a":{"type":"string"},"b":{"description":"when","type":"string",)"
        R"("format":"date-time"}},"required":["a"])";
    EXPECT_EQ(json_of(schema), "{" + open + "}");
    EXPECT_EQ(json_of(schema, Objects::Closed), "{" + open + R"(,"additionalProperties":false})");
}

TEST(Schema, DescriptionAndDefaultArePrinted) {
    EXPECT_EQ(json_of(with_default(boolean(), "true"), Objects::Open, "whether"),
              R"({"description":"whether","type":"boolean","default":true})");
}

TEST(Schema, PageHasItemsAndNext) {
    const std::string page = json_of(page_of(ref("Task")));
    EXPECT_NE(page.find(R"("items":{"type":"array","items":{"$ref":"#/components/schemas/Task"}})"), std::string::npos);
    EXPECT_NE(page.find(R"("type":["string","null"])"), std::string::npos);
}

}  // namespace
}  // namespace galley::api
