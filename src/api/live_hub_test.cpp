#include "api/live_hub.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <thread>

#include "net/http.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_random.h"

namespace galley::api {
namespace {

using tasks::TaskEvent;
using tasks::TaskState;

const auth::Caller kAdmin{"admin@galley.example", auth::Role::Admin};
const auth::Caller kAnn{"ann@example.org"};
const auth::Caller kBen{"ben@example.org"};

// A hub with one event loop. What was posted to the loop before on_loop() has run when it returns.
class Hub : public ::testing::Test {
 protected:
    explicit Hub(LiveOptions options = {}) : hub_(options, clock_, random_) {
        thread_ = std::thread([this] { loop_->run(); });
    }
    ~Hub() override {
        loop_->stop();
        thread_.join();
    }

    template <typename Task>
    auto on_loop(Task task) {
        std::packaged_task<decltype(task())()> wrapped(std::move(task));
        auto result = wrapped.get_future();
        loop_->post([&wrapped] { wrapped(); });
        return result.get();
    }

    void tell(TaskEvent event, TaskState state, tasks::TaskSeq task = 1, int progress = 0, int attempt = 1,
              const auth::Caller& creator = kAnn) {
        hub_.on_notice({.event = event,
                        .seq = task,
                        .id = "task",
                        .kind = "echo",
                        .queue = "default",
                        .state = state,
                        .attempt = attempt,
                        .progress = progress,
                        .message = {},
                        .error = {},
                        .created_by = creator.email,
                        .correlation_id = {},
                        .at = clock_.now(),
                        .waited = {},
                        .ran = {}});
    }
    void tell_started(tasks::TaskSeq task = 1) { tell(TaskEvent::Started, TaskState::Running, task); }
    void tell_progress(int percent, tasks::TaskSeq task = 1) {
        tell(TaskEvent::Progress, TaskState::Running, task, percent);
    }
    void tell_completed(tasks::TaskSeq task = 1) { tell(TaskEvent::Completed, TaskState::Completed, task, 100); }

    struct Client {
        LiveListenerPtr listener;
        net::StreamBody body;
        std::optional<std::vector<LiveEventPtr>> missed;
        LiveId newest{};
    };
    Result<Client> try_join(const auth::Caller& caller, std::optional<tasks::TaskSeq> task = std::nullopt,
                            std::optional<LiveId> seen = std::nullopt, std::function<bool()> may_stay = nullptr) {
        return on_loop([&]() -> Result<Client> {
            GALLEY_TRY(LiveHub::Joined joined,
                       hub_.join(*loop_, {.caller = caller, .task = task, .may_stay = may_stay}, seen));
            Client client{joined.listener, net::StreamBody(joined.listener->shared_stream()), joined.missed,
                          joined.newest};
            hub_.open(joined.listener, *loop_, "", joined.missed.value_or(std::vector<LiveEventPtr>()));
            return client;
        });
    }
    Client join(const auth::Caller& caller, std::optional<tasks::TaskSeq> task = std::nullopt,
                std::optional<LiveId> seen = std::nullopt, std::function<bool()> may_stay = nullptr) {
        Result<Client> client = try_join(caller, task, seen, std::move(may_stay));
        GALLEY_CHECK(client.has_value());
        return std::move(*client);
    }
    // What came for the client: "started progress20 completed", with "|" for a heartbeat and "." for the end.
    std::string read(Client& client) {
        return on_loop([&] {
            net::BodyStream::Taken taken = client.body.stream->take();
            client.body.stream->sent();
            return taken.cut ? "cut" : words_of(taken.bytes) + (taken.ended ? "." : "");
        });
    }
    void leave(Client& client) {
        client.body.close();
        on_loop([] { return 0; });
    }

    os::FakeClock clock_;
    os::FakeRandom random_;
    std::shared_ptr<net::EventLoop> loop_ = net::EventLoop::create();
    LiveHub hub_;
    std::thread thread_;

 private:
    static std::string words_of(std::string_view rest) {
        std::string text;
        while (!rest.empty()) {
            const std::string_view frame = rest.substr(0, rest.find("\n\n"));
            rest.remove_prefix(frame.size() + 2);
            text += (text.empty() ? "" : " ") + word_of(frame);
        }
        return text;
    }
    static std::string word_of(std::string_view frame) {
        if (frame.starts_with(":")) return "|";
        const auto after = [frame](std::string_view mark) {
            const std::size_t at = frame.find(mark);
            return at == std::string_view::npos ? std::string_view() : frame.substr(at + mark.size());
        };
        std::string_view event = after("event: task.");
        std::string word(event.substr(0, event.find('\n')));
        if (word != "progress") return word;
        const std::string_view percent = after("\"progress\":");
        return word + std::string(percent.substr(0, percent.find(',')));
    }
};

TEST_F(Hub, AListenerOfOneTaskGetsWhatHappensToItUntilItsEnd) {
    Client client = join(kAnn, 1);
    tell_started();
    tell_started(2);
    EXPECT_EQ(read(client), "started");
    tell_progress(20);
    EXPECT_EQ(read(client), "progress20");
    tell_completed(2);
    tell_completed();
    EXPECT_EQ(read(client), "completed.");
}

TEST_F(Hub, AListenerOfAllGetsWhatItsCallerMaySee) {
    Client admin = join(kAdmin);
    Client ann = join(kAnn);
    tell(TaskEvent::Created, TaskState::Pending, 1, 0, 0, kAnn);
    tell(TaskEvent::Created, TaskState::Pending, 2, 0, 0, kBen);
    tell_completed();
    EXPECT_EQ(read(admin), "created created completed");
    EXPECT_EQ(read(ann), "created completed");
}

TEST_F(Hub, ProgressBehindTheFirstWaitsAndNeverHoldsTheEnd) {
    Client client = join(kAnn, 1);
    tell_progress(10);
    tell_progress(20);
    tell_progress(30);
    EXPECT_EQ(read(client), "progress10") << "the others came within the interval of a clock that stands";
    tell_progress(40);
    tell_completed();
    EXPECT_EQ(read(client), "completed.");
}

TEST_F(Hub, WhoComesAgainGetsExactlyWhatItMissed) {
    Client first = join(kAnn, 1);
    tell_started();
    EXPECT_EQ(read(first), "started");
    const LiveId seen = join(kAnn, 1).newest;
    leave(first);
    tell_progress(50);
    tell(TaskEvent::Retrying, TaskState::Scheduled);
    Client again = join(kAnn, 1, seen);
    EXPECT_EQ(read(again), "retrying");
    tell(TaskEvent::Due, TaskState::Pending);
    tell_started();
    EXPECT_EQ(read(again), "due started");
    EXPECT_EQ(hub_.listeners(), 1U);
}

TEST_F(Hub, NothingIsRememberedLongAfterTheLastHasLeft) {
    Client client = join(kAnn, 1);
    const LiveId seen = client.newest;
    leave(client);
    tell_started();
    clock_.advance(LiveHub::kRecordAfter - Duration(1));
    tell_progress(10);
    Client in_time = join(kAnn, 1, seen);
    EXPECT_TRUE(in_time.missed);
    leave(in_time);
    clock_.advance(LiveHub::kRecordAfter);
    tell_progress(20);
    Client late = join(kAnn, 1, seen);
    EXPECT_FALSE(late.missed);
    EXPECT_NE(late.newest.period, seen.period);
}

TEST_F(Hub, EventsOnTheirWayWhileTheRecordIsReadAreSkipped) {
    on_loop([&] {
        const LiveHub::Joined joined = *hub_.join(*loop_, {kAnn, 1, nullptr}, std::nullopt);
        const net::StreamBody body(joined.listener->shared_stream());
        EXPECT_FALSE(hub_.skip_queued(*joined.listener, *loop_));
        tell_started();
        tell_started(2);
        const auto skipped = hub_.skip_queued(*joined.listener, *loop_);
        EXPECT_EQ(skipped->position, joined.newest.position + 1);
        EXPECT_FALSE(hub_.skip_queued(*joined.listener, *loop_)) << "nothing came since";
        return 0;
    });
}

TEST_F(Hub, AStreamThatIsClosedIsForgotten) {
    for (int i = 0; i < 1000; ++i) {
        Client client = join(kAnn, i % 3);
        EXPECT_EQ(hub_.listeners(), 1U);
    }
    EXPECT_EQ(hub_.listeners(), 0U);
}

class SmallHub : public Hub {
 protected:
    SmallHub() : Hub(options()) {}
    static LiveOptions options() {
        LiveOptions options;
        options.listeners_max = 3;
        options.listeners_per_caller_max = 2;
        options.heartbeat = Duration(1);
        return options;
    }
};

TEST_F(SmallHub, HasALimitForACallerAndOneForAll) {
    Client one = join(kAnn);
    Client two = join(kAnn, 1);
    EXPECT_EQ(try_join(kAnn).error().code, ErrorCode::LimitExceeded);
    Client three = join(kBen);
    EXPECT_EQ(try_join(kAdmin).error().code, ErrorCode::Unavailable);
    leave(one);
    Client four = join(kAnn);
}

TEST_F(SmallHub, AHeartbeatComesAgainAndAgain) {
    Client client = join(kAnn);
    int beats = 0;
    while (beats < 3) beats += static_cast<int>(std::ranges::count(read(client), '|'));
}

TEST_F(SmallHub, AListenerThatMayStayNoLongerIsEnded) {
    std::atomic<bool> may_stay = true;
    Client client = join(kAnn, std::nullopt, std::nullopt, [&] { return may_stay.load(); });
    while (!read(client).contains('|')) {
    }
    may_stay = false;
    while (!read(client).ends_with('.')) {
    }
}

TEST_F(SmallHub, AStreamEndsAfterItsTime) {
    Client client = join(kAnn);
    clock_.advance(LiveOptions().stream_time_max);
    while (!read(client).ends_with('.')) {
    }
}

// ---- one listener

class Listener : public ::testing::Test {
 protected:
    static LiveEventPtr event(TaskEvent event, TaskState state, int progress = 0, tasks::TaskSeq task = 1) {
        static std::uint64_t position = 0;
        LiveEvent made;
        made.task = task;
        made.event = event;
        made.state = state;
        made.attempt = 1;
        made.progress = progress;
        made.data = std::string(400, 'x');
        made.id = {1, ++position, std::nullopt};
        return std::make_shared<const LiveEvent>(std::move(made));
    }
    static LiveEventPtr progress(int percent, tasks::TaskSeq task = 1) {
        return event(TaskEvent::Progress, TaskState::Running, percent, task);
    }
    static LiveEventPtr started(tasks::TaskSeq task = 1) {
        return event(TaskEvent::Started, TaskState::Running, 0, task);
    }
    static std::size_t events_in(const net::BodyStream::Taken& taken) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = taken.bytes.find("\n\n", at)) != std::string::npos; ++at) ++count;
        return count;
    }
    std::size_t read() {
        const std::size_t count = events_in(listener_.stream().take());
        listener_.stream().sent();
        listener_.flush(now_);
        return count;
    }

    MonotonicTime now_{std::chrono::hours(1)};
    LiveListener listener_{
        {.caller = kAdmin}, {.stream_bytes_max = 4000, .backlog_max = 50, .progress_interval = Duration(100)}, now_};
};

TEST_F(Listener, TheLastProgressOfEachTaskGoesOnceAnInterval) {
    listener_.offer(progress(1), now_);
    EXPECT_EQ(read(), 1U);
    for (int percent = 2; percent <= 50; ++percent) {
        listener_.offer(progress(percent), now_);
        listener_.offer(progress(percent, 2), now_);
    }
    EXPECT_EQ(read(), 0U);
    EXPECT_TRUE(listener_.progress_waits());
    now_ += Duration(100);
    listener_.flush(now_);
    EXPECT_EQ(read(), 2U);
    EXPECT_FALSE(listener_.progress_waits());
}

TEST_F(Listener, ChangesThatDoNotFitWaitInTheirOrderAndProgressIsLeftOut) {
    for (int i = 0; i < 20; ++i) listener_.offer(started(i), now_);
    listener_.offer(progress(10, 3), now_);
    listener_.offer(event(TaskEvent::Completed, TaskState::Completed, 100, 3), now_);
    std::size_t came = 0;
    for (int i = 0; i < 10; ++i) came += read();
    EXPECT_EQ(came, 21U);
}

TEST_F(Listener, OneThatNeverReadsIsCut) {
    for (int i = 0; i < 50; ++i) listener_.offer(started(i), now_);
    EXPECT_FALSE(listener_.stream().take().cut);
    for (int i = 0; i < 20; ++i) listener_.offer(started(i), now_);
    EXPECT_TRUE(listener_.stream().take().cut);
}

TEST_F(Listener, WhatTheSnapshotShowsIsNotToldAgain) {
    tasks::TaskRecord task;
    task.state = TaskState::Running;
    task.attempt = 1;
    task.progress = 40;
    listener_.start_with(task);
    listener_.offer(started(), now_);
    listener_.offer(progress(30), now_);
    EXPECT_EQ(read(), 0U);
    listener_.offer(progress(50), now_);
    EXPECT_EQ(read(), 1U);
}

}  // namespace
}  // namespace galley::api
