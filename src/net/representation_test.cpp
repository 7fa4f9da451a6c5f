#include "net/representation.h"

#include <gtest/gtest.h>

#include "net/conditional.h"
#include "net/problem.h"

namespace galley::net {
namespace {

constexpr CompressionLimits kLimits{.bytes_min = 1000, .bytes_max = 5000};

struct Asked {
    Method method = Method::Get;
    HeaderList fields{};
    std::string type = "application/json";
    std::size_t size = 2000;
    int status = 200;
};

Response represented(const Asked& asked) {
    const auto request = make_request(asked.method, "/x", asked.fields);
    Response response;
    response.status = asked.status;
    response.content_type = asked.type;
    response.body = Bytes(asked.size, 'x');
    response.validators = Validators{.etag = strong_etag("v")};
    represent(*request, response, kLimits);
    return response;
}

// "status coding etag vary", "-" for what is absent.
std::string dump(const Asked& asked) {
    const Response response = represented(asked);
    std::string out = std::to_string(response.status);
    for (const char* name : {"Content-Encoding", "ETag", "Vary"}) {
        out += " " + std::string(response.header(name).value_or("-"));
    }
    return out;
}

HeaderList accepting(const char* codings, HeaderList more = {}) {
    more.emplace_back("Accept-Encoding", codings);
    return more;
}

struct Case {
    const char* name;
    Asked asked;
    const char* want;
};

class RepresentationTable : public testing::TestWithParam<Case> {};

TEST_P(RepresentationTable, HasItsFields) {
    EXPECT_EQ(dump(GetParam().asked), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RepresentationTable,
    testing::Values(
        Case{"NotAskedFor", {}, "200 - \"v\" Accept-Encoding"},
        Case{"Asked", {.fields = accepting("gzip")}, "200 gzip \"v-gzip\" Accept-Encoding"},
        Case{"HeadHasTheSame", {.method = Method::Head, .fields = accepting("br")}, "200 br \"v-br\" Accept-Encoding"},
        Case{"TooSmall", {.fields = accepting("gzip"), .size = 999}, "200 - \"v\" Accept-Encoding"},
        Case{"JustLargeEnough", {.fields = accepting("zstd"), .size = 1000}, "200 zstd \"v-zstd\" Accept-Encoding"},
        Case{"TooLarge", {.fields = accepting("gzip"), .size = 5001}, "200 - \"v\" Accept-Encoding"},
        Case{"SmallButIdentityIsRefused",
             {.fields = accepting("gzip, identity;q=0"), .size = 10},
             "200 gzip \"v-gzip\" Accept-Encoding"},
        Case{"LargeAndIdentityIsRefused",
             {.fields = accepting("gzip, identity;q=0"), .size = 5001},
             "406 - - Accept-Encoding"},
        Case{"NothingAccepted", {.fields = accepting("identity;q=0")}, "406 - - Accept-Encoding"},
        Case{"PdfIsNeverEncoded", {.fields = accepting("gzip"), .type = "application/pdf"}, "200 - \"v\" -"},
        Case{"PdfWithoutIdentity", {.fields = accepting("gzip, identity;q=0"), .type = "application/pdf"}, "406 - - -"},
        Case{"CurrentInThisCoding",
             {.fields = accepting("gzip", {{"If-None-Match", "\"v-gzip\""}})},
             "304 - \"v-gzip\" Accept-Encoding"},
        Case{"CurrentInAnotherCoding",
             {.fields = accepting("gzip", {{"If-None-Match", "\"v\""}})},
             "200 gzip \"v-gzip\" Accept-Encoding"},
        Case{"CurrentWithoutCoding", {.fields = {{"If-None-Match", "\"v\""}}}, "304 - \"v\" Accept-Encoding"},
        Case{"OtherState", {.fields = {{"If-Match", "\"w\""}}}, "412 - - -"},
        Case{"ErrorsAreEncoded", {.fields = accepting("gzip"), .status = 400}, "400 gzip - -"},
        Case{"AnswersToWritesAreEncoded",
             {.method = Method::Post, .fields = accepting("gzip"), .status = 202},
             "202 gzip - -"},
        Case{"WritesAreNeverRefusedAfterwards",
             {.method = Method::Post, .fields = accepting("*;q=0"), .status = 201},
             "201 - - -"},
        Case{"JsonHasNoRanges", {.fields = {{"Range", "bytes=0-1"}}}, "200 - \"v\" Accept-Encoding"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Representation, PartsAreNotEncoded) {
    const Response part =
        represented({.fields = accepting("gzip", {{"Range", "bytes=0-1499"}}), .type = "application/pdf"});
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(body_size(part.body), 1500U);
    EXPECT_FALSE(part.header("Content-Encoding"));
}

TEST(Representation, WithoutABodyNothingIsAdded) {
    const auto request = make_request(Method::Delete, "/x", accepting("gzip"));
    Response response{.status = 204, .content_type = {}, .headers = {}, .body = {}};
    represent(*request, response, kLimits);
    EXPECT_TRUE(response.headers.empty());
}

}  // namespace
}  // namespace galley::net
