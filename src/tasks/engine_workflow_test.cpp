// Parents and children: who waits for whom, how failure passes on, results as input, open tasks.
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineWorkflow : public EngineTest {
 protected:
    void begin_engine(EngineOptions options = {}) {
        make_engine(std::move(options));
        engine_->register_kind({.name = "fails"}, [](TaskContext&) { return Outcome::fail("broken"); });
        engine_->register_kind({.name = "slow"}, [this](TaskContext& task) {
            gate_.pass();
            return Outcome::done(task.input());
        });
        begin();
    }
    Gate gate_;
};

TEST_F(EngineWorkflow, AChildRunsWhenAllItsParentsHaveCompleted) {
    begin_engine();
    const std::string one = enqueue({.kind = "slow", .input = "1"});
    const std::string two = enqueue({.kind = "slow", .input = "2"});
    const std::string child = enqueue({.kind = "echo", .parents = {one, two, one}});
    EXPECT_EQ(get(child).state, TaskState::Scheduled);
    EXPECT_EQ(get(child).parents, (std::vector{one, two}));
    EXPECT_EQ(get(child).parents_left, 2);
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Completed));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(child).state, TaskState::Scheduled);
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, child));
    EXPECT_TRUE(saw(TaskEvent::Due, child));
    EXPECT_EQ(engine_->counts()[TaskState::Scheduled], 0);
}

TEST_F(EngineWorkflow, ParentsThatHaveCompletedCountAsDone) {
    begin_engine();
    const std::string parent = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, parent));
    const std::string child = enqueue({.kind = "echo", .parents = {parent}});
    EXPECT_TRUE(saw(TaskEvent::Completed, child));
}

TEST_F(EngineWorkflow, AChildKeepsItsOwnTime) {
    begin_engine();
    const std::string parent = enqueue({.kind = "slow"});
    const std::string child =
        enqueue({.kind = "echo", .run_at = clock_.now() + std::chrono::minutes(1), .parents = {parent}});
    advance(std::chrono::minutes(2));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(child).state, TaskState::Scheduled);
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, child));
    const std::string done = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, done));
    const std::string later =
        enqueue({.kind = "echo", .run_at = clock_.now() + std::chrono::minutes(1), .parents = {done}});
    EXPECT_EQ(get(later).state, TaskState::Scheduled);
    advance(std::chrono::minutes(1));
    EXPECT_TRUE(saw(TaskEvent::Completed, later));
}

TEST_F(EngineWorkflow, AFailurePassesOnToAllThatWaitForIt) {
    begin_engine();
    const std::string parent = enqueue({.kind = "slow"});
    const std::string bad = enqueue({.kind = "fails", .parents = {parent}});
    const std::string child = enqueue({.kind = "echo", .parents = {bad}});
    const std::string grandchild = enqueue({.kind = "echo", .parents = {child}});
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::ParentFailed, grandchild));
    EXPECT_EQ(get(child).state, TaskState::Failed);
    EXPECT_EQ(get(child).error, "its parent " + bad + " failed");
    EXPECT_EQ(get(grandchild).error, "its parent " + child + " failed");
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Failed] == 3; }));
}

TEST_F(EngineWorkflow, AChildMayGoOnWithoutAParentThatFailed) {
    begin_engine();
    const std::string bad = enqueue({.kind = "fails"});
    const std::string good = enqueue({.kind = "echo", .input = "7"});
    const std::string child = enqueue({.kind = "echo",
                                       .input = "\"own\"",
                                       .parents = {bad, good},
                                       .on_parent_failure = OnParentFailure::Continue,
                                       .input_from_parents = true});
    ASSERT_TRUE(saw(TaskEvent::Completed, child));
    EXPECT_EQ(get(child).result, R"({"input":"own","parents":[{"task_id":")" + bad +
                                     R"(","status":"failed","result":null},{"task_id":")" + good +
                                     R"(","status":"completed","result":7}]})");
}

TEST_F(EngineWorkflow, AChildOfAParentThatHasFailedFailsAtOnce) {
    begin_engine();
    const std::string bad = enqueue({.kind = "fails"});
    ASSERT_TRUE(saw(TaskEvent::Failed, bad));
    const auto child = engine_->enqueue({.kind = "echo", .parents = {bad}});
    ASSERT_TRUE(child);
    EXPECT_EQ(child->state, TaskState::Failed);
    EXPECT_EQ(get(child->id).state, TaskState::Failed);
    EXPECT_TRUE(saw(TaskEvent::ParentFailed, child->id));
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Failed] == 2; }));
    EXPECT_EQ(engine_->counts()[TaskState::Scheduled], 0);
}

TEST_F(EngineWorkflow, ACancelledParentPassesOnToo) {
    begin_engine();
    const std::string parent = enqueue({.kind = "echo", .run_at = clock_.now() + std::chrono::hours(1)});
    const std::string child = enqueue({.kind = "echo", .parents = {parent}});
    ASSERT_TRUE(engine_->cancel(parent));
    EXPECT_EQ(get(child).error, "its parent " + parent + " was cancelled");
}

TEST_F(EngineWorkflow, AParentThatFailsTwiceIsCountedOnce) {
    begin_engine();
    const std::string bad = enqueue({.kind = "fails"});
    const std::string slow = enqueue({.kind = "slow"});
    const std::string child =
        enqueue({.kind = "echo", .parents = {bad, slow}, .on_parent_failure = OnParentFailure::Continue});
    ASSERT_TRUE(saw(TaskEvent::Failed, bad));
    ASSERT_TRUE(engine_->retry(bad));
    ASSERT_TRUE(saw(TaskEvent::Failed, bad, 2));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(child).state, TaskState::Scheduled);
    gate_.open();
    EXPECT_TRUE(saw(TaskEvent::Completed, child));
}

TEST_F(EngineWorkflow, AnUnknownParentIsRefusedByItsPlace) {
    begin_engine();
    const std::string parent = enqueue({.kind = "echo"});
    const auto refused = engine_->enqueue({.kind = "echo", .parents = {parent, "task-0000000000000000"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(refused.error().where, "/parents/1");
}

TEST_F(EngineWorkflow, AnOpenTaskWaitsForWhateverJoinsUntilItIsClosed) {
    begin_engine();
    const std::string last = enqueue({.kind = "echo", .input_from_parents = true, .open = true});
    const std::string one = enqueue({.kind = "echo", .input = "1", .before = {last}});
    ASSERT_TRUE(saw(TaskEvent::Completed, one));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(last).state, TaskState::Scheduled);
    const std::string two = enqueue({.kind = "slow", .input = "2", .before = {last}});
    EXPECT_EQ(engine_->close(last), TaskState::Scheduled);
    EXPECT_EQ(engine_->close(last).error().code, ErrorCode::Conflict);
    EXPECT_EQ(engine_->enqueue({.kind = "echo", .before = {last}}).error().code, ErrorCode::Conflict);
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, last));
    EXPECT_NE(get(last).result->find(R"("result":1})"), std::string::npos);
    EXPECT_NE(get(last).result->find(R"("result":2})"), std::string::npos);
}

TEST_F(EngineWorkflow, AnOpenTaskThatNobodyJoinedRunsWhenItIsClosed) {
    begin_engine();
    const std::string last = enqueue({.kind = "echo", .open = true});
    EXPECT_EQ(engine_->close(last), TaskState::Pending);
    EXPECT_TRUE(saw(TaskEvent::Completed, last));
}

TEST_F(EngineWorkflow, AThousandPartsAndTheirEndSurviveARestartInTheMiddle) {
    begin_engine({.workers = 2});
    constexpr std::size_t kParts = 1'000;
    std::vector<NewTask> parts(kParts, NewTask{.kind = "echo"});
    parts[kParts / 2].kind = "slow";
    const auto refs = engine_->enqueue_many(parts);
    ASSERT_TRUE(refs);
    NewTask last{.kind = "echo"};
    for (const TaskRef& ref : *refs) last.parents.push_back(ref.id);
    const std::string end = enqueue(std::move(last));
    ASSERT_TRUE(gate_.wait_entered());
    gate_.open(2);
    close();
    begin_engine({.workers = 2});
    EXPECT_TRUE(comes_true_in_time([&] { return get(end).state == TaskState::Completed; }));
    EXPECT_EQ(get(end).attempt, 1);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], static_cast<std::int64_t>(kParts) + 1);
}

}  // namespace
}  // namespace galley::tasks
