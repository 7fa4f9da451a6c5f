// src/jobs/echo/echo_kind.h — the kind `echo`: returns its input. The no-op of tests and benchmarks.
#pragma once

#include "jobs/own_kind.h"
#include "tasks/engine.h"

namespace galley::jobs {

void register_echo(tasks::TaskEngine& engine);

// Kinds that POST /tasks accepts, these and those that a program brings along; the others are made by their own
// endpoints, which check rights.
bool is_public_kind(std::string_view kind, const OwnKinds& own_kinds);

}  // namespace galley::jobs
