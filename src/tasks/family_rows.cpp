#include "tasks/family_rows.h"

#include "tasks/rows.h"

namespace galley::tasks::rows {

using store::Executor;
using store::Row;
using store::Value;

Result<bool> insert_edge(Executor& executor, TaskSeq parent, TaskSeq child, std::int64_t position, bool ended) {
    GALLEY_TRY(const std::int64_t rows,
               executor.execute("INSERT INTO task_parent(parent, child, position, ended) VALUES($1, $2, $3, $4) "
                                "ON CONFLICT(parent, child) DO NOTHING",
                                {parent, child, position, ended ? 1 : 0}));
    return rows > 0;
}

Result<bool> any_edge(Executor& executor) {
    GALLEY_TRY(const auto one, executor.query_integer("SELECT 1 FROM task_parent LIMIT 1"));
    return one.has_value();
}

Result<void> add_parents_left(Executor& executor, TaskSeq child, int count) {
    GALLEY_TRY_VOID(executor.execute("UPDATE task SET parents_left = COALESCE(parents_left, 0) + $2 WHERE seq = $1",
                                     {child, count}));
    return {};
}

Result<std::vector<TaskSeq>> end_edges(Executor& executor, TaskSeq parent) {
    std::vector<TaskSeq> children;
    GALLEY_TRY_VOID(executor.each("SELECT child FROM task_parent WHERE parent = $1 AND ended = 0 ORDER BY child",
                                  {parent}, [&](const Row& row) -> Result<void> {
                                      children.push_back(row.integer(0));
                                      return {};
                                  }));
    if (children.empty()) return children;
    GALLEY_TRY_VOID(executor.execute("UPDATE task_parent SET ended = 1 WHERE parent = $1 AND ended = 0", {parent}));
    return children;
}

Result<bool> parent_ended(Executor& executor, TaskSeq child) {
    GALLEY_TRY(const auto left, executor.query_integer("UPDATE task SET parents_left = parents_left - 1 WHERE seq = $1 "
                                                       "AND state = 0 AND parents_left > 0 RETURNING parents_left",
                                                       {child}));
    return left && *left == 0;
}

Result<TaskState> release_child(Executor& executor, const TaskRecord& child, Time now) {
    const bool waits = child.scheduled_at && *child.scheduled_at > now;
    const TaskState state = waits ? TaskState::Scheduled : TaskState::Pending;
    GALLEY_TRY_VOID(executor.execute("UPDATE task SET parents_left = NULL, state = $2, lane = $3 WHERE seq = $1",
                                     {child.seq, static_cast<int>(state), lane_id(lane_of(child))}));
    return state;
}

Result<bool> fail_waiting(Executor& executor, TaskSeq seq, Time now, std::string_view error) {
    GALLEY_TRY(const std::int64_t rows,
               executor.execute("UPDATE task SET state = 4, completed_at = $2, delete_at = $2 + keep_ms, unique_live = "
                                "CASE WHEN unique_until > $2 THEN unique_live END WHERE seq = $1 AND state = 0",
                                {seq, to_unix_ms(now)}));
    if (rows == 0) return false;
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO task_result(seq, result, error) VALUES($1, NULL, $2) "
                         "ON CONFLICT(seq) DO UPDATE SET result = NULL, error = excluded.error",
                         {seq, error}));
    return true;
}

Result<bool> close_open(Executor& executor, TaskSeq seq) {
    GALLEY_TRY(const std::int64_t rows,
               executor.execute("UPDATE task SET open = NULL WHERE seq = $1 AND open = 1 AND state = 0", {seq}));
    return rows > 0;
}

Result<std::vector<ParentEnd>> parents(Executor& executor, TaskSeq child, std::size_t rows_max, bool with_results) {
    std::vector<TaskSeq> seqs;
    GALLEY_TRY_VOID(executor.each("SELECT parent FROM task_parent WHERE child = $1 ORDER BY position LIMIT $2",
                                  {child, rows_max}, [&](const Row& row) -> Result<void> {
                                      seqs.push_back(row.integer(0));
                                      return {};
                                  }));
    std::vector<ParentEnd> found;
    for (const TaskSeq seq : seqs) {
        GALLEY_TRY(auto task, find(executor, seq));
        if (!task) continue;  // cleaned up
        if (with_results && task->state == TaskState::Completed) GALLEY_TRY_VOID(load_end(executor, *task));
        found.push_back({seq, std::move(task->id), task->state, task->encrypted, std::move(task->result)});
    }
    return found;
}

Result<void> append_log(Executor& executor, TaskSeq seq, const LogLine& line) {
    GALLEY_TRY(const auto last, executor.query_integer(
                                    "SELECT number FROM task_log WHERE seq = $1 ORDER BY number DESC LIMIT 1", {seq}));
    const std::int64_t number = last.value_or(0) + 1;
    GALLEY_TRY_VOID(executor.execute("INSERT INTO task_log(seq, number, attempt, at, text) VALUES($1, $2, $3, $4, $5)",
                                     {seq, number, line.attempt, to_unix_ms(line.at), line.text}));
    const auto kept = static_cast<std::int64_t>(kLogLinesMax);
    if (number > kept) {
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_log WHERE seq = $1 AND number <= $2", {seq, number - kept}));
    }
    return {};
}

Result<std::vector<LogLine>> log_lines(Executor& executor, TaskSeq seq) {
    std::vector<LogLine> lines;
    GALLEY_TRY_VOID(executor.each("SELECT attempt, at, text FROM task_log WHERE seq = $1 ORDER BY number", {seq},
                                  [&](const Row& row) -> Result<void> {
                                      lines.push_back({static_cast<int>(row.integer(0)), from_unix_ms(row.integer(1)),
                                                       std::string(row.text(2))});
                                      return {};
                                  }));
    return lines;
}

Result<void> put_cursor(Executor& executor, TaskSeq seq, std::string_view cursor) {
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO task_step(seq, cursor) VALUES($1, $2) "
                         "ON CONFLICT(seq) DO UPDATE SET cursor = excluded.cursor",
                         {seq, cursor}));
    return {};
}

Result<std::optional<std::string>> cursor(Executor& executor, TaskSeq seq) {
    std::optional<std::string> found;
    GALLEY_TRY_VOID(
        executor.each("SELECT cursor FROM task_step WHERE seq = $1", {seq}, [&](const Row& row) -> Result<void> {
            found = std::string(row.text(0));
            return {};
        }));
    return found;
}

}  // namespace galley::tasks::rows
