// Queues: pause, drain, limits, rates; they hold at once and after a restart.
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineQueue : public EngineTest {
 protected:
    void set(std::string_view queue, QueueSettings settings) {
        const auto status = engine_->set_queue(queue, [&](QueueSettings& now) -> Result<void> {
            now = settings;
            return {};
        });
        ASSERT_TRUE(status) << status.error().to_string();
        EXPECT_EQ(status->settings, settings);
    }
    // A kind "slow" that counts how many of it run at once.
    void begin_with_gate(int workers) {
        make_engine({.workers = workers});
        engine_->register_kind({.name = "slow"}, [this](TaskContext&) {
            const int now = ++running_;
            int most = most_;
            while (most < now && !most_.compare_exchange_weak(most, now)) {
            }
            gate_.pass();
            --running_;
            return Outcome::done();
        });
        begin();
    }
    std::atomic<int> running_ = 0;
    std::atomic<int> most_ = 0;
    Gate gate_;
};

TEST_F(EngineQueue, APausedQueueTakesInAndGivesNothingOutAlsoAfterARestart) {
    make_engine();
    begin();
    set("default", {.mode = QueueMode::Paused});
    const std::string id = enqueue({.kind = "echo"});
    const std::string other = enqueue({.kind = "echo", .queue = "other"});
    EXPECT_TRUE(saw(TaskEvent::Completed, other));
    make_engine();
    begin();
    const std::string more = enqueue({.kind = "echo", .queue = "other"});
    EXPECT_TRUE(saw(TaskEvent::Completed, more));
    EXPECT_EQ(get(id).state, TaskState::Pending);
    EXPECT_EQ(engine_->queue("default").counts.pending, 1);
    set("default", {});
    EXPECT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_TRUE(comes_true([&] { return engine_->queues().empty(); }));
}

TEST_F(EngineQueue, ADrainingQueueGivesOutButTakesNothingIn) {
    begin_with_gate(1);
    const std::string first = enqueue({.kind = "slow"});
    const std::string second = enqueue({.kind = "slow"});
    set("default", {.mode = QueueMode::Draining});
    const auto refused = engine_->enqueue({.kind = "slow"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_EQ(refused.error().where, "/queue");
    gate_.open(2);
    EXPECT_TRUE(saw(TaskEvent::Completed, second));
}

TEST_F(EngineQueue, NoMoreOfAQueueRunAtOnceThanItMay) {
    begin_with_gate(8);
    set("default", {.running_max = 3});
    for (int i = 0; i < 30; ++i) enqueue({.kind = "slow"});
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(gate_.wait_entered());
    EXPECT_EQ(engine_->queue("default").counts.running, 3);
    gate_.open(30);
    EXPECT_TRUE(saw(TaskEvent::Completed, {}, 30));
    EXPECT_EQ(most_, 3);
}

TEST_F(EngineQueue, NoMoreOfAKeyRunAtOnceThanItMay) {
    begin_with_gate(8);
    set("default", {.running_per_key_max = 1});
    for (int i = 0; i < 20; ++i) enqueue({.kind = "slow", .limit_key = i % 2 ? "one" : "two"});
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(gate_.wait_entered());
    gate_.open(20);
    EXPECT_TRUE(saw(TaskEvent::Completed, {}, 20));
    EXPECT_EQ(most_, 2);
}

TEST_F(EngineQueue, AQueueAtItsRateGoesOnWhenItMay) {
    make_engine();
    begin();
    set("default", {.rate = {.starts = 2, .per = Duration(60'000)}});
    for (int i = 0; i < 5; ++i) enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 2));
    advance(Duration(59'000));
    enqueue({.kind = "echo", .queue = "other"});
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 3));
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 3);
    advance(Duration(1'000));
    EXPECT_TRUE(saw(TaskEvent::Completed, {}, 5));
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 1);
}

TEST_F(EngineQueue, WhatCannotBeIsRefused) {
    make_engine();
    begin();
    const auto change = [](QueueSettings settings) {
        return [settings](QueueSettings& now) -> Result<void> {
            now = settings;
            return {};
        };
    };
    EXPECT_EQ(engine_->set_queue("no spaces", change({})).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(engine_->set_queue("q", change({.running_max = -1})).error().where, "/running_max");
    EXPECT_EQ(engine_->set_queue("q", change({.rate = {1, Duration(1)}})).error().where, "/rate");
    EXPECT_EQ(engine_->set_queue("q", change({.rate_per_key = {-1, Duration(1'000)}})).error().where, "/rate_per_key");
    EXPECT_TRUE(engine_->queues().empty());
}

TEST_F(EngineQueue, OnlySoManyQueuesHaveSettings) {
    make_engine();
    begin();
    const auto pause = [](QueueSettings& now) -> Result<void> {
        now.mode = QueueMode::Paused;
        return {};
    };
    for (std::size_t i = 0; i < kQueuesSetMax; ++i) ASSERT_TRUE(engine_->set_queue("q" + std::to_string(i), pause));
    EXPECT_EQ(engine_->set_queue("one-more", pause).error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE(engine_->set_queue("q1", pause));
}

TEST_F(EngineQueue, TheCountsOfEachQueueAreThereAfterARestart) {
    make_engine();
    begin();
    set("a", {.mode = QueueMode::Paused});
    for (int i = 0; i < 3; ++i) enqueue({.kind = "echo", .queue = "a"});
    enqueue({.kind = "echo", .queue = "a", .run_at = clock_.now() + std::chrono::hours(1)});
    const QueueCounts wanted{.scheduled = 1, .pending = 3, .running = 0};
    EXPECT_EQ(engine_->queue("a").counts, wanted);
    make_engine();
    begin();
    EXPECT_EQ(engine_->queue("a").counts, wanted);
}

}  // namespace
}  // namespace galley::tasks
