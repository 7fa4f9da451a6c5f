// src/api/waiting.h — R5: holding an answer until a task is finished or the time is up.
#pragma once

#include <functional>

#include "api/call.h"

namespace galley::api {

// Calls `answer(call)` on the request's loop when the task is terminal, unknown, or `wait` is over; not at all when the
// client leaves before that. On the request's loop.
void wait_for_task(Call call, const std::string& task_id, Duration wait, std::function<void(Call)> answer);

}  // namespace galley::api
