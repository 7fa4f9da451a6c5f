// include/galley/context.h — what a handler has of its task beside the input, and the ways in which it can end.
//
// Shape    A handler returns its result, or throws or returns one of the ends below (Outcome<Output>).
// Errors   save_cursor, step: Failure "limit_exceeded" (64 KiB for the cursor and all steps together); Stopped, when
//          the attempt is over and nothing that it says counts any more; Failure "unavailable" (database).
// Owner    a Context lives while its handler runs.
// Threads  progress(), log(), stopped() and what they are made of from any; step() and the cursor from one at a time.
// Limits   message 500 bytes, log 200 lines of 1,000 bytes, cursor and steps 64 KiB: docs/limits.md.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "galley/describe.h"

namespace galley {

// The attempt failed; another one follows, by the task's backoff or `after` so long, while max_attempts allows.
struct Retry {
    std::string reason;
    std::optional<std::chrono::milliseconds> after = std::nullopt;
};
// Failed for good. `where`: the JSON pointer of what is wrong in the input, if it is that.
struct Fail {
    std::string reason;
    std::string where = {};
};
// Not now: runs again after the delay, and this attempt is not counted.
struct Snooze {
    std::chrono::milliseconds delay;
};
struct Cancel {
    std::string reason = "cancelled";
};
// Thrown by check(), save_cursor() and step(): the task was cancelled, is out of time, or is to be put back because the
// server stops. Let it pass.
struct Stopped {};

template <typename Output>
using Outcome = std::variant<Output, Retry, Fail, Snooze, Cancel>;

enum class StopReason : std::uint8_t { None, Cancelled, TimedOut, ShuttingDown };

class Context {
 public:
    virtual ~Context() = default;

    virtual std::string_view id() const = 0;
    virtual std::string_view kind() const = 0;
    virtual std::string_view queue() const = 0;
    virtual int attempt() const = 0;  // 1 is the first
    virtual int max_attempts() const = 0;
    virtual std::string_view created_by() const = 0;
    virtual std::string_view correlation_id() const = 0;
    virtual std::chrono::steady_clock::time_point deadline() const = 0;  // of this attempt

    // Look at it at least every 100 ms of work: a handler that does not keeps its thread busy until it returns.
    virtual StopReason stop_reason() const = 0;
    virtual std::stop_token stop_token() const = 0;
    bool stopped() const { return stop_reason() != StopReason::None; }
    bool cancelled() const { return stop_reason() == StopReason::Cancelled; }
    void check() const {
        if (stopped()) throw Stopped{};
    }

    // 0–100; it never goes back. Cheap: told at once, stored at most once a second.
    virtual void progress(int percent, std::string_view message = {}) = 0;
    // A line of the task's log.
    virtual void log(std::string_view line) = 0;

    // For work that goes on where it stopped: what save_cursor() was given, durable when it returns, is what cursor()
    // gives, also to the next attempt and after a crash of the server.
    virtual std::optional<std::string> cursor() const = 0;
    virtual void save_cursor(std::string_view text) = 0;

    // Runs `work` once in the life of the task: its result is stored before step() returns, and later attempts get it
    // without running `work` again. Steps of one task have different names.
    template <typename Work>
    auto step(std::string_view name, Work&& work) {
        using Result = std::invoke_result_t<Work>;
        if constexpr (std::is_void_v<Result>) {
            if (find_step(name)) return;
            check();
            std::forward<Work>(work)();
            save_step(name, "null");
        } else {
            if (const auto known = find_step(name)) return from_json<Result>(*known, UnknownFields::Ignore);
            check();
            Result made = std::forward<Work>(work)();
            save_step(name, to_json(made));
            return made;
        }
    }

 protected:
    virtual std::optional<std::string> find_step(std::string_view name) const = 0;
    virtual void save_step(std::string_view name, std::string_view json) = 0;
};

}  // namespace galley
