#include "net/response_head.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

constexpr HeadContext kContext{"Fri, 02 Jan 2026 03:04:05 GMT", "id-1", Persistence::KeepAlive};

TEST(ResponseHead, IsTheWholeHead) {
    Response response = text_response(201, "made");
    response.add_header("Location", "/x/1");
    std::string out;
    ASSERT_TRUE(append_response_head(out, response, kContext));
    EXPECT_EQ(
        out,
        "HTTP/1.1 201 Created\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 4\r\nX-Request-Id: id-1\r\nX-Content-Type-Options: nosniff\r\nLocation: /x/1\r\n\r\n");
}

TEST(ResponseHead, StatusesWithoutBodyHaveNoLength) {
    for (const int status : {204, 304}) {
        Response response;
        response.status = status;
        std::string out;
        ASSERT_TRUE(append_response_head(out, response, kContext));
        EXPECT_FALSE(out.contains("Content-Length")) << status;
    }
}

TEST(ResponseHead, FieldsThatWouldSplitItAreRefused) {
    for (const char* value : {"a\r\nSet-Cookie: b", "a\nb", "a\rb"}) {
        Response response = text_response(200, "x");
        response.add_header("Location", value);
        std::string out;
        EXPECT_FALSE(append_response_head(out, response, kContext)) << value;
        EXPECT_EQ(out, "");
    }
}

}  // namespace
}  // namespace galley::net
