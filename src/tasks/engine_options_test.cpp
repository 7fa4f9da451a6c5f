// What a task may be given: unique keys with policies and windows, expiry, a lifetime, tags, a log, steps; and many
// tasks at once by a filter.
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineTaskOptions : public EngineTest {
 protected:
    // A kind "slow" whose handler stands at gate_.
    void begin_with_gate(EngineOptions options = {.workers = 1}) {
        make_engine(std::move(options));
        engine_->register_kind({.name = "slow"}, [this](TaskContext& task) {
            gate_.pass();
            return Outcome::done(task.input());
        });
        begin();
    }
    NewTask unique(UniquePolicy policy, std::string input = "1") {
        return {.kind = "slow", .input = std::move(input), .unique_key = sha256("k"), .unique_policy = policy};
    }
    // From here on the only worker is busy, so that what is enqueued waits.
    std::string occupy() {
        const std::string id = enqueue({.kind = "slow"});
        EXPECT_TRUE(gate_.wait_entered());
        return id;
    }
    Gate gate_;
};

TEST_F(EngineTaskOptions, JoiningGivesTheTaskThatIsThere) {
    begin_with_gate();
    occupy();
    const std::string first = enqueue(unique(UniquePolicy::Join));
    const auto second = engine_->enqueue(unique(UniquePolicy::Join));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->joined);
    EXPECT_EQ(second->id, first);
    gate_.open(2);
    EXPECT_TRUE(saw(TaskEvent::Completed, first));
    EXPECT_FALSE(engine_->enqueue(unique(UniquePolicy::Join))->joined) << "it is free when the holder has ended";
    gate_.open();
}

TEST_F(EngineTaskOptions, RejectingNamesTheTaskThatIsThere) {
    begin_with_gate();
    occupy();
    const std::string first = enqueue(unique(UniquePolicy::Reject));
    const auto second = engine_->enqueue(unique(UniquePolicy::Reject));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
    EXPECT_NE(second.error().message.find(first), std::string::npos);
    gate_.open(2);
}

TEST_F(EngineTaskOptions, ReplacingCancelsTheOneThatWaits) {
    begin_with_gate();
    occupy();
    const std::string first = enqueue(unique(UniquePolicy::Replace, "1"));
    const std::string second = enqueue(unique(UniquePolicy::Replace, "2"));
    EXPECT_NE(first, second);
    EXPECT_EQ(get(first).state, TaskState::Cancelled);
    EXPECT_NE(get(first).error->find("replaced"), std::string::npos);
    EXPECT_TRUE(saw(TaskEvent::Cancelled, first)) << "it did not expire";
    gate_.open(2);
    EXPECT_TRUE(saw(TaskEvent::Completed, second));
    EXPECT_EQ(get(second).result, "2");
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Completed] == 2; }));
    EXPECT_EQ(engine_->counts()[TaskState::Cancelled], 1);
}

TEST_F(EngineTaskOptions, ReplacingLetsTheOneThatRunsGoOnAndRunsTheNewOneAfterIt) {
    begin_with_gate();
    const std::string first = enqueue(unique(UniquePolicy::Replace, "1"));
    ASSERT_TRUE(gate_.wait_entered());
    const std::string second = enqueue(unique(UniquePolicy::Replace, "2"));
    EXPECT_NE(first, second);
    gate_.open(2);
    EXPECT_TRUE(saw(TaskEvent::Completed, first));
    EXPECT_TRUE(saw(TaskEvent::Completed, second));
}

TEST_F(EngineTaskOptions, AReplacementThatIsRolledBackLeavesTheOldOneInItsPlace) {
    begin_with_gate();
    occupy();
    const std::string first = enqueue(unique(UniquePolicy::Replace));
    const Result<void> failed = database_->write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(engine_->enqueue(executor, unique(UniquePolicy::Replace)));
        return fail(ErrorCode::Conflict, "no");
    });
    ASSERT_FALSE(failed);
    gate_.open(2);
    EXPECT_TRUE(comes_true_in_time([&] { return get(first).state == TaskState::Completed; }));
}

TEST_F(EngineTaskOptions, AKeyHoldsForItsWindowAlsoWhenItsTaskHasEnded) {
    make_engine();
    begin();
    NewTask task{.kind = "echo", .unique_key = sha256("k"), .unique_window = std::chrono::minutes(5)};
    const std::string first = enqueue(task);
    ASSERT_TRUE(saw(TaskEvent::Completed, first));
    EXPECT_EQ(enqueue(task), first);
    advance(std::chrono::minutes(5));
    EXPECT_NE(enqueue(task), first);
}

TEST_F(EngineTaskOptions, ATaskThatHasNotBegunByItsExpiryIsCancelled) {
    begin_with_gate();
    occupy();
    const std::string waiting = enqueue({.kind = "echo", .expires_at = clock_.now() + std::chrono::seconds(10)});
    const std::string later = enqueue({.kind = "echo", .expires_at = clock_.now() + std::chrono::hours(1)});
    const std::string scheduled = enqueue({.kind = "echo",
                                           .run_at = clock_.now() + std::chrono::minutes(1),
                                           .expires_at = clock_.now() + std::chrono::seconds(20)});
    EXPECT_TRUE(comes_true_in_time([&] { return get(scheduled).state == TaskState::Cancelled; }));
    EXPECT_EQ(get(waiting).state, TaskState::Cancelled);
    EXPECT_EQ(get(waiting).error, "expired before it began");
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, later));
    EXPECT_TRUE(saw(TaskEvent::Expired, waiting));
    EXPECT_TRUE(comes_true([&] { return engine_->queues().empty(); }));
}

TEST_F(EngineTaskOptions, WhatExpiredWhileNothingRanDoesNotBegin) {
    make_engine();
    const std::string id = enqueue({.kind = "echo",
                                    .run_at = clock_.now() + std::chrono::seconds(5),
                                    .expires_at = clock_.now() + std::chrono::seconds(10)});
    close();
    clock_.advance(std::chrono::seconds(60));
    make_engine();
    begin();
    EXPECT_TRUE(comes_true_in_time([&] { return is_terminal(get(id).state); }));
    EXPECT_EQ(get(id).state, TaskState::Cancelled);
}

TEST_F(EngineTaskOptions, NothingBeginsThatIsTooLateHoweverManyWait) {
    make_engine();
    const std::vector<NewTask> tasks(300, {.kind = "echo", .expires_at = clock_.now() + std::chrono::seconds(10)});
    ASSERT_TRUE(engine_->enqueue_many(tasks));
    close();
    clock_.advance(std::chrono::seconds(60));
    make_engine({.workers = 4});
    begin();
    EXPECT_TRUE(comes_true_in_time([&] { return engine_->counts()[TaskState::Cancelled] == 300; }));
    EXPECT_EQ(engine_->stats().started, 0u);
}

TEST_F(EngineTaskOptions, ATaskWithALifetimeOfItsOwnGoesWhenItIsOver) {
    make_engine({.retention = Retention::same(std::chrono::hours(24)), .cleanup_every = std::chrono::minutes(1)});
    begin();
    const std::string brief = enqueue({.kind = "echo", .keep = std::chrono::minutes(2)});
    const std::string usual = enqueue({.kind = "echo"});
    const std::string lasting = enqueue({.kind = "echo", .keep = std::chrono::hours(24 * 7)});
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 3));
    EXPECT_TRUE(comes_true_in_time([&] { return !engine_->get(brief); }));
    EXPECT_TRUE(engine_->get(usual));
    advance(std::chrono::hours(25));
    EXPECT_TRUE(comes_true_in_time([&] { return !engine_->get(usual); }));
    EXPECT_TRUE(engine_->get(lasting));
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Completed] == 1; }));
}

TEST_F(EngineTaskOptions, TagsAreKeptAndFilteredBy) {
    make_engine();
    begin();
    const std::string both = enqueue({.kind = "echo", .tags = {"red", "big"}});
    const std::string red = enqueue({.kind = "echo", .tags = {"red"}});
    enqueue({.kind = "echo", .tags = {"reddish"}});
    EXPECT_EQ(get(both).tags, (std::vector<std::string>{"red", "big"}));
    const auto page = engine_->list({.tag = "red"});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->tasks.size(), 2u);
    EXPECT_EQ(page->tasks[0].id, red);
    EXPECT_EQ(page->tasks[1].id, both);
}

TEST_F(EngineTaskOptions, ALogKeepsItsLastLines) {
    make_engine({.workers = 1});
    engine_->register_kind({.name = "talks"}, [](TaskContext& task) {
        for (int i = 1; i <= 250; ++i) task.log("line " + std::to_string(i));
        task.log(std::string(5'000, 'x'));
        return Outcome::done();
    });
    begin();
    const std::string id = enqueue({.kind = "talks"});
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    const auto lines = engine_->log_lines(id);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), kLogLinesMax);
    EXPECT_EQ(lines->front().text, "line 52");
    EXPECT_EQ(lines->back().text.size(), kLogLineBytesMax);
    EXPECT_EQ(lines->back().attempt, 1);
}

TEST_F(EngineTaskOptions, TheNextAttemptGoesOnFromTheCursorOfTheOneBefore) {
    make_engine({.workers = 1});
    engine_->register_kind({.name = "steps", .backoff = {Duration(0), Duration(0)}}, [](TaskContext& task) {
        const auto cursor = task.cursor();
        if (!cursor) return Outcome::fail(cursor.error().to_string());
        if (*cursor) return Outcome::done(**cursor);
        const Result<void> saved = task.save_cursor("17");
        return saved ? Outcome::retry("after step 17") : Outcome::fail(saved.error().to_string());
    });
    begin();
    const std::string id = enqueue({.kind = "steps"});
    EXPECT_TRUE(comes_true_in_time([&] { return get(id).state == TaskState::Completed; }));
    EXPECT_EQ(get(id).result, "17");
    EXPECT_EQ(get(id).attempt, 2);
}

TEST_F(EngineTaskOptions, ManyAreCancelledByAFilter) {
    begin_with_gate();
    const std::string running = occupy();
    std::vector<NewTask> tasks;
    for (int i = 0; i < 450; ++i) tasks.push_back({.kind = "echo", .tags = {i % 3 == 0 ? "drop" : "keep"}});
    ASSERT_TRUE(engine_->enqueue_many(tasks));
    const auto result = engine_->bulk(BulkAction::Cancel, {.tag = "drop"}, 10'000);
    ASSERT_TRUE(result) << result.error().to_string();
    EXPECT_EQ(result->changed, 150);
    EXPECT_EQ(result->matched, 150);
    EXPECT_FALSE(result->next);
    EXPECT_EQ(engine_->counts()[TaskState::Cancelled], 150);
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, {}, 301));
}

TEST_F(EngineTaskOptions, FailedOnesAreTriedAgainAndEndedOnesDeletedByAFilter) {
    make_engine();
    std::atomic<bool> well = false;
    engine_->register_kind({.name = "ill"},
                           [&](TaskContext&) { return well ? Outcome::done() : Outcome::fail("not yet"); });
    begin();
    for (int i = 0; i < 5; ++i) enqueue({.kind = "ill"});
    ASSERT_TRUE(saw(TaskEvent::Failed, {}, 5));
    EXPECT_EQ(engine_->bulk(BulkAction::Delete, {.kind = "echo"}, 10'000)->changed, 0);
    well = true;
    EXPECT_EQ(engine_->bulk(BulkAction::Retry, {.kind = "ill"}, 3)->changed, 3);
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 3));
    EXPECT_EQ(engine_->bulk(BulkAction::Delete, {.state = TaskState::Completed}, 10'000)->changed, 3);
    EXPECT_EQ(engine_->counts()[TaskState::Failed], 2);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 0);
}

}  // namespace
}  // namespace galley::tasks
