// The tables of the task engine.
//
// task is the hot table: narrow rows, appended in order of seq, and only partial indexes over live rows, so that a
// task's cost
// does not grow with what is stored. Inputs, results and errors stand apart. A generated id is made of (seq, tag) and
// needs no
// index; only ids that the caller chose are indexed. unique_live holds the unique key while the task is not finished.
// Rejected: indexes over completed_at, kind and queue — each costs every enqueue; clean-up walks the table in order of
// seq instead, a bounded stretch at a time.
#include "tasks/engine.h"

namespace galley::tasks {
namespace {

constexpr char kTasksSqlite[] = R"sql(
CREATE TABLE task(
    seq INTEGER PRIMARY KEY,
    tag INTEGER NOT NULL,
    custom_id TEXT,
    kind TEXT NOT NULL,
    queue TEXT NOT NULL,
    state INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    backoff_base_ms INTEGER NOT NULL,
    backoff_cap_ms INTEGER NOT NULL,
    progress INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    run_at INTEGER,
    started_at INTEGER,
    completed_at INTEGER,
    lease_until INTEGER,
    lease_owner INTEGER,
    message TEXT,
    correlation_id TEXT,
    created_by TEXT,
    unique_live BLOB
) STRICT;
CREATE UNIQUE INDEX task_custom_id ON task(custom_id) WHERE custom_id IS NOT NULL;
CREATE UNIQUE INDEX task_unique ON task(unique_live) WHERE unique_live IS NOT NULL;
CREATE INDEX task_scheduled ON task(run_at, seq) WHERE state = 0;
CREATE INDEX task_ready ON task(queue, priority DESC, seq) WHERE state = 1;
CREATE INDEX task_running ON task(lease_until) WHERE state = 2;
CREATE TABLE task_body(seq INTEGER PRIMARY KEY, input TEXT NOT NULL) STRICT;
CREATE TABLE task_result(seq INTEGER PRIMARY KEY, result TEXT, error TEXT) STRICT;
CREATE TABLE attempt_error(
    seq INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY(seq, attempt)
) STRICT, WITHOUT ROWID;
)sql";

// A running task that is to end cancelled, whatever becomes of its attempt or its process; NULL for all others.
constexpr char kCancelAskedSqlite[] = "ALTER TABLE task ADD COLUMN cancel_asked INTEGER;";

// lane (lane.h): 0 in rows of older programs, which get theirs when they become ready again, or at the next start.
constexpr char kLanesSqlite[] = R"sql(
ALTER TABLE task ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN limit_key TEXT;
DROP INDEX task_ready;
CREATE INDEX task_ready ON task(lane, seq) WHERE state = 1;
)sql";

// expires_at: of a task that waits. delete_at: of one that has ended and has a lifetime of its own (keep_ms).
// parents_left: edges of task_parent that have not ended, and one while `open`; NULL for none. tags: "|a|b|".
constexpr char kOptionsSqlite[] = R"sql(
ALTER TABLE task ADD COLUMN expires_at INTEGER;
ALTER TABLE task ADD COLUMN keep_ms INTEGER;
ALTER TABLE task ADD COLUMN delete_at INTEGER;
ALTER TABLE task ADD COLUMN tags TEXT;
ALTER TABLE task ADD COLUMN unique_until INTEGER;
ALTER TABLE task ADD COLUMN parents_left INTEGER;
ALTER TABLE task ADD COLUMN on_parent_failure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN input_from_parents INTEGER;
ALTER TABLE task ADD COLUMN open INTEGER;
CREATE INDEX task_expiry ON task(expires_at) WHERE expires_at IS NOT NULL AND state < 2;
CREATE INDEX task_delete ON task(delete_at) WHERE delete_at IS NOT NULL;
CREATE TABLE task_parent(
    parent INTEGER NOT NULL,
    child INTEGER NOT NULL,
    position INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY(parent, child)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_child ON task_parent(child, position);
CREATE TABLE task_log(
    seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY(seq, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE task_step(seq INTEGER PRIMARY KEY, cursor TEXT NOT NULL) STRICT;
CREATE TABLE task_queue(
    name TEXT PRIMARY KEY,
    mode INTEGER NOT NULL,
    running_max INTEGER NOT NULL,
    running_per_key_max INTEGER NOT NULL,
    rate_starts INTEGER NOT NULL,
    rate_per_ms INTEGER NOT NULL,
    key_rate_starts INTEGER NOT NULL,
    key_rate_per_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// encrypted: input, result and cursor are sealed (payload_keys.h); NULL for not.
constexpr char kEncryptedSqlite[] = "ALTER TABLE task ADD COLUMN encrypted INTEGER;";

// What lists are filtered by most; other filters: list_map.h. Completed and running tasks are in neither states' index.
constexpr char kListsSqlite[] = R"sql(
CREATE INDEX task_owner ON task(created_by, seq) WHERE created_by IS NOT NULL;
CREATE INDEX task_state ON task(state, seq) WHERE state < 2 OR state > 3;
)sql";

constexpr store::Migration kMigrations[] = {{1, "tasks", kTasksSqlite, nullptr},
                                            {2, "cancel requests", kCancelAskedSqlite, nullptr},
                                            {3, "lanes", kLanesSqlite, nullptr},
                                            {4, "options, parents, logs and queues", kOptionsSqlite, nullptr},
                                            {5, "encrypted payloads", kEncryptedSqlite, nullptr},
                                            {6, "indexes for lists", kListsSqlite, nullptr}};

}  // namespace

store::Component schema() {
    return {"tasks", kMigrations};
}

}  // namespace galley::tasks
