// Many tasks by a filter: cancel, retry, delete.
#include <algorithm>

#include "tasks/engine_impl.h"

namespace galley::tasks {
namespace {

constexpr int kPage = 200;

bool allows(BulkAction action, TaskState state) {
    if (action == BulkAction::Cancel) return !is_terminal(state);
    if (action == BulkAction::Retry) return state == TaskState::Failed;
    return is_terminal(state);
}

}  // namespace

Result<BulkResult> TaskEngine::Impl::bulk(BulkAction action, const TaskFilter& filter, int tasks_max) {
    BulkResult result;
    TaskFilter page_filter = filter;
    for (bool more = true; more && result.matched < tasks_max;) {
        page_filter.limit = static_cast<int>(std::min<std::int64_t>(kPage, tasks_max - result.matched));
        GALLEY_TRY(TaskPage page, list(page_filter));
        more = page.tasks.size() == static_cast<std::size_t>(page_filter.limit) && page.next;
        result.next = page_filter.before = page.next;
        std::erase_if(page.tasks, [&](const TaskRecord& task) { return !allows(action, task.state); });
        result.matched += static_cast<std::int64_t>(page.tasks.size());
        GALLEY_TRY(const std::size_t changed, apply(action, std::move(page.tasks)));
        result.changed += static_cast<std::int64_t>(changed);
    }
    return result;
}

Result<std::size_t> TaskEngine::Impl::apply(BulkAction action, std::vector<TaskRecord> tasks) {
    if (tasks.empty()) return 0;
    if (action == BulkAction::Cancel) return cancel_all(std::move(tasks));
    if (action == BulkAction::Delete) return delete_all(tasks);
    return database_.write([&](store::Executor& executor) -> Result<std::size_t> {
        std::size_t changed = 0;
        for (const TaskRecord& task : tasks) {
            GALLEY_TRY(const auto again, requeue(executor, task.seq));
            if (again) ++changed;
        }
        return changed;
    });
}

Result<std::size_t> TaskEngine::Impl::delete_all(const std::vector<TaskRecord>& tasks) {
    std::vector<TaskSeq> seqs;
    for (const TaskRecord& task : tasks) seqs.push_back(task.seq);
    rows::Removed removed;
    GALLEY_TRY_VOID(database_.write([&](store::Executor& executor) { return rows::remove(executor, seqs, removed); }));
    note_removed(removed);
    return removed.seqs.size();
}

}  // namespace galley::tasks
