// src/api/task_request.h — what requests say of a task to be made.
//
// Shape    read_task(reader, call) takes what a task and a schedule's task have in common: task_type, input, queue,
//          priority, max_attempts and timeout_seconds. read_options() takes what only a task that is made at once may
//          have. The caller finishes the reader.
// Errors   noted in the reader.
// Source   R51, R53, R55.
#pragma once

#include "api/call.h"
#include "codec/object_reader.h"
#include "tasks/task.h"

namespace galley::api {

tasks::NewTask read_task(codec::ObjectReader& reader, const Call& call);
// A member that is a moment, RFC 3339; the fault, if any, is noted.
std::optional<Time> read_time(codec::ObjectReader& reader, std::string_view name);
void read_options(codec::ObjectReader& reader, const Call& call, tasks::NewTask& task);

// A parent that is another task of the same batch: "ref:NAME".
inline constexpr std::string_view kBatchRef = "ref:";
inline constexpr std::size_t kRefBytesMax = 64;

}  // namespace galley::api
