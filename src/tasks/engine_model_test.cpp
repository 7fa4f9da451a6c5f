// Random days: whatever is enqueued, cancelled, retried, paused, limited and restarted in whatever order, every task that
// was accepted ends, none completes twice, none goes before its parents, and the counters agree with the tables.
#include <algorithm>
#include <random>
#include <set>

#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineModel : public EngineTest, public testing::WithParamInterface<unsigned> {
 protected:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_engine_() % below); }
    bool chance(unsigned percent) { return pick(100) < percent; }

    void begin_engine() {
        keep_notices();
        make_engine({.workers = 3, .ready_in_memory_max = 20, .lanes_in_memory_max = 8});
        engine_->register_kind({.name = "flaky", .backoff = {Duration(1'000), Duration(4'000)}}, [](TaskContext& task) {
            task.progress(50, "half");
            return task.task().attempt < 3 ? Outcome::retry("not yet") : Outcome::done("3");
        });
        engine_->register_kind({.name = "fails"}, [](TaskContext&) { return Outcome::fail("broken"); });
        begin();
    }
    void keep_notices() {
        if (!recorder_) return;
        engine_.reset();
        for (const SeenNotice& notice : recorder_->all()) {
            if (notice.event == TaskEvent::Completed) ++completed_[notice.id];
        }
        recorder_.reset();
    }
    std::string some_task() {
        return ids_.empty() ? "task-0000000000000000" : ids_[pick(static_cast<unsigned>(ids_.size()))];
    }

    void enqueue_something() {
        NewTask task{.kind = chance(70) ? "echo" : chance(60) ? "flaky" : "fails"};
        task.queue = std::string(1, static_cast<char>('a' + pick(3)));
        task.priority = static_cast<int>(pick(10));
        task.created_by = std::string(1, static_cast<char>('p' + pick(3)));
        if (chance(30)) task.limit_key = std::string(1, static_cast<char>('x' + pick(3)));
        if (chance(30)) task.run_at = clock_.now() + std::chrono::seconds(pick(60));
        if (chance(15)) task.expires_at = clock_.now() + std::chrono::seconds(pick(30));
        if (chance(25)) {
            task.unique_key = sha256(std::to_string(pick(4)));
            task.unique_policy = static_cast<UniquePolicy>(pick(3));
            if (chance(30)) task.unique_window = std::chrono::seconds(20);
        }
        if (chance(35)) {
            for (unsigned i = pick(3); i > 0; --i) task.parents.push_back(some_task());
            if (chance(50)) task.on_parent_failure = OnParentFailure::Continue;
        }
        if (chance(5)) task.open = true;
        if (chance(10)) task.before.push_back(some_task());
        const Result<TaskRef> ref = engine_->enqueue(task);
        if (!ref || ref->joined) return;
        ids_.push_back(ref->id);
        if (task.on_parent_failure == OnParentFailure::Fail) strict_[ref->id] = task.parents;
        if (task.open) open_.insert(ref->id);
    }
    void set_some_queue() {
        const QueueSettings settings{.mode = chance(20) ? QueueMode::Paused : QueueMode::Open,
                                     .running_max = static_cast<int>(pick(3)),
                                     .running_per_key_max = static_cast<int>(pick(2)),
                                     .rate = {static_cast<int>(pick(2) * 5), Duration(1'000)}};
        set(std::string(1, static_cast<char>('a' + pick(3))), settings);
    }
    void set(const std::string& queue, const QueueSettings& settings) {
        ASSERT_TRUE(engine_->set_queue(queue, [&](QueueSettings& now) -> Result<void> {
            now = settings;
            return {};
        }));
    }
    void do_something() {
        const unsigned what = pick(100);
        if (what < 60) return enqueue_something();
        if (what < 68) return (void)engine_->cancel(some_task());
        if (what < 74) {
            const std::string id = some_task();
            if (engine_->retry(id)) retried_.insert(id);
            return;
        }
        if (what < 78) return set_some_queue();
        if (what < 80) return (void)engine_->bulk(BulkAction::Cancel, {.queue = "a"}, 5);
        if (what < 82) return begin_engine();
        advance(std::chrono::milliseconds(pick(5'000)));
    }
    bool all_have_ended() {
        return std::ranges::all_of(ids_, [this](const std::string& id) { return is_terminal(get(id).state); });
    }

    std::mt19937 random_engine_{GetParam()};
    std::vector<std::string> ids_;
    std::map<std::string, std::vector<std::string>> strict_;  // those that fail with a parent
    std::set<std::string> open_, retried_;
    std::map<std::string, int> completed_;
};

TEST_P(EngineModel, EveryTaskThatWasAcceptedEndsAndTheCountersAgree) {
    begin_engine();
    for (int step = 0; step < 400; ++step) ASSERT_NO_FATAL_FAILURE(do_something());
    for (const char* queue : {"a", "b", "c"}) set(queue, {});
    for (const std::string& id : open_) (void)engine_->close(id);
    ASSERT_TRUE(comes_true_in_time([this] { return all_have_ended(); }));
    ASSERT_TRUE(comes_true([this] { return engine_->queues().empty(); }));
    const auto rows = database_->read(
        [](store::Executor& executor) { return executor.query("SELECT state, count(*) FROM task GROUP BY state"); });
    ASSERT_TRUE(rows);
    TaskCounts stored;
    for (std::size_t i = 0; i < rows->size(); ++i) stored.by_state[(*rows)[i].integer(0)] = (*rows)[i].integer(1);
    for (int state = 0; state < kTaskStateCount; ++state) {
        EXPECT_EQ(engine_->counts().by_state[state], stored.by_state[state]) << state;
    }
    for (const std::string& id : ids_) {
        const TaskRecord task = get(id);
        if (task.state != TaskState::Completed || retried_.contains(id)) continue;
        for (const std::string& parent : strict_[id]) {
            EXPECT_TRUE(get(parent).state == TaskState::Completed || retried_.contains(parent)) << id << ' ' << parent;
            EXPECT_LE(*get(parent).completed_at, *task.started_at) << id << ' ' << parent;
        }
    }
    keep_notices();
    for (const auto& [id, times] : completed_) EXPECT_EQ(times, 1) << id;
}

// GALLEY_MODEL_SEED=1000 for other days.
unsigned first_seed() {
    const char* text = std::getenv("GALLEY_MODEL_SEED");
    return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : 1;
}

INSTANTIATE_TEST_SUITE_P(Days, EngineModel, testing::Range(first_seed(), first_seed() + 8));

}  // namespace
}  // namespace galley::tasks
