// src/store/sqlite/writer.h — the one thread that writes: takes queued works, runs them in batches, commits,
// checkpoints.
//
// Shape    submit() → queue → batch: BEGIN, each work in a savepoint, COMMIT (one fsync), then hooks and dones in
//          order.
// Errors   as in database.h.
// Owner    owns the writing connection; works and dones are destroyed on the writer thread.
// Threads  submit, stats, stop: any but the writer's own for stop.
// Limits   SqliteOptions.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/log_bound.h"
#include "base/mutex.h"
#include "os/clock.h"
#include "store/database.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::store {

class Writer {
 public:
    Writer(std::unique_ptr<Connection> connection, const SqliteOptions& options, const os::Clock& clock);
    ~Writer();

    void submit(WriteWork work, WriteDone done);
    // In its turn, outside of any transaction.
    using AloneWork = std::move_only_function<Result<void>(Connection&)>;
    void submit_alone(AloneWork work, WriteDone done);
    void stop();  // drains, joins; idempotent
    bool on_writer_thread() const { return std::this_thread::get_id() == thread_.get_id(); }
    DatabaseStats stats() const;

 private:
    struct Item {
        WriteWork work;
        WriteDone done;
        Result<void> result{};
        std::vector<std::move_only_function<void()>> hooks{};
        AloneWork alone{};  // instead of `work`
    };
    struct Counters {
        std::atomic<std::uint64_t> batches, works, works_failed, commits_failed, refused, checkpoints, commit_micros,
            queue_depth, wal_pages;
    };
    class BatchExecutor;

    void add(Item item);
    void loop();
    bool take_queued();  // false: stopped and empty
    void run_alone();
    bool takes_next(const std::vector<Item>& batch) const;
    void run_batch();
    void run_items(std::vector<Item>& batch);
    Result<void> run_item(Item& item);
    Result<void> commit();
    void settle(std::vector<Item>& batch, const Result<void>& committed);
    void checkpoint_if_due();

    const std::unique_ptr<Connection> connection_;
    const SqliteOptions options_;
    const os::Clock& clock_;

    mutable Mutex mutex_;
    CondVar wake_;
    std::deque<Item> queue_ GALLEY_GUARDED_BY(mutex_);
    std::size_t accepted_ GALLEY_GUARDED_BY(mutex_) = 0;  // queued and taken, not yet run
    bool sleeping_ GALLEY_GUARDED_BY(mutex_) = false;
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;

    std::deque<Item> taken_;  // writer thread only
    int checkpoint_at_pages_;
    int wal_pages_ = 0;
    Counters counters_{};
    LogBound log_bound_;
    std::jthread thread_;
};

}  // namespace galley::store
