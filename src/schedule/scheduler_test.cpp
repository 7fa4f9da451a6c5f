#include "schedule/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <semaphore>

#include "codec/date.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_random.h"
#include "schedule/schema.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::schedule {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kPatience{20'000};  // a hang becomes a failure after this long

Time at(const char* text) {
    return *codec::parse_rfc3339(text);
}

class SchedulerTest : public testing::Test {
 protected:
    SchedulerTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-schedule-XXXXXX").string();
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
    }
    ~SchedulerTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    void SetUp() override { open(); }
    void TearDown() override { close(); }

    void open() {
        const store::Component components[] = {tasks::schema(), tasks::outside_schema(), schedule_schema()};
        auto opened = store::open_sqlite({.folder = folder_}, components, clock_);
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
        engine_ = std::make_unique<tasks::TaskEngine>(*database_, clock_, random_, tasks::EngineOptions{.workers = 2});
        engine_->register_kind({.name = "echo"},
                               [](tasks::TaskContext& task) { return tasks::Outcome::done(task.input()); });
        engine_->register_kind({.name = "long"}, [this](tasks::TaskContext& task) {
            while (!task.stopped() && !gate_.try_acquire_for(Duration(5))) {
            }
            return task.stopped() ? tasks::Outcome::cancel() : tasks::Outcome::done();
        });
        ASSERT_TRUE(engine_->start());
        store_ = std::make_unique<ScheduleStore>(*database_);
        scheduler_ = std::make_unique<Scheduler>(
            SchedulerParts{.database = *database_,
                           .schedules = *store_,
                           .tasks = *engine_,
                           .clock = clock_,
                           .may_enqueue = [](std::string_view who) { return who != "gone@galley.example"; }});
        ASSERT_TRUE(scheduler_->start());
    }
    void close() {
        scheduler_.reset();
        store_.reset();
        engine_.reset();
        database_.reset();
    }
    // As a process that is killed: nothing is waited for but the threads.
    void restart_after(Duration down) {
        close();
        clock_.advance(down);
        open();
    }

    static NewSchedule hourly(std::string name = "hourly") {
        NewSchedule out;
        out.name = std::move(name);
        out.cron = "0 * * * *";
        out.task.kind = "echo";
        out.task.input = "7";
        out.created_by = "ingrid@galley.example";
        return out;
    }
    void create(const NewSchedule& schedule) {
        const auto made = database_->write(
            [&](store::Executor& executor) { return store_->create_in(executor, schedule, clock_.now()); });
        ASSERT_TRUE(made) << made.error().to_string();
    }
    void advance(Duration duration) {
        clock_.advance(duration);
        scheduler_->wake();
        engine_->clock_changed();
    }
    ScheduleRecord get(const std::string& name) {
        auto found = store_->get(name);
        EXPECT_TRUE(found) << found.error().to_string();
        return found ? std::move(*found) : ScheduleRecord{};
    }
    std::vector<ScheduleRun> runs(const std::string& name) {
        auto page = store_->runs(get(name).seq, std::nullopt, kSchedulePageMax);
        EXPECT_TRUE(page);
        return page ? std::move(page->runs) : std::vector<ScheduleRun>{};
    }
    // Once the history has this many entries; newest first.
    std::vector<ScheduleRun> runs_after(const std::string& name, std::size_t count) {
        const auto end = os::system_clock().monotonic() + kPatience;
        std::vector<ScheduleRun> found = runs(name);
        while (found.size() < count && os::system_clock().monotonic() < end) {
            std::this_thread::yield();
            found = runs(name);
        }
        EXPECT_EQ(found.size(), count);
        found.resize(count);
        return found;
    }
    // What has come due is dealt with: the next time lies ahead.
    void settle(const std::string& name) {
        const auto end = os::system_clock().monotonic() + kPatience;
        while (os::system_clock().monotonic() < end) {
            const auto next = get(name).next_run_at;
            if (!next || *next > clock_.now()) return;
            std::this_thread::yield();
        }
        FAIL() << "still due: " << name;
    }
    void await_next(const std::string& name, Time time) {
        const auto end = os::system_clock().monotonic() + kPatience;
        while (get(name).next_run_at != time && os::system_clock().monotonic() < end) std::this_thread::yield();
        EXPECT_EQ(get(name).next_run_at, time) << name;
    }
    std::int64_t tasks_made() {
        const auto count = database_->read(
            [](store::Executor& executor) { return executor.query_integer("SELECT count(*) FROM task"); });
        return count ? count->value_or(0) : -1;
    }

    std::string folder_;
    os::FakeClock clock_{at("2026-05-01T09:30:00Z")};
    os::FakeRandom random_;
    std::counting_semaphore<> gate_{0};
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<tasks::TaskEngine> engine_;
    std::unique_ptr<ScheduleStore> store_;
    std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, FiresAtItsTimesInTheNameOfItsCreator) {
    create(hourly());
    EXPECT_EQ(get("hourly").next_run_at, at("2026-05-01T10:00:00Z"));
    advance(minutes(30));
    const auto first = runs_after("hourly", 1);
    EXPECT_EQ(first[0].outcome, RunOutcome::Fired);
    EXPECT_EQ(first[0].due_at, at("2026-05-01T10:00:00Z"));
    const auto task = engine_->get(first[0].task_id.value_or(""));
    ASSERT_TRUE(task);
    EXPECT_EQ(task->kind, "echo");
    EXPECT_EQ(task->created_by, "ingrid@galley.example");
    EXPECT_EQ(task->correlation_id, "schedule/hourly");
    EXPECT_EQ(*engine_->input(task->id), "7");
    advance(hours(1));
    (void)runs_after("hourly", 2);
    const ScheduleRecord after = get("hourly");
    EXPECT_EQ(after.fired, 2);
    EXPECT_EQ(after.next_run_at, at("2026-05-01T12:00:00Z"));
}

TEST_F(SchedulerTest, ANewScheduleThatIsDueEarlierIsNotSleptThrough) {
    create(hourly("later"));
    NewSchedule soon = hourly("soon");
    soon.cron = "31 9 * * *";
    create(soon);
    advance(minutes(1));
    EXPECT_EQ(runs_after("soon", 1)[0].due_at, at("2026-05-01T09:31:00Z"));
    EXPECT_TRUE(runs("later").empty());
}

TEST_F(SchedulerTest, TimesMissedWhileNoProcessRanFollowThePolicy) {
    const std::pair<const char*, MissedRuns> kPolicies[] = {
        {"skip", MissedRuns::Skip}, {"once", MissedRuns::Once}, {"all", MissedRuns::All}};
    for (const auto& [name, policy] : kPolicies) {
        NewSchedule schedule = hourly(name);
        schedule.missed_runs = policy;
        create(schedule);
    }
    restart_after(hours(3));  // 12:30: 10, 11 and 12 o'clock have passed
    for (const auto& [name, policy] : kPolicies) settle(name);

    const auto skipped = runs_after("skip", 1);
    EXPECT_EQ(skipped[0].outcome, RunOutcome::Missed);
    EXPECT_EQ(skipped[0].missed, 3);
    EXPECT_EQ(get("skip").missed, 3);
    EXPECT_EQ(get("skip").fired, 0);

    const auto once = runs_after("once", 1);
    EXPECT_EQ(once[0].outcome, RunOutcome::FiredLate);
    EXPECT_EQ(once[0].missed, 3);
    EXPECT_EQ(once[0].due_at, at("2026-05-01T12:00:00Z"));

    const auto all = runs_after("all", 3);
    EXPECT_EQ(all[0].due_at, at("2026-05-01T12:00:00Z"));
    EXPECT_EQ(all[2].due_at, at("2026-05-01T10:00:00Z"));
    EXPECT_EQ(get("all").fired, 3);
    EXPECT_EQ(tasks_made(), 4);
}

TEST_F(SchedulerTest, AMissedTimeAndOneThatIsOnTimeAreToldApart) {
    NewSchedule schedule = hourly();
    schedule.missed_runs = MissedRuns::Skip;
    create(schedule);
    restart_after(minutes(90));  // 11:00 exactly
    const auto found = runs_after("hourly", 2);
    EXPECT_EQ(found[0].outcome, RunOutcome::Fired);
    EXPECT_EQ(found[0].due_at, at("2026-05-01T11:00:00Z"));
    EXPECT_EQ(found[1].outcome, RunOutcome::Missed);
    EXPECT_EQ(found[1].missed, 1);
}

TEST_F(SchedulerTest, WhatIsMadeUpForIsBounded) {
    NewSchedule schedule = hourly();
    schedule.cron = "* * * * * *";
    schedule.missed_runs = MissedRuns::All;
    create(schedule);
    restart_after(hours(1));
    settle("hourly");
    const ScheduleRecord after = get("hourly");
    EXPECT_EQ(after.fired, static_cast<std::int64_t>(kMissedRunsMax) + 1) << "and the one that is on time";
    EXPECT_EQ(runs("hourly").size(), static_cast<std::size_t>(kScheduleRunsKept)) << "history is bounded";
}

TEST_F(SchedulerTest, ARestartFiresNothingTwice) {
    create(hourly());
    advance(minutes(30));
    (void)runs_after("hourly", 1);
    for (int i = 0; i < 3; ++i) restart_after(Duration(0));
    EXPECT_EQ(get("hourly").fired, 1);
    EXPECT_EQ(tasks_made(), 1);
}

TEST_F(SchedulerTest, PausedTimesAreNotMissedTimes) {
    create(hourly());
    const auto pause = [&](bool paused) {
        const auto done = database_->write(
            [&](store::Executor& executor) { return store_->set_paused_in(executor, "hourly", paused, clock_.now()); });
        ASSERT_TRUE(done) << done.error().to_string();
    };
    pause(true);
    EXPECT_EQ(get("hourly").next_run_at, std::nullopt);
    advance(hours(5));
    pause(false);
    EXPECT_EQ(get("hourly").next_run_at, at("2026-05-01T15:00:00Z"));
    EXPECT_TRUE(runs("hourly").empty());
    advance(minutes(30));
    EXPECT_EQ(runs_after("hourly", 1)[0].outcome, RunOutcome::Fired);
}

TEST_F(SchedulerTest, OverlapSkipLeavesOutWhatWouldRunBesideItsPredecessor) {
    NewSchedule schedule = hourly();
    schedule.task.kind = "long";
    schedule.task.timeout = hours(24);
    schedule.overlap = Overlap::Skip;
    create(schedule);
    advance(minutes(30));
    const std::string first = runs_after("hourly", 1)[0].task_id.value_or("");
    advance(hours(1));
    const auto found = runs_after("hourly", 2);
    EXPECT_EQ(found[0].outcome, RunOutcome::Overlapped);
    EXPECT_EQ(found[0].task_id, std::nullopt);
    EXPECT_EQ(get("hourly").skipped, 1);
    const Result<ScheduleRun> by_hand = scheduler_->run_now("hourly");
    ASSERT_FALSE(by_hand);
    EXPECT_EQ(by_hand.error().code, ErrorCode::Conflict);
    gate_.release(100);
    std::binary_semaphore ended{0};
    engine_->when_finished(first, os::system_clock().monotonic() + hours(1), [&](tasks::WaitEnd) { ended.release(); });
    ASSERT_TRUE(ended.try_acquire_for(kPatience));
    EXPECT_TRUE(scheduler_->run_now("hourly"));
}

TEST_F(SchedulerTest, OverlapReplaceCancelsThePredecessor) {
    NewSchedule schedule = hourly();
    schedule.task.kind = "long";
    schedule.task.timeout = hours(24);
    schedule.overlap = Overlap::Replace;
    create(schedule);
    advance(minutes(30));
    const std::string first = runs_after("hourly", 1)[0].task_id.value_or("");
    std::binary_semaphore ended{0};
    engine_->when_finished(first, os::system_clock().monotonic() + hours(100),
                           [&](tasks::WaitEnd) { ended.release(); });
    advance(hours(1));
    EXPECT_EQ(runs_after("hourly", 2)[0].outcome, RunOutcome::Fired);
    ASSERT_TRUE(ended.try_acquire_for(kPatience));
    EXPECT_EQ(engine_->get(first)->state, tasks::TaskState::Cancelled);
    gate_.release(100);
}

TEST_F(SchedulerTest, ARunByHandLeavesTheTimesAsTheyAre) {
    NewSchedule schedule = hourly();
    schedule.paused = true;
    create(schedule);
    const Result<ScheduleRun> run = scheduler_->run_now("hourly");
    ASSERT_TRUE(run) << run.error().to_string();
    EXPECT_EQ(runs("hourly").at(0).outcome, RunOutcome::FiredByHand);
    EXPECT_EQ(get("hourly").next_run_at, std::nullopt);
    EXPECT_EQ(get("hourly").last_task_id, run->task_id);
    EXPECT_EQ(scheduler_->run_now("nothing").error().code, ErrorCode::NotFound);
}

TEST_F(SchedulerTest, ATaskThatIsRefusedIsTheHistorysEntryAndTheScheduleGoesOn) {
    NewSchedule gone = hourly("gone");
    gone.created_by = "gone@galley.example";
    create(gone);
    NewSchedule unknown = hourly("unknown");
    unknown.task.kind = "kind_of_an_older_program";
    create(unknown);
    advance(minutes(30));
    const auto off = runs_after("gone", 1);
    EXPECT_EQ(off[0].outcome, RunOutcome::Refused);
    EXPECT_NE(off[0].error.find("switched off"), std::string::npos) << off[0].error;
    const auto no_kind = runs_after("unknown", 1);
    EXPECT_EQ(no_kind[0].outcome, RunOutcome::Refused);
    EXPECT_NE(no_kind[0].error.find("kind_of_an_older_program"), std::string::npos) << no_kind[0].error;
    EXPECT_EQ(get("gone").next_run_at, at("2026-05-01T11:00:00Z"));
    EXPECT_EQ(tasks_made(), 0);
}

TEST_F(SchedulerTest, AScheduleThatCannotBeWrittenHoldsUpNoOther) {
    create(hourly("broken"));
    for (const char* name : {"a", "b", "c"}) create(hourly(name));
    const auto run = [&](store::Sql statement) {
        ASSERT_TRUE(database_->write([&](store::Executor& executor) { return executor.execute(statement); }));
    };
    run("CREATE TRIGGER broken BEFORE INSERT ON schedule_run WHEN NEW.schedule = 1 "
        "BEGIN SELECT CAST('9223372036854775808' AS INTEGER) + abs(-9223372036854775807 - 1); END");
    advance(minutes(30));
    for (const char* name : {"a", "b", "c"}) (void)runs_after(name, 1);
    EXPECT_TRUE(runs("broken").empty());
    EXPECT_EQ(get("broken").next_run_at, at("2026-05-01T10:00:00Z")) << "it is still due";
    run("DROP TRIGGER broken");
    EXPECT_EQ(runs_after("broken", 1)[0].due_at, at("2026-05-01T10:00:00Z"));
    EXPECT_EQ(tasks_made(), 4);
}

TEST_F(SchedulerTest, ATimeLeftByAClockThatWasWrongIsCountedAnew) {
    create(hourly());
    NewSchedule each_minute = hourly("each_minute");
    each_minute.cron = "* * * * *";
    create(each_minute);
    advance(hours(24 * 365));
    for (const char* name : {"hourly", "each_minute"}) settle(name);
    clock_.set_now(at("2026-05-01T09:40:00Z"));
    scheduler_->wake();
    await_next("hourly", at("2026-05-01T10:00:00Z"));
    await_next("each_minute", at("2026-05-01T09:41:00Z"));
    advance(minutes(20));
    EXPECT_EQ(runs_after("hourly", 2)[0].due_at, at("2026-05-01T10:00:00Z"));
}

// Says these times, one at each look, and then the last one.
class ScriptedClock final : public os::Clock {
 public:
    explicit ScriptedClock(std::vector<Time> times) : times_(std::move(times)) {}
    Time now() const override { return times_[std::min(looks_++, times_.size() - 1)]; }
    MonotonicTime monotonic() const override { return os::system_clock().monotonic(); }

 private:
    std::vector<Time> times_;
    mutable std::atomic<std::size_t> looks_ = 0;
};

TEST_F(SchedulerTest, AClockThatIsWrongForASingleLookIsFoundOut) {
    scheduler_.reset();
    store_ = std::make_unique<ScheduleStore>(*database_);  // the former one still calls who is gone
    create(hourly());
    const ScriptedClock clock({at("2026-05-01T09:30:00Z"), at("2027-05-01T09:30:00Z"), at("2026-05-01T09:40:00Z")});
    Scheduler scheduler(SchedulerParts{.database = *database_,
                                       .schedules = *store_,
                                       .tasks = *engine_,
                                       .clock = clock,
                                       .may_enqueue = [](std::string_view) { return true; }});
    ASSERT_TRUE(scheduler.start());
    (void)runs_after("hourly", 1);
    await_next("hourly", at("2026-05-01T10:00:00Z"));
}

TEST_F(SchedulerTest, ATimeLeftByAClockThatWasWrongIsCountedAnewAtTheNextStart) {
    NewSchedule schedule = hourly();
    schedule.missed_runs = MissedRuns::Skip;
    create(schedule);
    advance(hours(24 * 365));
    settle("hourly");
    close();
    clock_.set_now(at("2026-05-01T09:40:00Z"));
    open();
    await_next("hourly", at("2026-05-01T10:00:00Z"));
    advance(minutes(20));
    EXPECT_EQ(runs_after("hourly", 2)[0].due_at, at("2026-05-01T10:00:00Z"));
}

TEST_F(SchedulerTest, AClockThatIsPutBackALittleRepeatsNoFixedTime) {
    NewSchedule daily = hourly("daily");
    daily.cron = "0 10 * * *";
    create(daily);
    advance(minutes(30));
    (void)runs_after("daily", 1);
    restart_after(-minutes(90));
    EXPECT_EQ(get("daily").next_run_at, at("2026-05-02T10:00:00Z"));
}

TEST_F(SchedulerTest, NamesAreTakenOnceAndRemovedWithTheirHistory) {
    create(hourly());
    const auto again = database_->write(
        [&](store::Executor& executor) { return store_->create_in(executor, hourly(), clock_.now()); });
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    advance(minutes(30));
    (void)runs_after("hourly", 1);
    ASSERT_TRUE(database_->write([&](store::Executor& executor) { return store_->remove_in(executor, "hourly"); }));
    EXPECT_EQ(store_->get("hourly").error().code, ErrorCode::NotFound);
    create(hourly());
    EXPECT_TRUE(runs("hourly").empty());
}

TEST_F(SchedulerTest, ListsGoByNameAndKnowTheirOwner) {
    for (const char* name : {"c", "a", "b"}) create(hourly(name));
    NewSchedule other = hourly("d");
    other.created_by = "olav@galley.example";
    create(other);
    const auto first = store_->list({.created_by = "ingrid@galley.example", .limit = 2});
    ASSERT_TRUE(first);
    ASSERT_EQ(first->schedules.size(), 2u);
    EXPECT_EQ(first->schedules[0].what.name, "a");
    const auto second = store_->list({.created_by = "ingrid@galley.example", .after = *first->next, .limit = 2});
    ASSERT_EQ(second->schedules.size(), 1u);
    EXPECT_EQ(second->schedules[0].what.name, "c");
    EXPECT_EQ(store_->stats(std::nullopt)->schedules, 4);
    EXPECT_EQ(store_->stats("olav@galley.example")->schedules, 1);
}

}  // namespace
}  // namespace galley::schedule
