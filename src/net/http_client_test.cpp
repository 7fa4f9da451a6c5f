#include "net/http_client.h"

#include <gtest/gtest.h>

#include "net/testing/test_server.h"

namespace galley::net {
namespace {

// Answers with what it was asked.
void tell_request(RequestPtr request, Reply reply) {
    const auto field = [&](std::string_view name) { return std::string(request->header(name).value_or("-")); };
    if (request->path == "/moved") {
        Response moved = json_response(307, "{}");
        moved.add_header("Location", "/elsewhere");
        return reply(std::move(moved));
    }
    reply(json_response(request->path == "/bad" ? 400 : 200, std::string(method_name(request->method)) + " " +
                                                                 field("authorization") + " " + field("content-type") +
                                                                 " " + std::string(request->body)));
}

class HttpClient : public ::testing::Test {
 protected:
    Result<ClientAnswer> asked(ClientCall call) {
        call.url = "http://127.0.0.1:" + std::to_string(server_.port()) + call.url;
        return ask(call);
    }
    testing::TestServer server_{testing::test_options(), tell_request};
};

TEST_F(HttpClient, SendsMethodTokenAndBody) {
    EXPECT_EQ(asked({.url = "/x"})->body, "GET - - ");
    EXPECT_EQ(asked({.method = "PATCH", .url = "/x", .bearer = "a.b.c", .body = "{}"})->body,
              "PATCH Bearer a.b.c application/json {}");
    EXPECT_EQ(asked({.method = "POST", .url = "/x"})->body, "POST - - ");
}

TEST_F(HttpClient, ARefusalIsAnAnswer) {
    const auto answer = asked({.url = "/bad"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400);
}

TEST_F(HttpClient, ARedirectIsNotFollowed) {
    EXPECT_EQ(asked({.url = "/moved", .bearer = "secret"})->status, 307);
}

TEST_F(HttpClient, AnAnswerBeyondItsBoundIsAnError) {
    EXPECT_EQ(asked({.url = "/x", .body_bytes_max = 3}).error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(asked({.url = "/x", .body_bytes_max = 8}));
}

TEST_F(HttpClient, WhatIsNoCallIsRefused) {
    EXPECT_EQ(ask({.url = "file:///etc/passwd"}).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(asked({.url = "/x", .bearer = "a\r\nX: y"}).error().code, ErrorCode::InvalidInput);
    const std::string url = "http://127.0.0.1:" + std::to_string(server_.port());
    server_->stop();
    EXPECT_EQ(ask({.url = url}).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace galley::net
