// src/tasks/engine_impl.h — the engine's parts and their state; engine.h is the contract. One class in several files:
// engine.cpp (start, stop), intake.cpp (new tasks), cancel.cpp, bulk.cpp, workflow.cpp (parents), queues.cpp,
// payload.cpp (at rest), attempts.cpp (workers), timer.cpp (time), queries.cpp (reads).
//
// Shape    a task is, in memory, in at most one place: a lane of lanes_, live_ (an attempt whose end is not durable),
//          the DueWindow, or held_ (being cancelled); or in none, then the database alone has it and a refill will
//          bring it. What a refill reads is decided on the writer thread, where nothing else changes the tables.
// Threads  workers, one timer, the database's writer (dones and hooks), and any caller. mutex_ guards what workers
//          share,
//          timer_mutex_ what waits for time; mutex_ may be taken inside no other lock, and no callback runs under
//          either.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/log_bound.h"
#include "base/mutex.h"
#include "tasks/due_window.h"
#include "tasks/engine.h"
#include "tasks/journal.h"
#include "tasks/list_map.h"
#include "tasks/live_task.h"
#include "tasks/outside_desk.h"
#include "tasks/outside_kinds.h"
#include "tasks/ready_lanes.h"
#include "tasks/rows.h"
#include "tasks/task_counters.h"
#include "tasks/waiters.h"

namespace galley::tasks {

class TaskEngine::Impl {
 public:
    Impl(store::Database& database, const os::Clock& clock, os::Random& random, EngineOptions options);
    ~Impl();

    // engine.cpp
    void register_kind(KindOptions options, Handler handler);
    bool knows_kind(std::string_view kind) const { return kinds_.contains(kind); }
    Result<void> start();
    std::size_t stop(Duration grace);
    void join() { workers_.clear(); }
    EngineStats stats() const;

    // intake.cpp
    Result<TaskRef> enqueue(store::Executor& executor, const NewTask& task);
    void enqueue(NewTask task, std::move_only_function<void(Result<TaskRef>)> done);
    Result<std::vector<TaskRef>> enqueue_many(std::span<const NewTask> tasks);
    Result<TaskRef> retry(std::string_view id);

    // cancel.cpp
    Result<TaskState> cancel(std::string_view id);
    Result<std::size_t> cancel_all(std::vector<TaskRecord> found);

    // bulk.cpp
    Result<BulkResult> bulk(BulkAction action, const TaskFilter& filter, int tasks_max);

    // workflow.cpp
    Result<TaskState> close(std::string_view id);

    // queues.cpp
    Result<QueueStatus> set_queue(std::string_view name, const QueueChange& change);
    QueueStatus queue(std::string_view name) const;
    std::vector<QueueStatus> queues() const;

    // queries.cpp
    Result<TaskRecord> get(std::string_view id) const;
    Result<std::vector<TaskRecord>> get_many(std::span<const std::string> ids) const;
    Result<std::string> input(std::string_view id) const;
    Result<std::vector<AttemptError>> attempt_errors(std::string_view id) const;
    Result<std::vector<LogLine>> log_lines(std::string_view id) const;
    Result<TaskPage> list(const TaskFilter& filter) const;
    TaskCounts counts() const;
    void overlay(TaskRecord& task) const;
    Result<std::optional<ListMap::Stretch>> next_stretch(store::Executor& executor, const TaskFilter& filter,
                                                         TaskSeq before) const;
    void note_removed(const rows::Removed& removed);
    Result<TaskPage> list_running(const TaskFilter& filter, int limit) const;
    WaitId when_finished(std::string_view id, MonotonicTime deadline, WaitCallback callback);
    bool cancel_wait(WaitId wait) { return waiters_.cancel(wait); }
    Result<std::int64_t> cleanup(Time before, const std::function<bool()>& stopped);

    // timer.cpp
    void clock_changed();

    // outside.cpp
    const OutsideKinds& outside_kinds() const { return outside_kinds_; }
    const OutsideLimits& outside_limits() const { return options_.outside; }
    Result<ProgressAnswer> outside_beat(const WorkerIdentity& who, const HeldTask& task);
    Result<void> declare_outside(store::Executor& executor, std::span<const OutsideKind> kinds);
    Result<void> forget_outside(store::Executor& executor, std::string_view name);
    WaitId lease(LeaseRequest request, MonotonicTime deadline, LeaseCallback callback);
    bool cancel_lease(WaitId wait);
    void stop_leasing();
    HeldAnswer heartbeat(const WorkerIdentity& who, std::span<const HeldTask> tasks);
    struct SaidProgress {
        int percent;
        std::string_view message;
        std::span<const std::string> log;
    };
    Result<ProgressAnswer> outside_progress(const WorkerIdentity& who, std::string_view id, int attempt,
                                            const SaidProgress& said);
    void settle_outside(const WorkerIdentity& who, std::vector<OutsideEnd> ends, SettleCallback callback);
    std::vector<WorkerView> outside_workers() const;

 private:
    struct Kind {
        KindOptions options;
        Handler handler;
    };
    using Live = std::shared_ptr<LiveTask>;
    enum class PayloadPart : std::uint8_t { Input, Result, Cursor };
    // Why an attempt did not begin.
    enum class WhyNot : std::uint8_t { WaitsNoLonger, DatabaseFailed };
    struct Taken {
        Live live;
        ReadyTask ready;
        ReadyLanes::Lane* lane;
        std::vector<LaneKey> hungry{};  // lanes to be refilled
    };

    // One lease under way: who gets it, what was taken for it, and what became of that.
    struct Grant {
        WaitId wait = 0;
        LeaseWaiter waiter{};
        std::vector<Taken> taken{};
        std::vector<Live> leased{};
        std::vector<LeasedTask> answer{};
        std::vector<std::pair<Live, std::string>> unfit{};  // leased only to be failed
    };
    using Grants = std::vector<Grant>;

    // outside.cpp
    Result<void> adopt_outside();
    void adopt_one(rows::OutsideLeaseRow row, TaskRecord task);
    std::optional<KindOptions> outside_options(std::string_view kind) const;
    std::optional<Error> admit_worker(const LeaseRequest& request) GALLEY_REQUIRES(mutex_);
    WorkerNote* note_worker(const WorkerIdentity& who) GALLEY_REQUIRES(mutex_);
    std::optional<Taken> pop_outside(const LeaseRequest& request) GALLEY_REQUIRES(mutex_);
    Grants choose() GALLEY_REQUIRES(mutex_);
    void want_outside(std::string_view kind) GALLEY_REQUIRES(mutex_);
    void wake_outside() GALLEY_EXCLUDES(mutex_);
    void submit_grants(std::shared_ptr<Grants> grants) GALLEY_EXCLUDES(mutex_);
    Result<void> write_grants(store::Executor& executor, Grants& grants);
    Result<std::unique_ptr<TaskSeed>> seed_of(store::Executor& executor, Taken& taken) const;
    Result<void> start_outside(store::Executor& executor, LiveTask& live, const LeaseRequest& request,
                               const TaskSeed& seed);
    void lend(LiveTask& live, rows::OutsideLeaseRow row, TaskRecord task, MonotonicTime deadline);
    void settle_grants(Grants& grants, Result<void> result);
    void hand_out(Grant& grant);
    void take_back_rest(Grant& grant, bool written);
    void put_back_taken(const Taken& taken);
    void return_lane(ReadyLanes::Lane* lane) GALLEY_REQUIRES(mutex_);
    static ReadyLanes::Lane* lane_of_taken(const Grant& grant, const Live& live);
    void wait_on(Grant grant);
    void expire_lease_waits(MonotonicTime now);
    static std::optional<Error> why_not_held(const Live& live, const std::string& holder, int attempt);
    Result<Live> find_held(const WorkerIdentity& who, std::string_view id, int attempt);
    Error over_or_unknown(std::string_view id) const;
    Result<TaskState> after_the_end(const WorkerIdentity& who, const OutsideEnd& end) const;
    rows::Settlement decide_outside(const LiveTask& live, OutsideEnd end);
    void note_end(const LiveTask& live, OutsideEnd::Kind kind);
    rows::Settlement after_lost_lease(const LiveTask& live) const;
    bool keep_lease(const Live& live, MonotonicTime now);
    void forget_held(const LiveTask& live) GALLEY_REQUIRES(mutex_);

    // engine.cpp
    Result<void> rescue_all();
    Result<void> load_state();
    Result<void> give_lanes();
    Result<void> bring_lanes();
    void notify(TaskEvent event, const TaskRecord& task, std::string_view error = {}, Duration waited = {},
                Duration ran = {}) const;
    void count(std::string_view queue, TaskState state, std::int64_t by) GALLEY_REQUIRES(mutex_) {
        counters_.add(queue, state, by);
    }
    std::size_t put_back_running();
    void flush_writes();

    // intake.cpp
    Result<TaskRecord> new_record(const NewTask& task);
    Result<void> check_takes_tasks(std::string_view queue);
    Result<void> insert(store::Executor& executor, const TaskRecord& record, std::uint32_t tag, const NewTask& task);
    Result<std::optional<TaskRecord>> make_room(store::Executor& executor, const NewTask& task, Time now);
    Result<TaskSeq> take_seq(store::Executor& executor);
    std::uint32_t take_tag();
    void accept(std::unique_ptr<TaskSeed> seed);
    void push_ready(const TaskRecord& task);
    void push_ready_locked(const LaneView& lane, ReadyTask ready) GALLEY_REQUIRES(mutex_);
    void refill(const LaneKey& lane);
    void merge_refill(const LaneKey& lane, std::vector<rows::ReadyRow> found, bool more);
    void walk_lanes();
    void merge_lanes(const rows::LanePage& page);
    Result<void> run_hook(store::Executor& executor, const TaskRecord& task, TaskEvent event,
                          std::string_view error) const;
    Result<std::optional<TaskRef>> requeue(store::Executor& executor, TaskSeq seq);

    // bulk.cpp
    Result<std::size_t> apply(BulkAction action, std::vector<TaskRecord> tasks);
    Result<std::size_t> delete_all(const std::vector<TaskRecord>& tasks);

    // cancel.cpp
    class CancelRound;
    Result<void> cancel_replaced(store::Executor& executor, const TaskRecord& holder);
    void tell_cancelled(const TaskRecord& before, const TaskRecord& after, TaskEvent event, std::string_view reason);
    void note_expiry(Time when);
    void expire();
    bool is_too_late(const TaskRecord& task);
    void expired_step_done(bool done, std::optional<Time> next);
    bool hold_waiting(const TaskRecord& task);  // false: it runs
    void tell_to_stop(const TaskRecord& task);
    void release_hold(const TaskRecord& task, bool still_waiting);
    void find_again(const TaskRecord& task);

    // workflow.cpp
    struct Parents {
        struct Edge {
            TaskSeq parent;
            bool ended;
        };
        std::vector<Edge> edges{};
        std::vector<TaskSeq> children{};  // open tasks that wait for the new one, too
        int left = 0;
        std::optional<TaskRecord> failed{};  // the first that dooms the new task
    };
    Result<Parents> find_parents(store::Executor& executor, const NewTask& task) const;
    Result<void> insert_family(store::Executor& executor, TaskRecord& record, const Parents& parents);
    Result<void> end_children(store::Executor& executor, const TaskRecord& ended);
    Result<void> end_children(store::Executor& executor, const TaskRecord& task, TaskState ended_as);
    Result<void> one_parent_less(store::Executor& executor, const TaskRecord& child);
    Result<bool> fail_one_child(store::Executor& executor, const TaskRecord& child, const TaskRecord& parent);
    Result<void> fail_child(store::Executor& executor, const TaskRecord& child, const TaskRecord& parent);
    Result<std::string> input_with_parents(const TaskRecord& task, std::string_view own) const;

    // payload.cpp
    std::string at_rest(const TaskRecord& task, PayloadPart part, std::string text) const;
    Result<std::string> opened(bool encrypted, TaskSeq seq, PayloadPart part, std::string stored) const;
    void open_result(TaskRecord& task) const;
    Result<void> prepare_input(TaskSeed& seed) const;
    Result<std::optional<std::string>> read_cursor(const TaskRecord& task) const;

    // queues.cpp
    Result<void> load_queues();

    // attempts.cpp
    LiveTask::Sinks sinks();
    void log_line(const LiveTask& live, std::string_view text);
    void log_lines(const LiveTask& live, std::span<const std::string> lines);
    Result<void> save_cursor(const LiveTask& live, std::string_view cursor);
    void work();
    std::optional<Taken> take();
    std::optional<Taken> pop_ready() GALLEY_REQUIRES(mutex_);
    void run(Taken taken);
    Result<std::unique_ptr<TaskSeed>> read_seed(TaskSeq seq);
    std::optional<WhyNot> begin(const Live& live, std::unique_ptr<TaskSeed> seed);  // nothing: it has begun
    Outcome call_handler(const Live& live);
    void give_up_attempt(const Taken& taken, WhyNot why);
    void conclude(const Live& live, Outcome outcome);
    rows::Settlement decide(const LiveTask& live, Outcome outcome) const;
    rows::Settlement settlement(const LiveTask& live, TaskEvent event, std::string text) const;
    rows::Settlement cancelled(const LiveTask& live) const;
    rows::Settlement after_lost_end(const LiveTask& live, const Error& error) const;
    void when_not_written(const Live& live, const rows::Settlement& end, const Error& error);
    rows::Settlement after_own_kill(const LiveTask& live, std::string error) const;
    rows::Settlement retry_or_fail(const LiveTask& live, std::string error, Duration delay = Duration(0)) const;
    void write_end(const Live& live, rows::Settlement end);
    void submit_end(const Live& live, rows::Settlement end);
    Result<void> heed_cancel(store::Executor& executor, rows::Settlement& end) const;
    void submit_end_with_works(const Live& live, rows::Settlement end, std::vector<store::WriteWork> works);
    void after_end(const Live& live, const rows::Settlement& end, bool applied);
    void follow_up(const TaskRecord& task, const rows::Settlement& end);
    void log_refused(std::string_view event, const LiveTask& live) const;
    void log_unwritten(std::string_view event, const LiveTask& live, const Error& error) const;
    rows::Lease lease() const { return {owner_id_, clock_.now() + options_.lease}; }

    // timer.cpp
    void keep_time();
    void tick();
    void look_at_rates();
    void wake_timer_by(MonotonicTime when);
    void wake_timer_at(Time when);
    void add_due(Time when, TaskSeq seq);
    void run_due();
    void refill_due();
    void sweep_live();
    void sweep_one(const Live& live, MonotonicTime now);
    void rescue_expired();
    void rescue(std::vector<TaskRecord> dead, store::WriteDone then = nullptr);
    void clean_up_step();
    void note_clock();
    void follow_clock_back();
    Time trusted_now() const;

    store::Database& database_;
    const os::Clock& clock_;
    os::Random& random_;
    const EngineOptions options_;
    const std::int64_t owner_id_;
    std::map<std::string, Kind, std::less<>> kinds_;  // fixed after start()
    std::vector<std::uint32_t> tags_;                 // random, not used yet; of the writer thread
    std::atomic<TaskSeq> next_seq_ =
        0;  // 0: not read from the database yet; changed on the writer thread and by start()
    // Whether any task has a parent: until one has, an end does not look for children.
    std::atomic<bool> families_ = true;
    Journal journal_;
    Waiters waiters_;
    ListMap list_map_;
    OutsideKinds outside_kinds_;
    std::atomic<bool> outside_wanted_ = false;  // something became ready that is not for us to run

    mutable Mutex mutex_;
    CondVar work_wanted_;   // workers: something is ready, or room for ends, or stopping
    CondVar work_changed_;  // stop(): a handler returned
    ReadyLanes lanes_ GALLEY_GUARDED_BY(mutex_);
    bool walking_lanes_ GALLEY_GUARDED_BY(mutex_) = false;
    LaneId walked_to_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::unordered_map<TaskSeq, Live> live_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_multiset<TaskSeq> held_ GALLEY_GUARDED_BY(mutex_);
    OutsideDesk desk_ GALLEY_GUARDED_BY(mutex_);
    TaskCounters counters_ GALLEY_GUARDED_BY(mutex_);
    std::size_t idle_workers_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::size_t handlers_running_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::size_t unsettled_ GALLEY_GUARDED_BY(mutex_) = 0;
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;

    mutable Mutex timer_mutex_;
    CondVar timer_wake_;
    MonotonicTime next_wake_ GALLEY_GUARDED_BY(timer_mutex_){};
    DueWindow due_ GALLEY_GUARDED_BY(timer_mutex_);
    bool due_refilling_ GALLEY_GUARDED_BY(timer_mutex_) = false;
    bool timer_stop_ GALLEY_GUARDED_BY(timer_mutex_) = false;
    std::optional<Time> expires_next_ GALLEY_GUARDED_BY(timer_mutex_);
    bool expiring_ GALLEY_GUARDED_BY(timer_mutex_) = false;
    std::optional<MonotonicTime> cleanup_at_ GALLEY_GUARDED_BY(timer_mutex_);
    TaskSeq cleanup_from_ GALLEY_GUARDED_BY(timer_mutex_) = 0;
    MonotonicTime leases_checked_{};  // timer thread only
    Time wall_seen_{};                // by the timer thread, last; at start() by its caller
    MonotonicTime wall_seen_at_{};
    Time wall_at_start_{};  // fixed after start()
    MonotonicTime started_at_{};

    mutable LogBound log_bound_;
    std::atomic<std::uint64_t> started_ = 0, refused_late_ = 0, starts_skipped_ = 0, rescued_ = 0;
    std::vector<std::jthread> workers_;
    std::jthread timer_;
};

}  // namespace galley::tasks
