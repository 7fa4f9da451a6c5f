// src/jobs/maintenance/cleanup_kind.h — the kind `maintenance.cleanup`: removes what has outlived its time.
//
// Shape    input null or {"tasks_older_than_hours", "metrics_older_than_hours", "documents_older_than_hours"}; result
//          {"tasks_removed", "answers_removed", "metric_rows_removed", "documents_removed"}. Ended tasks go by the
//          engine's own retention, all the time; here only when the input says so, however they ended. Documents that
//          were asked for go `documents_kept` after they were last asked for; what counts as one is each caller's hold.
// Errors   the task fails on an input that it does not understand, and is tried again when the database is away.
// Owner    borrows what CleanupParts names.
// Threads  the engine's workers.
// Limits   kAnswersAtOnce and kDocumentsAtOnce rows a transaction. A wall clock that is put forward makes nothing old:
//          what counts is the time that really passed since the start of the server, at most.
// Source   R57, R64, R91.
#pragma once

#include <functional>

#include "cache/document_cache.h"
#include "jobs/monitoring/metrics_journal.h"
#include "jobs/render/document_store.h"
#include "os/clock.h"
#include "tasks/engine.h"

namespace galley::jobs {

inline constexpr int kMetricsKeptHours = 168;
inline constexpr int kCleanupHoursMax = 24 * 366;
inline constexpr int kAnswersAtOnce = 500;
inline constexpr int kDocumentsAtOnce = 100;

struct CleanupParts {
    tasks::TaskEngine& tasks;
    store::Database& database;
    MetricsJournal& journal;
    const os::Clock& clock;
    DocumentStore& documents;
    cache::DocumentCache& cache;
    Duration documents_kept;  // 0: for ever
    // Removes up to rows_max answers kept for an Idempotency-Key that is forgotten; gives how many.
    std::function<Result<std::int64_t>(store::Executor&, Time now, int rows_max)> remove_answers;
};

void register_cleanup(tasks::TaskEngine& engine, const CleanupParts& parts);

}  // namespace galley::jobs
