// Facts about answers, framing and the life of connections, told by raw bytes over loopback sockets.
#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <future>
#include <thread>

#include "net/conditional.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"
#include "os/files.h"

namespace galley::net {
namespace {

using testing::get;
using testing::RawAnswer;
using testing::RawClient;
using testing::test_options;
using testing::TestServer;

// "METHOD path?query body"
void echo(RequestPtr request, Reply reply) {
    std::string text = std::string(method_name(request->method)) + " " + std::string(request->target);
    if (!request->body.empty()) text += " " + request->body;
    reply(text_response(200, std::move(text)));
}

// Keeps replies for the test to answer when it likes.
class ParkingHandler {
 public:
    Handler handler() {
        return [this](RequestPtr, Reply reply) {
            const MutexLock lock(mutex_);
            parked_.push_back(std::move(reply));
            changed_.notify_all();
        };
    }
    Reply take() {
        MutexLock lock(mutex_);
        while (parked_.empty()) changed_.wait(lock);
        Reply reply = std::move(parked_.front());
        parked_.erase(parked_.begin());
        return reply;
    }

 private:
    Mutex mutex_;
    CondVar changed_;
    std::vector<Reply> parked_ GALLEY_GUARDED_BY(mutex_);
};

TEST(HttpServer, KeepsTheConnectionForTheNextRequest) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/1")).body, "GET /1");
    const RawAnswer second = client.ask(get("/2"));
    EXPECT_EQ(second.body, "GET /2");
    EXPECT_EQ(second.field("Connection"), "");
    EXPECT_EQ(server->connections(), 1U);
}

TEST(HttpServer, EveryAnswerCarriesDateLengthAndRequestId) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    const RawAnswer answer = client.ask(get("/"));
    EXPECT_THAT(answer.field("Date"), ::testing::MatchesRegex("[A-Z][a-z]+, [0-9]+ [A-Z][a-z]+ [0-9]+ [0-9:]+ GMT"));
    EXPECT_EQ(answer.field("Content-Length"), "5");
    EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_THAT(answer.field("X-Request-Id"), ::testing::MatchesRegex("[0-9a-f]+-1"));
}

TEST(HttpServer, TakesAWellFormedRequestIdAndReplacesOthers) {
    TestServer server(test_options(),
                      [](RequestPtr request, Reply reply) { reply(text_response(200, request->request_id)); });
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/", "x-request-id: My_id-1.2\r\n")).field("X-Request-Id"), "My_id-1.2");
    EXPECT_THAT(client.ask(get("/", "X-Request-Id: a b\r\n")).body, ::testing::Not(::testing::HasSubstr("a b")));
    const RawAnswer too_long = client.ask(get("/", "X-Request-Id: " + std::string(65, 'x') + "\r\n"));
    EXPECT_EQ(too_long.field("X-Request-Id"), too_long.body);
    EXPECT_LE(too_long.body.size(), 64U);
}

TEST(HttpServer, RefusalsCarryTheRequestId) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    const RawAnswer answer = client.ask("GET / HTTP/1.1\r\nX-Request-Id: mine\r\n\r\n");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.field("X-Request-Id"), "mine");
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
    EXPECT_THAT(answer.body, ::testing::HasSubstr(R"("instance":"urn:galley:request:mine")"));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    client.send(get("/1") + get("/2") + get("/3"));
    for (const char* want : {"GET /1", "GET /2", "GET /3"}) EXPECT_EQ(client.read().body, want);
}

TEST(HttpServer, AnswersMorePipelinedRequestsThanOneTurnTakes) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    std::string wire;
    for (int i = 0; i < 100; ++i) wire += get("/" + std::to_string(i));
    client.send(wire);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read().body, "GET /" + std::to_string(i));
}

TEST(HttpServer, PipelinedRequestsWaitForALateAnswer) {
    ParkingHandler parking;
    TestServer server(test_options(), parking.handler());
    RawClient client(server.port());
    client.send(get("/1") + get("/2"));
    for (const char* text : {"first", "second"}) {
        parking.take()(text_response(200, text));
        EXPECT_EQ(client.read().body, text);
    }
}

TEST(HttpServer, ForgivesOneEmptyLineBeforeARequest) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask("\r\n" + get("/1")).status, 200);
    EXPECT_EQ(client.ask("\r\n\r\n" + get("/2")).status, 400);
}

TEST(HttpServer, HeadHasTheHeadersOfGetAndNoBody) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    const RawAnswer head = client.ask("HEAD /12345 HTTP/1.1\r\nHost: h\r\n\r\n", testing::Expected::HeadOnly);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), std::to_string(std::string("HEAD /12345").size()));
    EXPECT_EQ(client.ask(get("/next")).body, "GET /next") << "no body lies between the answers";
}

TEST(HttpServer, Http10ClosesUnlessAskedNotTo) {
    TestServer server(test_options(), echo);
    RawClient kept(server.port());
    EXPECT_TRUE(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").has_line("Connection: keep-alive"));
    EXPECT_TRUE(kept.ask("GET / HTTP/1.0\r\n\r\n").has_line("Connection: close"));
    EXPECT_TRUE(kept.at_end());
}

TEST(HttpServer, ClosesWhenAsked) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_TRUE(client.ask(get("/", "Connection: close\r\n")).has_line("Connection: close"));
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, ReadsSizedAndChunkedBodies) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello").body, "POST / hello");
    EXPECT_EQ(
        client.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            .body,
        "POST / abcde");
}

TEST(HttpServer, ReadsABodyOfManyReads) {
    TestServer server(test_options(), [](RequestPtr request, Reply reply) {
        reply(text_response(200, std::to_string(std::count(request->body.begin(), request->body.end(), 'x'))));
    });
    RawClient client(server.port());
    constexpr std::size_t kSize = 1 << 20;
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n" +
                std::string(kSize, 'x') + get("/next"));
    EXPECT_EQ(client.read().body, std::to_string(kSize));
    EXPECT_EQ(client.read().body, "0");
}

TEST(HttpServer, SaysContinueToAClientThatWaitsForIt) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").status,
              100);
    EXPECT_EQ(client.ask("ok").body, "POST / ok");
}

TEST(HttpServer, DoesNotSayContinueWhenTheBodyIsThere) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok").body,
              "POST / ok");
}

TEST(HttpServer, AnswersAHalfClosedClient) {
    ParkingHandler parking;
    TestServer server(test_options(), parking.handler());
    RawClient client(server.port());
    client.send(get("/"));
    client.end_sending();
    parking.take()(text_response(200, "still here"));
    EXPECT_EQ(client.read().body, "still here");
    EXPECT_TRUE(client.at_end());
}

TEST(HttpServer, ClosesOnHalfARequestAndServesOthers) {
    TestServer server(test_options(), echo);
    RawClient half(server.port());
    half.send("GET / HTTP/1.1\r\nHo");
    half.end_sending();
    EXPECT_TRUE(half.at_end());
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 200);
}

TEST(HttpServer, TakesAnAnswerFromAnotherThread) {
    ParkingHandler parking;
    TestServer server(test_options(), parking.handler());
    std::thread answerer([&parking] {
        for (int i = 0; i < 100; ++i) parking.take()(text_response(200, std::to_string(i)));
    });
    RawClient client(server.port());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(client.ask(get("/")).body, std::to_string(i));
    answerer.join();
}

TEST(HttpServer, ManyClientsGetTheirOwnAnswersFromAnotherThread) {
    ParkingHandler parking;
    HttpServerOptions options = test_options();
    options.threads = 2;
    constexpr int kClients = 20;
    TestServer server(options, parking.handler());
    std::thread answerer([&parking] {
        for (int i = 0; i < kClients * 10; ++i) parking.take()(text_response(200, "ok"));
    });
    std::vector<std::thread> clients;
    for (int c = 0; c < kClients; ++c) {
        clients.emplace_back([&server, c] {
            RawClient client(server.port());
            for (int i = 0; i < 10; ++i) {
                const std::string id = std::to_string(c) + "." + std::to_string(i);
                EXPECT_EQ(client.ask(get("/", "X-Request-Id: " + id + "\r\n")).field("X-Request-Id"), id);
            }
        });
    }
    for (std::thread& client : clients) client.join();
    answerer.join();
}

TEST(HttpServer, ADroppedReplyAnswers500) {
    TestServer server(test_options(), [](RequestPtr, Reply) {});
    RawClient client(server.port());
    const RawAnswer answer = client.ask(get("/"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
    EXPECT_EQ(client.ask(get("/")).status, 500) << "and the connection goes on";
}

TEST(HttpServer, AThrowingHandlerAnswers500WithoutItsWords) {
    TestServer server(test_options(), [](RequestPtr, Reply) { throw std::runtime_error("secret detail"); });
    const RawAnswer answer = RawClient(server.port()).ask(get("/"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(answer.body, ::testing::Not(::testing::HasSubstr("secret")));
}

TEST(HttpServer, AHeaderThatWouldSplitTheHeadAnswers500) {
    TestServer server(test_options(), [](RequestPtr, Reply reply) {
        Response response = text_response(200, "x");
        response.add_header("Location", "a\r\nX-Evil: 1");
        reply(std::move(response));
    });
    const RawAnswer answer = RawClient(server.port()).ask(get("/"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.field("X-Evil"), "");
}

TEST(HttpServer, AReplyMayOutliveTheServer) {
    ParkingHandler parking;
    std::optional<Reply> late;
    {
        TestServer server(test_options(), parking.handler());
        RawClient client(server.port());
        client.send(get("/"));
        late.emplace(parking.take());
    }
    (*late)(text_response(200, "too late"));
}

TEST(HttpServer, TimersRunOnTheRequestsLoop) {
    TestServer server(test_options(), [](RequestPtr, Reply reply) {
        EventLoop* loop = reply.loop();
        loop->after(Duration(1), [loop, reply = std::move(reply)]() mutable {
            reply(text_response(200, loop->on_thread() ? "on the loop" : "elsewhere"));
        });
    });
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).body, "on the loop");
}

class FileAnswer : public ::testing::Test {
 protected:
    FileAnswer() : path_(::testing::TempDir() + "galley_net_file_answer") {
        for (int i = 0; i < 3'000'000; ++i) content_ += static_cast<char>('a' + (i * 7 + i / 1000) % 26);
        GALLEY_CHECK(os::system_files().write(path_, {content_}, os::Files::Sync::No).has_value());
    }
    ~FileAnswer() override { std::remove(path_.c_str()); }

    Handler handler() {
        return [this](RequestPtr request, Reply reply) {
            Response response;
            response.content_type = "application/pdf";
            response.body = FileBody(*os::system_files().open(path_));
            apply_conditions(*request, {strong_etag("file"), {}}, response);
            reply(std::move(response));
        };
    }

    std::string path_;
    std::string content_;
};

TEST_F(FileAnswer, IsSentWhole) {
    TestServer server(test_options(), handler());
    RawClient client(server.port());
    EXPECT_TRUE(client.ask(get("/")).body == content_);
    EXPECT_TRUE(client.ask(get("/")).body == content_);
}

TEST_F(FileAnswer, IsSentInParts) {
    TestServer server(test_options(), handler());
    RawClient client(server.port());
    const RawAnswer middle = client.ask(get("/", "Range: bytes=1000-2001\r\n"));
    EXPECT_EQ(middle.status, 206);
    EXPECT_EQ(middle.body, content_.substr(1000, 1002));
    EXPECT_EQ(middle.field("Content-Range"), "bytes 1000-2001/3000000");
    EXPECT_EQ(client.ask(get("/", "Range: bytes=-5\r\n")).body, content_.substr(content_.size() - 5));
    EXPECT_EQ(client.ask(get("/", "Range: bytes=3000000-\r\n")).status, 416);
    EXPECT_EQ(client.ask(get("/", "If-None-Match: \"file\"\r\n")).status, 304);
    EXPECT_EQ(client.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", testing::Expected::HeadOnly).field("Content-Length"),
              "3000000");
}

TEST_F(FileAnswer, ThatShrinksClosesTheConnection) {
    TestServer server(test_options(), [this](RequestPtr, Reply reply) {
        Response response;
        response.body = FileBody(*os::system_files().open(path_));
        std::ofstream(path_, std::ios::trunc) << "short";
        reply(std::move(response));
    });
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/")).status, 0) << "less came than was promised";
    EXPECT_FALSE(server.next_summary().complete);
}

TEST(HttpServer, SendsSharedBytesAndEmptyBodies) {
    const SharedBytes shared(Bytes(5'000'000, 'y'));
    TestServer server(test_options(), [&shared](RequestPtr request, Reply reply) {
        Response response;
        if (request->path == "/shared") response.body = SharedBody(shared);
        reply(std::move(response));
    });
    RawClient client(server.port());
    EXPECT_TRUE(client.ask(get("/shared")).body == shared.view());
    EXPECT_EQ(client.ask(get("/empty")).field("Content-Length"), "0");
}

TEST(HttpServer, ReportsFinishedRequests) {
    TestServer server(test_options(), [](RequestPtr, Reply reply) { reply(text_response(404, "none")); });
    RawClient client(server.port());
    const RawAnswer answer =
        client.ask("PUT /x?y HTTP/1.1\r\nHost: h\r\nX-Request-Id: r\r\nContent-Length: 3\r\n\r\nabc");
    const testing::FinishedRequest finished = server.next_summary();
    EXPECT_EQ(finished.method, Method::Put);
    EXPECT_EQ(finished.path, "/x");
    EXPECT_EQ(finished.status, 404);
    EXPECT_EQ(finished.request_id, "r");
    EXPECT_EQ(finished.bytes_in, 3U);
    EXPECT_EQ(finished.bytes_out, answer.head.size() + answer.body.size());
    EXPECT_TRUE(finished.complete);
}

TEST(HttpServer, HeadVerdictAnswersBeforeTheBodyComes) {
    HttpServerOptions options = test_options();
    options.on_head = [](Request& request) {
        HeadVerdict verdict;
        if (!request.header("Authorization")) verdict.answer = text_response(401, "who are you?");
        return verdict;
    };
    TestServer server(options, echo);
    RawClient small(server.port());
    EXPECT_EQ(small.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab").status, 401);
    EXPECT_EQ(small.ask(get("/", "Authorization: me\r\n")).status, 200)
        << "a small body is dropped, the connection goes on";

    RawClient large(server.port());
    const RawAnswer refused = large.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
    EXPECT_EQ(refused.status, 401) << "though no byte of the body was sent";
    EXPECT_TRUE(refused.has_line("Connection: close"));

    RawClient polite(server.port());
    EXPECT_EQ(polite.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").status,
              401);
}

TEST(HttpServer, DrainFinishesWhatIsInFlightAndClosesWhatIsIdle) {
    ParkingHandler parking;
    TestServer server(test_options(), parking.handler());
    RawClient idle(server.port());
    idle.send(get("/idle"));
    parking.take()(text_response(200, "idle"));
    EXPECT_EQ(idle.read().body, "idle");
    RawClient busy(server.port());
    busy.send(get("/busy"));
    Reply reply = parking.take();

    auto drained = std::async(std::launch::async, [&server] { return server->drain(testing::kPatience); });
    EXPECT_TRUE(idle.at_end());  // so the drain has begun
    reply(text_response(200, "finished"));
    const RawAnswer answer = busy.read();
    EXPECT_EQ(answer.body, "finished");
    EXPECT_TRUE(answer.has_line("Connection: close"));
    EXPECT_TRUE(busy.at_end());
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 0) << "nobody new is let in";
    busy = RawClient(server.port());  // closes ours
    EXPECT_TRUE(drained.get());
}

TEST(HttpServer, DrainGivesUpAtItsDeadline) {
    ParkingHandler parking;
    TestServer server(test_options(), parking.handler());
    RawClient client(server.port());
    client.send(get("/"));
    const Reply reply = parking.take();
    EXPECT_FALSE(server->drain(Duration(10)));
    server->stop();
    EXPECT_EQ(server->connections(), 0U);
    EXPECT_FALSE(server.next_summary().complete);
}

TEST(HttpServer, StopAcceptingServesOpenConnectionsOn) {
    TestServer server(test_options(), echo);
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/1")).status, 200);
    server->stop_accepting();
    EXPECT_EQ(client.ask(get("/2")).status, 200);
    EXPECT_EQ(RawClient(server.port()).ask(get("/")).status, 0);
}

TEST(HttpServer, StartFailsOnAPortThatIsTaken) {
    TestServer server(test_options(), echo);
    HttpServerOptions options = test_options();
    options.port = server.port();
    EXPECT_EQ(HttpServer(options, echo).start().error().code, ErrorCode::Unavailable);
}

TEST(HttpServer, StartFailsOnWhatIsNoAddressOrNotOurs) {
    HttpServerOptions options = test_options();
    options.address = "localhost";
    EXPECT_EQ(HttpServer(options, echo).start().error().code, ErrorCode::InvalidInput);
    options.address = "192.0.2.1";
    EXPECT_EQ(HttpServer(options, echo).start().error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace galley::net
