#include "api/openapi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/schemas.h"
#include "codec/json.h"

namespace galley::api {
namespace {

codec::JsonDocument document() {
    auto parsed = codec::JsonDocument::parse(openapi_json(all_endpoints()));
    GALLEY_CHECK(parsed.has_value());
    return std::move(*parsed);
}

// Every "$ref" in the document.
void collect_references(const codec::JsonValue& root, std::set<std::string>& found) {
    std::vector<codec::JsonValue> waiting{root};
    while (!waiting.empty()) {
        const codec::JsonValue value = waiting.back();
        waiting.pop_back();
        if (value.is_array()) {
            value.for_each_element([&](const codec::JsonValue& element) { waiting.push_back(element); });
        } else if (value.is_object()) {
            value.for_each_member([&](std::string_view name, const codec::JsonValue& member) {
                if (name == "$ref" && member.is_string()) found.emplace(member.string());
                waiting.push_back(member);
            });
        }
    }
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

TEST(OpenApi, TheSameRowsGiveTheSameBytes) {
    EXPECT_EQ(openapi_json(all_endpoints()), openapi_json(all_endpoints()));
}

TEST(OpenApi, EveryRowIsAnOperationAndNoOtherIs) {
    const codec::JsonDocument openapi = document();
    const codec::JsonValue paths = *openapi.root().find("paths");
    for (const EndpointRow& row : all_endpoints()) {
        std::string path(row.pattern);
        std::erase(path, '*');
        const auto item = paths.find(path);
        ASSERT_TRUE(item) << path;
        const auto operation = item->find(lower(net::method_name(row.method)));
        ASSERT_TRUE(operation) << path;
        EXPECT_EQ(operation->find("operationId")->string(), row.name);
    }
    std::size_t operations = 0;
    paths.for_each_member([&](std::string_view, const codec::JsonValue& item) { operations += item.size(); });
    EXPECT_EQ(operations, all_endpoints().size());
}

TEST(OpenApi, OperationIdsAreUnique) {
    std::set<std::string_view> names;
    for (const EndpointRow& row : all_endpoints()) EXPECT_TRUE(names.insert(row.name).second) << row.name;
}

TEST(OpenApi, EveryReferenceLeadsToAComponent) {
    const codec::JsonDocument openapi = document();
    std::set<std::string> references;
    collect_references(openapi.root(), references);
    EXPECT_FALSE(references.empty());
    for (const std::string& reference : references) {
        codec::JsonValue value = openapi.root();
        std::string_view rest = std::string_view(reference).substr(2);
        while (!rest.empty()) {
            const std::string_view part = rest.substr(0, rest.find('/'));
            rest.remove_prefix(std::min(rest.size(), part.size() + 1));
            const auto member = value.find(part);
            ASSERT_TRUE(member) << reference;
            value = *member;
        }
    }
}

TEST(OpenApi, EverySchemaIsUsedAndStandsInOrder) {
    std::set<std::string> references;
    const codec::JsonDocument openapi = document();
    collect_references(openapi.root(), references);
    EXPECT_TRUE(std::ranges::is_sorted(all_schemas(), {}, &NamedSchema::name));
    for (const NamedSchema& named : all_schemas()) {
        EXPECT_TRUE(references.contains("#/components/schemas/" + named.name)) << named.name;
    }
}

TEST(OpenApi, EveryRowSaysWhatItAnswers) {
    for (const EndpointRow& row : all_endpoints()) {
        EXPECT_FALSE(row.answers.empty()) << row.name;
        EXPECT_NE(*row.summary, '\0') << row.name;
        EXPECT_NE(row.handler, nullptr) << row.name;
        for (const std::string& parameter : path_parameters(row.pattern)) {
            EXPECT_FALSE(path_parameter_description(parameter).empty()) << row.name << " " << parameter;
        }
    }
}

// A walk is no record: starting it twice joins the one under way.
TEST(OpenApi, EveryCreatingPostTakesAnIdempotencyKey) {
    for (const EndpointRow& row : all_endpoints()) {
        const bool creates = std::ranges::any_of(
            row.answers, [](const Answer& answer) { return answer.status == 201 || answer.status == 202; });
        const std::string_view name = row.name;
        if (row.method == net::Method::Post && creates && name != "cache_verify") {
            EXPECT_EQ(row.idempotency, Idempotency::Keyed) << row.name;
        }
    }
}

TEST(OpenApi, PathParametersAreFoundInOrder) {
    EXPECT_EQ(path_parameters("/a/{b}/c/{d*}"), (std::vector<std::string>{"b", "d"}));
    EXPECT_TRUE(path_parameters("/a").empty());
}

}  // namespace
}  // namespace galley::api
