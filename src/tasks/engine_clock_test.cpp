// The wall clock is put forward and back while the engine runs: nothing is deleted too early, nothing waits too long.
#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

using std::chrono::hours;

class EngineClock : public EngineTest {
 protected:
    // A task whose first attempt failed and that waits ten seconds at most for its second.
    std::string failed_once() {
        engine_->register_kind({.name = "second_time"}, [](TaskContext& task) {
            return task.task().attempt == 1 ? Outcome::retry("not yet") : Outcome::done();
        });
        begin();
        const Backoff backoff{.base = Duration(10'000), .cap = Duration(10'000)};
        const std::string id = enqueue({.kind = "second_time", .backoff = backoff});
        EXPECT_TRUE(saw(TaskEvent::Retrying, id));
        return id;
    }
    // Minutes pass, not years. The timer may look at a clock that was put back only after it went on: the retry's ten
    // seconds then begin a little later.
    bool completes_in_minutes(const std::string& id) {
        constexpr int kSteps = 100;
        for (int i = 0; i < kSteps; ++i) {
            advance(Duration(10'001));
            if (recorder_->wait_for(TaskEvent::Completed, id, 1, kPatience / kSteps)) return true;
        }
        return false;
    }
    void set_clock(Time time) {
        clock_.set_now(time);
        engine_->clock_changed();
    }
};

TEST_F(EngineClock, ARetryKeepsItsDelayWhenTheClockIsPutBack) {
    make_engine();
    const std::string id = failed_once();
    set_clock(clock_.now() - hours(24 * 365));
    ASSERT_TRUE(completes_in_minutes(id));
    EXPECT_EQ(get(id).attempt, 2);
}

TEST_F(EngineClock, ARetryKeepsItsDelayWhenTheClockWasPutBackBetweenTwoProcesses) {
    make_engine();
    const std::string id = failed_once();
    engine_.reset();
    clock_.set_now(clock_.now() - hours(24 * 365));
    make_engine();
    engine_->register_kind({.name = "second_time"}, [](TaskContext&) { return Outcome::done(); });
    begin();
    ASSERT_TRUE(completes_in_minutes(id));
}

TEST_F(EngineClock, ATimeThatTheCallerChoseStaysWhenTheClockIsPutBack) {
    make_engine();
    begin();
    const Time at = clock_.now() + hours(1);
    const std::string id = enqueue({.kind = "echo", .run_at = at});
    set_clock(clock_.now() - hours(24));
    advance(hours(2));
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(get(id).state, TaskState::Scheduled);
    EXPECT_EQ(get(id).scheduled_at, at);
    advance(hours(24));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
}

TEST_F(EngineClock, NothingIsDeletedBecauseTheClockWasPutForward) {
    make_engine({.retention = Retention::same(hours(24)), .cleanup_every = std::chrono::minutes(10)});
    begin();
    const std::string old = enqueue({.kind = "echo"});
    ASSERT_TRUE(saw(TaskEvent::Completed, old));
    set_clock(clock_.now() + hours(24 * 365));
    for (int i = 0; i < 3; ++i) {
        advance(std::chrono::minutes(11));
        const std::string id = enqueue({.kind = "echo"});
        ASSERT_TRUE(saw(TaskEvent::Completed, id));
    }
    EXPECT_EQ(get(old).state, TaskState::Completed);
    EXPECT_EQ(engine_->counts()[TaskState::Completed], 4);
}

}  // namespace
}  // namespace galley::tasks
