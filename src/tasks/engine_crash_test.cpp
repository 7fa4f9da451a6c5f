// The process is killed, or the disk fails: nothing is lost, nothing runs for ever.
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "store/testing/fault_vfs.h"
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineCrash : public EngineTest {
 protected:
    // Runs an engine in a child process until a handler of kind "deadly" is under way and its start is durable, then
    // kills it.
    void die_while_running(bool enqueue_first) {
        int pipe_ends[2];
        ASSERT_EQ(::pipe(pipe_ends), 0);
        const pid_t child = ::fork();
        if (child == 0) run_until_killed(enqueue_first, pipe_ends[1]);
        ::close(pipe_ends[1]);
        char ready = 0;
        EXPECT_EQ(::read(pipe_ends[0], &ready, 1), 1);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFSIGNALED(status));
        ::close(pipe_ends[0]);
    }
    [[noreturn]] void run_until_killed(bool enqueue_first, int pipe) {
        make_engine();
        std::binary_semaphore running(0);
        engine_->register_kind({.name = "deadly", .max_attempts = 10}, [&](TaskContext&) {
            running.release();
            for (;;) ::pause();
            return Outcome::done();
        });
        if (!engine_->start()) ::_exit(2);
        if (enqueue_first && !engine_->enqueue({.kind = "deadly", .id = "victim"})) ::_exit(3);
        // A deferred task comes back when its pause is over.
        if (!enqueue_first) advance(kDeferralCap);
        running.acquire();
        if (!database_->flush() || ::write(pipe, "!", 1) != 1) ::_exit(4);
        for (;;) ::pause();
    }
    void register_deadly(Outcome outcome) {
        engine_->register_kind(
            {.name = "deadly",
             .on_transition = [](store::Executor& executor, const TaskRecord&, TaskEvent event,
                                 std::string_view) { return put_thing(executor, 1, event_name(event)); }},
            [outcome](TaskContext&) { return outcome; });
    }
};

TEST_F(EngineCrash, ATaskWhoseProcessWasKilledIsTakenUpAgain) {
    die_while_running(true);
    make_engine();
    register_deadly(Outcome::done("\"alive\""));
    begin();
    ASSERT_TRUE(saw(TaskEvent::Completed, "victim"));
    const TaskRecord task = get("victim");
    EXPECT_EQ(task.attempt, 2);
    EXPECT_EQ(task.kills, 1);
    EXPECT_EQ(task.result, "\"alive\"");
    EXPECT_EQ(engine_->attempt_errors("victim")->at(0).error, "the worker died");
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 1);
    EXPECT_EQ(engine_->counts()[TaskState::Running], 0);
}

TEST_F(EngineCrash, ATaskThatDiesWithTooManyProcessesIsQuarantined) {
    die_while_running(true);
    for (int death = 1; death < kKillsMax; ++death) die_while_running(false);
    make_engine();
    register_deadly(Outcome::done());
    begin();
    const TaskRecord task = get("victim");
    EXPECT_EQ(task.state, TaskState::Failed);
    EXPECT_EQ(task.kills, kKillsMax);
    EXPECT_EQ(thing(1), "task.poisoned");
    EXPECT_EQ(engine_->attempt_errors("victim")->size(), static_cast<std::size_t>(kKillsMax));
}

TEST_F(EngineCrash, ATaskThatDiedTwiceWaitsBeforeItIsTriedAgain) {
    die_while_running(true);
    die_while_running(false);
    make_engine();
    register_deadly(Outcome::done());
    begin();
    EXPECT_EQ(get("victim").state, TaskState::Scheduled);
    EXPECT_EQ(get("victim").scheduled_at, clock_.now() + kDeferralBase);
    advance(kDeferralBase);
    ASSERT_TRUE(saw(TaskEvent::Completed, "victim"));
}

TEST_F(EngineCrash, ATaskWhoseOwnProcessDiedIsTriedAgainAtOnceAndLosesNoAttempt) {
    make_engine();
    engine_->register_kind({.name = "child", .max_attempts = 1}, [](TaskContext& task) {
        return task.task().kills < 2 ? Outcome::died("killed by SIGKILL") : Outcome::done("1");
    });
    begin();
    const std::string id = enqueue({.kind = "child"});
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    const TaskRecord task = get(id);
    EXPECT_EQ(task.attempt, 3);
    EXPECT_EQ(task.kills, 2);
    const auto errors = engine_->attempt_errors(id);
    ASSERT_TRUE(errors && errors->size() == 2);
    EXPECT_EQ((*errors)[0].error, "killed by SIGKILL");
    EXPECT_EQ(engine_->counts()[TaskState::Running], 0);
}

TEST_F(EngineCrash, ATaskThatKillsItsOwnProcessThreeTimesIsQuarantinedAndItsHookRuns) {
    make_engine();
    std::string told;
    const auto hook = [&told](store::Executor&, const TaskRecord&, TaskEvent event, std::string_view) -> Result<void> {
        told = event_name(event);
        return {};
    };
    engine_->register_kind({.name = "child", .on_transition = hook},
                           [](TaskContext&) { return Outcome::died("killed by SIGSEGV"); });
    begin();
    const std::string id = enqueue({.kind = "child"});
    ASSERT_TRUE(saw(TaskEvent::Poisoned, id));
    const TaskRecord task = get(id);
    EXPECT_EQ(task.state, TaskState::Failed);
    EXPECT_EQ(task.kills, 3);
    EXPECT_EQ(task.error, "quarantined, its process died 3 times; at last: killed by SIGSEGV");
    EXPECT_EQ(told, "task.poisoned");
}

TEST_F(EngineCrash, ARunningRowOfNobodyIsRescuedWhenItsLeaseEnds) {
    make_engine({.lease = Duration(30'000)});
    begin();
    const std::string id = enqueue({.kind = "echo", .run_at = clock_.now() + Duration(3'600'000)});
    ASSERT_TRUE(database_->write([&](store::Executor& executor) {
        return executor.execute("UPDATE task SET state = 2, attempt = 1, lease_until = $1",
                                {to_unix_ms(clock_.now()) + 40'000});
    }));
    advance(Duration(31'000));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(id).state, TaskState::Running);
    advance(Duration(31'000));
    ASSERT_TRUE(saw(TaskEvent::Rescued, id));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(engine_->stats().rescued, 1u);
}

TEST_F(EngineCrash, TheLeaseOfALongAttemptIsRenewed) {
    make_engine({.workers = 1, .lease = Duration(30'000)});
    Gate gate;
    engine_->register_kind({.name = "long"}, [&](TaskContext&) {
        gate.pass();
        return Outcome::done();
    });
    begin();
    const std::string id = enqueue({.kind = "long"});
    ASSERT_TRUE(gate.wait_entered());
    ASSERT_TRUE(database_->flush());
    for (int i = 0; i < 10; ++i) {
        const std::int64_t want = to_unix_ms(clock_.now()) + 11'000 + 30'000;
        advance(Duration(11'000));
        const auto lease = [&] {
            return database_
                ->read([](store::Executor& executor) { return executor.query_integer("SELECT lease_until FROM task"); })
                ->value_or(0);
        };
        ASSERT_TRUE(comes_true([&] { return lease() >= want; }));
    }
    gate.open();
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(engine_->stats().rescued, 0u);
}

TEST_F(EngineCrash, EndsThatTheDiskRefusedAreWrittenWhenItIsMended) {
    auto& disk = store::testing::FaultVfs::instance();
    vfs_ = disk.name();
    make_engine();
    Gate gate;
    engine_->register_kind({.name = "wait"}, [&](TaskContext&) {
        gate.pass();
        return Outcome::done("\"kept\"");
    });
    begin();
    const std::string id = enqueue({.kind = "wait"});
    ASSERT_TRUE(gate.wait_entered());
    ASSERT_TRUE(database_->flush());
    disk.break_disk(SQLITE_FULL);
    gate.open();
    ASSERT_TRUE(
        comes_true([&] { return database_->stats().commits_failed > 0 || database_->stats().works_failed > 0; }));
    EXPECT_FALSE(engine_->enqueue({.kind = "echo"}));
    EXPECT_EQ(get(id).state, TaskState::Running);
    disk.mend_disk();
    EXPECT_TRUE(comes_true_in_time([&] { return engine_->counts()[TaskState::Completed] == 1; }));
    EXPECT_EQ(get(id).result, "\"kept\"");
    EXPECT_EQ(get(id).attempt, 1);
}

TEST_F(EngineCrash, AStartThatCannotRescueForAFullDiskIsRefused) {
    die_while_running(true);
    auto& disk = store::testing::FaultVfs::instance();
    vfs_ = disk.name();
    make_engine();
    register_deadly(Outcome::done());
    disk.break_disk(SQLITE_FULL);
    const Result<void> started = engine_->start();
    disk.mend_disk();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::Unavailable) << started.error().to_string();
    make_engine();
    register_deadly(Outcome::done());
    begin();
    ASSERT_TRUE(saw(TaskEvent::Completed, "victim"));
}

TEST_F(EngineCrash, AnEndThatTheDatabaseNeverTakesBecomesAFailure) {
    make_engine();
    begin();
    ASSERT_TRUE(database_->write([](store::Executor& executor) {
        return executor.execute(
            "CREATE TRIGGER never BEFORE UPDATE ON task WHEN NEW.state = 3 BEGIN SELECT "
            "RAISE(ABORT, 'not this'); END");
    }));
    const std::string id = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    EXPECT_THAT(get(id).error.value_or(""), testing::HasSubstr("not this"));
    EXPECT_EQ(engine_->counts()[TaskState::Failed], 1);
    EXPECT_EQ(engine_->counts()[TaskState::Running], 0);
}

TEST_F(EngineCrash, ATaskWhoseEndTheDatabaseDidNotTakeInAnyFormRunsAgainWhenItDoes) {
    make_engine();
    begin();
    const auto execute = [&](store::Sql sql) {
        return database_->write([&](store::Executor& executor) { return executor.execute(sql); });
    };
    ASSERT_TRUE(execute("CREATE TRIGGER never BEFORE UPDATE ON task BEGIN SELECT RAISE(ABORT, 'nothing'); END"));
    const std::string id = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Started, id));
    while (engine_->stats().refused_late == 0) ASSERT_TRUE(database_->flush());
    ASSERT_TRUE(execute("DROP TRIGGER never"));
    EXPECT_TRUE(comes_true_in_time([&] { return engine_->counts()[TaskState::Completed] == 1; }));
    EXPECT_EQ(get(id).state, TaskState::Completed);
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 0);
    EXPECT_EQ(engine_->counts()[TaskState::Running], 0);
}

TEST_F(EngineCrash, ACancelThatTheDiskRefusedLeavesTheTaskToRun) {
    auto& disk = store::testing::FaultVfs::instance();
    vfs_ = disk.name();
    make_engine({.workers = 1});
    Gate gate;
    engine_->register_kind({.name = "wait"}, [&](TaskContext&) {
        gate.pass();
        return Outcome::done();
    });
    begin();
    enqueue({.kind = "wait"});
    ASSERT_TRUE(gate.wait_entered());
    const std::string id = enqueue({.kind = "echo"});
    disk.break_disk(SQLITE_FULL);
    EXPECT_FALSE(engine_->cancel(id));
    disk.mend_disk();
    gate.open();
    EXPECT_TRUE(comes_true_in_time([&] { return engine_->counts()[TaskState::Completed] == 2; }));
    EXPECT_EQ(get(id).state, TaskState::Completed);
    EXPECT_EQ(engine_->counts()[TaskState::Pending], 0);
}

}  // namespace
}  // namespace galley::tasks
