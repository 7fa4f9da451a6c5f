#include "tasks/engine.h"

#include <algorithm>
#include <semaphore>

#include "base/log.h"
#include "tasks/engine_impl.h"
#include "tasks/family_rows.h"

namespace galley::tasks {
namespace {

constexpr std::size_t kLanesAtStart = 1'000;

}  // namespace

TaskEngine::Impl::Impl(store::Database& database, const os::Clock& clock, os::Random& random, EngineOptions options)
    : database_(database),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      owner_id_(static_cast<std::int64_t>(random.random_u64() >> 1)),
      journal_(database, clock, [this] { wake_timer_by(clock_.monotonic() + Journal::kRetryAfter); }),
      lanes_({.tasks_max = options_.ready_in_memory_max,
              .lanes_max = options_.lanes_in_memory_max,
              .seed_bytes_max = options_.input_memory_bytes_max},
             [this](std::string_view kind) { return kinds_.contains(kind); }),
      due_(options_.ready_in_memory_max) {}

TaskEngine::Impl::~Impl() {
    stop(Duration(0));
    workers_.clear();
    flush_writes();  // no callback may find us gone
}

void TaskEngine::Impl::register_kind(KindOptions options, Handler handler) {
    GALLEY_CHECK(workers_.empty() && handler);
    std::string name = options.name;
    GALLEY_CHECK(kinds_.emplace(std::move(name), Kind{std::move(options), std::move(handler)}).second);
}

Result<void> TaskEngine::Impl::start() {
    GALLEY_CHECK(workers_.empty());
    wall_at_start_ = clock_.now();
    started_at_ = clock_.monotonic();
    note_clock();
    GALLEY_TRY_VOID(rescue_all());
    GALLEY_TRY_VOID(adopt_outside());
    follow_clock_back();
    GALLEY_TRY_VOID(load_state());
    {
        MutexLock lock(timer_mutex_);
        leases_checked_ = next_wake_ = clock_.monotonic();
        if (!options_.retention.keeps_all()) cleanup_at_ = next_wake_ + options_.cleanup_every;
    }
    timer_ = std::jthread([this] { keep_time(); });
    const auto processors = static_cast<int>(std::thread::hardware_concurrency());
    const int workers = options_.workers > 0 ? options_.workers : std::max(processors, 1);
    for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
    return {};
}

// Whatever is running in the database ran in a process that is gone.
Result<void> TaskEngine::Impl::rescue_all() {
    constexpr std::size_t kBatch = 500;
    for (;;) {
        GALLEY_TRY(auto dead, database_.read([](store::Executor& executor) {
            return rows::running(executor, std::nullopt, kBatch);
        }));
        if (dead.empty()) return {};
        Result<void> written;
        std::binary_semaphore settled(0);
        rescue(std::move(dead), [&](Result<void> end) {
            written = std::move(end);
            settled.release();
        });
        settled.acquire();
        GALLEY_TRY_VOID(written);  // a disk that takes nothing would keep us here for ever
    }
}

Result<void> TaskEngine::Impl::load_state() {
    GALLEY_TRY_VOID(give_lanes());
    GALLEY_TRY_VOID(load_queues());
    TaskCounters counters;
    std::optional<Time> expiry;
    list_map_.clear();  // what was enqueued before the start is read with the rest
    GALLEY_TRY_VOID(database_.read([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(const TaskSeq last, rows::last_seq(executor));
        next_seq_ = last + 1;
        GALLEY_TRY_VOID(rows::each_task(executor, [&](const rows::ListedRow& task) {
            counters.add(task.row.queue, task.state, 1);
            list_map_.add(task.row);
        }));
        GALLEY_TRY(expiry, rows::next_expiry(executor));
        return {};
    }));
    {
        MutexLock lock(mutex_);
        counters_ = std::move(counters);
        lanes_.set_left_out(true);  // the first walk brings in what is ready
    }
    GALLEY_TRY_VOID(bring_lanes());
    if (expiry) note_expiry(*expiry);
    // On the writer thread, where edges are made.
    GALLEY_TRY_VOID(database_.write([this](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(const bool any, rows::any_edge(executor));
        families_ = any;
        return {};
    }));
    refill_due();
    return database_.flush();
}

Result<void> TaskEngine::Impl::give_lanes() {
    constexpr std::size_t kBatch = 1'000;
    for (std::size_t given = kBatch; given == kBatch;) {
        GALLEY_TRY(const bool any, database_.read([](store::Executor& executor) -> Result<bool> {
            GALLEY_TRY(const auto one,
                       executor.query_integer("SELECT 1 FROM task WHERE state = 1 AND lane = 0 LIMIT 1"));
            return one.has_value();
        }));
        if (!any) return {};
        GALLEY_TRY(given,
                   database_.write([](store::Executor& executor) { return rows::give_lanes(executor, kBatch); }));
    }
    return {};
}

// The first of what waits is in memory before workers look.
Result<void> TaskEngine::Impl::bring_lanes() {
    walk_lanes();
    GALLEY_TRY_VOID(database_.flush());
    std::vector<LaneKey> hungry;
    {
        MutexLock lock(mutex_);
        hungry = lanes_.take_hungry(kLanesAtStart);
    }
    for (const LaneKey& lane : hungry) refill(lane);
    return {};
}

std::size_t TaskEngine::Impl::stop(Duration grace) {
    stop_leasing();
    {
        MutexLock lock(mutex_);
        stopping_ = true;
        work_wanted_.notify_all();
        const MonotonicTime end = os::system_clock().monotonic() + grace;
        while (handlers_running_ > 0 && work_changed_.wait_until(lock, end)) {
        }
    }
    const std::size_t put_back = put_back_running();
    if (timer_.joinable()) {
        {
            MutexLock lock(timer_mutex_);
            timer_stop_ = true;
            timer_wake_.notify_all();
        }
        timer_.join();
    }
    flush_writes();
    waiters_.stop();
    return put_back;
}

std::size_t TaskEngine::Impl::put_back_running() {
    std::vector<Live> running;
    {
        MutexLock lock(mutex_);
        for (const auto& [seq, live] : live_) {
            if (live->outside() == nullptr) running.push_back(live);  // the next process will hear of the others
        }
    }
    std::size_t put_back = 0;
    for (const Live& live : running) {
        live->stop(StopReason::ShuttingDown);
        if (!live->loaded() || !live->claim_end()) continue;
        const bool told = live->stop_reason() == StopReason::Cancelled;
        write_end(live, told ? cancelled(*live) : settlement(*live, TaskEvent::Released, {}));
        if (!told) ++put_back;
    }
    return put_back;
}

// The ends of attempts; what failed among them, written another way; then the last tries of a failing disk, each of
// which ends, as a closed journal tries nothing for ever.
void TaskEngine::Impl::flush_writes() {
    (void)database_.flush();
    (void)database_.flush();
    journal_.close();
    const auto ends_under_way = [this] {
        MutexLock lock(mutex_);
        return unsettled_;
    };
    do {
        while (!database_.flush() && database_.stats().queue_depth > 0) std::this_thread::yield();
    } while (!journal_.is_idle() || ends_under_way() > 0);
}

void TaskEngine::Impl::notify(TaskEvent event, const TaskRecord& task, std::string_view error, Duration waited,
                              Duration ran) const {
    if (options_.listeners.empty()) return;
    const TaskNotice notice{event,        task.seq,      task.id,      task.kind, task.queue,      task.state,
                            task.attempt, task.progress, task.message, error,     task.created_by, task.correlation_id,
                            clock_.now(), waited,        ran};
    for (const Listener& listener : options_.listeners) listener(notice);
}

EngineStats TaskEngine::Impl::stats() const {
    EngineStats stats;
    stats.started = started_;
    stats.refused_late = refused_late_;
    stats.starts_skipped = starts_skipped_;
    stats.rescued = rescued_;
    stats.waiters = waiters_.size();
    MutexLock lock(mutex_);
    stats.running = handlers_running_;
    stats.ready_in_memory = lanes_.tasks();
    return stats;
}

TaskEngine::TaskEngine(store::Database& database, const os::Clock& clock, os::Random& random, EngineOptions options)
    : impl_(std::make_unique<Impl>(database, clock, random, std::move(options))) {}
TaskEngine::~TaskEngine() = default;

void TaskEngine::register_kind(KindOptions options, Handler handler) {
    impl_->register_kind(std::move(options), std::move(handler));
}
bool TaskEngine::knows_kind(std::string_view kind) const {
    return impl_->knows_kind(kind);
}
Result<void> TaskEngine::start() {
    return impl_->start();
}
std::size_t TaskEngine::stop(Duration grace) {
    return impl_->stop(grace);
}
Result<TaskRef> TaskEngine::enqueue(store::Executor& executor, const NewTask& task) {
    return impl_->enqueue(executor, task);
}
void TaskEngine::enqueue(NewTask task, std::move_only_function<void(Result<TaskRef>)> done) {
    impl_->enqueue(std::move(task), std::move(done));
}
Result<TaskRef> TaskEngine::enqueue(NewTask task) {
    GALLEY_TRY(auto refs, impl_->enqueue_many(std::span(&task, 1)));
    return std::move(refs.front());
}
Result<std::vector<TaskRef>> TaskEngine::enqueue_many(std::span<const NewTask> tasks) {
    return impl_->enqueue_many(tasks);
}
Result<TaskState> TaskEngine::cancel(std::string_view id) {
    return impl_->cancel(id);
}
Result<TaskRef> TaskEngine::retry(std::string_view id) {
    return impl_->retry(id);
}
Result<TaskRecord> TaskEngine::get(std::string_view id) const {
    return impl_->get(id);
}
Result<std::vector<TaskRecord>> TaskEngine::get_many(std::span<const std::string> ids) const {
    return impl_->get_many(ids);
}
Result<std::string> TaskEngine::input(std::string_view id) const {
    return impl_->input(id);
}
Result<std::vector<AttemptError>> TaskEngine::attempt_errors(std::string_view id) const {
    return impl_->attempt_errors(id);
}
Result<TaskPage> TaskEngine::list(const TaskFilter& filter) const {
    return impl_->list(filter);
}
TaskCounts TaskEngine::counts() const {
    return impl_->counts();
}
WaitId TaskEngine::when_finished(std::string_view id, MonotonicTime deadline, WaitCallback callback) {
    return impl_->when_finished(id, deadline, std::move(callback));
}
Result<TaskState> TaskEngine::close(std::string_view id) {
    return impl_->close(id);
}
Result<BulkResult> TaskEngine::bulk(BulkAction action, const TaskFilter& filter, int tasks_max) {
    return impl_->bulk(action, filter, tasks_max);
}
Result<std::vector<LogLine>> TaskEngine::log_lines(std::string_view id) const {
    return impl_->log_lines(id);
}
Result<QueueStatus> TaskEngine::set_queue(std::string_view name, const QueueChange& change) {
    return impl_->set_queue(name, change);
}
QueueStatus TaskEngine::queue(std::string_view name) const {
    return impl_->queue(name);
}
std::vector<QueueStatus> TaskEngine::queues() const {
    return impl_->queues();
}
bool TaskEngine::cancel_wait(WaitId wait) {
    return impl_->cancel_wait(wait);
}
Result<std::int64_t> TaskEngine::cleanup(Time before, const std::function<bool()>& stopped) {
    return impl_->cleanup(before, stopped);
}
void TaskEngine::join() {
    impl_->join();
}
EngineStats TaskEngine::stats() const {
    return impl_->stats();
}
void TaskEngine::clock_changed() {
    impl_->clock_changed();
}

}  // namespace galley::tasks
