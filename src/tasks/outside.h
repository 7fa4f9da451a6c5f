// src/tasks/outside.h — work for other processes: kinds without a handler here, handed out under leases.
//
// Shape    declare_in() makes a kind known, durably. lease() gives ready tasks to a worker, now or as soon as there are
//          any; each is then an attempt that runs, held by (caller, worker) under its number: the fencing token. It
//          ends by settle(), its timeout, or when its lease is over without a word from the worker. heartbeat() renews
//          leases and says what was cancelled and what is lost. A restart of the server ends no attempt: those under
//          way get their lease anew from start() on.
// Units    leases are Durations; they are renewed in memory, since a restart renews them anyway.
// Errors   declare_in: Conflict (a kind with a handler here), LimitExceeded (OutsideLimits::kinds_max), InvalidInput.
//          forget_in: NotFound. lease: Unavailable (leases_waiting_max, workers_max, stopping, database).
//          Of one task: NotFound (no such task, or another worker's), Conflict (the attempt is over or another one).
// Owner    a view of the engine; copies nothing of it.
// Threads  any; declare_in and forget_in on the writer thread (inside a write). Callbacks come from the calling thread,
//          the writer or the timer: they must be cheap and must not block.
// Limits   OutsideLimits and the constants below.
// Source   SPEC R52, R56; docs/workers.md.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/engine.h"

namespace galley::tasks {

inline constexpr Duration kLeaseMin = std::chrono::seconds(1);
inline constexpr Duration kLeaseMax = std::chrono::seconds(300);
inline constexpr std::size_t kLeaseTasksMax = 100;   // of one lease
inline constexpr std::size_t kLeaseKindsMax = 100;   // likewise
inline constexpr std::size_t kLeaseQueuesMax = 20;   // likewise
inline constexpr std::size_t kHeldTasksMax = 1'000;  // of one heartbeat or one batch of ends
inline constexpr std::size_t kWorkerNameBytesMax = 100;
inline constexpr std::size_t kClientNameBytesMax = 100;
inline constexpr std::size_t kLeaseInputBytesMax = 16u << 20;  // inputs of one lease, but for its first
// A worker runs few tasks at once, so the blame is narrower than kKillsMax has it.
inline constexpr int kOutsideKillsMax = 3;

struct OutsideKind {
    std::string name;
    std::string queue = "default";
    int max_attempts = kMaxAttemptsDefault;
    Duration timeout = kTimeoutDefault;
    std::string declared_by{};
    Time declared_at{};
};
Result<void> validate(const OutsideKind& kind);

// Who holds leases: the caller of the API, and which of its processes.
struct WorkerIdentity {
    std::string caller;
    std::string worker;
    bool operator==(const WorkerIdentity&) const = default;
    auto operator<=>(const WorkerIdentity&) const = default;
};

struct LeaseRequest {
    WorkerIdentity who;
    std::vector<std::string> kinds;
    std::vector<std::string> queues{};  // none: the kinds' own and "default"
    std::size_t tasks_max = 1;
    std::optional<Duration> lease{};  // else OutsideLimits::lease
    std::string client{};             // program and version, for people
    std::string address{};
};

struct LeasedTask {
    TaskRecord task;
    std::string input;
};
struct Leased {
    std::vector<LeasedTask> tasks;
    Duration lease{};
};
using LeaseCallback = std::move_only_function<void(Result<Leased>)>;

struct HeldTask {
    std::string id;
    int attempt = 0;
    bool waiting = false;            // leased ahead of its time and not begun: its worker's death is none of its doing
    std::vector<std::string> log{};  // lines for the task's log, at most kLogLinesMax
};
struct HeldAnswer {
    std::vector<std::string> cancelled{};  // to be stopped
    std::vector<std::string> lost{};       // over, by timeout, lease or another's deed: nothing will be taken from them
};

struct OutsideEnd {
    enum class Kind : std::uint8_t { Done, Retry, Fail, Cancel, Crash, Snooze, Release };
    std::string id;
    int attempt = 0;
    Kind kind = Kind::Done;
    std::string text{};               // result (JSON) or error
    std::optional<Duration> delay{};  // Snooze; Retry: instead of the backoff
    std::vector<std::string> log{};   // the last lines for the task's log
};
struct ProgressAnswer {
    int percent = 0;  // what stands now
    bool cancelled = false;
};
// The state of each task after its end, in order; called once.
using SettleCallback = std::move_only_function<void(std::vector<Result<TaskState>>)>;

struct WorkerView {
    WorkerIdentity who;
    std::string client;
    std::string address;
    std::vector<std::string> kinds;
    std::vector<std::string> queues;
    Time since{};
    Time last_seen{};
    std::uint64_t leased = 0, completed = 0, failed = 0, lost = 0;
    std::size_t running = 0;
    bool waiting = false;  // a lease is open
};

class OutsideWork {
 public:
    explicit OutsideWork(TaskEngine& engine) : impl_(*engine.impl_) {}

    // Repeats change nothing but what differs.
    Result<void> declare_in(store::Executor& executor, std::span<const OutsideKind> kinds);
    Result<void> forget_in(store::Executor& executor, std::string_view name);
    bool knows(std::string_view kind) const;
    std::vector<OutsideKind> kinds() const;  // by name

    // `callback` exactly once: with tasks, or with none at `deadline`, when cancelled, or at stop_leasing().
    WaitId lease(LeaseRequest request, MonotonicTime deadline, LeaseCallback callback);
    bool cancel_lease(WaitId wait);
    // From now on nothing is leased: who waits gets nothing, who asks Unavailable.
    void stop_leasing();

    HeldAnswer heartbeat(const WorkerIdentity& who, std::span<const HeldTask> tasks);
    Result<ProgressAnswer> beat(const WorkerIdentity& who, const HeldTask& task);
    Result<ProgressAnswer> progress(const WorkerIdentity& who, std::string_view id, int attempt, int percent,
                                    std::string_view message, std::span<const std::string> log = {});
    // A repeated Done of an attempt that is completed is taken as said.
    void settle(const WorkerIdentity& who, std::vector<OutsideEnd> ends, SettleCallback callback);

    const OutsideLimits& limits() const;
    std::vector<WorkerView> workers() const;  // by caller and name

 private:
    TaskEngine::Impl& impl_;
};

}  // namespace galley::tasks
