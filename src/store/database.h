// src/store/database.h — the durable store: one queue of writes, many concurrent reads. SQLite stands behind it
// (sqlite/sqlite_database.h); PostgreSQL will.
//
// Shape    A write is a function that is run with an Executor inside a transaction. Many queued works share one commit
//          (group commit), each in its own savepoint: a work that fails is rolled back alone. Works run in the order in
//          which they were submitted, and each sees the ones before. A read is one consistent snapshot per call.
// Errors   submit/write give the work's own error; Unavailable when the commit failed (nothing of the batch is kept),
//          when the queue is full (queue_max) or the database is closed. read: Unavailable, or the work's own.
//          After a failed disk the next batch is tried anew: the database recovers when the disk does.
// Owner    callers own what their works capture; works and dones are destroyed after they ran. close() (or the
// destructor)
//          drains the queue first.
// Threads  all methods from any thread. Works and dones run on the writer thread: they must not block, nor call write()
//          or close(); a done may submit(). A done that is refused at once (full, closed) runs on the submitting
//          thread.
// Limits   queue_max waiting works; a batch ends after batch_works_max works or batch_time_max.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "store/executor.h"

namespace galley::store {

using WriteWork = std::move_only_function<Result<void>(Executor&)>;
// Called exactly once, after the commit is durable or the work has failed.
using WriteDone = std::move_only_function<void(Result<void>)>;

struct DatabaseStats {
    std::uint64_t batches = 0;         // transactions begun
    std::uint64_t works = 0;           // works run
    std::uint64_t reads = 0;           // calls of read()
    std::uint64_t works_failed = 0;    // rolled back alone
    std::uint64_t commits_failed = 0;  // whole batches lost
    std::uint64_t refused = 0;         // not accepted: queue full or closed
    std::uint64_t checkpoints = 0;
    std::uint64_t commit_micros = 0;  // total time in COMMIT
    std::uint64_t queue_depth = 0;    // works waiting now
    std::uint64_t wal_bytes = 0;      // not yet copied back into the main file
};

class Database {
 public:
    virtual ~Database() = default;

    virtual void submit(WriteWork work, WriteDone done) = 0;
    // Runs `work` on a snapshot, on this thread. Waits for a free connection, so do not read inside a read.
    virtual Result<void> run_read(const std::function<Result<void>(Executor&)>& work) = 0;
    // Finishes what was submitted, then refuses more. Idempotent.
    virtual void close() = 0;
    virtual DatabaseStats stats() const = 0;
    // Writes one consistent copy of the whole database to a new file, while running. Conflict: the file exists.
    virtual Result<void> backup(const std::string& path) = 0;

    // f: Result<T>(Executor&). Blocks until durable. Not from the writer thread.
    template <typename F>
    auto write(F&& f) -> std::invoke_result_t<F&, Executor&>;
    // f: Result<T>(Executor&), T copied out of the snapshot.
    template <typename F>
    auto read(F&& f) -> std::invoke_result_t<F&, Executor&>;
    // Returns once everything submitted before is settled.
    Result<void> flush() {
        return write([](Executor&) -> Result<void> { return {}; });
    }

 protected:
    virtual Result<void> run_write(WriteWork work) = 0;
};

template <typename F>
auto Database::write(F&& f) -> std::invoke_result_t<F&, Executor&> {
    using R = std::invoke_result_t<F&, Executor&>;
    if constexpr (std::is_same_v<R, Result<void>>) {
        return run_write([&f](Executor& executor) { return f(executor); });
    } else {
        std::optional<R> value;
        GALLEY_TRY_VOID(run_write([&](Executor& executor) -> Result<void> {
            value.emplace(f(executor));
            return *value ? Result<void>() : std::unexpected(value->error());
        }));
        return std::move(*value);
    }
}

template <typename F>
auto Database::read(F&& f) -> std::invoke_result_t<F&, Executor&> {
    using R = std::invoke_result_t<F&, Executor&>;
    if constexpr (std::is_same_v<R, Result<void>>) {
        return run_read([&f](Executor& executor) { return f(executor); });
    } else {
        std::optional<R> value;
        GALLEY_TRY_VOID(run_read([&](Executor& executor) -> Result<void> {
            value.emplace(f(executor));
            return *value ? Result<void>() : std::unexpected(value->error());
        }));
        return std::move(*value);
    }
}

}  // namespace galley::store
