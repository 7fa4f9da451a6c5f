#include "schedule/schema.h"

namespace galley::schedule {

namespace {

// next_run_at is absent while a schedule is paused and when it never fires again: then nothing looks at it. The history
// is a ring of kScheduleRunsKept entries, numbered by `runs`.
constexpr store::Migration kMigrations[] = {
    {1, "schedules", R"sql(
CREATE TABLE schedule (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cron TEXT NOT NULL,
    seconds_first INTEGER NOT NULL,
    zone TEXT NOT NULL,
    kind TEXT NOT NULL,
    input TEXT NOT NULL,
    queue TEXT,
    priority INTEGER NOT NULL,
    max_attempts INTEGER,
    timeout_ms INTEGER,
    missed_runs INTEGER NOT NULL,
    overlap INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    description TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    next_run_at INTEGER,
    last_run_at INTEGER,
    last_task_id TEXT,
    runs INTEGER NOT NULL,
    fired INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    missed INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_due ON schedule (next_run_at) WHERE next_run_at IS NOT NULL;
CREATE TABLE schedule_run (
    schedule INTEGER NOT NULL,
    number INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    task_id TEXT,
    error TEXT NOT NULL,
    PRIMARY KEY (schedule, number)
) STRICT, WITHOUT ROWID;
)sql",
     nullptr},
    // When next_run_at was counted, by the wall clock of then: ahead of now, that clock was wrong.
    {2, "when the next time was counted", R"sql(
ALTER TABLE schedule ADD COLUMN counted_at INTEGER NOT NULL DEFAULT 0;
UPDATE schedule SET counted_at = max(updated_at, coalesce(last_run_at, 0));
)sql",
     nullptr},
    {3, "built-in schedules", "ALTER TABLE schedule ADD COLUMN built_in INTEGER NOT NULL DEFAULT 0;", nullptr},
};

}  // namespace

store::Component schedule_schema() {
    return {"schedules", kMigrations};
}

}  // namespace galley::schedule
