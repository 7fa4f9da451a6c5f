#include "tasks/rows.h"

#include <algorithm>

namespace galley::tasks::rows {
namespace {

using store::Executor;
using store::Row;
using store::Sql;
using store::Value;

#define GALLEY_TASK_COLUMNS                                                                                 \
    "t.seq, t.tag, t.custom_id, t.kind, t.queue, t.state, t.priority, t.attempt, t.max_attempts, t.kills, " \
    "t.timeout_ms, t.backoff_base_ms, t.backoff_cap_ms, t.progress, t.created_at, t.run_at, t.started_at, " \
    "t.completed_at, t.message, t.correlation_id, t.created_by, t.cancel_asked, t.limit_key, "              \
    "t.expires_at, t.tags, t.parents_left, t.on_parent_failure, t.input_from_parents, t.open, t.encrypted"
constexpr std::size_t kColumns = 30;
// The attempt $2 of row $1 is the current one, whether or not its start was written.
#define GALLEY_FENCE " WHERE seq = $1 AND ((state = 2 AND attempt = $2) OR (state = 1 AND attempt = $2 - 1))"

// No child that has not ended may want its result.
#define GALLEY_NOT_AWAITED(seq) \
    "NOT EXISTS (SELECT 1 FROM task_parent e JOIN task c ON c.seq = e.child WHERE e.parent = " seq " AND c.state < 3)"

// What every end does besides: the unique key is free, unless its window goes on; a lifetime of its own begins.
#define GALLEY_ENDED(at) \
    "unique_live = CASE WHEN unique_until > " at " THEN unique_live END, delete_at = " at " + keep_ms"

Value optional_time(const std::optional<Time>& time) {
    return time ? Value(to_unix_ms(*time)) : Value();
}
Value text_or_null(std::string_view text) {
    return text.empty() ? Value() : Value(text);
}
std::optional<Time> read_time(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional(from_unix_ms(row.integer(column)));
}

std::vector<std::string> split_tags(std::string_view text) {
    std::vector<std::string> tags;
    while (text.size() > 1) {
        text.remove_prefix(1);
        const std::size_t end = text.find('|');
        tags.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end, text.size()));
    }
    return tags;
}

TaskRecord read_task(const Row& row) {
    TaskRecord task;
    task.seq = row.integer(0);
    task.id =
        row.is_null(2) ? make_task_id(task.seq, static_cast<std::uint32_t>(row.integer(1))) : std::string(row.text(2));
    task.kind = row.text(3);
    task.queue = row.text(4);
    task.state = static_cast<TaskState>(row.integer(5));
    task.priority = static_cast<int>(row.integer(6));
    task.attempt = static_cast<int>(row.integer(7));
    task.max_attempts = static_cast<int>(row.integer(8));
    task.kills = static_cast<int>(row.integer(9));
    task.timeout = Duration(row.integer(10));
    task.backoff = {Duration(row.integer(11)), Duration(row.integer(12))};
    task.progress = static_cast<int>(row.integer(13));
    task.created_at = from_unix_ms(row.integer(14));
    task.scheduled_at = read_time(row, 15);
    task.started_at = read_time(row, 16);
    task.completed_at = read_time(row, 17);
    task.message = row.text(18);
    task.correlation_id = row.text(19);
    task.created_by = row.text(20);
    task.cancel_asked = !row.is_null(21);
    task.limit_key = row.text(22);
    task.expires_at = read_time(row, 23);
    task.tags = split_tags(row.text(24));
    task.parents_left = row.is_null(25) ? 0 : static_cast<int>(row.integer(25));
    task.on_parent_failure = static_cast<OnParentFailure>(row.integer(26));
    task.input_from_parents = !row.is_null(27);
    task.open = !row.is_null(28);
    task.encrypted = !row.is_null(29);
    return task;
}

Result<std::optional<TaskRecord>> one_task(Executor& executor, Sql sql, std::initializer_list<Value> values) {
    std::optional<TaskRecord> task;
    GALLEY_TRY_VOID(executor.each(sql, values, [&](const Row& row) -> Result<void> {
        task = read_task(row);
        return {};
    }));
    return task;
}

Result<std::vector<TaskRecord>> all_tasks(Executor& executor, Sql sql, std::span<const Value> values) {
    std::vector<TaskRecord> tasks;
    GALLEY_TRY_VOID(executor.run(sql, values, [&](const Row& row) -> Result<void> {
        tasks.push_back(read_task(row));
        return {};
    }));
    return tasks;
}

Result<bool> changed(Executor& executor, Sql sql, std::initializer_list<Value> values) {
    GALLEY_TRY(const std::int64_t rows, executor.execute(sql, values));
    return rows > 0;
}

bool is_error_event(TaskEvent event) {
    return event == TaskEvent::Retrying || event == TaskEvent::Failed || event == TaskEvent::Poisoned ||
           event == TaskEvent::Rescued || event == TaskEvent::Deferred;
}

Result<void> write_end(Executor& executor, TaskSeq seq, TaskState to, std::string_view text) {
    if (to == TaskState::Completed && text == "null") return {};  // no row says the same
    const bool completed = to == TaskState::Completed;
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO task_result(seq, result, error) VALUES($1, $2, $3) "
                         "ON CONFLICT(seq) DO UPDATE SET result = excluded.result, error = excluded.error",
                         {seq, completed ? Value(text) : Value(), completed ? Value() : Value(text)}));
    return {};
}

Result<bool> settle_terminal(Executor& executor, const Settlement& end) {
    GALLEY_TRY(
        const bool applied,
        changed(
            executor,
            "UPDATE task SET state = $3, attempt = $2, started_at = $4, completed_at = $5, kills = $6, progress = $7, "
            "message = $8, lease_until = NULL, lease_owner = NULL, " GALLEY_ENDED("$5") GALLEY_FENCE,
            {end.seq, end.attempt, static_cast<int>(end.to), optional_time(end.started_at), to_unix_ms(end.at),
             end.kills, end.progress, text_or_null(end.message)}));
    if (applied) GALLEY_TRY_VOID(write_end(executor, end.seq, end.to, end.text));
    return applied;
}

Result<bool> settle_again(Executor& executor, const Settlement& end) {
    return changed(executor,
                   "UPDATE task SET state = $3, attempt = $4, started_at = $5, run_at = COALESCE($6, run_at), kills = "
                   "$7, progress = 0, "
                   "message = NULL, lease_until = NULL, lease_owner = NULL" GALLEY_FENCE,
                   {end.seq, end.attempt, static_cast<int>(end.to), end.attempt_stored, optional_time(end.started_at),
                    optional_time(end.run_at), end.kills});
}

}  // namespace

std::string join_tags(const std::vector<std::string>& tags) {
    std::string text;
    for (const std::string& tag : tags) text.append(text.empty() ? "|" : "").append(tag).append("|");
    return text;
}

Result<bool> insert(Executor& executor, const TaskRecord& task, std::uint32_t tag, std::string_view input,
                    const std::optional<Unique>& unique, std::optional<Duration> keep) {
    const bool custom = !parse_task_id(task.id);
    GALLEY_TRY(
        const bool inserted,
        changed(
            executor,
            "INSERT INTO task(seq, tag, custom_id, kind, queue, state, priority, attempt, max_attempts, kills, "
            "timeout_ms, "
            "backoff_base_ms, backoff_cap_ms, progress, created_at, run_at, correlation_id, created_by, unique_live, "
            "lane, limit_key, expires_at, keep_ms, tags, unique_until, parents_left, on_parent_failure, "
            "input_from_parents, open, encrypted) "
            "VALUES($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, $9, $10, $11, 0, $12, $13, $14, $15, $16, $17, $18, $19, "
            "$20, $21, $22, $23, $24, $25, $26, $27) "
            "ON CONFLICT(unique_live) WHERE unique_live IS NOT NULL DO NOTHING",
            {task.seq,
             tag,
             custom ? Value(task.id) : Value(),
             task.kind,
             task.queue,
             static_cast<int>(task.state),
             task.priority,
             task.max_attempts,
             task.timeout.count(),
             task.backoff.base.count(),
             task.backoff.cap.count(),
             to_unix_ms(task.created_at),
             optional_time(task.scheduled_at),
             text_or_null(task.correlation_id),
             text_or_null(task.created_by),
             unique ? Value(store::Blob{unique->key.view()}) : Value(),
             lane_id(lane_of(task)),
             text_or_null(task.limit_key),
             optional_time(task.expires_at),
             keep ? Value(keep->count()) : Value(),
             text_or_null(join_tags(task.tags)),
             unique && unique->until ? Value(to_unix_ms(*unique->until)) : Value(),
             task.parents_left > 0 ? Value(task.parents_left) : Value(),
             static_cast<int>(task.on_parent_failure),
             task.input_from_parents ? Value(1) : Value(),
             task.open ? Value(1) : Value(),
             task.encrypted ? Value(1) : Value()}));
    if (inserted)
        GALLEY_TRY_VOID(executor.execute("INSERT INTO task_body(seq, input) VALUES($1, $2)", {task.seq, input}));
    return inserted;
}

Result<std::optional<TaskRecord>> find_by_unique_key(Executor& executor, const Digest& key, Time now) {
    GALLEY_TRY_VOID(executor.execute(
        "UPDATE task SET unique_live = NULL WHERE unique_live = $1 AND state >= 3 AND unique_until <= $2",
        {store::Blob{key.view()}, to_unix_ms(now)}));
    return one_task(executor, "SELECT " GALLEY_TASK_COLUMNS " FROM task t WHERE unique_live = $1",
                    {store::Blob{key.view()}});
}

Result<void> free_unique_key(Executor& executor, TaskSeq seq) {
    GALLEY_TRY_VOID(executor.execute("UPDATE task SET unique_live = NULL WHERE seq = $1", {seq}));
    return {};
}

Result<bool> start_attempt(Executor& executor, TaskSeq seq, int attempt, Time at, const Lease& lease) {
    return changed(executor,
                   "UPDATE task SET state = 2, attempt = $2, started_at = $3, lease_until = $4, lease_owner = $5 "
                   "WHERE seq = $1 AND state = 1 AND attempt = $2 - 1",
                   {seq, attempt, to_unix_ms(at), to_unix_ms(lease.until), lease.owner});
}

Result<bool> settle_attempt(Executor& executor, const Settlement& end) {
    GALLEY_TRY(const bool applied, is_terminal(end.to) ? settle_terminal(executor, end) : settle_again(executor, end));
    if (applied && is_error_event(end.event)) {
        GALLEY_TRY_VOID(
            executor.execute("INSERT INTO attempt_error(seq, attempt, at, error) VALUES($1, $2, $3, $4) "
                             "ON CONFLICT(seq, attempt) DO UPDATE SET at = excluded.at, error = excluded.error",
                             {end.seq, end.attempt, to_unix_ms(end.at), end.text}));
    }
    return applied;
}

Result<bool> renew_lease(Executor& executor, TaskSeq seq, int attempt, const Lease& lease) {
    return changed(executor, "UPDATE task SET lease_until = $3 WHERE seq = $1 AND state = 2 AND attempt = $2",
                   {seq, attempt, to_unix_ms(lease.until)});
}

Result<bool> write_progress(Executor& executor, TaskSeq seq, int attempt, int progress, std::string_view message) {
    return changed(executor,
                   "UPDATE task SET progress = $3, message = $4 WHERE seq = $1 AND state = 2 AND attempt = $2",
                   {seq, attempt, progress, text_or_null(message)});
}

Result<std::optional<TaskRecord>> make_due(Executor& executor, TaskSeq seq, Time now) {
    GALLEY_TRY(auto task, find(executor, seq));
    if (!task) return std::nullopt;
    GALLEY_TRY(const bool due,
               changed(executor,
                       "UPDATE task SET state = 1, lane = $3 WHERE seq = $1 AND state = 0 AND run_at <= $2 AND "
                       "parents_left IS NULL",
                       {seq, to_unix_ms(now), lane_id(lane_of(*task))}));
    if (!due) return std::nullopt;
    task->state = TaskState::Pending;
    return task;
}

Result<std::int64_t> follow_clock_back(Executor& executor, Time now) {
    return executor.execute(
        "UPDATE task SET run_at = run_at - (started_at - $1), started_at = $1 "
        "WHERE state = 0 AND started_at > $1 AND run_at >= started_at",
        {to_unix_ms(now)});
}

Result<std::optional<TaskRecord>> cancel_waiting(Executor& executor, TaskSeq seq, Time now, std::string_view reason) {
    GALLEY_TRY(const bool cancelled, changed(executor,
                                             "UPDATE task SET state = 5, completed_at = $2, " GALLEY_ENDED(
                                                 "$2") " WHERE seq = $1 AND state IN (0, 1)",
                                             {seq, to_unix_ms(now)}));
    if (!cancelled) return std::nullopt;
    GALLEY_TRY_VOID(write_end(executor, seq, TaskState::Cancelled, reason));
    return find(executor, seq);
}

Result<void> ask_to_cancel(Executor& executor, TaskSeq seq) {
    GALLEY_TRY_VOID(executor.execute("UPDATE task SET cancel_asked = 1 WHERE seq = $1 AND state IN (1, 2)", {seq}));
    return {};
}

Result<bool> is_cancel_asked(Executor& executor, TaskSeq seq) {
    GALLEY_TRY(const auto asked,
               executor.query_integer("SELECT 1 FROM task WHERE seq = $1 AND cancel_asked IS NOT NULL", {seq}));
    return asked.has_value();
}

Result<std::optional<TaskRecord>> requeue_failed(Executor& executor, TaskSeq seq) {
    GALLEY_TRY(auto task, find(executor, seq));
    if (!task) return std::nullopt;
    GALLEY_TRY(const bool requeued,
               changed(executor,
                       "UPDATE task SET state = 1, completed_at = NULL, progress = 0, message = NULL, kills = 0, "
                       "cancel_asked = NULL, lane = $2, delete_at = NULL, parents_left = NULL, "
                       "max_attempts = CASE WHEN attempt >= max_attempts THEN attempt + 1 ELSE max_attempts END "
                       "WHERE seq = $1 AND state = 4",
                       {seq, lane_id(lane_of(*task))}));
    if (!requeued) return std::nullopt;
    GALLEY_TRY_VOID(executor.execute("DELETE FROM task_result WHERE seq = $1", {seq}));
    return find(executor, seq);
}

Result<std::optional<TaskRecord>> find(Executor& executor, std::string_view id) {
    if (const auto parsed = parse_task_id(id)) {
        return one_task(executor,
                        "SELECT " GALLEY_TASK_COLUMNS " FROM task t WHERE seq = $1 AND tag = $2 AND custom_id IS NULL",
                        {parsed->seq, parsed->tag});
    }
    return one_task(executor, "SELECT " GALLEY_TASK_COLUMNS " FROM task t WHERE custom_id = $1", {id});
}

Result<std::optional<TaskRecord>> find(Executor& executor, TaskSeq seq) {
    return one_task(executor, "SELECT " GALLEY_TASK_COLUMNS " FROM task t WHERE seq = $1", {seq});
}

Result<void> load_end(Executor& executor, TaskRecord& task) {
    return executor.each("SELECT result, error FROM task_result WHERE seq = $1", {task.seq},
                         [&](const Row& row) -> Result<void> {
                             task.result = row.optional_text(0);
                             task.error = row.optional_text(1);
                             return {};
                         });
}

Result<std::optional<std::string>> input(Executor& executor, TaskSeq seq) {
    std::optional<std::string> found;
    GALLEY_TRY_VOID(
        executor.each("SELECT input FROM task_body WHERE seq = $1", {seq}, [&](const Row& row) -> Result<void> {
            found = std::string(row.text(0));
            return {};
        }));
    return found;
}

Result<std::vector<AttemptError>> attempt_errors(Executor& executor, TaskSeq seq) {
    std::vector<AttemptError> errors;
    GALLEY_TRY_VOID(executor.each("SELECT attempt, at, error FROM attempt_error WHERE seq = $1 ORDER BY attempt", {seq},
                                  [&](const Row& row) -> Result<void> {
                                      errors.push_back({static_cast<int>(row.integer(0)), from_unix_ms(row.integer(1)),
                                                        std::string(row.text(2))});
                                      return {};
                                  }));
    return errors;
}

Result<std::vector<ReadyRow>> ready(Executor& executor, const LaneView& lane, std::size_t rows_max,
                                    std::size_t input_bytes_max) {
    std::vector<ReadyRow> found;
    GALLEY_TRY_VOID(executor.each("SELECT " GALLEY_TASK_COLUMNS ", CASE WHEN length(b.input) <= $2 THEN b.input END "
                                  "FROM task t JOIN task_body b ON b.seq = t.seq WHERE t.state = 1 AND t.lane = $1 "
                                  "AND t.queue = $4 AND t.kind = $5 AND t.priority = $6 "
                                  "AND COALESCE(t.created_by, '') = $7 AND COALESCE(t.limit_key, '') = $8 "
                                  "ORDER BY t.seq LIMIT $3",
                                  {lane_id(lane), input_bytes_max, rows_max, lane.queue, lane.kind, lane.priority,
                                   lane.caller, lane.limit_key},
                                  [&](const Row& row) -> Result<void> {
                                      found.push_back({read_task(row), row.optional_text(kColumns)});
                                      return {};
                                  }));
    return found;
}

// One step of the index per lane: the number of waiting tasks does not matter.
Result<LanePage> lanes_with_ready(Executor& executor, LaneId after, std::size_t lanes_max) {
    LanePage page{.lanes = {}, .last = after, .more = true};
    while (page.more && page.lanes.size() < lanes_max) {
        GALLEY_TRY(const auto task,
                   one_task(executor,
                            "SELECT " GALLEY_TASK_COLUMNS ", t.lane FROM task t WHERE t.state = 1 AND t.lane > $1 "
                            "ORDER BY t.lane, t.seq LIMIT 1",
                            {page.last}));
        page.more = task.has_value();
        if (!task) break;
        page.lanes.emplace_back(lane_of(*task));
        page.last = lane_id(lane_of(*task));
    }
    return page;
}

Result<std::size_t> give_lanes(Executor& executor, std::size_t rows_max) {
    const Value limit[] = {rows_max};
    GALLEY_TRY(const auto tasks, all_tasks(executor,
                                           "SELECT " GALLEY_TASK_COLUMNS
                                           " FROM task t WHERE state = 1 AND lane = 0 ORDER BY seq LIMIT $1",
                                           limit));
    for (const TaskRecord& task : tasks) {
        GALLEY_TRY_VOID(
            executor.execute("UPDATE task SET lane = $2 WHERE seq = $1", {task.seq, lane_id(lane_of(task))}));
    }
    return tasks.size();
}

Result<std::vector<ScheduledRow>> scheduled(Executor& executor, std::size_t rows_max) {
    std::vector<ScheduledRow> found;
    GALLEY_TRY_VOID(
        executor.each("SELECT seq, run_at FROM task WHERE state = 0 AND run_at IS NOT NULL AND parents_left IS NULL "
                      "ORDER BY run_at, seq LIMIT $1",
                      {rows_max}, [&](const Row& row) -> Result<void> {
                          found.push_back({row.integer(0), from_unix_ms(row.integer(1))});
                          return {};
                      }));
    return found;
}

Result<std::vector<TaskRecord>> running(Executor& executor, std::optional<Time> now, std::size_t rows_max) {
    const std::int64_t before = now ? to_unix_ms(*now) : INT64_MAX;
    const Value values[] = {before, rows_max};
    return all_tasks(executor,
                     "SELECT " GALLEY_TASK_COLUMNS
                     " FROM task t WHERE state = 2 AND lease_until < $1 ORDER BY lease_until LIMIT $2",
                     values);
}

Result<void> each_task(Executor& executor, const std::function<void(const ListedRow&)>& look) {
    return executor.each("SELECT seq, kind, queue, tags, created_at, state FROM task", {},
                         [&](const Row& row) -> Result<void> {
                             look({.row = {.seq = row.integer(0),
                                           .kind = row.text(1),
                                           .queue = row.text(2),
                                           .tags = row.text(3),
                                           .created_ms = row.integer(4)},
                                   .state = static_cast<TaskState>(row.integer(5))});
                             return {};
                         });
}

Result<TaskSeq> last_seq(Executor& executor) {
    GALLEY_TRY(const auto last, executor.query_integer("SELECT max(seq) FROM task"));
    return last.value_or(0);
}

Result<TaskSeq> first_seq(Executor& executor) {
    GALLEY_TRY(const auto first, executor.query_integer("SELECT min(seq) FROM task"));
    return first.value_or(0);
}

ListBy list_by(const TaskFilter& filter) {
    if (filter.state == TaskState::Failed || filter.state == TaskState::Cancelled) return ListBy::State;
    if (filter.created_by) return ListBy::Owner;
    const bool waiting = filter.state == TaskState::Scheduled || filter.state == TaskState::Pending;
    return waiting ? ListBy::State : ListBy::Row;
}

namespace {

// SQLite uses a partial index only where its condition is repeated, and only for a state that it can read.
std::string list_source(const TaskFilter& filter) {
    switch (list_by(filter)) {
        case ListBy::Owner:
            return "task t INDEXED BY task_owner WHERE t.created_by = $1";
        case ListBy::State:
            return "task t INDEXED BY task_state WHERE $1 IS NOT NULL AND (state < 2 OR state > 3) AND state = " +
                   std::to_string(static_cast<int>(*filter.state));
        default:
            return "task t NOT INDEXED WHERE $1 IS NOT NULL";
    }
}

Value list_owner(const TaskFilter& filter) {
    return filter.created_by ? Value(*filter.created_by) : Value(0);
}

}  // namespace

Result<TaskSeq> list_boundary(Executor& executor, const TaskFilter& filter, TaskSeq before, int rows) {
    const std::string text =
        "SELECT t.seq FROM " + list_source(filter) + " AND t.seq < $2 ORDER BY t.seq DESC LIMIT 1 OFFSET $3";
    const Value values[] = {list_owner(filter), before, rows - 1};
    TaskSeq boundary = 0;
    GALLEY_TRY_VOID(executor.run(Sql::assembled(text), values, [&](const Row& row) -> Result<void> {
        boundary = row.integer(0);
        return {};
    }));
    return boundary;
}

Result<std::vector<TaskRecord>> list(Executor& executor, const TaskFilter& filter, TaskSeq from, TaskSeq before,
                                     int rows_max) {
    std::string text = "SELECT " GALLEY_TASK_COLUMNS " FROM " + list_source(filter) + " AND seq >= $2 AND seq < $3";
    std::vector<Value> values{list_owner(filter), from, before};
    const auto compare = [&](std::string_view column_and_operator, Value value) {
        values.push_back(value);
        text.append(" AND ").append(column_and_operator).append(" $").append(std::to_string(values.size()));
    };
    if (filter.state) compare("state =", static_cast<int>(*filter.state));
    if (filter.kind) compare("kind =", *filter.kind);
    if (filter.queue) compare("queue =", *filter.queue);
    if (filter.created_by) compare("created_by =", *filter.created_by);
    std::string tag;
    if (filter.tag) {
        tag = "|" + *filter.tag + "|";
        values.push_back(tag);
        text.append(" AND instr(tags, $").append(std::to_string(values.size())).append(") > 0");
    }
    if (filter.created_after) compare("created_at >=", to_unix_ms(*filter.created_after));
    if (filter.created_before) compare("created_at <", to_unix_ms(*filter.created_before));
    values.push_back(rows_max);
    text.append(" ORDER BY seq DESC LIMIT $").append(std::to_string(values.size()));
    return all_tasks(executor, Sql::assembled(text), values);
}

Result<CleanupStep> find_finished(Executor& executor, const EndedBefore& before, TaskSeq from, std::size_t rows_max) {
    CleanupStep step;
    std::size_t seen = 0;
    // A task cannot have finished before it was created, so the walk ends at the first one that is too young.
    bool young = false;
    GALLEY_TRY_VOID(
        executor.each("SELECT seq, state, completed_at, created_at, keep_ms FROM task WHERE seq >= $1 "
                      "ORDER BY seq LIMIT $2",
                      {from, rows_max}, [&](const Row& row) -> Result<void> {
                          ++seen;
                          young = young || row.integer(3) >= to_unix_ms(before.latest());
                          const auto state = static_cast<TaskState>(row.integer(1));
                          const bool own_time = !row.is_null(4);
                          if (is_terminal(state) && !own_time && row.integer(2) < to_unix_ms(before.of(state)))
                              step.finished.push_back(row.integer(0));
                          step.next = row.integer(0) + 1;
                          return {};
                      }));
    if (young || seen < rows_max) step.next.reset();
    return step;
}

Result<std::vector<TaskSeq>> find_outlived(Executor& executor, Time now, std::size_t rows_max) {
    std::vector<TaskSeq> found;
    GALLEY_TRY_VOID(executor.each(
        "SELECT seq FROM task WHERE delete_at <= $1 AND " GALLEY_NOT_AWAITED("task.seq") " ORDER BY delete_at LIMIT $2",
        {to_unix_ms(now), rows_max}, [&](const Row& row) -> Result<void> {
            found.push_back(row.integer(0));
            return {};
        }));
    return found;
}

Result<std::vector<TaskRecord>> expired(Executor& executor, Time now, std::size_t rows_max) {
    const Value values[] = {to_unix_ms(now), rows_max};
    return all_tasks(executor,
                     "SELECT " GALLEY_TASK_COLUMNS
                     " FROM task t WHERE state < 2 AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
                     values);
}

Result<std::optional<Time>> next_expiry(Executor& executor) {
    std::optional<Time> next;
    GALLEY_TRY_VOID(executor.each(
        "SELECT expires_at FROM task WHERE state < 2 AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1", {},
        [&](const Row& row) -> Result<void> {
            next = read_time(row, 0);
            return {};
        }));
    return next;
}

Result<void> remove(Executor& executor, const std::vector<TaskSeq>& seqs, Removed& removed) {
    for (const TaskSeq seq : seqs) {
        GALLEY_TRY(const auto state,
                   executor.query_integer("DELETE FROM task WHERE seq = $1 AND state >= 3 AND " GALLEY_NOT_AWAITED(
                                              "$1") " RETURNING state",
                                          {seq}));
        if (!state) continue;
        ++removed.counts.by_state[*state];
        removed.seqs.push_back(seq);
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_body WHERE seq = $1", {seq}));
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_result WHERE seq = $1", {seq}));
        GALLEY_TRY_VOID(executor.execute("DELETE FROM attempt_error WHERE seq = $1", {seq}));
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_log WHERE seq = $1", {seq}));
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_step WHERE seq = $1", {seq}));
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_parent WHERE child = $1", {seq}));
    }
    return {};
}

}  // namespace galley::tasks::rows
