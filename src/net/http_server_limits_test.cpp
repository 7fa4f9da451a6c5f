// Each limit of HttpServerOptions, met over real sockets. Timeouts pass on a clock that the test turns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <semaphore>
#include <thread>
#include <vector>

#include "net/http_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"
#include "net/testing/turning_clock.h"

namespace galley::net {
namespace {

using testing::get;
using testing::RawAnswer;
using testing::RawClient;
using testing::test_options;
using testing::TestServer;

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

// Of clients behind one proxy each has half of the budget of bodies, not all of them together.
TEST(HttpServerLimits, BodiesAreChargedToTheClientThatAProxySpeaksFor) {
    constexpr std::size_t kBody = 100 * 1024;
    HttpServerOptions options = test_options();
    options.bodies_bytes_max = 256 * 1024;
    options.on_head = [](Request& request) {
        request.peer_address = request.header("X-Client").value_or("");
        return HeadVerdict{kBody, std::nullopt};
    };
    std::counting_semaphore<> handled(0);
    std::vector<std::pair<RequestPtr, Reply>> held;
    TestServer server(options, [&](RequestPtr request, Reply reply) {
        held.emplace_back(std::move(request), std::move(reply));
        handled.release();
    });
    const auto post = [&](std::string_view client) {
        return "POST / HTTP/1.1\r\nHost: h\r\nX-Client: " + std::string(client) +
               "\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n" + std::string(kBody, 'x');
    };
    RawClient first(server.port());
    first.send(post("192.0.2.1"));
    ASSERT_TRUE(handled.try_acquire_for(testing::kPatience));
    RawClient same(server.port());
    EXPECT_EQ(same.ask(post("192.0.2.1")).status, 503);
    RawClient other(server.port());
    other.send(post("2001:db8::1"));
    ASSERT_TRUE(handled.try_acquire_for(testing::kPatience)) << "another client's half is its own";
    for (auto& [request, reply] : held) {
        request = nullptr;
        reply(text_response(200, "ok"));
    }
    EXPECT_EQ(first.read().status, 200);
    EXPECT_EQ(other.read().status, 200);
}

// A server whose deadlines are on a clock that stands still until turn_on().
class HttpServerTimeouts : public ::testing::Test {
 protected:
    HttpServerOptions options() {
        HttpServerOptions options = test_options();
        options.clock = &turning_.clock();
        return options;
    }
    void turn_on() { turning_.turn_on(); }

    testing::TurningClock turning_;
};

// The answer to a whole request in the same segment shows that the server has read the half one behind it.
TEST_F(HttpServerTimeouts, AHalfHeadAnswers408) {
    TestServer server(options(), say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/") + "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ").status, 200);
    turn_on();
    const RawAnswer answer = client.read();
    EXPECT_EQ(answer.status, 408);
    EXPECT_TRUE(answer.has_line("Connection: close"));
    EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServerTimeouts, AHalfBodyAnswers408) {
    TestServer server(options(), say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/") + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc").status, 200);
    turn_on();
    EXPECT_EQ(client.read().status, 408);
    EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServerTimeouts, ASilentClientIsClosedSilently) {
    TestServer server(options(), say_ok);
    RawClient client(server.port());
    turn_on();
    EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServerTimeouts, AnIdleConnectionIsClosedSilently) {
    TestServer server(options(), say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/")).status, 200);
    turn_on();
    EXPECT_TRUE(client.at_end());
}

TEST_F(HttpServerTimeouts, HandlersHaveNoDeadlineOfOurs) {
    TestServer server(options(), [this](RequestPtr, Reply reply) {
        turning_.clock().advance(std::chrono::hours(24));
        EventLoop* loop = reply.loop();
        constexpr Duration kSeveralSweeps{50};
        loop->after(kSeveralSweeps, [reply = std::move(reply)]() mutable { reply(text_response(200, "ok")); });
    });
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 200);
}

TEST_F(HttpServerTimeouts, AClientThatDoesNotReadIsClosed) {
    const SharedBytes large(Bytes(64 << 20, 'x'));
    TestServer server(options(), [&large](RequestPtr request, Reply reply) {
        Response response;
        if (request->path == "/large") response.body = SharedBody(large);
        reply(std::move(response));
    });
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/") + get("/large")).status, 200);
    EXPECT_TRUE(server.next_summary().complete);
    turn_on();
    const testing::FinishedRequest finished = server.next_summary();
    EXPECT_FALSE(finished.complete);
    EXPECT_LT(finished.bytes_out, large.size());
}

TEST_F(HttpServerTimeouts, AClientThatDoesNotCloseIsClosed) {
    TestServer server(options(), say_ok);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/", "Connection: close\r\n")).status, 200);
    turn_on();
    EXPECT_TRUE(server->drain(testing::kPatience)) << "though the client holds its side open";
}

TEST(HttpServerLimits, ADocumentThatManyReadSlowlyCountsAboutOnce) {
    HttpServerOptions options = test_options();
    options.answers_bytes_max = 32 << 20;
    const SharedBytes document(Bytes(4 << 20, 'x'));
    TestServer server(options, [&document](RequestPtr, Reply reply) {
        Response response;
        response.body = SharedBody(document);
        reply(std::move(response));
    });
    std::vector<RawClient> clients;
    for (int i = 0; i < 20; ++i) clients.emplace_back(server.port()).send(get("/"));
    for (RawClient& client : clients) EXPECT_EQ(client.read().body.size(), document.size());
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
