// Clients that leave, or only stop sending, while their request is handled.
#include <gtest/gtest.h>

#include <optional>

#include "base/mutex.h"
#include "net/http_server.h"
#include "net/testing/raw_client.h"
#include "net/testing/test_server.h"
#include "os/testing/fake_clock.h"

namespace galley::net {
namespace {

using testing::get;
using testing::RawClient;
using testing::TestServer;

constexpr Duration kLongEnough = std::chrono::seconds(2);

// A server whose handler parks the reply and asks to be told when the client leaves.
class Presence : public ::testing::Test {
 protected:
    Presence() {
        HttpServerOptions options = testing::test_options();
        options.clock = &clock_;
        server_.emplace(options, [this](RequestPtr, Reply reply) { park(std::move(reply)); });
    }

    RawClient ask(std::string_view request) {
        RawClient client(server_->port());
        client.send(request);
        MutexLock lock(mutex_);
        while (!parked_) changed_.wait(lock);
        return client;
    }
    bool noticed() {
        MutexLock lock(mutex_);
        const auto deadline = os::system_clock().monotonic() + testing::kPatience;
        while (!abandoned_ && changed_.wait_until(lock, deadline)) {
        }
        return abandoned_;
    }
    void answer(std::string text) {
        MutexLock lock(mutex_);
        Reply reply = std::move(*parked_);
        lock.unlock();
        reply(text_response(200, std::move(text)));
    }

    os::FakeClock clock_;

 private:
    void park(Reply reply) {
        reply.on_abandoned([this] {
            const MutexLock lock(mutex_);
            abandoned_ = true;
            changed_.notify_all();
        });
        const MutexLock lock(mutex_);
        parked_.emplace(std::move(reply));
        changed_.notify_all();
    }

    Mutex mutex_;
    CondVar changed_;
    std::optional<Reply> parked_ GALLEY_GUARDED_BY(mutex_);
    bool abandoned_ GALLEY_GUARDED_BY(mutex_) = false;

 protected:
    std::optional<TestServer> server_;  // its threads use the rest
};

TEST_F(Presence, AResetIsNoticed) {
    ask(get("/")).leave(RawClient::Leave::Reset);
    clock_.advance(kLongEnough);
    EXPECT_TRUE(noticed());
    const testing::FinishedRequest finished = server_->next_summary();
    EXPECT_EQ(finished.status, 499);
    EXPECT_FALSE(finished.complete);
    EXPECT_EQ((*server_)->connections(), 0U);
    answer("into the void");
}

TEST_F(Presence, ACloseIsNoticed) {
    ask(get("/")).leave(RawClient::Leave::Close);
    clock_.advance(kLongEnough);
    EXPECT_TRUE(noticed());
    EXPECT_EQ(server_->next_summary().status, 499);
    answer("into the void");
}

TEST_F(Presence, AClientThatOnlyStoppedSendingGetsItsAnswer) {
    RawClient client = ask(get("/"));
    client.end_sending();
    clock_.advance(kLongEnough);
    EXPECT_EQ(client.read().status, 100) << "the question whether it is still there";
    answer("it is");
    EXPECT_EQ(client.read().body, "it is");
    EXPECT_TRUE(client.at_end());
}

TEST_F(Presence, AnHttp10ClientIsNotAsked) {
    RawClient client = ask("GET / HTTP/1.0\r\n\r\n");
    client.end_sending();
    clock_.advance(kLongEnough);
    constexpr Duration kSeveralSweeps{50};
    (*server_)->loop().after(kSeveralSweeps, [this] { answer("answer"); });
    EXPECT_EQ(client.read().status, 200);
}

TEST_F(Presence, AClientThatSentTheNextRequestAlreadyIsThere) {
    RawClient client = ask(get("/") + get("/next"));
    clock_.advance(kLongEnough);
    constexpr Duration kSeveralSweeps{50};
    (*server_)->loop().after(kSeveralSweeps, [this] { answer("first"); });
    EXPECT_EQ(client.read().body, "first");
}

}  // namespace
}  // namespace galley::net
