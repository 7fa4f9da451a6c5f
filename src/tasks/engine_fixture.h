// src/tasks/engine_fixture.h — for tests: an engine over a fresh SQLite folder, a clock that the test turns, and a
// recorder
// that waits for notices instead of sleeping.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <semaphore>
#include <thread>

#include "base/mutex.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_random.h"
#include "store/sqlite/sqlite_database.h"
#include "tasks/engine.h"

namespace galley::tasks {

// A hang becomes a failure after this long; no test waits that long otherwise.
inline constexpr Duration kPatience{20'000};

struct SeenNotice {
    TaskEvent event;
    std::string id;
    TaskState state;
    int attempt;
    int progress;
    std::string error;
};

class Recorder {
 public:
    void see(const TaskNotice& notice) {
        MutexLock lock(mutex_);
        seen_.push_back({notice.event, std::string(notice.id), notice.state, notice.attempt, notice.progress,
                         std::string(notice.error)});
        ++by_event_[notice.event];
        changed_.notify_all();
    }
    // True once `count` notices of this event came (for any task, or for `id`).
    bool wait_for(TaskEvent event, std::string_view id = {}, std::size_t count = 1, Duration patience = kPatience) {
        const auto end = os::system_clock().monotonic() + patience;
        MutexLock lock(mutex_);
        while (count_of(event, id) < count) {
            if (!changed_.wait_until(lock, end)) return count_of(event, id) >= count;
        }
        return true;
    }
    // Until the next notice, of any task, or until patience ends.
    void wait_for_next(Duration patience) {
        const auto end = os::system_clock().monotonic() + patience;
        MutexLock lock(mutex_);
        const std::size_t before = seen_.size();
        while (seen_.size() == before && changed_.wait_until(lock, end)) {
        }
    }
    std::vector<SeenNotice> all() const {
        MutexLock lock(mutex_);
        return seen_;
    }
    std::vector<std::string> ids(TaskEvent event) const {
        std::vector<std::string> found;
        for (const SeenNotice& notice : all()) {
            if (notice.event == event) found.push_back(notice.id);
        }
        return found;
    }

 private:
    std::size_t count_of(TaskEvent event, std::string_view id) GALLEY_REQUIRES(mutex_) {
        if (id.empty()) return by_event_[event];
        std::size_t count = 0;
        for (const SeenNotice& notice : seen_) count += notice.event == event && notice.id == id;
        return count;
    }
    mutable Mutex mutex_;
    CondVar changed_;
    std::vector<SeenNotice> seen_ GALLEY_GUARDED_BY(mutex_);
    std::map<TaskEvent, std::size_t> by_event_ GALLEY_GUARDED_BY(mutex_);
};

// Handlers block in pass() until the test opens the gate.
class Gate {
 public:
    void pass() {
        entered_.release();
        open_.acquire();
    }
    bool wait_entered() { return entered_.try_acquire_for(kPatience); }
    void open(int count = 1) { open_.release(count); }

 private:
    std::counting_semaphore<> entered_{0};
    std::counting_semaphore<> open_{0};
};

inline constexpr store::Migration kThingMigrations[] = {
    {1, "things", "CREATE TABLE thing(id INTEGER PRIMARY KEY, state TEXT)", nullptr}};

class EngineTest : public testing::Test {
 protected:
    EngineTest() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-tasks-XXXXXX").string();
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
    }
    // Here and not in the destructor: handlers that still run use members of the test's own class.
    void TearDown() override { close(); }
    ~EngineTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    void open_database() {
        const store::Component components[] = {schema(), outside_schema(), {"things", kThingMigrations}};
        store::SqliteOptions options;
        options.folder = folder_;
        options.vfs = vfs_;
        auto opened = store::open_sqlite(options, components, os::system_clock());
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
    }
    // A new engine; register kinds, then begin().
    void make_engine(EngineOptions options = {}) {
        if (!database_) ASSERT_NO_FATAL_FAILURE(open_database());
        engine_.reset();
        recorder_ = std::make_unique<Recorder>();
        if (options.workers == 0) options.workers = 2;
        options.listeners.push_back([recorder = recorder_.get()](const TaskNotice& notice) { recorder->see(notice); });
        engine_ = std::make_unique<TaskEngine>(*database_, clock_, random_, std::move(options));
        engine_->register_kind({.name = "echo"}, [](TaskContext& task) { return Outcome::done(task.input()); });
    }
    void begin() {
        const Result<void> started = engine_->start();
        ASSERT_TRUE(started) << started.error().to_string();
    }
    void close() {
        engine_.reset();
        database_.reset();
    }
    void advance(Duration duration) {
        clock_.advance(duration);
        engine_->clock_changed();
    }
    std::string enqueue(NewTask task) {
        const Result<TaskRef> ref = engine_->enqueue(std::move(task));
        EXPECT_TRUE(ref) << ref.error().to_string();
        return ref ? ref->id : "";
    }
    TaskRecord get(const std::string& id) {
        Result<TaskRecord> task = engine_->get(id);
        EXPECT_TRUE(task) << task.error().to_string();
        return task ? std::move(*task) : TaskRecord{};
    }
    bool saw(TaskEvent event, std::string_view id = {}, std::size_t count = 1) {
        return recorder_->wait_for(event, id, count);
    }
    // Looks again with each notice and each millisecond, for as long as patience lasts.
    template <typename Condition>
    bool comes_true(Condition condition) {
        const MonotonicTime end = os::system_clock().monotonic() + kPatience;
        while (!condition() && os::system_clock().monotonic() < end) recorder_->wait_for_next(Duration(1));
        return condition();
    }
    // The same while the engine's clock runs, a second a look: for what its timer does. A loop without a wait would run
    // the clock past every timeout while the machine keeps the engine's threads waiting.
    template <typename Condition>
    bool comes_true_in_time(Condition condition) {
        return comes_true([&] {
            if (condition()) return true;
            advance(Duration(1'000));
            return false;
        });
    }
    std::string thing(std::int64_t id) {
        const auto rows = database_->read(
            [&](store::Executor& executor) { return executor.query("SELECT state FROM thing WHERE id = $1", {id}); });
        return rows && !rows->empty() ? std::string((*rows)[0].text(0)) : "";
    }
    static Result<void> put_thing(store::Executor& executor, std::int64_t id, std::string_view state) {
        GALLEY_TRY_VOID(executor.execute(
            "INSERT INTO thing(id, state) VALUES($1, $2) ON CONFLICT(id) DO UPDATE SET state = excluded.state",
            {id, state}));
        return {};
    }

    std::string folder_;
    const char* vfs_ = nullptr;
    os::FakeClock clock_;
    os::FakeRandom random_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<TaskEngine> engine_;
};

}  // namespace galley::tasks
