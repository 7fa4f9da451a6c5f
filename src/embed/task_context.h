// src/embed/task_context.h — the public Context over tasks::TaskContext; and how a public handler is run.
//
// Shape    run_handler() gives the outcome, whatever the handler does. The cursor and the steps of a task are stored
//          together in its cursor: {"cursor": text or null, "steps": {"name": result, …}}.
// Errors   as galley/context.h says; run_handler: none, every exception is an outcome.
// Owner    borrows the task for the call.
// Threads  as galley/context.h.
// Limits   tasks::kCursorBytesMax for what is stored; kTaskInputBytesMax for a result.
#pragma once

#include "galley/server.h"
#include "tasks/handler.h"

namespace galley::embed {

class EmbeddedContext final : public Context {
 public:
    explicit EmbeddedContext(tasks::TaskContext& task) : task_(task) {}

    std::string_view id() const override { return task_.task().id; }
    std::string_view kind() const override { return task_.task().kind; }
    std::string_view queue() const override { return task_.task().queue; }
    int attempt() const override { return task_.task().attempt; }
    int max_attempts() const override { return task_.task().max_attempts; }
    std::string_view created_by() const override { return task_.task().created_by; }
    std::string_view correlation_id() const override { return task_.task().correlation_id; }
    std::chrono::steady_clock::time_point deadline() const override { return task_.deadline(); }
    StopReason stop_reason() const override;
    std::stop_token stop_token() const override { return task_.stop_token(); }
    void progress(int percent, std::string_view message) override;
    void log(std::string_view line) override;
    std::optional<std::string> cursor() const override;
    void save_cursor(std::string_view text) override;

 protected:
    std::optional<std::string> find_step(std::string_view name) const override;
    void save_step(std::string_view name, std::string_view json) override;

 private:
    struct Saved {
        std::optional<std::string> cursor;
        std::map<std::string, std::string, std::less<>> steps;  // JSON
    };
    static std::string to_text(const Saved& saved);
    static Saved from_text(std::string_view text);
    Saved& saved() const;  // as read from the database, once
    void store(Saved changed);

    tasks::TaskContext& task_;
    mutable std::optional<Saved> saved_;
};

tasks::Outcome run_handler(const detail::ErasedHandler& handler, tasks::TaskContext& task);

// What a Result says to who uses the public API.
[[noreturn]] void throw_failure(const Error& error);

}  // namespace galley::embed
