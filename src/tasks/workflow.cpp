// Parents and children: who waits for whom, and what becomes of the children when a parent ends.
#include <fmt/format.h>

#include <deque>
#include <utility>

#include "tasks/engine_impl.h"
#include "tasks/family_rows.h"

namespace galley::tasks {
namespace {

bool may_name(const NewTask& task, const TaskRecord& relative) {
    return !task.family_of || *task.family_of == relative.created_by;
}

}  // namespace

Result<TaskEngine::Impl::Parents> TaskEngine::Impl::find_parents(store::Executor& executor, const NewTask& task) const {
    Parents parents;
    for (std::size_t i = 0; i < task.parents.size(); ++i) {
        GALLEY_TRY(const auto parent, rows::find(executor, task.parents[i]));
        if (!parent || !may_name(task, *parent)) {
            return fail(ErrorCode::InvalidInput, "no such task", fmt::format("/parents/{}", i));
        }
        const bool ended = is_terminal(parent->state);
        parents.edges.push_back({parent->seq, ended});
        if (!ended) ++parents.left;
        const bool failed = ended && parent->state != TaskState::Completed;
        if (failed && task.on_parent_failure == OnParentFailure::Fail && !parents.failed) parents.failed = *parent;
    }
    for (std::size_t i = 0; i < task.before.size(); ++i) {
        GALLEY_TRY(const auto child, rows::find(executor, task.before[i]));
        if (!child || !may_name(task, *child)) {
            return fail(ErrorCode::InvalidInput, "no such task", fmt::format("/before/{}", i));
        }
        if (!child->open || child->state != TaskState::Scheduled) {
            return fail(ErrorCode::Conflict,
                        fmt::format("the task '{}' is not open: it takes no more parents", child->id),
                        fmt::format("/before/{}", i));
        }
        parents.children.push_back(child->seq);
    }
    return parents;
}

// A parent that is named twice counts once.
Result<void> TaskEngine::Impl::insert_family(store::Executor& executor, TaskRecord& record, const Parents& parents) {
    int twice = 0;
    std::int64_t position = 0;
    for (const Parents::Edge& edge : parents.edges) {
        GALLEY_TRY(const bool made, rows::insert_edge(executor, edge.parent, record.seq, position++, edge.ended));
        if (!made && !edge.ended) ++twice;
    }
    if (twice > 0) {
        record.parents_left -= twice;
        GALLEY_TRY_VOID(rows::add_parents_left(executor, record.seq, -twice));
    }
    if (!parents.edges.empty() || !parents.children.empty()) families_ = true;
    for (const TaskSeq child : parents.children) {
        GALLEY_TRY(const bool made, rows::insert_edge(executor, record.seq, child, record.seq, false));
        if (made) GALLEY_TRY_VOID(rows::add_parents_left(executor, child, 1));
    }
    return {};
}

// In the write in which the task ends: its children go on, or fail with it, and theirs in turn.
Result<void> TaskEngine::Impl::end_children(store::Executor& executor, const TaskRecord& ended) {
    if (!families_) return {};
    std::deque<TaskRecord> worklist{ended};
    for (; !worklist.empty(); worklist.pop_front()) {
        const TaskRecord& parent = worklist.front();
        GALLEY_TRY(const std::vector<TaskSeq> children, rows::end_edges(executor, parent.seq));
        for (const TaskSeq seq : children) {
            GALLEY_TRY(auto child, rows::find(executor, seq));
            if (!child || child->state != TaskState::Scheduled || child->parents_left == 0) continue;
            const bool fails =
                parent.state != TaskState::Completed && child->on_parent_failure == OnParentFailure::Fail;
            if (!fails) {
                GALLEY_TRY_VOID(one_parent_less(executor, *child));
                continue;
            }
            GALLEY_TRY(const bool failed, fail_one_child(executor, *child, parent));
            if (!failed) continue;
            child->state = TaskState::Failed;
            worklist.push_back(std::move(*child));
        }
    }
    return {};
}

Result<void> TaskEngine::Impl::end_children(store::Executor& executor, const TaskRecord& task, TaskState ended_as) {
    if (!families_) return {};
    TaskRecord ended = task;
    ended.state = ended_as;
    return end_children(executor, ended);
}

Result<void> TaskEngine::Impl::one_parent_less(store::Executor& executor, const TaskRecord& child) {
    GALLEY_TRY(const bool free, rows::parent_ended(executor, child.seq));
    if (!free) return {};
    GALLEY_TRY(const TaskState state, rows::release_child(executor, child, clock_.now()));
    TaskRecord released = child;
    released.state = state;
    released.parents_left = 0;
    released.open = false;
    executor.after_commit([this, task = std::move(released)] {
        if (task.state == TaskState::Scheduled) return add_due(*task.scheduled_at, task.seq);
        notify(TaskEvent::Due, task);
        {
            MutexLock lock(mutex_);
            count(task.queue, TaskState::Scheduled, -1);
            count(task.queue, TaskState::Pending, 1);
            push_ready_locked(lane_of(task), ReadyTask{task.seq});
        }
        wake_outside();
    });
    return {};
}

Result<bool> TaskEngine::Impl::fail_one_child(store::Executor& executor, const TaskRecord& child,
                                              const TaskRecord& parent) {
    const std::string error =
        fmt::format("its parent {} {}", parent.id, parent.state == TaskState::Failed ? "failed" : "was cancelled");
    GALLEY_TRY(const bool failed, rows::fail_waiting(executor, child.seq, clock_.now(), error));
    if (!failed) return false;
    GALLEY_TRY_VOID(run_hook(executor, child, TaskEvent::Failed, error));
    TaskRecord shown = child;
    shown.state = TaskState::Failed;
    executor.after_commit([this, task = std::move(shown), error] {
        {
            MutexLock lock(mutex_);
            count(task.queue, TaskState::Scheduled, -1);
            count(task.queue, TaskState::Failed, 1);
        }
        notify(TaskEvent::ParentFailed, task, error);
        waiters_.finish(task.seq);
    });
    return true;
}

// A new task whose parent has failed already.
Result<void> TaskEngine::Impl::fail_child(store::Executor& executor, const TaskRecord& child,
                                          const TaskRecord& parent) {
    GALLEY_TRY(const bool failed, fail_one_child(executor, child, parent));
    if (!failed) return {};
    TaskRecord ended = child;
    ended.state = TaskState::Failed;
    return end_children(executor, ended);
}

Result<TaskState> TaskEngine::Impl::close(std::string_view id) {
    TaskState state = TaskState::Scheduled;
    GALLEY_TRY_VOID(database_.write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(const auto task, rows::find(executor, id));
        if (!task) return fail(ErrorCode::NotFound, "no such task");
        GALLEY_TRY(const bool closed, rows::close_open(executor, task->seq));
        if (!closed) return fail(ErrorCode::Conflict, "the task is not open");
        if (task->parents_left == 1) state = TaskState::Pending;
        return one_parent_less(executor, *task);
    }));
    return state;
}

// What the handler sees: the task's own input beside what its parents gave.
Result<std::string> TaskEngine::Impl::input_with_parents(const TaskRecord& task, std::string_view own) const {
    GALLEY_TRY(const auto parents, database_.read([&](store::Executor& executor) {
        return rows::parents(executor, task.seq, kParentsMax, true);
    }));
    std::string text = fmt::format(R"({{"input":{},"parents":[)", own);
    for (const rows::ParentEnd& parent : parents) {
        if (text.back() != '[') text += ',';
        text += fmt::format(R"({{"task_id":"{}","status":"{}","result":)", parent.id, state_name(parent.state));
        if (parent.result) {
            GALLEY_TRY(const std::string result,
                       opened(parent.encrypted, parent.seq, PayloadPart::Result, *parent.result));
            text += result;
        } else {
            text += "null";
        }
        text += '}';
        if (text.size() > kTaskInputBytesMax) {
            return fail(ErrorCode::LimitExceeded, "the results of its parents are larger than 16 MiB");
        }
    }
    text += "]}";
    return text;
}

}  // namespace galley::tasks
