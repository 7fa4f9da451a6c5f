// src/tasks/task.h — what a task is: what a caller asks for (NewTask), gets (TaskRef) and reads (TaskRecord).
//
// Shape    Inputs and results are JSON text that this module never looks into. A task's public id is the caller's own
//          (NewTask::id, e.g. "snapshot-snap-…") or "task-" + 16 hex digits made of its row number and a random tag, so
//          that looking one up needs no index of random keys.
// Units    times UTC; durations in milliseconds.
// Errors   validate: InvalidInput, LimitExceeded (input). parse_task_id: nullopt for an id that we did not make.
// Limits   the k…Max constants below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"
#include "tasks/states.h"

namespace galley::tasks {

inline constexpr int kPriorityMax = 9;
inline constexpr int kPriorityDefault = 5;
inline constexpr int kMaxAttemptsDefault = 3;
inline constexpr int kMaxAttemptsMax = 100;
// A task that was running in so many processes that died is quarantined. All that ran as threads of one share the
// blame: hence more than the three of kOwnKillsMax, and a growing pause before each new try.
inline constexpr int kKillsMax = 5;
inline constexpr int kOwnKillsMax = 3;  // where the kernel says whose work it was (Outcome::died)
inline constexpr Duration kDeferralBase = std::chrono::seconds(2);
inline constexpr Duration kDeferralCap = std::chrono::minutes(1);
inline constexpr Duration kTimeoutDefault = std::chrono::seconds(300);
inline constexpr Duration kTimeoutMax = std::chrono::hours(24);
inline constexpr Duration kBackoffBaseDefault = std::chrono::seconds(2);
inline constexpr Duration kBackoffCapDefault = std::chrono::minutes(5);
inline constexpr std::size_t kTaskIdBytesMax = 128;
inline constexpr std::size_t kNameBytesMax = 64;  // kind, queue
inline constexpr std::size_t kTaskInputBytesMax = 16u << 20;
inline constexpr std::size_t kTaskBatchMax = 10'000;
inline constexpr std::size_t kErrorBytesMax = 4'000;
inline constexpr std::size_t kMessageBytesMax = 500;

using TaskSeq = std::int64_t;  // the row number: order of creation

// Retry after a random time in [0, min(cap, base × 2^(attempt−1))].
struct Backoff {
    Duration base = kBackoffBaseDefault;
    Duration cap = kBackoffCapDefault;
};

struct NewTask {
    std::string kind;
    std::string input = "null";  // JSON
    std::optional<std::string>
        id{};  // the caller's own; Conflict if taken. Ids that begin in order of time are cheapest
    std::optional<std::string> queue{};  // else the kind's
    int priority = kPriorityDefault;     // 0–9, higher first
    std::optional<Time> run_at{};        // not before
    std::optional<int> max_attempts{};   // else the kind's
    std::optional<Duration> timeout{};   // of one attempt; else the kind's
    std::optional<Backoff> backoff{};    // else the kind's
    std::string limit_key{};             // tasks of one queue with the same share its per-key limits; "" = none
    std::optional<Digest> unique_key{};  // while a task with this key is not finished, enqueueing joins it
    std::string correlation_id{};
    std::string created_by{};
};

struct TaskRef {
    TaskSeq seq = 0;
    std::string id;
    TaskState state = TaskState::Pending;
    bool joined = false;  // the id of a task that was already there (unique_key)
};

struct TaskRecord {
    TaskSeq seq = 0;
    std::string id;
    std::string kind;
    std::string queue;
    TaskState state = TaskState::Pending;
    int priority = kPriorityDefault;
    int attempt = 0;  // of the attempt that runs or ran last
    int max_attempts = kMaxAttemptsDefault;
    int kills = 0;
    Duration timeout = kTimeoutDefault;
    Backoff backoff{};
    int progress = 0;  // 0–100
    std::string message;
    Time created_at{};
    std::optional<Time> scheduled_at{};  // not before; also the time of the next attempt
    std::optional<Time> started_at{};    // of the last attempt
    std::optional<Time> completed_at{};  // when it became terminal
    std::string correlation_id;
    std::string created_by;
    std::string limit_key;
    bool cancel_asked = false;            // while it ran: its next end is Cancelled, unless it is terminal anyway
    std::optional<std::string> result{};  // JSON; get() only
    std::optional<std::string> error{};   // get() only
};

struct AttemptError {
    int attempt = 0;
    Time at{};
    std::string error;
};

struct TaskFilter {
    std::optional<TaskState> state{};
    std::optional<std::string> kind{};
    std::optional<std::string> queue{};
    std::optional<std::string> created_by{};
    std::optional<Time> created_after{};   // this moment or later
    std::optional<Time> created_before{};  // earlier than this moment
    std::optional<TaskSeq> before{};       // cursor: only older ones
    int limit = 50;                        // 1–200
};

// Newest first. A page may be short although older tasks follow (the rows looked at per call are bounded): go on while
// `next` is set.
struct TaskPage {
    std::vector<TaskRecord> tasks;
    std::optional<TaskSeq> next{};
};

struct TaskCounts {
    std::int64_t by_state[kTaskStateCount] = {};
    std::int64_t operator[](TaskState state) const { return by_state[static_cast<int>(state)]; }
};

// Everything but whether the kind is known.
Result<void> validate(const NewTask& task);

std::string make_task_id(TaskSeq seq, std::uint32_t tag);
struct ParsedTaskId {
    TaskSeq seq;
    std::uint32_t tag;
};
std::optional<ParsedTaskId> parse_task_id(std::string_view id);

}  // namespace galley::tasks
