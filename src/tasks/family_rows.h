// src/tasks/family_rows.h — the SQL of parents and children, logs and steps.
//
// Shape    an edge (parent, child) has ended or not; a child's row says how many have not. All inside the caller's
//          write.
// Errors   the database's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/executor.h"
#include "tasks/task.h"

namespace galley::tasks::rows {

// False: the edge is there already.
Result<bool> insert_edge(store::Executor& executor, TaskSeq parent, TaskSeq child, std::int64_t position, bool ended);
Result<bool> any_edge(store::Executor& executor);
Result<void> add_parents_left(store::Executor& executor, TaskSeq child, int count);
// Ends the parent's edges; the children, in order of age.
Result<std::vector<TaskSeq>> end_edges(store::Executor& executor, TaskSeq parent);
// One parent less. True: none is left, and the task waits for nothing but its time.
Result<bool> parent_ended(store::Executor& executor, TaskSeq child);
// After the last parent: pending, unless its time has not come. Gives its state.
Result<TaskState> release_child(store::Executor& executor, const TaskRecord& child, Time now);
// scheduled → failed.
Result<bool> fail_waiting(store::Executor& executor, TaskSeq seq, Time now, std::string_view error);
// No longer open; false when it was not.
Result<bool> close_open(store::Executor& executor, TaskSeq seq);

struct ParentEnd {
    TaskSeq seq;
    std::string id;
    TaskState state;
    bool encrypted;
    std::optional<std::string> result;  // JSON, as it is stored
};
// In the order in which they were given.
Result<std::vector<ParentEnd>> parents(store::Executor& executor, TaskSeq child, std::size_t rows_max,
                                       bool with_results);

Result<void> append_log(store::Executor& executor, TaskSeq seq, const LogLine& line);
Result<std::vector<LogLine>> log_lines(store::Executor& executor, TaskSeq seq);
Result<void> put_cursor(store::Executor& executor, TaskSeq seq, std::string_view cursor);
Result<std::optional<std::string>> cursor(store::Executor& executor, TaskSeq seq);

}  // namespace galley::tasks::rows
