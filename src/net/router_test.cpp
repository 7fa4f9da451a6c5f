#include "net/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galley::net {
namespace {

Endpoint row(Method method, const char* pattern) {
    Endpoint endpoint;
    endpoint.method = method;
    endpoint.pattern = pattern;
    endpoint.name = std::string(method_name(method)) + " " + pattern;
    return endpoint;
}

const Router& router() {
    static const Router instance([] {
        std::vector<Endpoint> rows;
        rows.push_back(row(Method::Get, "/"));
        rows.push_back(row(Method::Get, "/rooms"));
        rows.push_back(row(Method::Post, "/rooms"));
        rows.push_back(row(Method::Get, "/rooms/{room_id}"));
        rows.push_back(row(Method::Put, "/rooms/{room_id}"));
        rows.push_back(row(Method::Get, "/rooms/batch"));
        rows.push_back(row(Method::Get, "/rooms/{room_id}/snapshots/{snapshot_id}/download"));
        rows.push_back(row(Method::Get, "/rooms/batch/size"));
        rows.push_back(row(Method::Delete, "/rooms/batch"));
        rows.push_back(row(Method::Get, "/slash/"));
        rows.push_back(row(Method::Get, "/assets/{path*}"));
        return rows;
    }());
    return instance;
}

// "endpoint name|parameter=value|…", or the outcome with Allow.
std::string describe(Method method, std::string_view path) {
    const Router::Match match = router().match(method, path);
    switch (match.outcome) {
        case Router::Outcome::NotFound:
            return "404";
        case Router::Outcome::BadPath:
            return "400";
        case Router::Outcome::MethodNotAllowed:
            return "405 " + match.allow;
        case Router::Outcome::Found:
            break;
    }
    std::string text = router().endpoints()[static_cast<std::size_t>(match.route.endpoint)].name;
    for (const auto& [name, value] : match.route.parameters) text += "|" + std::string(name) + "=" + value;
    return text;
}

struct RouteCase {
    const char* name;
    Method method;
    const char* path;
    const char* want;
};

class RouterTable : public ::testing::TestWithParam<RouteCase> {};

TEST_P(RouterTable, MapsMethodAndPath) {
    EXPECT_EQ(describe(GetParam().method, GetParam().path), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Routes, RouterTable,
    ::testing::Values(
        RouteCase{"Root", Method::Get, "/", "GET /"}, RouteCase{"Literal", Method::Get, "/rooms", "GET /rooms"},
        RouteCase{"MethodChooses", Method::Post, "/rooms", "POST /rooms"},
        RouteCase{"Parameter", Method::Get, "/rooms/r1", "GET /rooms/{room_id}|room_id=r1"},
        RouteCase{"LiteralBeatsParameter", Method::Get, "/rooms/batch", "GET /rooms/batch"},
        RouteCase{"BacktracksFromLiteralToParameter", Method::Get, "/rooms/batch/snapshots/s/download",
                  "GET /rooms/{room_id}/snapshots/{snapshot_id}/download|room_id=batch|snapshot_id=s"},
        RouteCase{"OtherMethodOfLiteralFallsToParameter", Method::Put, "/rooms/batch",
                  "PUT /rooms/{room_id}|room_id=batch"},
        RouteCase{"ParameterIsDecoded", Method::Get, "/rooms/a%20b%c3%a9", "GET /rooms/{room_id}|room_id=a b\xc3\xa9"},
        RouteCase{"EncodedLiteralIsTheLiteral", Method::Get, "/%72ooms", "GET /rooms"},
        RouteCase{"PlusIsPlus", Method::Get, "/rooms/a+b", "GET /rooms/{room_id}|room_id=a+b"},
        RouteCase{"HeadFindsGet", Method::Head, "/rooms/r1", "GET /rooms/{room_id}|room_id=r1"},
        RouteCase{"Rest", Method::Get, "/assets/css/a%20b.css", "GET /assets/{path*}|path=css/a b.css"},
        RouteCase{"RestMayBeEmpty", Method::Get, "/assets/", "GET /assets/{path*}|path="},
        RouteCase{"TrailingSlashIsAnotherPath", Method::Get, "/rooms/", "404"},
        RouteCase{"TrailingSlashWhereItIsMeant", Method::Get, "/slash/", "GET /slash/"},
        RouteCase{"MissingTrailingSlash", Method::Get, "/slash", "404"},
        RouteCase{"EmptySegmentIsNoParameter", Method::Get, "/rooms//snapshots/s/download", "404"},
        RouteCase{"TooDeep", Method::Get, "/rooms/r1/x", "404"},
        RouteCase{"PrefixIsNotEnough", Method::Get, "/room", "404"}, RouteCase{"NotAPath", Method::Get, "*", "404"},
        RouteCase{"WrongMethod", Method::Delete, "/rooms", "405 GET, HEAD, POST, OPTIONS"},
        RouteCase{"AllowIsTheUnionOfWhatMatches", Method::Patch, "/rooms/batch", "405 GET, HEAD, PUT, DELETE, OPTIONS"},
        RouteCase{"OptionsListsMethods", Method::Options, "/rooms", "405 GET, HEAD, POST, OPTIONS"},
        RouteCase{"EncodedSlash", Method::Get, "/rooms/a%2Fb", "400"},
        RouteCase{"EncodedNul", Method::Get, "/rooms/a%00", "400"},
        RouteCase{"BrokenPercent", Method::Get, "/rooms/a%2", "400"},
        RouteCase{"NotUtf8", Method::Get, "/rooms/%ff", "400"},
        RouteCase{"DotDot", Method::Get, "/assets/../rooms", "400"},
        RouteCase{"EncodedDotDot", Method::Get, "/assets/%2e%2E/x", "400"},
        RouteCase{"Dot", Method::Get, "/./rooms", "400"}),
    [](const auto& info) { return info.param.name; });

TEST(Router, PathsOfTooManySegmentsAreNotFound) {
    std::string path = "/assets";
    for (std::size_t i = 0; i < kPathSegmentsMax - 1; ++i) path += "/x";
    EXPECT_THAT(describe(Method::Get, path), ::testing::StartsWith("GET /assets"));
    EXPECT_EQ(describe(Method::Get, path + "/x"), "404");
}

TEST(Router, AdmitSetsRouteAndBodyLimitOfItsRow) {
    Endpoint upload = row(Method::Put, "/files/{name}");
    upload.body_bytes_max = 77;
    const Router files({upload});
    const auto request = make_request(Method::Put, "/files/a?x=1");
    const HeadVerdict verdict = files.admit(*request);
    EXPECT_FALSE(verdict.answer);
    EXPECT_EQ(verdict.body_bytes_max, 77U);
    EXPECT_EQ(request->parameter("name"), "a");
    EXPECT_EQ(request->parameter("other"), "");
    EXPECT_EQ(files.endpoint(*request), &files.endpoints()[0]);
}

TEST(Router, AdmitAnswersWhatItDoesNotRoute) {
    const auto status_of = [](Method method, std::string_view target) {
        const HeadVerdict verdict = router().admit(*make_request(method, target));
        return verdict.answer ? verdict.answer->status : 0;
    };
    EXPECT_EQ(status_of(Method::Get, "/nothing"), 404);
    EXPECT_EQ(status_of(Method::Get, "/rooms/%00"), 400);
    EXPECT_EQ(status_of(Method::Delete, "/rooms"), 405);
    EXPECT_EQ(status_of(Method::Options, "/rooms"), 204);
}

TEST(Router, AdmitNamesTheMethodsOfAPath) {
    for (const Method method : {Method::Delete, Method::Options}) {
        const HeadVerdict verdict = router().admit(*make_request(method, "/rooms"));
        ASSERT_TRUE(verdict.answer);
        EXPECT_EQ(verdict.answer->header("allow"), "GET, HEAD, POST, OPTIONS");
    }
}

TEST(Router, DispatchCallsTheRowsHandler) {
    Endpoint hello = row(Method::Get, "/hello/{who}");
    hello.handler = [](RequestPtr request, Reply reply) {
        reply(text_response(200, "hello " + std::string(request->parameter("who"))));
    };
    const Router one({hello});
    const auto request = make_request(Method::Get, "/hello/world");
    ASSERT_FALSE(one.admit(*request).answer);
    std::string said;
    one.dispatch(request, Reply::to([&said](Response response) { said = std::get<Bytes>(response.body); }));
    EXPECT_EQ(said, "hello world");
}

TEST(RouterDeathTest, TwoRowsOfOneMethodAndPatternAreAMistake) {
    EXPECT_DEATH(Router({row(Method::Get, "/a/{x}"), row(Method::Get, "/a/{y}")}), "");
}

}  // namespace
}  // namespace galley::net
