// Reading tasks: the database's rows, overlaid with what runs in this process right now.
#include <algorithm>

#include "tasks/engine_impl.h"
#include "tasks/family_rows.h"

namespace galley::tasks {
namespace {

constexpr int kListChunk = 1'024;   // rows looked at in one query
constexpr int kListChunksMax = 20;  // a call
constexpr int kListLimitMax = 200;
constexpr std::size_t kParentsShown = 100;
constexpr std::size_t kCleanupRows = 1'000;

// All of the filter but state and cursor.
bool passes(const TaskFilter& filter, const TaskRecord& task) {
    return (!filter.kind || *filter.kind == task.kind) && (!filter.queue || *filter.queue == task.queue) &&
           (!filter.created_by || *filter.created_by == task.created_by) &&
           (!filter.tag || std::ranges::find(task.tags, *filter.tag) != task.tags.end()) &&
           (!filter.created_after || task.created_at >= *filter.created_after) &&
           (!filter.created_before || task.created_at < *filter.created_before);
}

}  // namespace

// The row may lag behind an attempt that runs (its start is written late), never run ahead of it.
void TaskEngine::Impl::overlay(TaskRecord& task) const {
    Live live;
    {
        MutexLock lock(mutex_);
        const auto found = live_.find(task.seq);
        if (found == live_.end() || !found->second->loaded()) return;
        live = found->second;
    }
    const bool behind = task.state == TaskState::Pending && task.attempt == live->task().attempt - 1;
    const bool same = task.state == TaskState::Running && task.attempt == live->task().attempt;
    if (!behind && !same) return;
    task.state = TaskState::Running;
    task.attempt = live->task().attempt;
    task.started_at = live->task().started_at;
    ProgressView progress = live->progress_now();
    task.progress = progress.percent;
    task.message = std::move(progress.message);
}

Result<TaskRecord> TaskEngine::Impl::get(std::string_view id) const {
    GALLEY_TRY(TaskRecord task, database_.read([&](store::Executor& executor) -> Result<TaskRecord> {
        GALLEY_TRY(auto found, rows::find(executor, id));
        if (!found) return fail(ErrorCode::NotFound, "no such task");
        if (is_terminal(found->state)) GALLEY_TRY_VOID(rows::load_end(executor, *found));
        if (found->state == TaskState::Completed && !found->result) found->result = "null";
        GALLEY_TRY(const auto parents, rows::parents(executor, found->seq, kParentsShown, false));
        for (const rows::ParentEnd& parent : parents) found->parents.push_back(parent.id);
        return std::move(*found);
    }));
    open_result(task);
    overlay(task);
    return task;
}

Result<std::vector<TaskRecord>> TaskEngine::Impl::get_many(std::span<const std::string> ids) const {
    GALLEY_TRY(std::vector<TaskRecord> tasks,
               database_.read([&](store::Executor& executor) -> Result<std::vector<TaskRecord>> {
                   std::vector<TaskRecord> found;
                   for (const std::string& id : ids) {
                       GALLEY_TRY(auto task, rows::find(executor, id));
                       if (!task) continue;
                       if (is_terminal(task->state)) GALLEY_TRY_VOID(rows::load_end(executor, *task));
                       if (task->state == TaskState::Completed && !task->result) task->result = "null";
                       found.push_back(std::move(*task));
                   }
                   return found;
               }));
    for (TaskRecord& task : tasks) {
        open_result(task);
        overlay(task);
    }
    return tasks;
}

Result<std::string> TaskEngine::Impl::input(std::string_view id) const {
    return database_.read([&](store::Executor& executor) -> Result<std::string> {
        GALLEY_TRY(const auto task, rows::find(executor, id));
        if (!task) return fail(ErrorCode::NotFound, "no such task");
        GALLEY_TRY(auto text, rows::input(executor, task->seq));
        return opened(task->encrypted, task->seq, PayloadPart::Input, std::move(text).value_or("null"));
    });
}

Result<std::vector<AttemptError>> TaskEngine::Impl::attempt_errors(std::string_view id) const {
    return database_.read([&](store::Executor& executor) -> Result<std::vector<AttemptError>> {
        GALLEY_TRY(const auto task, rows::find(executor, id));
        if (!task) return fail(ErrorCode::NotFound, "no such task");
        return rows::attempt_errors(executor, task->seq);
    });
}

Result<std::vector<LogLine>> TaskEngine::Impl::log_lines(std::string_view id) const {
    return database_.read([&](store::Executor& executor) -> Result<std::vector<LogLine>> {
        GALLEY_TRY(const auto task, rows::find(executor, id));
        if (!task) return fail(ErrorCode::NotFound, "no such task");
        return rows::log_lines(executor, task->seq);
    });
}

// Where to look next below `before`: an index's rows, all at once where it answers the whole filter, else a chunk of
// them; or the table's, past what cannot match. Nothing: there is no more.
Result<std::optional<ListMap::Stretch>> TaskEngine::Impl::next_stretch(store::Executor& executor,
                                                                       const TaskFilter& filter, TaskSeq before) const {
    const rows::ListBy by = rows::list_by(filter);
    if (by == rows::ListBy::Row) return list_map_.next(filter, before, kListChunk);
    if (before <= 0) return std::nullopt;
    const bool more_to_ask = (by == rows::ListBy::Owner ? filter.state.has_value() : filter.created_by.has_value()) ||
                             filter.kind || filter.queue || filter.tag || filter.created_after || filter.created_before;
    if (!more_to_ask) return ListMap::Stretch{0, before};
    GALLEY_TRY(const TaskSeq from, rows::list_boundary(executor, filter, before, kListChunk));
    return ListMap::Stretch{from, before};
}

Result<TaskPage> TaskEngine::Impl::list(const TaskFilter& filter) const {
    const int limit = std::clamp(filter.limit, 1, kListLimitMax);
    if (filter.state == TaskState::Running) return list_running(filter, limit);
    TaskPage page;
    GALLEY_TRY_VOID(database_.read([&](store::Executor& executor) -> Result<void> {
        TaskSeq before = std::min(filter.before.value_or(next_seq_), next_seq_.load());
        std::optional<ListMap::Stretch> stretch;
        for (int chunks = 0;; ++chunks) {
            GALLEY_TRY(stretch, next_stretch(executor, filter, before));
            const int wanted = limit - static_cast<int>(page.tasks.size());
            if (!stretch || wanted == 0 || chunks == kListChunksMax) break;
            GALLEY_TRY(auto found, rows::list(executor, filter, stretch->from, stretch->before, wanted));
            before = static_cast<int>(found.size()) == wanted ? found.back().seq : stretch->from;
            std::ranges::move(found, std::back_inserter(page.tasks));
        }
        if (stretch) page.next = before;
        return {};
    }));
    for (TaskRecord& task : page.tasks) overlay(task);
    if (filter.state) std::erase_if(page.tasks, [&](const TaskRecord& task) { return task.state != *filter.state; });
    return page;
}

// What runs is in memory: no walk through the table, whose rows may not say yet that they run.
Result<TaskPage> TaskEngine::Impl::list_running(const TaskFilter& filter, int limit) const {
    std::vector<TaskSeq> seqs;
    {
        MutexLock lock(mutex_);
        for (const auto& [seq, live] : live_) {
            if (!filter.before || seq < *filter.before) seqs.push_back(seq);
        }
    }
    std::ranges::sort(seqs, std::greater());
    TaskPage page;
    GALLEY_TRY_VOID(database_.read([&](store::Executor& executor) -> Result<void> {
        for (const TaskSeq seq : seqs) {
            if (static_cast<int>(page.tasks.size()) == limit) {
                page.next = page.tasks.back().seq;
                return {};
            }
            GALLEY_TRY(auto task, rows::find(executor, seq));
            if (!task) continue;
            overlay(*task);
            const bool wanted = task->state == TaskState::Running && passes(filter, *task);
            if (wanted) page.tasks.push_back(std::move(*task));
        }
        return {};
    }));
    return page;
}

void TaskEngine::Impl::note_removed(const rows::Removed& removed) {
    for (const TaskSeq seq : removed.seqs) list_map_.remove(seq);
    MutexLock lock(mutex_);
    counters_.remove_ended(removed.counts);
}

TaskCounts TaskEngine::Impl::counts() const {
    MutexLock lock(mutex_);
    return counters_.total();
}

// Registered before it is looked at, so that an end in between is not missed.
WaitId TaskEngine::Impl::when_finished(std::string_view id, MonotonicTime deadline, WaitCallback callback) {
    const WaitId wait = waiters_.next_id();
    const auto find = [&] {
        return database_.read([&](store::Executor& executor) { return rows::find(executor, id); });
    };
    auto task = find();
    if (!task || !*task) {
        callback(task ? WaitEnd::NotFound : WaitEnd::Stopped);
        return wait;
    }
    waiters_.add(wait, (*task)->seq, deadline, std::move(callback));
    if (!is_terminal((*task)->state)) task = find();
    if (task && *task && is_terminal((*task)->state)) {
        waiters_.end_one(wait, WaitEnd::Finished);
    } else {
        wake_timer_by(deadline);
    }
    return wait;
}

Result<std::int64_t> TaskEngine::Impl::cleanup(Time before, const std::function<bool()>& stopped) {
    std::int64_t deleted = 0;
    std::optional<TaskSeq> from = 0;
    while (from && !(stopped && stopped())) {
        GALLEY_TRY(const rows::CleanupStep step, database_.read([&](store::Executor& executor) {
            return rows::find_finished(executor, {before, before, before}, *from, kCleanupRows);
        }));
        from = step.next;
        if (step.finished.empty()) continue;
        rows::Removed removed;
        GALLEY_TRY_VOID(
            database_.write([&](store::Executor& executor) { return rows::remove(executor, step.finished, removed); }));
        note_removed(removed);
        deleted += static_cast<std::int64_t>(removed.seqs.size());
    }
    return deleted;
}

}  // namespace galley::tasks
