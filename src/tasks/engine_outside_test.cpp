// Work for other processes: leases, fencing, lost workers, restarts, cancel, parents.
#include <future>

#include "tasks/engine_fixture.h"
#include "tasks/outside.h"

namespace galley::tasks {
namespace {

class EngineOutside : public EngineTest {
 protected:
    void begin_engine(EngineOptions options = {}) {
        make_engine(std::move(options));
        begin();
        const OutsideKind kinds[] = {{.name = "out", .max_attempts = 2, .timeout = std::chrono::minutes(1)}};
        ASSERT_TRUE(database_->write(
            [&](store::Executor& executor) { return OutsideWork(*engine_).declare_in(executor, kinds); }));
    }
    OutsideWork door() { return OutsideWork(*engine_); }

    // Blocks until the lease is answered.
    std::vector<LeasedTask> lease(std::size_t tasks_max = 1, const WorkerIdentity& who = kWorker) {
        std::promise<Result<Leased>> answered;
        door().lease({.who = who, .kinds = {"out"}, .tasks_max = tasks_max}, clock_.monotonic() + kPatience,
                     [&](Result<Leased> leased) { answered.set_value(std::move(leased)); });
        std::future<Result<Leased>> answer = answered.get_future();
        EXPECT_EQ(answer.wait_for(kPatience), std::future_status::ready);
        Result<Leased> leased = answer.get();
        EXPECT_TRUE(leased) << leased.error().to_string();
        return leased ? std::move(leased->tasks) : std::vector<LeasedTask>{};
    }
    Result<TaskState> settle(OutsideEnd end, const WorkerIdentity& who = kWorker) {
        std::promise<Result<TaskState>> settled;
        door().settle(who, {std::move(end)},
                      [&](std::vector<Result<TaskState>> states) { settled.set_value(std::move(states.at(0))); });
        return settled.get_future().get();
    }
    HeldAnswer beat(const std::string& id, int attempt = 1) {
        const HeldTask held{.id = id, .attempt = attempt};
        return door().heartbeat(kWorker, std::span(&held, 1));
    }

    static inline const WorkerIdentity kWorker{"ann@a.example", "w1"};
    static inline const WorkerIdentity kOther{"bob@b.example", "w1"};
};

TEST_F(EngineOutside, ALeasedTaskIsCompletedByItsWorker) {
    begin_engine();
    const std::string id = enqueue({.kind = "out", .input = "7"});
    const auto leased = lease();
    ASSERT_EQ(leased.size(), 1u);
    EXPECT_EQ(leased[0].task.id, id);
    EXPECT_EQ(leased[0].input, "7");
    EXPECT_EQ(get(id).state, TaskState::Running);
    EXPECT_EQ(settle({.id = id, .attempt = 1, .text = "49"}), TaskState::Completed);
    EXPECT_EQ(get(id).result, "49");
    EXPECT_TRUE(comes_true([&] { return engine_->queues().empty(); }));
}

TEST_F(EngineOutside, AnEncryptedTaskThatEndsAfterAStartWithoutKeysFailsWithTheReason) {
    begin_engine({.payload_keys = PayloadKeys({{"k1", {1}}})});
    const std::string id = enqueue({.kind = "out", .input = "7", .encrypted = true});
    const auto leased = lease();
    ASSERT_EQ(leased.size(), 1u);
    EXPECT_EQ(leased[0].input, "7");
    close();
    begin_engine();
    EXPECT_EQ(settle({.id = id, .attempt = 1, .text = "49"}), TaskState::Failed);
    EXPECT_FALSE(get(id).result);
    EXPECT_NE(get(id).error.value_or("").find("no payload keys"), std::string::npos);
}

TEST_F(EngineOutside, AWaitingLeaseIsAnsweredByTheNextTask) {
    begin_engine();
    std::promise<std::size_t> answered;
    door().lease({.who = kWorker, .kinds = {"out"}}, clock_.monotonic() + kPatience,
                 [&](Result<Leased> leased) { answered.set_value(leased ? leased->tasks.size() : 99); });
    enqueue({.kind = "out"});
    std::future<std::size_t> answer = answered.get_future();
    ASSERT_EQ(answer.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(answer.get(), 1u);
}

TEST_F(EngineOutside, AWaitingLeaseIsAnsweredByATaskThatIsClosed) {
    begin_engine();
    const std::string id = enqueue({.kind = "out", .open = true});
    std::promise<std::size_t> answered;
    door().lease({.who = kWorker, .kinds = {"out"}}, clock_.monotonic() + kPatience,
                 [&](Result<Leased> leased) { answered.set_value(leased ? leased->tasks.size() : 99); });
    EXPECT_EQ(engine_->close(id), TaskState::Pending);
    std::future<std::size_t> answer = answered.get_future();
    ASSERT_EQ(answer.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(answer.get(), 1u);
}

TEST_F(EngineOutside, NoneButTheHolderOfTheAttemptEndsIt) {
    begin_engine();
    const std::string id = enqueue({.kind = "out"});
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(settle({.id = id, .attempt = 1}, kOther).error().code, ErrorCode::NotFound);
    EXPECT_EQ(settle({.id = id, .attempt = 2}).error().code, ErrorCode::Conflict);
    EXPECT_EQ(settle({.id = "absent", .attempt = 1}).error().code, ErrorCode::NotFound);
    EXPECT_EQ(settle({.id = id, .attempt = 1}), TaskState::Completed);
    EXPECT_EQ(settle({.id = id, .attempt = 1}), TaskState::Completed) << "a repeated word is taken as said";
}

TEST_F(EngineOutside, AWorkerThatSaysNothingLosesItsTaskToTheNext) {
    begin_engine();
    const std::string id = enqueue({.kind = "out"});
    ASSERT_EQ(lease().size(), 1u);
    advance(Duration(4'000));
    EXPECT_TRUE(beat(id).lost.empty());
    advance(Duration(4'000));
    EXPECT_TRUE(beat(id).lost.empty()) << "each word renews the lease";
    EXPECT_TRUE(comes_true_in_time([&] { return get(id).state != TaskState::Running; }));
    std::vector<LeasedTask> again;
    EXPECT_TRUE(comes_true_in_time([&] {
        if (get(id).state == TaskState::Pending) again = lease();
        return !again.empty();
    }));
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].task.attempt, 2);
    EXPECT_EQ(settle({.id = id, .attempt = 1}).error().code, ErrorCode::Conflict);
    EXPECT_EQ(settle({.id = id, .attempt = 2, .text = "2"}), TaskState::Completed);
    EXPECT_EQ(get(id).kills, 1);
}

TEST_F(EngineOutside, ARestartOfTheServerEndsNoLease) {
    begin_engine();
    const std::string id = enqueue({.kind = "out"});
    ASSERT_EQ(lease().size(), 1u);
    begin_engine();
    EXPECT_EQ(get(id).state, TaskState::Running);
    EXPECT_TRUE(beat(id).lost.empty());
    EXPECT_EQ(settle({.id = id, .attempt = 1, .text = "1"}), TaskState::Completed);
    EXPECT_EQ(get(id).attempt, 1);
}

TEST_F(EngineOutside, ACancelIsToldWithTheNextWord) {
    begin_engine();
    const std::string id = enqueue({.kind = "out"});
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(engine_->cancel(id), TaskState::Running);
    EXPECT_EQ(beat(id).cancelled, std::vector{id});
    EXPECT_EQ(settle({.id = id, .attempt = 1, .kind = OutsideEnd::Kind::Cancel}), TaskState::Cancelled);
}

TEST_F(EngineOutside, ReleasedAndSnoozedAttemptsDoNotCountRetriedOnesDo) {
    begin_engine();
    const std::string id = enqueue({.kind = "out"});
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(settle({.id = id, .attempt = 1, .kind = OutsideEnd::Kind::Release}), TaskState::Pending);
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(settle({.id = id, .attempt = 1, .kind = OutsideEnd::Kind::Snooze, .delay = Duration(1'000)}),
              TaskState::Scheduled);
    advance(Duration(1'000));
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(settle({.id = id, .attempt = 1, .kind = OutsideEnd::Kind::Retry, .text = "no", .delay = Duration(0)}),
              TaskState::Scheduled);
    advance(Duration(1'000));
    ASSERT_EQ(lease().size(), 1u);
    EXPECT_EQ(settle({.id = id, .attempt = 2, .kind = OutsideEnd::Kind::Retry, .text = "no"}), TaskState::Failed);
    EXPECT_EQ(get(id).error, "no");
}

TEST_F(EngineOutside, ParentsAndLimitsHoldForOutsideTasksToo) {
    begin_engine();
    const auto limited = engine_->set_queue("default", [](QueueSettings& queue) -> Result<void> {
        queue.running_max = 1;
        return {};
    });
    ASSERT_TRUE(limited);
    const std::string parent = enqueue({.kind = "out", .input = "1"});
    const std::string other = enqueue({.kind = "out", .input = "2"});
    const std::string child = enqueue({.kind = "out", .input = "3", .parents = {parent}, .input_from_parents = true});
    ASSERT_EQ(lease(10).size(), 1u);
    EXPECT_EQ(settle({.id = parent, .attempt = 1, .text = "\"one\""}), TaskState::Completed);
    const auto second = lease(10);
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].task.id, other);
    EXPECT_EQ(settle({.id = other, .attempt = 1}), TaskState::Completed);
    const auto third = lease(10);
    ASSERT_EQ(third.size(), 1u);
    EXPECT_EQ(third[0].task.id, child);
    EXPECT_EQ(third[0].input,
              R"({"input":3,"parents":[{"task_id":")" + parent + R"(","status":"completed","result":"one"}]})");
}

TEST_F(EngineOutside, ManyWorkersShareManyTasksAndEachTaskIsLeasedOnce) {
    begin_engine();
    constexpr std::size_t kTasks = 500;
    ASSERT_TRUE(engine_->enqueue_many(std::vector<NewTask>(kTasks, NewTask{.kind = "out"})));
    std::atomic<std::size_t> done = 0;
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
        workers.emplace_back([this, i, &done] {
            const WorkerIdentity who{"ann@a.example", "w" + std::to_string(i)};
            while (done < kTasks) {
                std::promise<std::vector<LeasedTask>> answered;
                door().lease({.who = who, .kinds = {"out"}, .tasks_max = 7}, clock_.monotonic(),
                             [&](Result<Leased> leased) {
                                 answered.set_value(leased ? std::move(leased->tasks) : std::vector<LeasedTask>{});
                             });
                for (const LeasedTask& task : answered.get_future().get()) {
                    EXPECT_EQ(settle({.id = task.task.id, .attempt = 1}, who), TaskState::Completed);
                    ++done;
                }
            }
        });
    }
    workers.clear();
    EXPECT_EQ(done, kTasks);
    EXPECT_TRUE(comes_true([&] { return engine_->counts()[TaskState::Completed] == kTasks; }));
}

}  // namespace
}  // namespace galley::tasks
