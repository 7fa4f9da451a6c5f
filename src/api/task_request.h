// src/api/task_request.h — what requests say of a task to be made: the members that a task and a schedule's task have
// in common.
//
// Shape    read_task(reader, call) takes task_type, input, queue, priority, max_attempts and timeout_seconds; the
//          caller finishes the reader.
// Errors   noted in the reader.
// Source   R51.
#pragma once

#include "api/call.h"
#include "codec/object_reader.h"
#include "tasks/task.h"

namespace galley::api {

tasks::NewTask read_task(codec::ObjectReader& reader, const Call& call);

}  // namespace galley::api
