#include "api/task_access.h"

#include "api/json_parts.h"

namespace galley::api {

Result<tasks::TaskRecord> find_task(const Call& call) {
    GALLEY_TRY(tasks::TaskRecord task, call.services().tasks.get(call.parameter("task_id")));
    GALLEY_TRY_VOID(auth::check_task_visible(call.caller(), task.created_by));
    return task;
}

void answer_task(Call call) {
    const Result<tasks::TaskRecord> task = find_task(call);
    if (!task) return std::move(call).fail(task.error());
    std::move(call).json(200, task_json(*task));
}

}  // namespace galley::api
