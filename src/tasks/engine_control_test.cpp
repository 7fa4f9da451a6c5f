// Control: unique keys, cancel, waiting, progress, lists, clean-up, stop and start again.
#include <algorithm>
#include <thread>

#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineControl : public EngineTest {
 protected:
    // An engine with a kind "wait" whose handler stands at gate_ and ends when told to stop.
    void begin_with_gate(EngineOptions options = {}) {
        make_engine(std::move(options));
        engine_->register_kind({.name = "wait"}, [this](TaskContext& task) {
            gate_.pass();
            return task.stopped() ? Outcome::retry("stopped") : Outcome::done();
        });
        begin();
    }
    Gate gate_;
};

TEST_F(EngineControl, AUniqueKeyJoinsTheLiveTaskOnly) {
    begin_with_gate();
    const NewTask task{.kind = "wait", .unique_key = sha256("room-1")};
    const Result<TaskRef> first = engine_->enqueue(task);
    const Result<TaskRef> second = engine_->enqueue(task);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(first->joined);
    EXPECT_TRUE(second->joined);
    EXPECT_EQ(second->id, first->id);
    EXPECT_EQ(second->seq, first->seq);
    ASSERT_TRUE(gate_.wait_entered());
    EXPECT_TRUE(engine_->enqueue(task)->joined) << "running counts as live";
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, first->id));
    const Result<TaskRef> third = engine_->enqueue(task);
    ASSERT_TRUE(third);
    EXPECT_FALSE(third->joined);
    EXPECT_NE(third->id, first->id);
    gate_.open();
}

TEST_F(EngineControl, AWaitingTaskIsCancelledAtOnceAndNeverRuns) {
    begin_with_gate({.workers = 1});
    enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    const std::string waiting = enqueue({.kind = "echo"});
    EXPECT_EQ(engine_->cancel(waiting), TaskState::Cancelled);
    EXPECT_EQ(get(waiting).state, TaskState::Cancelled);
    const auto again = engine_->cancel(waiting);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    EXPECT_EQ(engine_->cancel("task-0000000000000000").error().code, ErrorCode::NotFound);
    const std::string last = enqueue({.kind = "echo"});
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, last));
    EXPECT_EQ(std::ranges::count(recorder_->ids(TaskEvent::Started), waiting), 0);
    EXPECT_EQ(engine_->counts()[TaskState::Cancelled], 1);
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 0);
}

TEST_F(EngineControl, ARunningTaskIsCancelledByAFlag) {
    begin_with_gate();
    const std::string id = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    EXPECT_EQ(engine_->cancel(id), TaskState::Running);
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Cancelled, id));
    EXPECT_EQ(get(id).state, TaskState::Cancelled);
}

TEST_F(EngineControl, OnlyAFailedTaskIsRequeued) {
    make_engine();
    std::atomic<bool> good = false;
    engine_->register_kind({.name = "flaky", .max_attempts = 1},
                           [&](TaskContext&) { return good ? Outcome::done("1") : Outcome::retry("not yet"); });
    begin();
    const std::string id = enqueue({.kind = "flaky"});
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    good = true;
    ASSERT_TRUE(engine_->retry(id));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    const TaskRecord task = get(id);
    EXPECT_EQ(task.attempt, 2);
    EXPECT_EQ(task.result, "1");
    EXPECT_EQ(task.error, std::nullopt);
    EXPECT_EQ(engine_->retry(id).error().code, ErrorCode::Conflict);
    EXPECT_EQ(engine_->retry("nobody").error().code, ErrorCode::NotFound);
    EXPECT_EQ(engine_->counts()[TaskState::Failed], 0);
}

TEST_F(EngineControl, AWaiterHearsOnceHoweverItEnds) {
    begin_with_gate({.workers = 1});
    const std::string id = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    const MonotonicTime later = clock_.monotonic() + Duration(5'000);
    std::vector<WaitEnd> ends(6);
    std::counting_semaphore<> called(0);
    const auto note = [&](std::size_t i) {
        return [&, i](WaitEnd end) {
            ends[i] = end;
            called.release();
        };
    };
    engine_->when_finished("nobody", later, note(0));
    const WaitId cancelled = engine_->when_finished(id, later, note(1));
    engine_->when_finished(id, later, note(2));
    engine_->when_finished(id, later + Duration(60'000), note(3));
    EXPECT_TRUE(engine_->cancel_wait(cancelled));
    EXPECT_FALSE(engine_->cancel_wait(cancelled));
    advance(Duration(5'000));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(called.try_acquire_for(kPatience));
    gate_.open();
    ASSERT_TRUE(called.try_acquire_for(kPatience));
    engine_->when_finished(id, later, note(4));
    ASSERT_TRUE(called.try_acquire_for(kPatience));
    const std::string never = enqueue({.kind = "echo", .run_at = clock_.now() + Duration(1'000'000)});
    engine_->when_finished(never, later + Duration(60'000), note(5));
    engine_->stop(kPatience);
    ASSERT_TRUE(called.try_acquire_for(kPatience));
    EXPECT_FALSE(called.try_acquire());
    EXPECT_EQ(ends, (std::vector{WaitEnd::NotFound, WaitEnd::Cancelled, WaitEnd::TimedOut, WaitEnd::Finished,
                                 WaitEnd::Finished, WaitEnd::Stopped}));
}

TEST_F(EngineControl, ProgressNeverGoesBackAndShowsAtOnce) {
    make_engine();
    Gate gate;
    engine_->register_kind({.name = "steps"}, [&](TaskContext& task) {
        task.progress(30, "data");
        task.progress(10);
        task.progress(60, "layout");
        task.progress(60, "layout");
        gate.pass();
        task.progress(250, "over");
        return Outcome::done();
    });
    begin();
    const std::string id = enqueue({.kind = "steps"});
    ASSERT_TRUE(gate.wait_entered());
    const TaskRecord now = get(id);
    EXPECT_EQ(now.state, TaskState::Running);
    EXPECT_EQ(now.progress, 60);
    EXPECT_EQ(now.message, "layout");
    EXPECT_EQ(engine_->list({.state = TaskState::Running})->tasks.size(), 1u);
    EXPECT_EQ(engine_->counts()[TaskState::Running], 1);
    gate.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    std::vector<int> percents;
    for (const SeenNotice& notice : recorder_->all()) {
        if (notice.event == TaskEvent::Progress) percents.push_back(notice.progress);
    }
    EXPECT_EQ(percents, (std::vector{30, 60, 100}));
    EXPECT_EQ(get(id).message, "over");
}

TEST_F(EngineControl, ProgressOfALongAttemptReachesTheDatabase) {
    make_engine();
    Gate gate;
    engine_->register_kind({.name = "steps"}, [&](TaskContext& task) {
        task.progress(40, "pages");
        gate.pass();
        return Outcome::done();
    });
    begin();
    const std::string id = enqueue({.kind = "steps"});
    ASSERT_TRUE(gate.wait_entered());
    ASSERT_TRUE(database_->flush());  // the start is written
    const auto stored = [&] {
        return database_
            ->read([](store::Executor& executor) { return executor.query_integer("SELECT progress FROM task"); })
            ->value_or(-1);
    };
    EXPECT_EQ(stored(), 0);
    advance(Duration(2'000));
    EXPECT_TRUE(comes_true([&] { return stored() == 40; }));
    gate.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
}

TEST_F(EngineControl, AListIsNewestFirstFilteredAndPaged) {
    make_engine();
    begin();
    for (int i = 0; i < 25; ++i) {
        enqueue({.kind = "echo", .queue = i % 2 == 0 ? "even" : "odd", .created_by = i % 5 == 0 ? "five" : "other"});
    }
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 25));
    std::vector<TaskSeq> seen;
    TaskFilter filter{.queue = "even", .limit = 5};
    for (int page = 0; page < 10; ++page) {
        const auto found = engine_->list(filter);
        ASSERT_TRUE(found) << found.error().to_string();
        for (const TaskRecord& task : found->tasks) seen.push_back(task.seq);
        if (!found->next) break;
        filter.before = found->next;
    }
    EXPECT_EQ(seen.size(), 13u);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater()));
    EXPECT_EQ(engine_->list({.created_by = "five"})->tasks.size(), 5u);
    EXPECT_EQ(engine_->list({.state = TaskState::Completed, .kind = "echo", .limit = 200})->tasks.size(), 25u);
    EXPECT_EQ(engine_->list({.state = TaskState::Failed})->tasks.size(), 0u);
}

TEST_F(EngineControl, GetManyKeepsTheOrderAndLeavesStrangersOut) {
    make_engine();
    begin();
    const std::string a = enqueue({.kind = "echo"});
    const std::string b = enqueue({.kind = "echo", .id = "b"});
    const std::vector<std::string> ids{b, "stranger", a};
    const auto found = engine_->get_many(ids);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2u);
    EXPECT_EQ((*found)[0].id, b);
    EXPECT_EQ((*found)[1].id, a);
}

TEST_F(EngineControl, CleanUpDeletesOldFinishedTasksOnly) {
    begin_with_gate();
    const std::string old_one = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, old_one));
    const std::string running = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    clock_.advance(Duration(10'000));
    const std::string young = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, young));
    EXPECT_EQ(engine_->cleanup(clock_.now() - Duration(5'000)), 1);
    EXPECT_EQ(engine_->get(old_one).error().code, ErrorCode::NotFound);
    EXPECT_EQ(get(young).state, TaskState::Completed);
    EXPECT_EQ(get(running).state, TaskState::Running);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 1);
    gate_.open();
}

TEST_F(EngineControl, ACleanUpThatIsStoppedLeavesTheRest) {
    make_engine();
    begin();
    const std::vector<NewTask> tasks(2'500, NewTask{.kind = "echo", .input = "null"});
    ASSERT_TRUE(engine_->enqueue_many(tasks));
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 2'500));
    int steps = 0;
    const auto removed = engine_->cleanup(clock_.now() + Duration(1), [&steps] { return ++steps > 2; });
    ASSERT_TRUE(removed) << removed.error().to_string();
    EXPECT_GT(*removed, 0);
    EXPECT_LT(*removed, 2'500);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 2'500 - *removed);
}

TEST_F(EngineControl, TheTimerCleansUpAfterTheRetention) {
    make_engine({.retention = Retention::same(Duration(60'000)), .cleanup_every = Duration(10'000)});
    begin();
    for (int i = 0; i < 3; ++i) enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, {}, 3));
    advance(Duration(61'000));
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Completed] == 0; }));
    EXPECT_TRUE(engine_->list({})->tasks.empty());
}

TEST_F(EngineControl, StopPutsUnfinishedTasksBackUncountedAndTheNextStartRunsThem) {
    begin_with_gate({.workers = 1});
    const std::string running = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    const std::string waiting = enqueue({.kind = "echo"});
    EXPECT_EQ(engine_->stop(Duration(0)), 1u);
    EXPECT_EQ(get(running).state, TaskState::Pending);
    EXPECT_EQ(get(running).attempt, 0);
    gate_.open();
    begin_with_gate();
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 0);
    ASSERT_TRUE(gate_.wait_entered());
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, running));
    EXPECT_TRUE(saw(TaskEvent::Completed, waiting));
    EXPECT_EQ(get(running).attempt, 1);
}

TEST_F(EngineControl, StopLetsRunningTasksFinishWithinTheGrace) {
    begin_with_gate({.workers = 1});
    const std::string id = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate_.wait_entered());
    gate_.open();
    EXPECT_EQ(engine_->stop(kPatience), 0u);
    EXPECT_EQ(get(id).state, TaskState::Completed);
}

TEST_F(EngineControl, ManyProducersAndCancellersLeaveEveryTaskFinishedAndTheCountsRight) {
    make_engine({.workers = 4, .ready_in_memory_max = 20});
    begin();
    constexpr int kEach = 150;
    {
        std::vector<std::jthread> producers;
        for (int p = 0; p < 4; ++p) {
            producers.emplace_back([this, p] {
                for (int i = 0; i < kEach; ++i) {
                    const Result<TaskRef> ref = engine_->enqueue({.kind = "echo", .priority = i % 10});
                    EXPECT_TRUE(ref);
                    if (ref && (i + p) % 3 == 0) (void)engine_->cancel(ref->id);
                }
            });
        }
    }
    EXPECT_TRUE(comes_true([&] {
        const TaskCounts counts = engine_->counts();
        return counts[TaskState::Completed] + counts[TaskState::Cancelled] == 4 * kEach;
    }));
    const TaskCounts kept = engine_->counts();
    engine_->stop(kPatience);
    make_engine();
    begin();
    const TaskCounts recounted = engine_->counts();
    for (int s = 0; s < kTaskStateCount; ++s) EXPECT_EQ(kept.by_state[s], recounted.by_state[s]) << s;
}

}  // namespace
}  // namespace galley::tasks
