#include "net/conditional.h"

#include <gtest/gtest.h>

#include "codec/date.h"

namespace galley::net {
namespace {

struct RangeCase {
    const char* name;
    const char* value;
    std::uint64_t size;
    const char* want;  // "offset+length", "ignored", "unsatisfiable"
};

class RangeTable : public ::testing::TestWithParam<RangeCase> {};

TEST_P(RangeTable, Parses) {
    ByteRange range;
    std::string got;
    switch (parse_range(GetParam().value, GetParam().size, range)) {
        case RangeOutcome::Ignored:
            got = "ignored";
            break;
        case RangeOutcome::Unsatisfiable:
            got = "unsatisfiable";
            break;
        case RangeOutcome::Satisfiable:
            got = std::to_string(range.offset) + "+" + std::to_string(range.length);
    }
    EXPECT_EQ(got, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Ranges, RangeTable,
    ::testing::Values(
        RangeCase{"FirstAndLast", "bytes=2-4", 10, "2+3"}, RangeCase{"OneByte", "bytes=0-0", 10, "0+1"},
        RangeCase{"OpenEnd", "bytes=7-", 10, "7+3"}, RangeCase{"LastIsCutAtTheEnd", "bytes=8-99", 10, "8+2"},
        RangeCase{"Suffix", "bytes=-3", 10, "7+3"}, RangeCase{"SuffixLongerThanAll", "bytes=-30", 10, "0+10"},
        RangeCase{"SuffixOfNothing", "bytes=-0", 10, "unsatisfiable"},
        RangeCase{"BeyondTheEnd", "bytes=10-", 10, "unsatisfiable"},
        RangeCase{"EmptyContent", "bytes=0-", 0, "unsatisfiable"},
        RangeCase{"EmptyContentSuffix", "bytes=-1", 0, "unsatisfiable"},
        RangeCase{"UnitInAnyCase", "Bytes=0-1", 10, "0+2"}, RangeCase{"Backwards", "bytes=4-2", 10, "ignored"},
        RangeCase{"OtherUnit", "pages=1-2", 10, "ignored"}, RangeCase{"NoNumbers", "bytes=-", 10, "ignored"},
        RangeCase{"Sign", "bytes=+1-2", 10, "ignored"}, RangeCase{"Words", "bytes=a-b", 10, "ignored"},
        RangeCase{"Empty", "", 10, "ignored"}, RangeCase{"SeveralGiveTheWhole", "bytes=0-1,3-4", 10, "ignored"},
        RangeCase{"HugeFirst", "bytes=99999999999999999999999-", 10, "unsatisfiable"},
        RangeCase{"HugeLast", "bytes=1-99999999999999999999999", 10, "1+9"}),
    [](const auto& info) { return info.param.name; });

constexpr const char* kModified = "Fri, 02 Jan 2026 03:04:05 GMT";
constexpr const char* kEarlier = "Fri, 02 Jan 2026 03:04:04 GMT";
constexpr const char* kLater = "Fri, 02 Jan 2026 03:04:06 GMT";

Response answer(Method method, const HeaderList& fields, Body body = Bytes("0123456789")) {
    const auto request = make_request(method, "/document", fields);
    Response response;
    response.content_type = "application/pdf";
    response.body = std::move(body);
    // Half a second past: HTTP dates cannot say it, and comparisons must not trip over it.
    const Time modified = *codec::parse_http_date(kModified) + Duration(500);
    apply_conditions(*request, {strong_etag("v1"), modified}, response);
    return response;
}

struct ConditionCase {
    const char* name;
    HeaderList fields;
    int want;
};

class ConditionTable : public ::testing::TestWithParam<ConditionCase> {};

TEST_P(ConditionTable, DecidesStatus) {
    EXPECT_EQ(answer(Method::Get, GetParam().fields).status, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Conditions, ConditionTable,
    ::testing::Values(ConditionCase{"None", {}, 200}, ConditionCase{"SameTag", {{"If-None-Match", "\"v1\""}}, 304},
                      ConditionCase{"WeakTagCountsForReading", {{"If-None-Match", "W/\"v1\""}}, 304},
                      ConditionCase{"TagInList", {{"If-None-Match", "\"a,b\", W/\"c\" , \"v1\""}}, 304},
                      ConditionCase{"AnyTag", {{"If-None-Match", "*"}}, 304},
                      ConditionCase{"OtherTag", {{"If-None-Match", "\"v2\""}}, 200},
                      ConditionCase{"TagWithoutQuotes", {{"If-None-Match", "v1"}}, 200},
                      ConditionCase{"NotModified", {{"If-Modified-Since", kModified}}, 304},
                      ConditionCase{"NotModifiedSinceLater", {{"If-Modified-Since", kLater}}, 304},
                      ConditionCase{"Modified", {{"If-Modified-Since", kEarlier}}, 200},
                      ConditionCase{"BadDateSaysNothing", {{"If-Modified-Since", "yesterday"}}, 200},
                      ConditionCase{
                          "TagOverrulesDate", {{"If-None-Match", "\"v2\""}, {"If-Modified-Since", kLater}}, 200},
                      ConditionCase{"MatchHolds", {{"If-Match", "\"v1\""}}, 200},
                      ConditionCase{"MatchFails", {{"If-Match", "\"v2\""}}, 412},
                      ConditionCase{"MatchIsStrong", {{"If-Match", "W/\"v1\""}}, 412},
                      ConditionCase{"UnmodifiedHolds", {{"If-Unmodified-Since", kModified}}, 200},
                      ConditionCase{"UnmodifiedFails", {{"If-Unmodified-Since", kEarlier}}, 412},
                      ConditionCase{"Range", {{"Range", "bytes=0-3"}}, 206},
                      ConditionCase{"RangeOutside", {{"Range", "bytes=10-"}}, 416},
                      ConditionCase{"RangeIfSameTag", {{"Range", "bytes=0-3"}, {"If-Range", "\"v1\""}}, 206},
                      ConditionCase{"RangeIfOtherTag", {{"Range", "bytes=0-3"}, {"If-Range", "\"v2\""}}, 200},
                      ConditionCase{"RangeIfWeakTag", {{"Range", "bytes=0-3"}, {"If-Range", "W/\"v1\""}}, 200},
                      ConditionCase{"RangeIfSameDate", {{"Range", "bytes=0-3"}, {"If-Range", kModified}}, 206},
                      ConditionCase{"RangeIfLaterDate", {{"Range", "bytes=0-3"}, {"If-Range", kLater}}, 200},
                      ConditionCase{"CurrentBeatsRange", {{"Range", "bytes=0-3"}, {"If-None-Match", "\"v1\""}}, 304}),
    [](const auto& info) { return info.param.name; });

TEST(Conditional, PartOfMemoryBody) {
    const Response response = answer(Method::Get, {{"Range", "bytes=2-4"}});
    EXPECT_EQ(std::get<Bytes>(response.body), "234");
    EXPECT_EQ(response.header("Content-Range"), "bytes 2-4/10");
    EXPECT_EQ(response.header("ETag"), "\"v1\"");
    EXPECT_EQ(response.header("Last-Modified"), kModified);
    EXPECT_EQ(response.header("Accept-Ranges"), "bytes");
    EXPECT_EQ(response.content_type, "application/pdf");
}

TEST(Conditional, PartOfSharedBodyIsAWindow) {
    const SharedBytes bytes(Bytes("0123456789"));
    const Response response = answer(Method::Get, {{"Range", "bytes=-4"}}, SharedBody(bytes));
    const SharedBody& part = std::get<SharedBody>(response.body);
    EXPECT_EQ(part.offset, 6U);
    EXPECT_EQ(part.length, 4U);
    EXPECT_EQ(part.bytes.view().data(), bytes.view().data());
}

TEST(Conditional, NotModifiedKeepsValidatorsAndHasNoBody) {
    const Response response = answer(Method::Get, {{"If-None-Match", "\"v1\""}});
    EXPECT_EQ(body_size(response.body), 0U);
    EXPECT_EQ(response.content_type, "");
    EXPECT_EQ(response.header("ETag"), "\"v1\"");
}

TEST(Conditional, UnsatisfiableRangeNamesTheSize) {
    EXPECT_EQ(answer(Method::Get, {{"Range", "bytes=10-"}}).header("Content-Range"), "bytes */10");
}

TEST(Conditional, HeadHasConditionsButNoRanges) {
    EXPECT_EQ(answer(Method::Head, {{"Range", "bytes=0-3"}}).status, 200);
    EXPECT_EQ(answer(Method::Head, {{"If-None-Match", "\"v1\""}}).status, 304);
}

TEST(Conditional, OtherMethodsAndOtherStatusesAreLeftAlone) {
    EXPECT_EQ(answer(Method::Post, {{"If-None-Match", "\"v1\""}}).status, 200);
    const auto request = make_request(Method::Get, "/", {{"If-None-Match", "\"v1\""}});
    Response missing = text_response(404, "no");
    apply_conditions(*request, {strong_etag("v1"), {}}, missing);
    EXPECT_EQ(missing.status, 404);
    EXPECT_FALSE(missing.header("ETag"));
}

struct WriteCase {
    const char* name;
    HeaderList fields;
    bool on_state;    // allowed where the state is "v1" of kModified
    bool on_nothing;  // allowed where there is no state
};

class WriteConditions : public ::testing::TestWithParam<WriteCase> {};

TEST_P(WriteConditions, Decide) {
    const auto request = make_request(Method::Put, "/document", GetParam().fields);
    const Validators state{.etag = strong_etag("v1"), .last_modified = *codec::parse_http_date(kModified)};
    EXPECT_EQ(write_conditions_hold(*request, state), GetParam().on_state);
    EXPECT_EQ(write_conditions_hold(*request, std::nullopt), GetParam().on_nothing);
    EXPECT_EQ(has_write_conditions(*request), !GetParam().fields.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, WriteConditions,
    ::testing::Values(
        WriteCase{"None", {}, true, true}, WriteCase{"Match", {{"If-Match", "\"v1\""}}, true, false},
        WriteCase{"MatchOfACoding", {{"If-Match", "\"v0\", \"v1-gzip\""}}, true, false},
        WriteCase{"MatchOther", {{"If-Match", "\"v2\""}}, false, false},
        WriteCase{"MatchUnknownCoding", {{"If-Match", "\"v1-x\""}}, false, false},
        WriteCase{"MatchWeak", {{"If-Match", "W/\"v1\""}}, false, false},
        WriteCase{"MatchAny", {{"If-Match", "*"}}, true, false},
        WriteCase{"MatchNonsense", {{"If-Match", "v1"}}, false, false},
        WriteCase{"Unmodified", {{"If-Unmodified-Since", kModified}}, true, false},
        WriteCase{"ModifiedSince", {{"If-Unmodified-Since", kEarlier}}, false, false},
        WriteCase{"MatchWinsOverDate", {{"If-Match", "\"v1\""}, {"If-Unmodified-Since", kEarlier}}, true, false},
        WriteCase{"OnlyNew", {{"If-None-Match", "*"}}, false, true},
        WriteCase{"NotThis", {{"If-None-Match", "W/\"v1-br\""}}, false, true},
        WriteCase{"NotAnother", {{"If-None-Match", "\"v2\""}}, true, true}),
    [](const auto& info) { return info.param.name; });

TEST(Conditional, ContentEtagsTellContentsApart) {
    EXPECT_EQ(content_etag(""), "\"47DEQpj8HBSa-_TImW-5JA\"");
    EXPECT_NE(content_etag("a"), content_etag("b"));
    EXPECT_EQ(etag_of_coding("\"v\"", codec::Coding::Zstd), "\"v-zstd\"");
    EXPECT_EQ(etag_of_coding("\"v\"", codec::Coding::Identity), "\"v\"");
}

}  // namespace
}  // namespace galley::net
