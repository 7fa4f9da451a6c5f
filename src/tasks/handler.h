// src/tasks/handler.h — how a kind of task does its work: a function from TaskContext to Outcome, with options.
//
// Shape    engine.register_kind({.name = "echo"}, [](TaskContext& task) { return Outcome::done(task.input()); });
// Errors   a handler never throws; whatever went wrong is an Outcome. retry is for what may pass, fail for what will
// not. Threads  a handler runs on one of the engine's worker threads, alone with its TaskContext; several tasks of one
// kind run
//          at once. progress() and stopped() may be called from helper threads of the handler.
// Limits   an attempt ends at its deadline: stopped() becomes true and what the handler returns later is refused. A
// handler
//          that does not look keeps its worker thread busy until it returns.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "store/database.h"
#include "tasks/task.h"

namespace galley::tasks {

class Outcome {
 public:
    enum class Kind : std::uint8_t { Done, Retry, Fail, Snooze, Cancel, Died };

    static Outcome done(std::string result_json = "null") { return {Kind::Done, std::move(result_json), {}}; }
    static Outcome retry(std::string error) { return {Kind::Retry, std::move(error), {}}; }
    // Instead of after the task's backoff: in `delay`, more than nothing.
    static Outcome retry_in(std::string error, Duration delay) { return {Kind::Retry, std::move(error), delay}; }
    static Outcome fail(std::string error) { return {Kind::Fail, std::move(error), {}}; }
    static Outcome snooze(Duration delay) { return {Kind::Snooze, {}, delay}; }  // not counted as an attempt
    static Outcome cancel(std::string reason = "cancelled") { return {Kind::Cancel, std::move(reason), {}}; }
    // The child process that did this task's work, and no other's, died: tried again at once, and not counted as an
    // attempt; with the kOwnKillsMax-th the task is quarantined.
    static Outcome died(std::string error) { return {Kind::Died, std::move(error), {}}; }
    // Unavailable and DeadlineExceeded are tried again, Cancelled cancels, the rest fails for good.
    static Outcome from_error(const Error& error);

    Kind kind() const { return kind_; }
    const std::string& text() const { return text_; }  // result or error
    std::string take_text() { return std::move(text_); }
    Duration delay() const { return delay_; }

 private:
    Outcome(Kind kind, std::string text, Duration delay) : kind_(kind), text_(std::move(text)), delay_(delay) {}
    Kind kind_;
    std::string text_;
    Duration delay_;
};

enum class StopReason : std::uint8_t { None, Cancelled, TimedOut, ShuttingDown };

class TaskContext {
 public:
    virtual ~TaskContext() = default;

    virtual const TaskRecord& task() const = 0;  // id, attempt (1 = first), created_by, correlation_id, …
    virtual const std::string& input() const = 0;
    virtual MonotonicTime deadline() const = 0;
    // Set when the task is cancelled, out of time or to be put back; look at it at least every 100 ms of work.
    virtual std::stop_token stop_token() const = 0;
    virtual StopReason stop_reason() const = 0;
    bool stopped() const { return stop_reason() != StopReason::None; }

    // 0–100; a smaller value than before is ignored, a message alone is taken. Cheap: memory and listeners at once, the
    // database at most once a second, and not at all for a task that is done before.
    virtual void progress(int percent, std::string_view message = {}) = 0;

    // A line of the task's log: the last kLogLinesMax are kept, each cut to kLogLineBytesMax.
    virtual void log(std::string_view text) = 0;
    // For work in steps: what save_cursor() stored, durable on its return, is what cursor() gives, also to the next
    // attempt. LimitExceeded (kCursorBytesMax); Conflict when the attempt is over.
    virtual Result<void> save_cursor(std::string_view cursor) = 0;
    virtual Result<std::optional<std::string>> cursor() const = 0;

    // Writes that commit in one transaction with this attempt's completion (Outcome::done), or not at all. If `work`
    // fails the task is not completed: after Unavailable it runs again, the attempt not counted; other errors fail it.
    virtual void finish_with(store::WriteWork work) = 0;
};

using Handler = std::function<Outcome(TaskContext&)>;

// Runs in the transaction in which a task of the kind changes without its handler's finish_with: events Failed,
// Poisoned, Cancelled and Requeued. So a record that belongs to a task never disagrees with it.
using TransitionHook =
    std::function<Result<void>(store::Executor&, const TaskRecord&, TaskEvent, std::string_view error)>;

struct KindOptions {
    std::string name;               // letters, digits, '_', '-', '.'
    std::string queue = "default";  // where its tasks go unless they say otherwise
    int max_attempts = kMaxAttemptsDefault;
    Duration timeout = kTimeoutDefault;  // of one attempt
    Backoff backoff{};
    TransitionHook on_transition{};
};

}  // namespace galley::tasks
