// src/tasks/live_task.h — one attempt that is under way: what its handler sees, and what the engine knows of it.
//
// Shape    made when a worker takes the task, dropped when the attempt's end is durable. Whoever wins claim_end()
//          decides how the
//          attempt ends (handler, timeout, shutdown); the others are late.
// Owner    shared by the worker, the engine's table and the writes under way.
// Threads  the handler's thread and helpers call the TaskContext part; the engine the rest, from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "tasks/handler.h"

namespace galley::tasks {

struct ProgressView {
    int percent = 0;
    std::string message;
};

// Of an attempt that runs outside of this process (outside.h).
struct OutsideLease {
    std::string holder;  // "caller worker"
    Duration length{};
    std::atomic<MonotonicTime::rep> ends{0};
    std::atomic<bool> waiting = false;  // its worker has not begun it
    // Set by whoever claimed the end; called once, when it is durable (applied), or refused.
    std::move_only_function<void(bool applied, TaskState)> on_end{};

    MonotonicTime until() const { return MonotonicTime(MonotonicTime::duration(ends.load())); }
    void renew(MonotonicTime now) { ends = (now + length).time_since_epoch().count(); }
};

class LiveTask final : public TaskContext {
 public:
    // What the engine does for a handler; on the handler's thread, without locks.
    struct Sinks {
        std::function<void(const LiveTask&, const ProgressView&)> progress;  // that listeners should see
        std::function<void(LiveTask&, std::string_view)> log;
        std::function<Result<void>(LiveTask&, std::string_view)> save_cursor;
        std::function<Result<std::optional<std::string>>(const LiveTask&)> cursor;
    };

    explicit LiveTask(TaskSeq seq) : seq_(seq) {}
    // Before it is shown to anyone: everything but the row number.
    void load(TaskRecord task, std::string input, MonotonicTime deadline, Sinks sinks);

    const TaskRecord& task() const override { return task_; }
    const std::string& input() const override { return input_; }
    MonotonicTime deadline() const override { return deadline_; }
    std::stop_token stop_token() const override { return stop_.get_token(); }
    StopReason stop_reason() const override { return reason_.load(std::memory_order_relaxed); }
    void progress(int percent, std::string_view message) override;
    void log(std::string_view text) override { sinks_.log(*this, text); }
    Result<void> save_cursor(std::string_view cursor) override { return sinks_.save_cursor(*this, cursor); }
    Result<std::optional<std::string>> cursor() const override { return sinks_.cursor(*this); }
    void finish_with(store::WriteWork work) override;

    TaskSeq seq() const { return seq_; }
    bool loaded() const { return loaded_.load(std::memory_order_acquire); }
    void stop(StopReason reason);  // the first reason stays
    bool claim_end() { return !ended_.exchange(true); }
    bool ended() const { return ended_.load(); }
    ProgressView progress_now() const;
    // Progress that the database does not have yet, once.
    std::optional<ProgressView> take_unsaved_progress();
    std::vector<store::WriteWork> take_finish_works();
    OutsideLease* outside() const { return outside_.get(); }                         // null: it runs here
    void lend(std::unique_ptr<OutsideLease> lease) { outside_ = std::move(lease); }  // before load()

    // Written by the writer thread or before it can see the attempt.
    std::atomic<bool> start_written = false;
    std::atomic<MonotonicTime::rep> lease_renewed{0};
    std::binary_semaphore start_settled{0};
    bool start_refused = false;  // by the row, which waits no longer; valid after start_settled
    bool start_failed = false;   // the database took nothing; likewise

 private:
    const TaskSeq seq_;
    TaskRecord task_;
    std::string input_;
    MonotonicTime deadline_{};
    Sinks sinks_;
    std::unique_ptr<OutsideLease> outside_;
    std::stop_source stop_;
    std::atomic<StopReason> reason_ = StopReason::None;
    std::atomic<bool> loaded_ = false;
    std::atomic<bool> ended_ = false;
    mutable Mutex mutex_;
    ProgressView progress_ GALLEY_GUARDED_BY(mutex_);
    bool unsaved_ GALLEY_GUARDED_BY(mutex_) = false;
    std::vector<store::WriteWork> finish_works_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::tasks
