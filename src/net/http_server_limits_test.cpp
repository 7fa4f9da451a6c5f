// Each limit of HttpServerOptions, met over real sockets. Timeouts are set to milliseconds; no test measures one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "net/http_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"

namespace galley::net {
namespace {

using testing::get;
using testing::RawAnswer;
using testing::RawClient;
using testing::test_options;
using testing::TestServer;

constexpr Duration kShort{30};

void say_ok(RequestPtr, Reply reply) {
    reply(text_response(200, "ok"));
}

// One refusal, and the close that must follow it.
void expect_refused(const HttpServerOptions& options, const std::string& wire, int status) {
    TestServer server(options, say_ok);
    RawClient client(server.port());
    const RawAnswer answer = client.ask(wire);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
    EXPECT_TRUE(answer.has_line("Connection: close"));
    EXPECT_NE(answer.field("X-Request-Id"), "");
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(server.next_summary().status, status);
}

TEST(HttpServerLimits, HeaderBytes) {
    expect_refused(test_options(), get("/", "X: " + std::string(16 * 1024, 'x') + "\r\n"), 431);
}

TEST(HttpServerLimits, HeaderFields) {
    std::string fields;
    for (int i = 0; i < 100; ++i) fields += "X: y\r\n";
    expect_refused(test_options(), get("/", fields), 431);
}

TEST(HttpServerLimits, UrlBytes) {
    expect_refused(test_options(), get("/" + std::string(8 * 1024, 'x')), 414);
}

TEST(HttpServerLimits, BodyBytesByLength) {
    expect_refused(test_options(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n", 413);
}

TEST(HttpServerLimits, BodyBytesByChunks) {
    HttpServerOptions options = test_options();
    options.on_head = [](Request&) { return HeadVerdict{10, std::nullopt}; };
    expect_refused(
        options,
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n", 413);
}

TEST(HttpServerLimits, BodyOfALargeRefusedRequestIsReadUntilTheClientHasTheAnswer) {
    expect_refused(test_options(),
                   "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + std::string(600'000, 'x'), 413);
}

TEST(HttpServerLimits, HeaderTimeout) {
    HttpServerOptions options = test_options();
    options.header_timeout = kShort;
    expect_refused(options, "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ", 408);
}

TEST(HttpServerLimits, HeaderTimeoutOfASilentClientIsSilent) {
    HttpServerOptions options = test_options();
    options.header_timeout = kShort;
    TestServer server(options, say_ok);
    RawClient client(server.port());
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServerLimits, RequestTimeout) {
    HttpServerOptions options = test_options();
    options.request_timeout = kShort;
    expect_refused(options, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc", 408);
}

TEST(HttpServerLimits, IdleTimeoutClosesSilentlyAfterARequest) {
    HttpServerOptions options = test_options();
    options.idle_timeout = kShort;
    TestServer server(options, say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/")).status, 200);
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServerLimits, HandlersHaveNoDeadlineOfOurs) {
    HttpServerOptions options = test_options();
    options.idle_timeout = options.header_timeout = options.request_timeout = options.write_stall_timeout = Duration(1);
    TestServer server(options, [](RequestPtr, Reply reply) {
        EventLoop* loop = reply.loop();
        loop->after(kShort, [reply = std::move(reply)]() mutable { reply(text_response(200, "ok")); });
    });
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 200);
}

TEST(HttpServerLimits, WriteStallTimeout) {
    HttpServerOptions options = test_options();
    options.write_stall_timeout = kShort;
    const SharedBytes large(Bytes(64 << 20, 'x'));
    TestServer server(options, [&large](RequestPtr, Reply reply) {
        Response response;
        response.body = SharedBody(large);
        reply(std::move(response));
    });
    RawClient client(server.port());
    client.send(get("/"));  // and never reads
    const testing::FinishedRequest finished = server.next_summary();
    EXPECT_FALSE(finished.complete);
    EXPECT_LT(finished.bytes_out, large.size());
}

TEST(HttpServerLimits, LingerTimeoutEndsAClientThatDoesNotClose) {
    HttpServerOptions options = test_options();
    options.linger_timeout = kShort;
    TestServer server(options, say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/", "Connection: close\r\n")).status, 200);
    EXPECT_TRUE(server->drain(testing::kPatience)) << "though the client holds its side open";
}

TEST(HttpServerLimits, Connections) {
    HttpServerOptions options = test_options();
    options.connections_max = 1;
    TestServer server(options, say_ok);
    RawClient first(server.port());
    EXPECT_EQ(first.ask(get("/")).status, 200);
    RawClient second(server.port());
    const RawAnswer refused = second.read();
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.field("X-Request-Id"), "");
    EXPECT_TRUE(second.at_end());
    EXPECT_EQ(first.ask(get("/")).status, 200);
}

TEST(HttpServerLimits, ConnectionsPerAddress) {
    HttpServerOptions options = test_options();
    options.connections_per_address_max = 1;
    TestServer server(options, say_ok);
    {
        RawClient first(server.port());
        EXPECT_EQ(first.ask(get("/", "Connection: close\r\n")).status, 200);
        EXPECT_EQ(RawClient(server.port()).read().status, 429);
    }
    while (server->connections() > 0) std::this_thread::yield();
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 200) << "a place that was left is free again";
}

}  // namespace
}  // namespace galley::net
