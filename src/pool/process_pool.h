// src/pool/process_pool.h — runs jobs in child processes with hard limits, and knows at once how one of them died.
//
// Shape    start() spawns the pool parent and returns; parent and children come up meanwhile. run(call) gives the job's
//          bytes, blocking its thread. A child does one job at a time and many in its life; one that died, was killed
//          or grew is replaced. When the pool parent dies it is started anew and the job runs once more: jobs are pure.
// Errors   start: Unavailable. run, in JobEnd::reply: what the job said; LimitExceeded (memory, processor time, size of
//          the result); DeadlineExceeded (wall time); Cancelled (stop); Unavailable: the child died of itself (then
//          `death` is set), or no child could be made. Corrupt: a child that answers nonsense, which is killed.
// Owner    open_file is called on the thread of the run(); on_progress likewise, and must not block. Destroyed when no
//          run() is under way.
// Threads  any.
// Limits   PoolOptions, JobLimits; one retry for a lost parent, kBlamelessDeathsMax fresh children for a job that none
//          of them began.
// Source   SPEC R52, R44; docs/isolation.md, docs/decisions/0006-render-processes.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/log_bound.h"
#include "base/mutex.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/descriptor.h"

namespace galley::pool {

inline constexpr int kBlamelessDeathsMax = 3;

struct JobLimits {
    Duration cpu = std::chrono::seconds(120);  // whole seconds, rounded up
    Duration wall = std::chrono::seconds(300);
};

// What a child that asks for a file gets.
using FileDoor = std::function<Result<os::RegularFile>(const std::string& path)>;

struct PoolOptions {
    std::size_t children_max = 1;
    std::size_t children_at_start = 1;
    std::uint64_t memory_bytes_max = 1u << 30;        // data of a child; 0 is no limit
    std::uint64_t reply_bytes_max = 1u << 30;         // and of an input
    std::uint64_t recycle_memory_bytes = 256u << 20;  // a child whose peak was above is replaced after its job
    std::uint32_t recycle_jobs = 1'000;               // and after so many
    FileDoor open_file{};                             // none: no file
};

// A child that died without being told to.
struct Death {
    int signal = 0;       // 0: it exited
    int exit_status = 0;  // when it exited
    std::uint64_t peak_memory_bytes = 0;
    Duration cpu{0};   // of its whole life
    int progress = 0;  // last told
    std::string message{};
    bool near_memory_limit = false;

    // "killed by SIGSEGV; peak memory 31.5 MiB, processor time 1.2 s, at 60 % (laid out)"
    std::string to_string() const;
};

struct JobCall {
    std::uint32_t job = 0;
    std::string_view input{};
    JobLimits limits{};
    std::stop_token stop{};
    std::function<void(int percent, std::string_view message)> on_progress{};
};

struct JobEnd {
    Result<Bytes> reply;
    std::optional<Death> death{};
};

struct PoolStats {
    std::uint64_t jobs = 0;
    std::uint64_t deaths = 0;  // of children, of themselves
    std::uint64_t killed = 0;  // by a stop or a limit
    std::uint64_t recycled = 0;
    std::uint64_t parents_started = 0;  // 1 when all is well
    std::size_t children = 0;
    std::optional<std::string> not_enforced{};  // "" when all is; absent until a child has told
};

class Child;
class ParentHandle;

class ProcessPool {
 public:
    static Result<std::unique_ptr<ProcessPool>> start(PoolOptions options, const os::Clock& clock);
    ~ProcessPool();

    JobEnd run(const JobCall& call);
    PoolStats stats();

 private:
    using ChildPtr = std::unique_ptr<Child>;

    ProcessPool(PoolOptions options, const os::Clock& clock);
    Result<void> start_parent() GALLEY_REQUIRES(mutex_);
    Result<ChildPtr> acquire(const JobCall& call, MonotonicTime deadline);
    ChildPtr take_idle() GALLEY_REQUIRES(mutex_);
    Result<ChildPtr> make_child() GALLEY_REQUIRES(mutex_);
    void release(ChildPtr child);
    void drop(ChildPtr child, std::uint64_t PoolStats::* why);
    bool run_once(const JobCall& call, MonotonicTime deadline, JobEnd& end);
    void note_enforcement(const Child& child);
    void log_death(const Death& death);

    const PoolOptions options_;
    const os::Clock& clock_;
    Mutex mutex_;
    CondVar freed_;
    std::shared_ptr<ParentHandle> parent_ GALLEY_GUARDED_BY(mutex_);
    std::vector<ChildPtr> idle_ GALLEY_GUARDED_BY(mutex_);
    std::size_t children_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::uint32_t last_number_ GALLEY_GUARDED_BY(mutex_) = 0;
    PoolStats stats_ GALLEY_GUARDED_BY(mutex_);
    LogBound log_bound_;
};

}  // namespace galley::pool
