// Running: order, results, retry, timeout, fencing, atomic ends.
#include <algorithm>

#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineRun : public EngineTest {};

TEST_F(EngineRun, AnEnqueuedTaskRunsAndItsResultIsStored) {
    make_engine();
    begin();
    const std::string id =
        enqueue({.kind = "echo", .input = R"({"a":1})", .correlation_id = "r-1", .created_by = "u@example.org"});
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    const TaskRecord task = get(id);
    EXPECT_EQ(task.state, TaskState::Completed);
    EXPECT_EQ(task.result, R"({"a":1})");
    EXPECT_EQ(task.error, std::nullopt);
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.progress, 100);
    EXPECT_EQ(task.created_by, "u@example.org");
    EXPECT_EQ(task.correlation_id, "r-1");
    EXPECT_TRUE(task.started_at && task.completed_at);
    EXPECT_EQ(engine_->input(id), R"({"a":1})");
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 1);
    EXPECT_EQ(engine_->counts()[TaskState::Running], 0);
}

TEST_F(EngineRun, ATaskAndARecordAreOneTransaction) {
    make_engine();
    begin();
    std::string id;
    ASSERT_TRUE(database_->write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(put_thing(executor, 1, "generating"));
        GALLEY_TRY(const TaskRef ref, engine_->enqueue(executor, {.kind = "echo", .id = "snapshot-snap-1"}));
        id = ref.id;
        return {};
    }));
    EXPECT_EQ(id, "snapshot-snap-1");
    EXPECT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(get(id).state, TaskState::Completed);
    const auto refused = database_->write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(put_thing(executor, 2, "generating"));
        GALLEY_TRY_VOID(engine_->enqueue(executor, {.kind = "echo", .id = "never"}));
        return fail(ErrorCode::Forbidden, "no");
    });
    EXPECT_FALSE(refused);
    EXPECT_EQ(thing(2), "");
    EXPECT_EQ(engine_->get("never").error().code, ErrorCode::NotFound);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 1);
}

TEST_F(EngineRun, ATakenIdIsConflict) {
    make_engine();
    begin();
    enqueue({.kind = "echo", .id = "mine"});
    const auto again = engine_->enqueue({.kind = "echo", .id = "mine"});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
}

TEST_F(EngineRun, ABatchIsAllOrNone) {
    make_engine();
    begin();
    std::vector<NewTask> tasks(50, NewTask{.kind = "echo"});
    tasks[49].kind = "unheard-of";
    const auto refused = engine_->enqueue_many(tasks);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(refused.error().where, "/49/kind");
    tasks.pop_back();
    const auto refs = engine_->enqueue_many(tasks);
    ASSERT_TRUE(refs);
    EXPECT_TRUE(saw(TaskEvent::Completed, {}, 49));
    EXPECT_EQ(engine_->list({.limit = 200})->tasks.size(), 49u);
    EXPECT_EQ(engine_->enqueue_many(std::vector<NewTask>(kTaskBatchMax + 1)).error().code, ErrorCode::LimitExceeded);
}

TEST_F(EngineRun, HigherPriorityRunsFirstThenOlder) {
    make_engine({.workers = 1});
    Gate gate;
    engine_->register_kind({.name = "wait"}, [&](TaskContext&) {
        gate.pass();
        return Outcome::done();
    });
    begin();
    enqueue({.kind = "wait"});
    ASSERT_TRUE(gate.wait_entered());
    for (const auto& [id, priority] :
         std::vector<std::pair<const char*, int>>{{"low", 0}, {"mid-1", 5}, {"high", 9}, {"mid-2", 5}}) {
        enqueue({.kind = "echo", .id = id, .priority = priority});
    }
    gate.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 5));
    const std::vector<std::string> order = recorder_->ids(TaskEvent::Started);
    EXPECT_EQ(std::vector<std::string>(order.begin() + 1, order.end()),
              (std::vector<std::string>{"high", "mid-1", "mid-2", "low"}));
}

TEST_F(EngineRun, FarMoreTasksThanFitInMemoryRunOnceEachInOrder) {
    make_engine({.workers = 1, .ready_in_memory_max = 64, .input_memory_bytes_max = 10'000});
    begin();
    constexpr std::size_t kTasks = 1'500;
    std::vector<NewTask> tasks(kTasks, NewTask{.kind = "echo"});
    for (int batch = 0; batch < 2; ++batch) {
        const auto refs = engine_->enqueue_many(tasks);
        ASSERT_TRUE(refs) << refs.error().to_string();
    }
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 2 * kTasks));
    const std::vector<std::string> order = recorder_->ids(TaskEvent::Started);
    EXPECT_EQ(order.size(), 2 * kTasks);
    EXPECT_TRUE(std::ranges::is_sorted(order));
    EXPECT_EQ(engine_->counts()[TaskState::Completed], static_cast<std::int64_t>(2 * kTasks));
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 0);
}

TEST_F(EngineRun, AScheduledTaskRunsWhenItsTimeComes) {
    make_engine();
    begin();
    const std::string id = enqueue({.kind = "echo", .run_at = clock_.now() + Duration(60'000)});
    EXPECT_EQ(get(id).state, TaskState::Scheduled);
    EXPECT_EQ(engine_->counts()[TaskState::Scheduled], 1);
    advance(Duration(59'999));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(id).state, TaskState::Scheduled);
    advance(Duration(1));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(engine_->counts()[TaskState::Scheduled], 0);
}

TEST_F(EngineRun, AFailingAttemptIsRetriedAfterItsBackoffUntilNoneIsLeft) {
    make_engine();
    engine_->register_kind(
        {.name = "flaky", .max_attempts = 3, .backoff = {Duration(1'000), Duration(5'000)}},
        [](TaskContext& task) { return Outcome::retry("broken " + std::to_string(task.task().attempt)); });
    begin();
    const std::string id = enqueue({.kind = "flaky"});
    ASSERT_TRUE(saw(TaskEvent::Retrying, id, 1));
    const TaskRecord waiting = get(id);
    EXPECT_EQ(waiting.state, TaskState::Scheduled);
    EXPECT_LE(*waiting.scheduled_at, clock_.now() + Duration(1'000));
    advance(Duration(1'000));
    ASSERT_TRUE(saw(TaskEvent::Retrying, id, 2));
    advance(Duration(2'000));
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    const TaskRecord failed = get(id);
    EXPECT_EQ(failed.state, TaskState::Failed);
    EXPECT_EQ(failed.error, "broken 3");
    EXPECT_EQ(failed.attempt, 3);
    const auto errors = engine_->attempt_errors(id);
    ASSERT_TRUE(errors);
    ASSERT_EQ(errors->size(), 3u);
    EXPECT_EQ((*errors)[0].error, "broken 1");
    EXPECT_EQ((*errors)[2].attempt, 3);
}

TEST_F(EngineRun, FailIsForGood) {
    make_engine();
    engine_->register_kind({.name = "bad"}, [](TaskContext&) { return Outcome::fail("no way"); });
    begin();
    const std::string id = enqueue({.kind = "bad"});
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    EXPECT_EQ(get(id).attempt, 1);
}

TEST_F(EngineRun, ASnoozeIsNotAnAttempt) {
    make_engine();
    std::atomic<int> calls = 0;
    engine_->register_kind({.name = "later", .max_attempts = 1}, [&](TaskContext& task) {
        EXPECT_EQ(task.task().attempt, 1);
        return ++calls < 3 ? Outcome::snooze(Duration(500)) : Outcome::done("\"at last\"");
    });
    begin();
    const std::string id = enqueue({.kind = "later"});
    ASSERT_TRUE(saw(TaskEvent::Snoozed, id, 1));
    advance(Duration(500));
    ASSERT_TRUE(saw(TaskEvent::Snoozed, id, 2));
    advance(Duration(500));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(get(id).result, "\"at last\"");
}

TEST_F(EngineRun, AnAttemptBeyondItsTimeIsStoppedRetriedAndItsLateResultRefused) {
    make_engine({.workers = 1});
    Gate gate;
    engine_->register_kind(
        {.name = "slow", .max_attempts = 2, .timeout = Duration(10'000), .backoff = {Duration(0), Duration(0)}},
        [&](TaskContext& task) {
            if (task.task().attempt > 1) return Outcome::done("\"second\"");
            gate.pass();
            EXPECT_EQ(task.stop_reason(), StopReason::TimedOut);
            EXPECT_TRUE(task.stop_token().stop_requested());
            return Outcome::done("\"first\"");
        });
    begin();
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate.wait_entered());
    advance(Duration(10'000));
    ASSERT_TRUE(saw(TaskEvent::Retrying, id));
    gate.open();
    advance(Duration(1));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(get(id).result, "\"second\"");
    EXPECT_EQ(engine_->stats().refused_late, 1u);
    EXPECT_NE(engine_->attempt_errors(id)->at(0).error.find("timeout"), std::string::npos);
}

TEST_F(EngineRun, TheResultOfAnAttemptThatTheDatabaseHandedToAnotherIsRefused) {
    make_engine();
    Gate gate;
    engine_->register_kind({.name = "slow"}, [&](TaskContext& task) {
        task.finish_with([](store::Executor& executor) { return put_thing(executor, 1, "old attempt"); });
        gate.pass();
        return Outcome::done("\"old\"");
    });
    begin();
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate.wait_entered());
    ASSERT_TRUE(database_->write(
        [&](store::Executor& executor) { return executor.execute("UPDATE task SET state = 2, attempt = 7"); }));
    gate.open();
    engine_->stop(kPatience);
    EXPECT_EQ(engine_->stats().refused_late, 1u);
    EXPECT_EQ(get(id).attempt, 7);
    EXPECT_EQ(get(id).state, TaskState::Running);
    EXPECT_EQ(thing(1), "");
}

TEST_F(EngineRun, FinishWithCommitsTogetherWithTheEnd) {
    make_engine();
    engine_->register_kind({.name = "snapshot"}, [&](TaskContext& task) {
        task.finish_with([](store::Executor& executor) { return put_thing(executor, 1, "completed"); });
        return task.input() == "\"give up\"" ? Outcome::fail("no") : Outcome::done();
    });
    begin();
    const std::string failed = enqueue({.kind = "snapshot", .input = "\"give up\""});
    ASSERT_TRUE(saw(TaskEvent::Failed, failed));
    EXPECT_EQ(thing(1), "");
    const std::string completed = enqueue({.kind = "snapshot"});
    ASSERT_TRUE(saw(TaskEvent::Completed, completed));
    EXPECT_EQ(thing(1), "completed");
    EXPECT_EQ(get(completed).result, "null");
}

TEST_F(EngineRun, AFailingFinishWithFailsTheTaskAndKeepsNothing) {
    make_engine();
    engine_->register_kind({.name = "snapshot"}, [&](TaskContext& task) {
        task.finish_with([](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(put_thing(executor, 1, "half"));
            return fail(ErrorCode::Conflict, "the snapshot was deleted");
        });
        return Outcome::done();
    });
    begin();
    const std::string id = enqueue({.kind = "snapshot"});
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    EXPECT_EQ(thing(1), "");
    EXPECT_NE(get(id).error->find("deleted"), std::string::npos);
}

TEST_F(EngineRun, TheHookOfAKindSharesTheTransactionOfFailureCancelAndRequeue) {
    make_engine();
    std::atomic<bool> good = false;
    engine_->register_kind(
        {.name = "snapshot",
         .on_transition =
             [](store::Executor& executor, const TaskRecord&, TaskEvent event, std::string_view error) {
                 return put_thing(executor, 1, std::string(event_name(event)) + ":" + std::string(error));
             }},
        [&](TaskContext&) { return good ? Outcome::done() : Outcome::fail("torn"); });
    begin();
    const std::string id = enqueue({.kind = "snapshot"});
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    EXPECT_EQ(thing(1), "task.failed:torn");
    good = true;
    const auto requeued = engine_->retry(id);
    ASSERT_TRUE(requeued) << requeued.error().to_string();
    EXPECT_EQ(thing(1), "task.requeued:");
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    const std::string later = enqueue({.kind = "snapshot", .run_at = clock_.now() + Duration(1'000)});
    EXPECT_EQ(engine_->cancel(later), TaskState::Cancelled);
    EXPECT_EQ(thing(1), "task.cancelled:cancelled");
}

TEST_F(EngineRun, TasksEnqueuedBeforeTheStartWaitForItAndKeepTheirNumbersApart) {
    make_engine();
    const std::string first = enqueue({.kind = "echo"});
    make_engine();
    const std::string second = enqueue({.kind = "echo"});
    EXPECT_NE(first, second);
    EXPECT_EQ(get(first).state, TaskState::Pending);
    begin();
    EXPECT_TRUE(saw(TaskEvent::Completed, first));
    EXPECT_TRUE(saw(TaskEvent::Completed, second));
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 2);
}

TEST_F(EngineRun, MoreLanesThanMemoryTakesAllRun) {
    make_engine({.workers = 2, .lanes_in_memory_max = 4});
    begin();
    constexpr std::size_t kLanes = 200;
    std::vector<NewTask> tasks;
    for (std::size_t i = 0; i < kLanes; ++i) {
        tasks.push_back({.kind = "echo", .limit_key = "key-" + std::to_string(i)});
        tasks.push_back({.kind = "echo", .limit_key = "key-" + std::to_string(i)});
    }
    ASSERT_TRUE(engine_->enqueue_many(tasks));
    EXPECT_TRUE(comes_true_in_time([&] { return engine_->counts()[TaskState::Completed] == 2 * kLanes; }));
}

TEST_F(EngineRun, ReadyTasksOfAnOlderProgramRun) {
    make_engine();
    const std::string id = enqueue({.kind = "echo", .limit_key = "k"});
    ASSERT_TRUE(
        database_->write([](store::Executor& executor) { return executor.execute("UPDATE task SET lane = 0"); }));
    make_engine();
    begin();
    EXPECT_TRUE(saw(TaskEvent::Completed, id));
}

TEST_F(EngineRun, AnUnknownKindIsRefusedAndAStoredOneWaitsForAWorkerThatRunsIt) {
    make_engine();
    engine_->register_kind({.name = "gone"}, [](TaskContext&) { return Outcome::done(); });
    const auto refused = engine_->enqueue({.kind = "never"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    const std::string id = enqueue({.kind = "gone"});  // not started yet: it waits
    make_engine();
    begin();
    const std::string later = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, later));
    EXPECT_EQ(get(id).state, TaskState::Pending);
}

}  // namespace
}  // namespace galley::tasks
