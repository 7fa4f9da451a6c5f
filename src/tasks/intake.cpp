// New tasks, and what happens to tasks while they wait.
#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

constexpr std::size_t kLanesPerStep = 1'000;
constexpr std::size_t kTagsAtOnce = 64;
constexpr std::size_t kRefillInputBytesMax = 4'096;  // larger inputs are read when the task starts

}  // namespace

Result<TaskRecord> TaskEngine::Impl::new_record(const NewTask& task) {
    GALLEY_TRY_VOID(validate(task));
    const auto found = kinds_.find(task.kind);
    const auto outside = found == kinds_.end() ? outside_options(task.kind) : std::nullopt;
    if (found == kinds_.end() && !outside)
        return fail(ErrorCode::InvalidInput, fmt::format("unknown kind '{}'", task.kind), "/kind");
    const KindOptions& kind = outside ? *outside : found->second.options;
    const Time now = clock_.now();
    TaskRecord record;
    record.kind = task.kind;
    record.queue = task.queue.value_or(kind.queue);
    record.state = task.run_at && *task.run_at > now ? TaskState::Scheduled : TaskState::Pending;
    record.priority = task.priority;
    record.max_attempts = task.max_attempts.value_or(kind.max_attempts);
    record.timeout = task.timeout.value_or(kind.timeout);
    record.backoff = task.backoff.value_or(kind.backoff);
    record.created_at = now;
    record.scheduled_at = task.run_at;
    record.correlation_id = task.correlation_id;
    record.created_by = task.created_by;
    record.limit_key = task.limit_key;
    record.expires_at = task.expires_at;
    record.tags = task.tags;
    record.on_parent_failure = task.on_parent_failure;
    record.input_from_parents = task.input_from_parents;
    record.encrypted = task.encrypted;
    record.open = task.open;
    if (task.encrypted && options_.payload_keys.empty()) {
        return fail(ErrorCode::InvalidInput, "the server has no payload keys (tasks.payload_keys_dir)", "/encrypted");
    }
    GALLEY_TRY_VOID(check_takes_tasks(record.queue));
    return record;
}

Result<void> TaskEngine::Impl::check_takes_tasks(std::string_view queue) {
    MutexLock lock(mutex_);
    if (lanes_.queue_settings(queue).mode != QueueMode::Draining) return {};
    return fail(ErrorCode::Conflict, fmt::format("the queue '{}' is draining: it takes no new tasks", queue), "/queue");
}

// Numbers of works that fail are not used again: gaps do not matter.
Result<TaskSeq> TaskEngine::Impl::take_seq(store::Executor& executor) {
    if (next_seq_ == 0) {  // before start()
        GALLEY_TRY(const TaskSeq last, rows::last_seq(executor));
        next_seq_ = last + 1;
    }
    return next_seq_++;
}

// Many at once from the system, which asks a call for each.
std::uint32_t TaskEngine::Impl::take_tag() {
    if (tags_.empty()) {
        tags_.resize(kTagsAtOnce);
        random_.fill({reinterpret_cast<std::uint8_t*>(tags_.data()), tags_.size() * sizeof(tags_[0])});
    }
    const std::uint32_t tag = tags_.back() & 0xffffff;
    tags_.pop_back();
    return tag;
}

Result<TaskRef> TaskEngine::Impl::enqueue(store::Executor& executor, const NewTask& task) {
    auto seed = std::make_unique<TaskSeed>();
    GALLEY_TRY(seed->task, new_record(task));
    TaskRecord& record = seed->task;
    GALLEY_TRY(const Parents parents, find_parents(executor, task));
    record.parents_left = parents.left + (task.open ? 1 : 0) + (parents.failed ? 1 : 0);
    if (record.parents_left > 0) record.state = TaskState::Scheduled;
    if (task.unique_key) {
        GALLEY_TRY(auto holder, make_room(executor, task, record.created_at));
        if (holder) return TaskRef{holder->seq, holder->id, holder->state, true};
    }
    const std::uint32_t tag = take_tag();
    GALLEY_TRY(record.seq, take_seq(executor));
    record.id = task.id ? *task.id : make_task_id(record.seq, tag);
    GALLEY_TRY_VOID(insert(executor, record, tag, task));
    GALLEY_TRY_VOID(insert_family(executor, record, parents));
    TaskRef ref{record.seq, record.id, record.state, false};
    const TaskRecord doomed = parents.failed ? record : TaskRecord{};
    seed->input = task.input;
    executor.after_commit([this, owned = std::move(seed)]() mutable { accept(std::move(owned)); });
    if (!parents.failed) return ref;
    GALLEY_TRY_VOID(fail_child(executor, doomed, *parents.failed));
    ref.state = TaskState::Failed;
    return ref;
}

Result<void> TaskEngine::Impl::insert(store::Executor& executor, const TaskRecord& record, std::uint32_t tag,
                                      const NewTask& task) {
    std::optional<rows::Unique> unique;
    if (task.unique_key) unique = {*task.unique_key};
    if (unique && task.unique_window > Duration(0)) unique->until = record.created_at + task.unique_window;
    const Result<bool> inserted =
        rows::insert(executor, record, tag, at_rest(record, PayloadPart::Input, task.input), unique, task.keep);
    if (!inserted && inserted.error().code == ErrorCode::Conflict) {
        return fail(ErrorCode::Conflict, fmt::format("a task '{}' already exists", record.id), "/id");
    }
    if (!inserted) return std::unexpected(inserted.error());
    return *inserted ? Result<void>() : fail(ErrorCode::Internal, "a unique key clashed and is not there");
}

// Whom the new task joins; nobody when its unique key is free, or is now.
Result<std::optional<TaskRecord>> TaskEngine::Impl::make_room(store::Executor& executor, const NewTask& task,
                                                              Time now) {
    GALLEY_TRY(auto holder, rows::find_by_unique_key(executor, *task.unique_key, now));
    if (!holder || task.unique_policy == UniquePolicy::Join) return holder;
    if (task.unique_policy == UniquePolicy::Reject) {
        return fail(ErrorCode::Conflict, fmt::format("the task '{}' has this unique key", holder->id), "/unique_key");
    }
    GALLEY_TRY_VOID(rows::free_unique_key(executor, holder->seq));
    if (!is_terminal(holder->state)) GALLEY_TRY_VOID(cancel_replaced(executor, *holder));
    return std::nullopt;
}

void TaskEngine::Impl::enqueue(NewTask task, std::move_only_function<void(Result<TaskRef>)> done) {
    auto ref = std::make_shared<TaskRef>();
    database_.submit(
        [this, ref, task = std::move(task)](store::Executor& executor) -> Result<void> {
            GALLEY_TRY(*ref, enqueue(executor, task));
            return {};
        },
        [ref, done = std::move(done)](Result<void> result) mutable {
            if (result) return done(std::move(*ref));
            done(fail(std::move(result.error())));
        });
}

Result<std::vector<TaskRef>> TaskEngine::Impl::enqueue_many(std::span<const NewTask> tasks) {
    if (tasks.size() > kTaskBatchMax) {
        return fail(ErrorCode::LimitExceeded, fmt::format("at most {} tasks in one batch", kTaskBatchMax));
    }
    return database_.write([&](store::Executor& executor) -> Result<std::vector<TaskRef>> {
        std::vector<TaskRef> refs;
        refs.reserve(tasks.size());
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            Result<TaskRef> ref = enqueue(executor, tasks[i]);
            if (!ref) {
                Error error = std::move(ref.error());
                if (tasks.size() > 1) error.where = fmt::format("/{}{}", i, error.where);
                return fail(std::move(error));
            }
            refs.push_back(std::move(*ref));
        }
        return refs;
    });
}

// On the writer thread, the task being durable.
void TaskEngine::Impl::accept(std::unique_ptr<TaskSeed> seed) {
    const TaskRecord& task = seed->task;
    list_map_.add({.seq = task.seq,
                   .kind = task.kind,
                   .queue = task.queue,
                   .tags = rows::join_tags(task.tags),
                   .created_ms = to_unix_ms(task.created_at)});
    notify(TaskEvent::Created, task);
    if (task.state == TaskState::Scheduled) {
        {
            MutexLock lock(mutex_);
            count(task.queue, TaskState::Scheduled, 1);
        }
        if (task.expires_at) note_expiry(*task.expires_at);
        if (task.parents_left == 0) add_due(*task.scheduled_at, task.seq);
        return;
    }
    if (task.expires_at) note_expiry(*task.expires_at);
    {
        MutexLock lock(mutex_);
        count(task.queue, TaskState::Pending, 1);
        ReadyTask ready{task.seq};
        if (!task.encrypted) ready.seed = std::move(seed);
        push_ready_locked(lane_of(task), std::move(ready));
    }
    wake_outside();
}

void TaskEngine::Impl::push_ready(const TaskRecord& task) {
    {
        MutexLock lock(mutex_);
        push_ready_locked(lane_of(task), ReadyTask{task.seq});
    }
    wake_outside();
}

// `lane` may borrow from the task's seed.
void TaskEngine::Impl::push_ready_locked(const LaneView& lane, ReadyTask ready) {
    if (live_.contains(ready.seq) || held_.contains(ready.seq)) return;
    want_outside(lane.kind);
    lanes_.push(lane, std::move(ready));
    if (idle_workers_ > 0) work_wanted_.notify_one();
}

// Precondition: lanes_ gave the lane as hungry. The rows are chosen on the writer thread: there every row that says
// pending is in memory already, or under way (live_), or really needs to be brought in.
void TaskEngine::Impl::refill(const LaneKey& lane) {
    struct Found {
        std::vector<rows::ReadyRow> rows;
        bool more = false;
    };
    auto found = std::make_shared<Found>();
    database_.submit(
        [this, lane, found](store::Executor& executor) -> Result<void> {
            std::size_t rows_max = 0;
            {
                MutexLock lock(mutex_);
                rows_max = lanes_.refill_rows(lane.view()) + live_.size() + held_.size();
            }
            GALLEY_TRY(found->rows, rows::ready(executor, lane.view(), rows_max, kRefillInputBytesMax));
            found->more = found->rows.size() == rows_max;
            return {};
        },
        [this, lane, found](Result<void> result) {
            if (result) return merge_refill(lane, std::move(found->rows), found->more);
            log(LogLevel::Warning, "task_refill_failed", {{"queue", lane.queue}, {"error", result.error().message}});
            {
                MutexLock lock(mutex_);
                lanes_.refill_failed(lane.view());
            }
            wake_timer_by(clock_.monotonic() + Journal::kRetryAfter);  // its sweep tries again
        });
}

void TaskEngine::Impl::merge_refill(const LaneKey& lane, std::vector<rows::ReadyRow> found, bool more) {
    {
        MutexLock lock(mutex_);
        std::vector<ReadyTask> ready;
        ready.reserve(found.size());
        for (rows::ReadyRow& row : found) {
            if (live_.contains(row.task.seq) || held_.contains(row.task.seq)) continue;
            ReadyTask& task = ready.emplace_back(row.task.seq);
            if (!row.input || row.task.encrypted) continue;
            task.seed = std::make_unique<TaskSeed>(TaskSeed{std::move(row.task), std::move(*row.input)});
        }
        lanes_.refill(lane.view(), std::move(ready), more);
        want_outside(lane.kind);
        work_wanted_.notify_all();
    }
    wake_outside();
}

// More lanes wait than memory takes: brings in the next ones, in the order of the index.
void TaskEngine::Impl::walk_lanes() {
    auto page = std::make_shared<rows::LanePage>();
    LaneId from = 0;
    {
        MutexLock lock(mutex_);
        if (walking_lanes_ || !lanes_.has_left_out() || !lanes_.has_room_for_lanes()) return;
        walking_lanes_ = true;
        if (walked_to_ == 0) lanes_.set_left_out(false);  // set again if a lane finds no room while we walk
        from = walked_to_;
    }
    database_.submit(
        [page, from](store::Executor& executor) -> Result<void> {
            GALLEY_TRY(*page, rows::lanes_with_ready(executor, from, kLanesPerStep));
            return {};
        },
        [this, page](Result<void> result) {
            {
                MutexLock lock(mutex_);
                walking_lanes_ = false;
                if (!result) lanes_.set_left_out(true);
            }
            if (result) merge_lanes(*page);
            wake_timer_by(clock_.monotonic() + (result ? Duration(0) : Journal::kRetryAfter));
        });
}

void TaskEngine::Impl::merge_lanes(const rows::LanePage& page) {
    MutexLock lock(mutex_);
    for (const LaneKey& lane : page.lanes) lanes_.mark_more(lane.view());
    walked_to_ = page.more ? page.last : 0;
    if (page.more) lanes_.set_left_out(true);
}

// A hook that fails for a reason that may pass fails the transition, which is tried again; any other failure is logged
// and
// does not hold the task back.
Result<void> TaskEngine::Impl::run_hook(store::Executor& executor, const TaskRecord& task, TaskEvent event,
                                        std::string_view error) const {
    const auto kind = kinds_.find(task.kind);
    if (kind == kinds_.end() || !kind->second.options.on_transition) return {};
    Result<void> result = kind->second.options.on_transition(executor, task, event, error);
    if (result || may_pass(result.error())) return result;
    log(LogLevel::Error, "task_hook_failed",
        {{"task_id", task.id}, {"event", event_name(event)}, {"error", result.error().to_string()}});
    return {};
}

Result<TaskRef> TaskEngine::Impl::retry(std::string_view id) {
    return database_.write([&](store::Executor& executor) -> Result<TaskRef> {
        GALLEY_TRY(const auto found, rows::find(executor, id));
        if (!found) return fail(ErrorCode::NotFound, "no such task");
        GALLEY_TRY_VOID(next_state(found->state, TaskEvent::Requeued));
        GALLEY_TRY(auto requeued, requeue(executor, found->seq));
        GALLEY_CHECK(requeued.has_value());  // nothing else writes between the two statements
        return std::move(*requeued);
    });
}

// Nothing when it has not failed.
Result<std::optional<TaskRef>> TaskEngine::Impl::requeue(store::Executor& executor, TaskSeq seq) {
    GALLEY_TRY(auto requeued, rows::requeue_failed(executor, seq));
    if (!requeued) return std::nullopt;
    GALLEY_TRY_VOID(run_hook(executor, *requeued, TaskEvent::Requeued, {}));
    TaskRef ref{requeued->seq, requeued->id, requeued->state, false};
    executor.after_commit([this, task = std::move(*requeued)] {
        notify(TaskEvent::Requeued, task);
        {
            MutexLock lock(mutex_);
            count(task.queue, TaskState::Failed, -1);
            count(task.queue, TaskState::Pending, 1);
            push_ready_locked(lane_of(task), ReadyTask{task.seq});
        }
        wake_outside();
    });
    return ref;
}

}  // namespace galley::tasks
