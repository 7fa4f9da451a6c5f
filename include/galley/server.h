// include/galley/server.h — a Galley server with kinds of task of your own, and tasks enqueued in process.
//
// Shape    int main(int argc, char** argv) {
//              galley::Server server({.name = "shop"});
//              server.register_kind<Order, Receipt>("receipt", {.max_attempts = 5}, make_receipt);
//              return server.run(argc, argv);   // shop serve --listen … : all of galley's commands and settings
//          }
//          Or start() and stop() around code of your own.
//          A handler is a function of (Context&, Input) or (Context&, const Input&) that gives an Output or an
//          Outcome<Output>. What it throws becomes the attempt's end: Retry, Fail, Snooze, Cancel as they say; Failure
//          fails the task, or tries it again when its code is "unavailable"; any other exception tries it again.
// Errors   register_kind: Failure "invalid_input" (name, queue, options), "conflict" (taken, or the server runs).
//          start: Failure with the fault. enqueue, task, wait, cancel: Failure "unavailable" while nothing runs,
//          "not_found", "invalid_input", "conflict".
// Owner    handlers live as long as the Server; it must outlive what uses it. One of a process runs at a time.
// Threads  register_kind, run, start, stop: one thread, the main one for run(). The rest: any, handlers too, but a
//          handler that waits for a task keeps its thread busy meanwhile.
// Limits   docs/limits.md; inputs and results 16 MiB.
// Source   docs/handlers.md.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "galley/context.h"
#include "galley/describe.h"

namespace galley {

struct KindOptions {
    std::string queue = "default";  // where its tasks go unless they say otherwise
    int max_attempts = 3;
    std::chrono::milliseconds timeout = std::chrono::minutes(5);  // of one attempt
    // The pause before a retry is random, up to base × 2^(attempt − 1), at most max.
    std::chrono::milliseconds backoff_base = std::chrono::seconds(2);
    std::chrono::milliseconds backoff_max = std::chrono::minutes(5);
    UnknownFields unknown_fields = UnknownFields::Refuse;  // of the input
};

struct TaskOptions {
    std::optional<std::string> queue = std::nullopt;
    int priority = 5;  // 0–9, higher first
    std::chrono::milliseconds delay = std::chrono::milliseconds(0);
    std::optional<int> max_attempts = std::nullopt;
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
    std::string unique_key = {};  // at most one unfinished task of the kind has it: the others' id is given
    std::string created_by = "program";
    std::string correlation_id = {};
    std::vector<std::string> tags = {};
    std::vector<std::string> parents = {};  // ids: it waits until they have ended
};

enum class TaskState : std::uint8_t { Scheduled, Pending, Running, Completed, Failed, Cancelled };

struct Task {
    std::string id;
    std::string kind;
    TaskState state = TaskState::Pending;
    int attempt = 0;
    int progress = 0;
    std::string message;
    std::optional<std::string> result = std::nullopt;  // JSON
    std::optional<std::string> error = std::nullopt;

    bool finished() const {
        return state == TaskState::Completed || state == TaskState::Failed || state == TaskState::Cancelled;
    }
};

struct Program {
    std::string name = "galley";
    std::string summary = "Galley with kinds of task of its own";
};

namespace detail {

// What a handler came to, with its result as JSON.
using End = std::variant<std::string, Retry, Fail, Snooze, Cancel>;
using ErasedHandler = std::function<End(Context&, const std::string& input)>;

template <typename Output>
End to_end(Outcome<Output> outcome) {
    return std::visit(
        [](auto&& end) -> End {
            using Kind = std::decay_t<decltype(end)>;
            if constexpr (std::is_same_v<Kind, Output>) {
                return to_json(end);
            } else {
                return std::forward<decltype(end)>(end);
            }
        },
        std::move(outcome));
}

}  // namespace detail

class Server {
 public:
    explicit Server(Program program = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Before run() and start().
    template <Readable Input, Writable Output, typename Handler>
    void register_kind(std::string name, KindOptions options, Handler handler) {
        const UnknownFields unknown = options.unknown_fields;
        add_kind(std::move(name), std::move(options),
                 [handler = std::move(handler), unknown](Context& context, const std::string& json) -> detail::End {
                     Input input = from_json<Input>(json, unknown);
                     if constexpr (std::is_void_v<std::invoke_result_t<const Handler&, Context&, Input>>) {
                         static_assert(std::is_same_v<Output, None>,
                                       "a handler that returns nothing has the output None");
                         handler(context, std::move(input));
                         return detail::to_end<Output>(Output{});
                     } else {
                         return detail::to_end<Output>(handler(context, std::move(input)));
                     }
                 });
    }

    // The command line, as that of galley. Gives the exit code. Nothing may go before it in main() that starts threads
    // or prints: renders run in processes that start this program anew.
    int run(int argc, const char* const* argv);

    // Serves in the background until stop(): settings by their names in docs/configuration.md, e.g.
    // {"server.listen", "127.0.0.1:0"}. Neither files nor the environment are read. Signals are left alone. Renders
    // run in this process.
    void start(const std::map<std::string, std::string>& settings);
    std::string url() const;  // "http://127.0.0.1:8000"
    // Takes no more requests, lets running tasks end in the grace time or puts them back. Without effect when stopped.
    void stop();

    // Durable on return; gives the task's id.
    template <Writable Input>
    std::string enqueue(std::string_view kind, const Input& input, const TaskOptions& options = {}) {
        return enqueue_json(kind, to_json(input), options);
    }
    Task task(std::string_view id) const;
    // When it has finished or the time is up.
    Task wait(std::string_view id, std::chrono::milliseconds at_most) const;
    TaskState cancel(std::string_view id);

 private:
    void add_kind(std::string name, KindOptions options, detail::ErasedHandler handler);
    std::string enqueue_json(std::string_view kind, std::string input, const TaskOptions& options);

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace galley
