#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "app/commands.h"
#include "app/schema.h"
#include "base/mutex.h"
#include "jobs/echo/echo_kind.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/random.h"
#include "store/sqlite/sqlite_database.h"
#include "tasks/engine.h"

namespace galley::app {

namespace {

constexpr std::int64_t kBatch = 1'000;
constexpr const char* kInput = R"({"order":4711,"note":"a durable echo task"})";

double seconds_between(MonotonicTime begin, MonotonicTime end) {
    return std::chrono::duration<double>(end - begin).count();
}

// A folder of its own for one run, removed with all that is in it.
class TemporaryFolder {
 public:
    explicit TemporaryFolder(const std::string& parent) {
        const auto base = parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(parent);
        path_ = (base / fmt::format("galley-bench-{:016x}", os::system_random().random_u64())).string();
        std::filesystem::create_directories(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

 private:
    std::string path_;
};

// Counts completed tasks and lets one thread wait for a number of them.
class Completed {
 public:
    void add() {
        const MutexLock lock(mutex_);
        ++count_;
        if (count_ == wanted_) changed_.notify_all();
    }
    void wait_for(std::int64_t wanted) {
        MutexLock lock(mutex_);
        wanted_ = wanted;
        while (count_ < wanted_) changed_.wait(lock);
    }

 private:
    Mutex mutex_;
    CondVar changed_;
    std::int64_t count_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::int64_t wanted_ GALLEY_GUARDED_BY(mutex_) = -1;
};

tasks::NewTask echo_task() {
    tasks::NewTask task;
    task.kind = "echo";
    task.input = kInput;
    return task;
}

Result<void> enqueue_in_batches(tasks::TaskEngine& engine, std::int64_t count) {
    for (std::int64_t done = 0; done < count; done += kBatch) {
        const std::vector<tasks::NewTask> batch(static_cast<std::size_t>(std::min(kBatch, count - done)), echo_task());
        GALLEY_TRY_VOID(engine.enqueue_many(batch));
    }
    return {};
}

Result<void> enqueue_singly(tasks::TaskEngine& engine, std::int64_t count, int producers) {
    std::atomic<std::int64_t> next{0};
    std::atomic<bool> failed{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < producers; ++i) {
        threads.emplace_back([&] {
            while (next.fetch_add(1) < count)
                if (!engine.enqueue(echo_task())) failed = true;
        });
    }
    for (std::thread& thread : threads) thread.join();
    if (failed) return fail(ErrorCode::Unavailable, "a task could not be enqueued");
    return {};
}

struct TaskFigures {
    double enqueue_seconds = 0;
    double all_seconds = 0;
};

Result<TaskFigures> measure_tasks(const BenchTasksCommand& command) {
    const TemporaryFolder folder(command.folder);
    GALLEY_TRY(const auto database, store::open_sqlite({.folder = folder.path()}, all_schemas(), os::system_clock()));
    Completed completed;
    tasks::EngineOptions options;
    options.listeners.push_back([&](const tasks::TaskNotice& notice) {
        if (notice.event == tasks::TaskEvent::Completed) completed.add();
    });
    tasks::TaskEngine engine(*database, os::system_clock(), os::system_random(), options);
    jobs::register_echo(engine);
    GALLEY_TRY_VOID(engine.start());
    const MonotonicTime begin = os::system_clock().monotonic();
    GALLEY_TRY_VOID(command.producers == 0 ? enqueue_in_batches(engine, command.count)
                                           : enqueue_singly(engine, command.count, command.producers));
    const MonotonicTime enqueued = os::system_clock().monotonic();
    completed.wait_for(command.count);
    const MonotonicTime end = os::system_clock().monotonic();
    engine.stop(Duration(1000));
    return TaskFigures{seconds_between(begin, enqueued), seconds_between(begin, end)};
}

}  // namespace

int bench_tasks(const BenchTasksCommand& command) {
    const Result<TaskFigures> figures = measure_tasks(command);
    if (!figures) return report(figures.error());
    const auto count = static_cast<double>(command.count);
    const double tasks_per_s = count / figures->all_seconds;
    const double enqueue_per_s = count / figures->enqueue_seconds;
    if (command.json) {
        fmt::print(
            "{{\"count\":{},\"producers\":{},\"tasks_per_s\":{:.1f},\"enqueue_per_s\":{:.1f},\"seconds\":{:.3f}}}\n",
            command.count, command.producers, tasks_per_s, enqueue_per_s, figures->all_seconds);
    } else {
        fmt::print("{} durable echo tasks: {:.0f} tasks/s from first enqueue to all done, {:.0f} enqueued/s\n",
                   command.count, tasks_per_s, enqueue_per_s);
    }
    return 0;
}

}  // namespace galley::app
