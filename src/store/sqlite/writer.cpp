#include "store/sqlite/writer.h"

#include <chrono>
#include <utility>

#include "base/log.h"

namespace galley::store {

// Runs one work's statements and collects its after-commit actions.
class Writer::BatchExecutor : public Executor {
 public:
    BatchExecutor(Connection& connection, Item& item) : connection_(connection), item_(item) {}
    Result<std::int64_t> run(Sql sql, std::span<const Value> values, const RowSink& sink) override {
        return connection_.run(sql, values, sink);
    }
    void after_commit(std::move_only_function<void()> action) override { item_.hooks.push_back(std::move(action)); }

 private:
    Connection& connection_;
    Item& item_;
};

Writer::Writer(std::unique_ptr<Connection> connection, const SqliteOptions& options, const os::Clock& clock)
    : connection_(std::move(connection)),
      options_(options),
      clock_(clock),
      checkpoint_at_pages_(options.checkpoint_pages) {
    // The hook replaces SQLite's own automatic checkpoint, which would stall inside COMMIT.
    const auto remember = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Writer*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_->handle(), remember, this);
    thread_ = std::jthread([this] { loop(); });
}

Writer::~Writer() {
    stop();
}

void Writer::submit(WriteWork work, WriteDone done) {
    add(Item{std::move(work), std::move(done)});
}

void Writer::submit_alone(AloneWork work, WriteDone done) {
    Item item{{}, std::move(done)};
    item.alone = std::move(work);
    add(std::move(item));
}

void Writer::add(Item item) {
    {
        MutexLock lock(mutex_);
        if (!stopping_ && accepted_ < options_.queue_max) {
            queue_.push_back(std::move(item));
            ++accepted_;
            if (std::exchange(sleeping_, false)) wake_.notify_one();
            return;
        }
    }
    ++counters_.refused;
    if (item.done) {
        item.done(fail(ErrorCode::Unavailable, "the database takes no more writes now (queue full or closing)"));
    }
}

void Writer::stop() {
    GALLEY_CHECK(!on_writer_thread());
    {
        MutexLock lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Writer::loop() {
    while (take_queued()) {
        while (!taken_.empty()) {
            if (taken_.front().alone) {
                run_alone();
            } else {
                run_batch();
            }
            checkpoint_if_due();
        }
    }
}

bool Writer::take_queued() {
    MutexLock lock(mutex_);
    while (queue_.empty() && !stopping_) {
        sleeping_ = true;
        wake_.wait(lock);
    }
    sleeping_ = false;
    std::swap(queue_, taken_);
    return !taken_.empty();
}

void Writer::run_alone() {
    std::vector<Item> batch;
    batch.push_back(std::move(taken_.front()));
    taken_.pop_front();
    batch.front().result = batch.front().alone(*connection_);
    settle(batch, {});
}

bool Writer::takes_next(const std::vector<Item>& batch) const {
    return !taken_.empty() && batch.size() < options_.batch_works_max && !taken_.front().alone;
}

// Works that were submitted meanwhile wait for the next batch: what has queued up during one fsync shares the next.
void Writer::run_batch() {
    ++counters_.batches;
    std::vector<Item> batch;
    batch.reserve(std::min(taken_.size(), options_.batch_works_max));
    Result<void> committed = connection_->execute("BEGIN IMMEDIATE");
    if (committed) {
        run_items(batch);
        committed = commit();
    } else {
        while (takes_next(batch)) {
            batch.push_back(std::move(taken_.front()));
            taken_.pop_front();
        }
    }
    settle(batch, committed);
}

void Writer::run_items(std::vector<Item>& batch) {
    const MonotonicTime end = clock_.monotonic() + options_.batch_time_max;
    while (takes_next(batch)) {
        Item& item = batch.emplace_back(std::move(taken_.front()));
        taken_.pop_front();
        item.result = run_item(item);
        ++counters_.works;
        // A full disk may make SQLite roll the whole transaction back at once; the commit then reports it to all.
        if (!connection_->in_transaction() || clock_.monotonic() >= end) return;
    }
}

Result<void> Writer::run_item(Item& item) {
    GALLEY_TRY_VOID(connection_->execute("SAVEPOINT work"));
    BatchExecutor executor(*connection_, item);
    Result<void> result = item.work(executor);
    if (result) result = connection_->execute("RELEASE work");
    if (result || !connection_->in_transaction()) return result;
    ++counters_.works_failed;
    // What cannot be undone alone is undone with the whole batch: else its half would be committed.
    const bool undone = connection_->execute("ROLLBACK TO work") && connection_->execute("RELEASE work");
    if (!undone && connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    return result;
}

Result<void> Writer::commit() {
    if (!connection_->in_transaction()) return fail(ErrorCode::Unavailable, "the disk failed during the transaction");
    const MonotonicTime start = clock_.monotonic();
    const Result<void> committed = connection_->execute("COMMIT");
    counters_.commit_micros += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic() - start).count());
    if (committed) return {};
    if (connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    return fail(ErrorCode::Unavailable, "commit failed: " + committed.error().message);
}

void Writer::settle(std::vector<Item>& batch, const Result<void>& committed) {
    if (connection_->take_met_full_disk() && options_.on_disk_full) options_.on_disk_full();
    if (!committed) {
        ++counters_.commits_failed;
        const std::string& error = committed.error().message;
        if (const auto left_out = log_bound_.take(error, clock_.monotonic())) {
            log(LogLevel::Error, "commit_failed",
                {{"works", batch.size()}, {"error", error}, {"suppressed", *left_out}});
        }
    }
    {
        MutexLock lock(mutex_);
        accepted_ -= batch.size();
    }
    for (Item& item : batch) {
        if (item.result && !committed) item.result = committed;
        if (item.result) {
            for (auto& hook : item.hooks) hook();
        }
        if (item.done) item.done(std::move(item.result));
    }
}

// Passive: copies what no reader still needs and never waits. If readers hold part of it back, try again after as many
// pages more.
void Writer::checkpoint_if_due() {
    counters_.wal_pages = static_cast<std::uint64_t>(wal_pages_);
    if (wal_pages_ < checkpoint_at_pages_) return;
    int in_wal = 0;
    int copied = 0;
    const int code =
        sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_wal, &copied);
    ++counters_.checkpoints;
    const bool complete = code == SQLITE_OK && in_wal == copied;
    checkpoint_at_pages_ = options_.checkpoint_pages + (complete ? 0 : wal_pages_);
    if (complete) wal_pages_ = 0;
    if (code == SQLITE_OK) return;
    const auto left_out = log_bound_.take("checkpoint", clock_.monotonic());
    if (left_out) log(LogLevel::Warning, "checkpoint_failed", {{"code", code}, {"suppressed", *left_out}});
}

DatabaseStats Writer::stats() const {
    constexpr std::uint64_t kPageBytes = 4096;
    DatabaseStats stats;
    stats.batches = counters_.batches;
    stats.works = counters_.works;
    stats.works_failed = counters_.works_failed;
    stats.commits_failed = counters_.commits_failed;
    stats.refused = counters_.refused;
    stats.checkpoints = counters_.checkpoints;
    stats.commit_micros = counters_.commit_micros;
    stats.wal_bytes = counters_.wal_pages * kPageBytes;
    MutexLock lock(mutex_);
    stats.queue_depth = accepted_;
    return stats;
}

}  // namespace galley::store
