#include "api/task_request.h"

#include "jobs/echo/echo_kind.h"

namespace galley::api {

tasks::NewTask read_task(codec::ObjectReader& reader, const Call& call) {
    tasks::NewTask task;
    task.kind = reader.required_string("task_type", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax});
    if (!task.kind.empty() && !(jobs::is_public_kind(task.kind) && call.services().tasks.knows_kind(task.kind))) {
        reader.note("task_type", "is not a kind of task that can be enqueued here");
    }
    if (const auto input = reader.optional_any("input")) task.input = input->to_json();
    task.queue = reader.optional_string("queue", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax});
    task.priority = static_cast<int>(
        reader.optional_integer("priority", {.min = 0, .max = tasks::kPriorityMax}).value_or(tasks::kPriorityDefault));
    if (const auto attempts = reader.optional_integer("max_attempts", {.min = 1, .max = tasks::kMaxAttemptsMax})) {
        task.max_attempts = static_cast<int>(*attempts);
    }
    if (const auto timeout = reader.optional_integer("timeout_seconds", {.min = 1, .max = 24 * 3600})) {
        task.timeout = std::chrono::seconds(*timeout);
    }
    return task;
}

}  // namespace galley::api
