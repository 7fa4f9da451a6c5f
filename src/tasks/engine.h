// src/tasks/engine.h — takes tasks in durably, runs them at least once, and tells what became of them.
//
// Shape    construct → register_kind()… → start() → enqueue/cancel/read … → stop(). Tasks live in the database; what is
// ready
//          waits in memory too (a bounded part of it), in order of (priority descending, row number), so that nothing
//          polls.
// Errors   per method below; every method may also give Unavailable (database).
// Owner    borrows database, clock and random, which must outlive the engine. The engine must outlive no handler:
// stop()
//          waits for them, the destructor joins.
// Threads  all methods from any thread. Listener and wait callbacks come from the writer, timer or a worker thread:
// they
//          must be cheap, must not block, and must not call write() of the database.
// Limits   EngineOptions.
// Source   SPEC R50–R54, R57; docs/states.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/random.h"
#include "store/database.h"
#include "store/schema.h"
#include "tasks/handler.h"
#include "tasks/outside_limits.h"
#include "tasks/payload_keys.h"
#include "tasks/queue_settings.h"
#include "tasks/retention.h"
#include "tasks/task.h"

namespace galley::tasks {

// The tables of this module; pass to open_sqlite() with the other modules'.
store::Component schema();
// What work outside of this process adds to them (outside.h): after schema().
store::Component outside_schema();

// One change of one task, told after it is durable (Started and Progress: at once). The views live during the call
// only.
struct TaskNotice {
    TaskEvent event;
    TaskSeq seq;
    std::string_view id;
    std::string_view kind;
    std::string_view queue;
    TaskState state;
    int attempt;
    int progress;
    std::string_view message;
    std::string_view error;  // Failed, Poisoned, Retrying, Rescued, Cancelled
    std::string_view created_by;
    std::string_view correlation_id;
    Time at;
    Duration waited;  // Started: from due to start
    Duration ran;     // end of an attempt: its time
};
using Listener = std::function<void(const TaskNotice&)>;

struct EngineOptions {
    int workers = 0;                           // threads that run handlers; 0 = number of processors
    std::size_t ready_in_memory_max = 50'000;  // the rest waits in the database
    std::size_t lanes_in_memory_max = 20'000;  // different (queue, kind, priority, caller, limit key) that wait
    std::size_t input_memory_bytes_max =
        16u << 20;                      // inputs of ready tasks kept in memory; others are read when they start
    std::size_t unsettled_max = 1'024;  // attempts that ended and are not durable yet; then workers wait
    Duration lease{30'000};             // renewed at a third of it
    Retention retention{};              // finished tasks older than this are deleted
    Duration cleanup_every{10 * 60'000};
    OutsideLimits outside{};
    PayloadKeys payload_keys{};  // without any, encrypted tasks are refused
    std::vector<Listener> listeners{};
};

struct EngineStats {
    std::uint64_t started = 0;
    std::uint64_t refused_late = 0;    // results of attempts that were over
    std::uint64_t starts_skipped = 0;  // attempts so short that their start was never written
    std::uint64_t rescued = 0;
    std::uint64_t waiters = 0;
    std::uint64_t running = 0;
    std::uint64_t ready_in_memory = 0;
};

struct QueueStatus {
    std::string name;
    QueueSettings settings{};
    QueueCounts counts{};
};
using QueueChange = std::function<Result<void>(QueueSettings&)>;

enum class BulkAction : std::uint8_t { Cancel, Retry, Delete };
struct BulkResult {
    std::int64_t matched = 0;
    std::int64_t changed = 0;
    std::optional<TaskSeq> next{};
};

enum class WaitEnd : std::uint8_t { Finished, TimedOut, Cancelled, NotFound, Stopped };
using WaitCallback = std::move_only_function<void(WaitEnd)>;
using WaitId = std::uint64_t;

class TaskEngine {
 public:
    TaskEngine(store::Database& database, const os::Clock& clock, os::Random& random, EngineOptions options = {});
    ~TaskEngine();
    TaskEngine(const TaskEngine&) = delete;
    TaskEngine& operator=(const TaskEngine&) = delete;

    // Before start() only.
    void register_kind(KindOptions options, Handler handler);
    bool knows_kind(std::string_view kind) const;

    // Takes up what an earlier process left (its running tasks are rescued), then begins to run tasks.
    Result<void> start();
    // Takes no more tasks, lets running handlers finish for `grace`, then stops them and puts theirs back (attempt not
    // counted). Gives how many were put back. Everything is durable on return. Idempotent.
    std::size_t stop(Duration grace);
    // After stop(): waits for handlers that it did not wait for. What handlers borrow must live until then.
    void join();

    // Inside the caller's write, so that a record and its task are one transaction. The task is handed to a worker when
    // that write is durable; the caller need do nothing. InvalidInput (kind, priority, …), Conflict (id taken).
    Result<TaskRef> enqueue(store::Executor& executor, const NewTask& task);
    // In a write of its own; `done` on the writer thread.
    void enqueue(NewTask task, std::move_only_function<void(Result<TaskRef>)> done);
    Result<TaskRef> enqueue(NewTask task);  // blocks until durable
    // All or none, one transaction; InvalidInput names the index. At most kTaskBatchMax.
    Result<std::vector<TaskRef>> enqueue_many(std::span<const NewTask> tasks);

    // A waiting task is cancelled before this returns. A running one is told to stop, and that it is to end cancelled
    // is durable: it still may complete or fail, but it never runs again, whatever happens to its process or the disk.
    // NotFound; Conflict (finished).
    Result<TaskState> cancel(std::string_view id);
    // Tries a failed task once more. NotFound; Conflict (not failed).
    Result<TaskRef> retry(std::string_view id);

    // An open task takes no more parents: it runs when those that it has have ended. NotFound; Conflict (not open).
    Result<TaskState> close(std::string_view id);
    // Cancels, tries again or deletes those that match and whose state allows it, newest first; at most tasks_max, and
    // as many rows are looked at as list() does per page: go on with filter.before = `next` while it is set.
    Result<BulkResult> bulk(BulkAction action, const TaskFilter& filter, int tasks_max);

    // What is set of a queue, changed by `change` on the writer thread; durable on return, and counts from then on.
    // InvalidInput; LimitExceeded (kQueuesSetMax); an error of `change` itself.
    Result<QueueStatus> set_queue(std::string_view name, const QueueChange& change);
    QueueStatus queue(std::string_view name) const;
    // Those in which something has not ended, or of which something is set; by name.
    std::vector<QueueStatus> queues() const;

    // As in the database, overlaid with what runs now. NotFound.
    Result<TaskRecord> get(std::string_view id) const;
    // In the order of ids; unknown ones are left out.
    Result<std::vector<TaskRecord>> get_many(std::span<const std::string> ids) const;
    Result<std::string> input(std::string_view id) const;
    Result<std::vector<AttemptError>> attempt_errors(std::string_view id) const;
    Result<std::vector<LogLine>> log_lines(std::string_view id) const;
    Result<TaskPage> list(const TaskFilter& filter) const;
    TaskCounts counts() const;

    // `callback` is called exactly once: when the task is terminal (also at once, if it is), at `deadline`, when
    // cancelled below, or at stop(). Possibly before this returns.
    WaitId when_finished(std::string_view id, MonotonicTime deadline, WaitCallback callback);
    // The callback has run, with Cancelled unless it was already under way, when this returns true; false: it was too
    // late.
    bool cancel_wait(WaitId wait);

    // Deletes tasks that finished before `before`, in small batches, until `stopped` says so; gives how many.
    Result<std::int64_t> cleanup(Time before, const std::function<bool()>& stopped = nullptr);

    EngineStats stats() const;
    // The clock was turned (tests, suspend): look again at what is due.
    void clock_changed();

 private:
    friend class OutsideWork;
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace galley::tasks
