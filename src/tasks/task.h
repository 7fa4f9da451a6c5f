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
inline constexpr std::size_t kTagsMax = 16;
inline constexpr std::size_t kTagBytesMax = 64;
inline constexpr std::size_t kParentsMax = 10'000;
inline constexpr Duration kUniqueWindowMax = std::chrono::hours(24);
inline constexpr Duration kKeepMin = std::chrono::seconds(1);
inline constexpr Duration kKeepMax = std::chrono::hours(24 * 366);
inline constexpr std::size_t kLogLinesMax = 200;  // of one task; then the oldest go
inline constexpr std::size_t kLogLineBytesMax = 1'000;
inline constexpr std::size_t kCursorBytesMax = 64u << 10;

using TaskSeq = std::int64_t;  // the row number: order of creation

// Retry after a random time in [0, min(cap, base × 2^(attempt−1))].
struct Backoff {
    Duration base = kBackoffBaseDefault;
    Duration cap = kBackoffCapDefault;
};

// What enqueueing does when a live task has the same unique key.
enum class UniquePolicy : std::uint8_t {
    Join,     // gives that one
    Replace,  // the new one takes its place: one that waits is cancelled, one that runs goes on without the key
    Reject,   // Conflict
};

// What becomes of a task when a parent fails or is cancelled.
enum class OnParentFailure : std::uint8_t { Fail = 0, Continue = 1 };

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
    std::optional<Digest> unique_key{};  // at most one task with it is live
    std::string correlation_id{};
    std::string created_by{};
    UniquePolicy unique_policy = UniquePolicy::Join;
    Duration unique_window{0};         // the key holds so long after the creation, also when the task has ended
    std::optional<Time> expires_at{};  // cancelled when it has not begun by then
    std::optional<Duration> keep{};    // after its end; else the engine's retention
    std::vector<std::string> tags{};
    std::vector<std::string> parents{};  // ids; it waits until all of them have ended
    OnParentFailure on_parent_failure = OnParentFailure::Fail;
    bool input_from_parents = false;    // the handler gets {"input": own, "parents": [{task_id, status, result}, …]}
    bool encrypted = false;             // input, result and cursor are sealed at rest; needs payload keys
    bool open = false;                  // waits for close() as well; until then others may name it in `before`
    std::vector<std::string> before{};  // ids of open tasks: they wait for this one, too
    std::optional<std::string> family_of{};  // parents and `before` must be this creator's, else they count as absent
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
    std::optional<Time> expires_at{};
    std::vector<std::string> tags{};
    int parents_left = 0;  // parents that have not ended, and one while it is open
    OnParentFailure on_parent_failure = OnParentFailure::Fail;
    bool input_from_parents = false;
    bool encrypted = false;
    bool open = false;
    bool cancel_asked = false;            // while it ran: its next end is Cancelled, unless it is terminal anyway
    std::optional<std::string> result{};  // JSON; get() only
    std::optional<std::string> error{};   // get() only
    std::vector<std::string> parents{};   // ids; get() only
};

struct LogLine {
    int attempt = 0;
    Time at{};
    std::string text;
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
    std::optional<std::string> tag{};
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

// What of one queue has not ended.
struct QueueCounts {
    std::int64_t scheduled = 0;
    std::int64_t pending = 0;
    std::int64_t running = 0;
    bool operator==(const QueueCounts&) const = default;
    std::int64_t& of(TaskState state) {
        return state == TaskState::Scheduled ? scheduled : state == TaskState::Pending ? pending : running;
    }
};

// Everything but whether the kind is known.
Result<void> validate(const NewTask& task);
Result<void> check_queue_name(std::string_view name, const char* pointer);

std::string make_task_id(TaskSeq seq, std::uint32_t tag);
struct ParsedTaskId {
    TaskSeq seq;
    std::uint32_t tag;
};
std::optional<ParsedTaskId> parse_task_id(std::string_view id);

}  // namespace galley::tasks
