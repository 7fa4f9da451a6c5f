// src/jobs/maintenance/optimize_kind.h — the kind `maintenance.optimize`: gives the disk what the database does not
// need any more.
//
// Shape    input null; result {"bytes_before", "bytes_after", "bytes_freed", "free_bytes", "rewritten", "too_large"}.
// Errors   the task is tried again when the database is away.
// Threads  the engine's workers. Writes wait while a file is rewritten: store/sqlite/compact.h, whose limits hold.
// Source   R64, docs/operation.md.
#pragma once

#include "store/database.h"
#include "tasks/engine.h"

namespace galley::jobs {

void register_optimize(tasks::TaskEngine& engine, store::Database& database);

}  // namespace galley::jobs
