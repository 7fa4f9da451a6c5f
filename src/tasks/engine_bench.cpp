// How many durable echo tasks a second: enqueue → run → result durable. Real disk, real clock.
// galley_tasks_bench [folder] [tasks] [backlog|rate|latency]
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <semaphore>
#include <thread>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"
#include "tasks/engine.h"

namespace galley::tasks {
namespace {

std::clock_t cpu_at_start = 0;

double seconds_since(MonotonicTime start) {
    return std::chrono::duration<double>(os::system_clock().monotonic() - start).count();
}

// An engine over an empty folder that counts completions.
class Bench {
 public:
    explicit Bench(const std::string& folder) : folder_(folder) {
        cpu_at_start = std::clock();
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        store::SqliteOptions options;
        options.folder = folder_;
        const store::Component components[] = {schema(), outside_schema()};
        database_ = std::move(*store::open_sqlite(options, components, os::system_clock()));
        EngineOptions engine_options;
        engine_options.listeners.push_back([this](const TaskNotice& notice) {
            if (notice.event == TaskEvent::Completed && ++completed_ == awaited_) all_done_.release();
        });
        engine_ = std::make_unique<TaskEngine>(*database_, os::system_clock(), os::system_random(), engine_options);
        engine_->register_kind({.name = "echo"}, [](TaskContext& task) { return Outcome::done(task.input()); });
    }
    ~Bench() {
        engine_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }
    void expect(int tasks) { awaited_ = completed_ + tasks; }
    void wait_all() { all_done_.acquire(); }
    TaskEngine& engine() { return *engine_; }
    store::Database& database() { return *database_; }

 private:
    std::string folder_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<TaskEngine> engine_;
    std::atomic<int> completed_ = 0;
    std::atomic<int> awaited_ = 0;
    std::binary_semaphore all_done_{0};
};

NewTask echo() {
    return {.kind = "echo",
            .input = R"({"message":"hello","numbers":[1,2,3],"padding":"................................"})",
            .created_by = "bench@example.org"};
}

void report(const char* name, int tasks, double seconds, Bench& bench) {
    const store::DatabaseStats stats = bench.database().stats();
    const EngineStats engine = bench.engine().stats();
    const double cpu_micros = static_cast<double>(std::clock() - cpu_at_start) * 1e6 / CLOCKS_PER_SEC / tasks;
    fmt::print(
        "{:<34} {:>8} tasks {:>7.2f} s {:>9.0f} tasks/s   commits {} ({:.0f} us each), starts skipped {}, {:.1f} us "
        "CPU a task\n",
        name, tasks, seconds, tasks / seconds, stats.batches,
        static_cast<double>(stats.commit_micros) / static_cast<double>(std::max<std::uint64_t>(stats.batches, 1)),
        engine.starts_skipped, cpu_micros);
}

void batches_of_1000(const std::string& folder, int tasks) {
    Bench bench(folder);
    if (!bench.engine().start()) std::abort();
    bench.expect(tasks);
    const MonotonicTime start = os::system_clock().monotonic();
    const std::vector<NewTask> batch(1'000, echo());
    for (int i = 0; i < tasks; i += 1'000) {
        if (!bench.engine().enqueue_many(batch)) std::abort();
    }
    bench.wait_all();
    report("batches of 1,000", tasks, seconds_since(start), bench);
}

void concurrent_singles(const std::string& folder, int tasks, int producers) {
    Bench bench(folder);
    if (!bench.engine().start()) std::abort();
    bench.expect(tasks);
    const MonotonicTime start = os::system_clock().monotonic();
    {
        std::vector<std::jthread> threads;
        for (int p = 0; p < producers; ++p) {
            threads.emplace_back([&] {
                for (int i = 0; i < tasks / producers; ++i) {
                    if (!bench.engine().enqueue(echo())) std::abort();
                }
            });
        }
    }
    bench.wait_all();
    report(fmt::format("{} producers, one at a time", producers).c_str(), tasks, seconds_since(start), bench);
}

// As an HTTP server does it: many requests outstanding, few threads.
void asynchronous_singles(const std::string& folder, int tasks, int outstanding) {
    Bench bench(folder);
    if (!bench.engine().start()) std::abort();
    bench.expect(tasks);
    std::counting_semaphore<> room(outstanding);
    const MonotonicTime start = os::system_clock().monotonic();
    for (int i = 0; i < tasks; ++i) {
        room.acquire();
        bench.engine().enqueue(echo(), [&room](Result<TaskRef> ref) {
            if (!ref) std::abort();
            room.release();
        });
    }
    bench.wait_all();
    report(fmt::format("{} outstanding, asynchronous", outstanding).c_str(), tasks, seconds_since(start), bench);
}

// Tasks a second that work off a backlog, one in sixteen keys each; with rates that never hold anything back, or none.
double rated_backlog(const std::string& folder, int tasks, bool limited) {
    Bench bench(folder);
    std::vector<NewTask> batch(10'000, echo());
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].limit_key = fmt::format("key-{}", i % 16);
    for (int i = 0; i < tasks; i += 10'000) {
        if (!bench.engine().enqueue_many(batch)) std::abort();
    }
    bench.expect(tasks);
    const auto change = [&](QueueSettings& settings) -> Result<void> {
        if (limited) settings.rate = settings.rate_per_key = {1'000'000, std::chrono::seconds(1)};
        return {};
    };
    const MonotonicTime start = os::system_clock().monotonic();
    if (!bench.engine().start() || !bench.engine().set_queue("default", change)) std::abort();
    bench.wait_all();
    return tasks / seconds_since(start);
}

void cost_of_a_rate(const std::string& folder, int tasks) {
    std::vector<double> ratios;
    for (int round = 0; round < 7; ++round) {
        const double free = rated_backlog(folder, tasks, false);
        const double limited = rated_backlog(folder, tasks, true);
        ratios.push_back(limited / free);
        fmt::print("without a rate {:>7.0f} tasks/s   with rates of queue and key {:>7.0f}  ratio {:.3f}\n", free,
                   limited, ratios.back());
    }
    std::ranges::sort(ratios);
    fmt::print("median ratio {:.3f}\n", ratios[ratios.size() / 2]);
}

double median(std::vector<double>& values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

// One after the other on an idle engine: from before enqueue() to the handler's first line, and how much of it is the
// disk's: the COMMIT that makes the task durable.
void latency(const std::string& folder, int tasks) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    store::SqliteOptions options;
    options.folder = folder;
    const store::Component components[] = {schema(), outside_schema()};
    const auto database = std::move(*store::open_sqlite(options, components, os::system_clock()));
    TaskEngine engine(*database, os::system_clock(), os::system_random());
    std::binary_semaphore began(0);
    std::vector<double> waits;
    std::vector<double> commits;
    std::uint64_t micros_before = 0;
    MonotonicTime sent;
    engine.register_kind({.name = "begun"}, [&](TaskContext&) {
        waits.push_back(seconds_since(sent) * 1e3);
        commits.push_back(static_cast<double>(database->stats().commit_micros - micros_before) / 1e3);
        began.release();
        return Outcome::done("null");
    });
    if (!engine.start()) std::abort();
    for (int i = 0; i < tasks; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        micros_before = database->stats().commit_micros;
        sent = os::system_clock().monotonic();
        if (!engine.enqueue(NewTask{.kind = "begun", .input = "null"})) std::abort();
        began.acquire();
    }
    engine.stop(Duration(0));
    std::vector<double> beside;
    for (std::size_t i = 0; i < waits.size(); ++i) beside.push_back(waits[i] - commits[i]);
    fmt::print(
        "enqueue to the handler's first line: median {:.3f} ms, p95 {:.3f} ms; its COMMIT {:.3f} ms, beside it "
        "{:.3f} ms\n",
        median(waits), waits[waits.size() * 95 / 100], median(commits), median(beside));
}

void backlog(const std::string& folder, int tasks) {
    Bench bench(folder);
    const std::vector<NewTask> batch(10'000, echo());
    for (int i = 0; i < tasks; i += 10'000) {
        if (!bench.engine().enqueue_many(batch)) std::abort();
    }
    bench.expect(tasks);
    const MonotonicTime start = os::system_clock().monotonic();
    if (!bench.engine().start()) std::abort();
    bench.wait_all();
    report("working off a backlog", tasks, seconds_since(start), bench);
}

}  // namespace
}  // namespace galley::tasks

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : (std::filesystem::temp_directory_path() / "galley-bench").string();
    const int tasks = argc > 2 ? std::atoi(argv[2]) : 50'000;
    if (argc > 3) {
        const std::string_view what = argv[3];
        if (what == "rate") galley::tasks::cost_of_a_rate(folder, tasks);
        if (what == "latency") galley::tasks::latency(folder, tasks);
        if (what == "backlog") galley::tasks::backlog(folder, tasks);
        return 0;
    }
    galley::tasks::batches_of_1000(folder, tasks);
    galley::tasks::concurrent_singles(folder, tasks / 64 * 64, 64);
    galley::tasks::asynchronous_singles(folder, tasks, 64);
    galley::tasks::asynchronous_singles(folder, tasks, 1'000);
    galley::tasks::backlog(folder, (tasks + 9'999) / 10'000 * 10'000);
}
