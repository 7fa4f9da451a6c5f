// A cancel that was acknowledged holds: whatever the attempt, the database or the process does meanwhile.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "store/testing/fault_vfs.h"
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

// A database whose reads by other threads than the test's can be held at a gate, and then fail.
class HeldReads final : public store::Database {
 public:
    explicit HeldReads(std::unique_ptr<store::Database> inner) : inner_(std::move(inner)) {}
    void submit(store::WriteWork work, store::WriteDone done) override {
        inner_->submit(std::move(work), std::move(done));
    }
    Result<void> run_read(const std::function<Result<void>(store::Executor&)>& work) override {
        if (!hold_ || std::this_thread::get_id() == test_) return inner_->run_read(work);
        gate_.pass();
        return fail(ErrorCode::Unavailable, "the database cannot be read");
    }
    void close() override { inner_->close(); }
    store::DatabaseStats stats() const override { return inner_->stats(); }
    Result<void> backup(const std::string& path) override { return inner_->backup(path); }

    void hold() { hold_ = true; }
    bool wait_held() { return gate_.wait_entered(); }
    void let_fail() {
        hold_ = false;
        gate_.open();
    }

 protected:
    Result<void> run_write(store::WriteWork work) override {
        return inner_->write([&](store::Executor& executor) { return work(executor); });
    }

 private:
    const std::unique_ptr<store::Database> inner_;
    const std::thread::id test_ = std::this_thread::get_id();
    std::atomic<bool> hold_ = false;
    Gate gate_;
};

class EngineCancel : public EngineTest {
 protected:
    // A kind "slow" whose handler stands at gate_, however much it is told to stop.
    void begin_with_gate(Outcome outcome, EngineOptions options = {.workers = 1}) {
        make_engine(std::move(options));
        engine_->register_kind({.name = "slow"}, [this, outcome](TaskContext&) {
            ++runs_;
            gate_.pass();
            return outcome;
        });
        begin();
    }
    // The writer stands in a work until the gate is opened.
    void hold_writer() {
        database_->submit(
            [this](store::Executor&) -> Result<void> {
                writer_gate_.pass();
                return {};
            },
            nullptr);
        ASSERT_TRUE(writer_gate_.wait_entered());
    }
    bool becomes(const std::string& id, TaskState state) {
        return comes_true_in_time([&] { return get(id).state == state; });
    }
    void expect_counted(TaskState state, std::int64_t count) {
        for (int s = 0; s < kTaskStateCount; ++s) {
            const auto each = static_cast<TaskState>(s);
            const std::int64_t wanted = each == state ? count : 0;  // the row says so a moment before the counters
            EXPECT_TRUE(comes_true([&] { return engine_->counts()[each] == wanted; }))
                << state_name(each) << ' ' << engine_->counts()[each];
        }
    }
    Gate gate_;
    Gate writer_gate_;
    std::atomic<int> runs_ = 0;
};

TEST_F(EngineCancel, HoldsWhenTheTaskIsJustTakenUpAndTheDatabaseCannotBeRead) {
    open_database();
    auto held = std::make_unique<HeldReads>(std::move(database_));
    HeldReads& reads = *held;
    database_ = std::move(held);
    begin_with_gate(Outcome::done(), {.workers = 1, .input_memory_bytes_max = 0});
    reads.hold();
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(reads.wait_held()) << "the worker reads the task that it has taken";
    EXPECT_EQ(engine_->cancel(id), TaskState::Running);
    gate_.open();  // for a handler that should not run
    reads.let_fail();
    EXPECT_TRUE(becomes(id, TaskState::Cancelled)) << state_name(get(id).state);
    EXPECT_EQ(runs_, 0);
    expect_counted(TaskState::Cancelled, 1);
}

TEST_F(EngineCancel, HoldsWhenTheAttemptHasEndedForARetryThatIsNotDurableYet) {
    begin_with_gate(Outcome::retry("not yet"));
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate_.wait_entered());
    ASSERT_TRUE(database_->flush());
    hold_writer();
    gate_.open();
    ASSERT_TRUE(comes_true([&] { return engine_->stats().running == 0; }));
    std::future<Result<TaskState>> cancelled = std::async(std::launch::async, [&] { return engine_->cancel(id); });
    writer_gate_.open();
    EXPECT_EQ(cancelled.get(), TaskState::Cancelled);
    EXPECT_EQ(get(id).state, TaskState::Cancelled);
    ASSERT_TRUE(database_->flush());
    expect_counted(TaskState::Cancelled, 1);
}

TEST_F(EngineCancel, HoldsWhenTheAttemptEndsForARetryBeforeItHearsOfIt) {
    begin_with_gate(Outcome::retry("not yet"));
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate_.wait_entered());
    ASSERT_TRUE(database_->flush());
    hold_writer();
    const std::uint64_t waiting = database_->stats().queue_depth;
    std::future<Result<TaskState>> cancelled = std::async(std::launch::async, [&] { return engine_->cancel(id); });
    ASSERT_TRUE(comes_true([&] { return database_->stats().queue_depth > waiting; }));
    gate_.open();
    ASSERT_TRUE(comes_true([&] { return engine_->stats().running == 0; }));
    writer_gate_.open();
    EXPECT_EQ(cancelled.get(), TaskState::Running);
    ASSERT_TRUE(saw(TaskEvent::Cancelled, id));
    EXPECT_EQ(get(id).state, TaskState::Cancelled);
    ASSERT_TRUE(database_->flush());
    expect_counted(TaskState::Cancelled, 1);
}

TEST_F(EngineCancel, HoldsWhenTheServerStopsBeforeTheHandlerHeeds) {
    begin_with_gate(Outcome::retry("stopped"));
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate_.wait_entered());
    EXPECT_EQ(engine_->cancel(id), TaskState::Running);
    EXPECT_EQ(engine_->stop(Duration(0)), 0u);
    gate_.open();
    EXPECT_EQ(get(id).state, TaskState::Cancelled);
    engine_.reset();
    begin_with_gate(Outcome::done());
    expect_counted(TaskState::Cancelled, 1);
}

TEST_F(EngineCancel, HoldsWhenTheProcessIsKilled) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        begin_with_gate(Outcome::done());
        const bool taken = engine_->enqueue({.kind = "slow", .id = "victim"}).has_value() && gate_.wait_entered();
        if (!taken || engine_->cancel("victim") != TaskState::Running) ::_exit(2);
        if (::write(pipe_ends[1], "!", 1) != 1) ::_exit(3);
        for (;;) ::pause();
    }
    ::close(pipe_ends[1]);
    char ready = 0;
    EXPECT_EQ(::read(pipe_ends[0], &ready, 1), 1);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    ::close(pipe_ends[0]);
    gate_.open();  // for a handler that should not run
    begin_with_gate(Outcome::done());
    EXPECT_TRUE(becomes("victim", TaskState::Cancelled)) << state_name(get("victim").state);
    EXPECT_EQ(runs_, 0);
    expect_counted(TaskState::Cancelled, 1);
}

TEST_F(EngineCancel, ThatTheDiskRefusedLeavesTheRunningTaskAlone) {
    auto& disk = store::testing::FaultVfs::instance();
    vfs_ = disk.name();
    begin_with_gate(Outcome::retry("again"));
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate_.wait_entered());
    ASSERT_TRUE(database_->flush());
    disk.fail_call(0, store::testing::DiskFault::FullOn);
    const Result<TaskState> refused = engine_->cancel(id);
    disk.mend_disk();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Retrying, id));
    EXPECT_EQ(engine_->cancel(id), TaskState::Cancelled);
}

TEST_F(EngineCancel, OfATaskThatFailedMeanwhileDoesNotOutliveItsRetryByHand) {
    begin_with_gate(Outcome::fail("for good"));
    const std::string id = enqueue({.kind = "slow"});
    ASSERT_TRUE(gate_.wait_entered());
    ASSERT_TRUE(database_->flush());
    hold_writer();
    const std::uint64_t waiting = database_->stats().queue_depth;
    std::future<Result<TaskState>> cancelled = std::async(std::launch::async, [&] { return engine_->cancel(id); });
    ASSERT_TRUE(comes_true([&] { return database_->stats().queue_depth > waiting; }));
    gate_.open();
    ASSERT_TRUE(comes_true([&] { return engine_->stats().running == 0; }));
    writer_gate_.open();
    EXPECT_EQ(cancelled.get(), TaskState::Running);
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    ASSERT_TRUE(engine_->retry(id));
    EXPECT_TRUE(gate_.wait_entered()) << "it runs again";
    gate_.open();
    ASSERT_TRUE(saw(TaskEvent::Failed, id, 2));
}

}  // namespace
}  // namespace galley::tasks
