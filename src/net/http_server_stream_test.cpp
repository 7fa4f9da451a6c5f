// Answers that come over time: framing, clients that leave or take nothing, and the server's end.
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "net/body_stream.h"
#include "net/http_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_certificate.h"
#include "net/testing/test_server.h"
#include "net/testing/tls_client.h"
#include "net/testing/turning_clock.h"
#include "os/testing/fake_files.h"

namespace galley::net {
namespace {

using testing::Expected;
using testing::get;
using testing::RawAnswer;
using testing::RawClient;
using testing::TestServer;
using Push = BodyStream::Push;

constexpr std::size_t kStreamBytesMax = 4096;

// A server that answers every request with a stream, but for /plain; the test pushes.
class Streams : public ::testing::Test {
 protected:
    void serve(HttpServerOptions options = testing::test_options()) {
        server_.emplace(std::move(options), [this](RequestPtr request, Reply reply) {
            if (request->path == "/plain") return reply(text_response(200, "plain"));
            auto stream = std::make_shared<BodyStream>(kStreamBytesMax);
            stream->when_over([this] { note_over(); });
            {
                const MutexLock lock(mutex_);
                streams_.push_back(stream);
                changed_.notify_all();
            }
            Response response;
            response.content_type = "text/event-stream";
            response.body = StreamBody(stream);
            reply(std::move(response));
        });
    }
    std::shared_ptr<BodyStream> next_stream() {
        MutexLock lock(mutex_);
        while (streams_.empty()) changed_.wait(lock);
        std::shared_ptr<BodyStream> first = std::move(streams_.front());
        streams_.pop_front();
        return first;
    }
    bool has_ended(int count) {
        MutexLock lock(mutex_);
        const auto deadline = os::system_clock().monotonic() + testing::kPatience;
        while (over_ < count && changed_.wait_until(lock, deadline)) {
        }
        return over_ == count;
    }

    // While what its handlers use still stands.
    void TearDown() override { server_.reset(); }

    std::optional<TestServer> server_;

 private:
    void note_over() {
        const MutexLock lock(mutex_);
        ++over_;
        changed_.notify_all();
    }

    Mutex mutex_;
    CondVar changed_;
    std::deque<std::shared_ptr<BodyStream>> streams_ GALLEY_GUARDED_BY(mutex_);
    int over_ GALLEY_GUARDED_BY(mutex_) = 0;
};

TEST_F(Streams, PartsArriveAsChunksWhileTheStreamIsOpen) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    const RawAnswer head = client.read(Expected::HeadOnly);
    EXPECT_EQ(head.status, 200);
    EXPECT_TRUE(head.has_line("Transfer-Encoding: chunked"));
    EXPECT_EQ(head.field("Content-Length"), "");
    EXPECT_EQ(stream->push("data: 1\n\n"), Push::Taken);
    EXPECT_EQ(client.read_bytes(14), "9\r\ndata: 1\n\n\r\n");
    EXPECT_EQ(stream->push("0123456789abcdef"), Push::Taken);
    EXPECT_EQ(client.read_bytes(22), "10\r\n0123456789abcdef\r\n");
}

TEST_F(Streams, AfterTheEndTheConnectionTakesTheNextRequest) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    (void)client.read(Expected::HeadOnly);
    EXPECT_EQ(stream->push("all"), Push::Taken);
    stream->end();
    std::string body = client.read_bytes(8);
    body += client.read_bytes(5);
    EXPECT_EQ(body, "3\r\nall\r\n0\r\n\r\n");
    EXPECT_EQ(client.ask(get("/plain")).body, "plain");
    EXPECT_TRUE(has_ended(1));
    const testing::FinishedRequest finished = server_->next_summary();
    EXPECT_TRUE(finished.complete);
    EXPECT_EQ(finished.status, 200);
}

TEST_F(Streams, ARequestThatCameMeanwhileIsAnsweredBehindTheStream) {
    serve();
    RawClient client(server_->port());
    client.send(get("/") + get("/plain"));
    const auto stream = next_stream();
    (void)client.read(Expected::HeadOnly);
    client.send(get("/plain"));
    EXPECT_EQ(stream->push("x"), Push::Taken);
    EXPECT_EQ(client.read_bytes(6), "1\r\nx\r\n");
    stream->end();
    EXPECT_EQ(client.read_bytes(5), "0\r\n\r\n");
    EXPECT_EQ(client.read().body, "plain");
    EXPECT_EQ(client.read().body, "plain");
}

TEST_F(Streams, AStreamThatHasEndedBeforeItsHeadIsSentIsWhole) {
    serve();
    RawClient client(server_->port());
    for (int i = 0; i < 3; ++i) {
        client.send(get("/"));
        next_stream()->end();
        (void)client.read(Expected::HeadOnly);
        EXPECT_EQ(client.read_bytes(5), "0\r\n\r\n");
    }
}

TEST_F(Streams, Http10GetsABodyThatEndsWithTheConnection) {
    serve();
    RawClient client(server_->port());
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto stream = next_stream();
    const RawAnswer head = client.read(Expected::HeadOnly);
    EXPECT_EQ(head.field("Transfer-Encoding"), "");
    EXPECT_TRUE(head.has_line("Connection: close"));
    EXPECT_EQ(stream->push("plain bytes"), Push::Taken);
    stream->end();
    EXPECT_EQ(client.read_bytes(11), "plain bytes");
    EXPECT_TRUE(client.at_end());
}

TEST_F(Streams, HeadHasNoBodyAndEndsTheStream) {
    serve();
    RawClient client(server_->port());
    client.send("HEAD / HTTP/1.1\r\nHost: galley.test\r\n\r\n");
    EXPECT_EQ(client.read(Expected::HeadOnly).status, 200);
    EXPECT_TRUE(has_ended(1));
    EXPECT_EQ(next_stream()->push("late"), Push::Over);
    EXPECT_EQ(client.ask(get("/plain")).body, "plain");
}

TEST_F(Streams, AClientThatLeavesEndsItsStreamAtOnce) {
    serve();
    for (const auto how : {RawClient::Leave::Close, RawClient::Leave::Reset}) {
        RawClient client(server_->port());
        client.send(get("/"));
        const auto stream = next_stream();
        (void)client.read(Expected::HeadOnly);
        client.leave(how);
        EXPECT_TRUE(has_ended(how == RawClient::Leave::Close ? 1 : 2));
        EXPECT_EQ(stream->push("nobody"), Push::Over);
        EXPECT_FALSE(server_->next_summary().complete);
    }
    EXPECT_EQ((*server_)->connections(), 0U);
}

TEST_F(Streams, AClientThatSendsOnAndOnIsClosed) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    (void)next_stream();
    (void)client.read(Expected::HeadOnly);
    client.send(std::string(4 * kUnchargedBytes, 'x'));
    EXPECT_TRUE(has_ended(1));
}

TEST_F(Streams, AClientThatTakesNothingIsClosedAfterTheStall) {
    testing::TurningClock turning;
    HttpServerOptions options = testing::test_options();
    options.clock = &turning.clock();
    options.header_timeout = std::chrono::hours(24 * 365);
    serve(options);
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    turning.turn_on();
    while (stream->push(std::string(1024, 'x')) != Push::Over) std::this_thread::yield();
    EXPECT_TRUE(has_ended(1));
}

TEST_F(Streams, ACutIsSeenAsABodyThatIsNotWhole) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    (void)client.read(Expected::HeadOnly);
    stream->cut();
    EXPECT_TRUE(has_ended(1));
    EXPECT_EQ(client.read_bytes(1), "") << "closed without a last chunk";
}

TEST_F(Streams, DrainEndsThemBehindWhatWasPushed) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    (void)client.read(Expected::HeadOnly);
    EXPECT_EQ(stream->push("bye"), Push::Taken);
    std::optional<bool> drained;
    std::thread drainer([&] { drained = (*server_)->drain(testing::kPatience); });
    EXPECT_EQ(client.read_bytes(13), "3\r\nbye\r\n0\r\n\r\n");
    EXPECT_TRUE(client.at_end());
    client.leave(RawClient::Leave::Close);
    drainer.join();
    EXPECT_EQ(drained, true);
    EXPECT_TRUE(has_ended(1));
}

TEST_F(Streams, AnAnswerThatNobodyTakesDoesNotHoldADrain) {
    serve();
    RawClient client(server_->port());
    client.send(get("/"));
    const auto stream = next_stream();
    constexpr std::size_t kMoreThanTheKernelTakes = std::size_t{64} << 20;
    for (std::size_t offered = 0; offered < kMoreThanTheKernelTakes; offered += 1024) {
        (void)stream->push(std::string(1024, 'x'));
    }
    EXPECT_TRUE((*server_)->drain(testing::kPatience));
    EXPECT_TRUE(has_ended(1));
}

TEST_F(Streams, TlsCarriesThem) {
    os::FakeFiles files;
    const testing::TestCertificate certificate = testing::make_certificate("galley.test");
    ASSERT_TRUE(files.write("cert.pem", {certificate.certificate_pem}, os::Files::Sync::No));
    ASSERT_TRUE(files.write("key.pem", {certificate.key_pem}, os::Files::Sync::No));
    HttpServerOptions options = testing::test_options();
    options.files = &files;
    options.tls = {.certificate = "cert.pem", .key = "key.pem"};
    serve(options);
    testing::TlsClient client(server_->port());
    ASSERT_TRUE(client.connected());
    client.send(get("/", "Connection: close\r\n"));
    const auto stream = next_stream();
    EXPECT_EQ(stream->push("secret"), Push::Taken);
    std::string received;
    while (!received.contains("secret")) received += client.read_some(4096);
    EXPECT_EQ(stream->push("more"), Push::Taken);
    stream->end();
    received += client.read_all();
    EXPECT_TRUE(received.ends_with("6\r\nsecret\r\n4\r\nmore\r\n0\r\n\r\n")) << received;
    EXPECT_TRUE(client.ended_properly());
}

}  // namespace
}  // namespace galley::net
