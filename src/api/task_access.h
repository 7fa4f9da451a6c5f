// src/api/task_access.h — the task that a path names, for who may see it.
//
// Errors   find_task: NotFound, also when the caller may not know of it.
// Source   R11 level 3.
#pragma once

#include "api/call.h"
#include "tasks/task.h"

namespace galley::api {

Result<tasks::TaskRecord> find_task(const Call& call);
// 200 with the task.
void answer_task(Call call);

// The endpoints of tasks.cpp and task_changes.cpp that have a second path.
void bulk_status(Call call);
void cancel_task(Call call);

}  // namespace galley::api
