// src/tasks/rows.h — the SQL of the task tables, one function per question or change. No threads, no memory of its own.
//
// Shape    every change of a running attempt is fenced by its number: it applies only while the row says (running, a),
//          or
//          (pending, a−1) when the attempt's start was never written.
// Errors   the database's.
// Owner    as Executor.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/executor.h"
#include "tasks/lane.h"
#include "tasks/list_map.h"
#include "tasks/retention.h"
#include "tasks/task.h"

namespace galley::tasks::rows {

struct Lease {
    std::int64_t owner = 0;
    Time until{};
};

// How one attempt ended, or how a waiting task was taken out.
struct Settlement {
    TaskSeq seq = 0;
    int attempt = 0;         // the attempt that ended
    int attempt_stored = 0;  // what the row says afterwards: one less when the attempt does not count
    TaskEvent event{};
    TaskState to{};
    Time at{};
    std::optional<Time> started_at{};
    std::optional<Time> run_at{};  // of the next attempt
    int kills = 0;
    int progress = 0;
    std::string message{};
    std::string text{};  // result or error
};

inline constexpr std::string_view kCancelled = "cancelled";  // the error of a task that a caller cancelled

struct Unique {
    Digest key;
    std::optional<Time> until{};  // it holds until then, also when the task has ended
};
// False: another task holds the unique key.
Result<bool> insert(store::Executor& executor, const TaskRecord& task, std::uint32_t tag, std::string_view input,
                    const std::optional<Unique>& unique, std::optional<Duration> keep);
// Who holds the key; a holder that has ended and whose window is over gives it up.
Result<std::optional<TaskRecord>> find_by_unique_key(store::Executor& executor, const Digest& key, Time now);
Result<void> free_unique_key(store::Executor& executor, TaskSeq seq);

// All four: false when fenced.
Result<bool> start_attempt(store::Executor& executor, TaskSeq seq, int attempt, Time at, const Lease& lease);
Result<bool> settle_attempt(store::Executor& executor, const Settlement& end);
Result<bool> renew_lease(store::Executor& executor, TaskSeq seq, int attempt, const Lease& lease);
Result<bool> write_progress(store::Executor& executor, TaskSeq seq, int attempt, int progress,
                            std::string_view message);

// scheduled → pending, if its time has come.
Result<std::optional<TaskRecord>> make_due(store::Executor& executor, TaskSeq seq, Time now);
// Shifts scheduled tasks whose last attempt began later than `now`, and that wait from then on, by the difference;
// gives how many.
Result<std::int64_t> follow_clock_back(store::Executor& executor, Time now);
// scheduled or pending → cancelled.
Result<std::optional<TaskRecord>> cancel_waiting(store::Executor& executor, TaskSeq seq, Time now,
                                                 std::string_view reason);
// Pending or running, with an attempt under way: the row remembers that the task is to end cancelled.
Result<void> ask_to_cancel(store::Executor& executor, TaskSeq seq);
Result<bool> is_cancel_asked(store::Executor& executor, TaskSeq seq);
// failed → pending, with one attempt more than were made.
Result<std::optional<TaskRecord>> requeue_failed(store::Executor& executor, TaskSeq seq);

Result<std::optional<TaskRecord>> find(store::Executor& executor, std::string_view id);
Result<std::optional<TaskRecord>> find(store::Executor& executor, TaskSeq seq);
Result<void> load_end(store::Executor& executor, TaskRecord& task);  // result and error
Result<std::optional<std::string>> input(store::Executor& executor, TaskSeq seq);
Result<std::vector<AttemptError>> attempt_errors(store::Executor& executor, TaskSeq seq);

struct ReadyRow {
    TaskRecord task;
    std::optional<std::string> input;  // only when small
};
// The oldest of a lane.
Result<std::vector<ReadyRow>> ready(store::Executor& executor, const LaneView& lane, std::size_t rows_max,
                                    std::size_t input_bytes_max);
struct LanePage {
    std::vector<LaneKey> lanes;
    LaneId last = 0;    // go on after it
    bool more = false;  // there may be more
};
Result<LanePage> lanes_with_ready(store::Executor& executor, LaneId after, std::size_t lanes_max);
// Gives ready rows of older programs their lane; how many had none.
Result<std::size_t> give_lanes(store::Executor& executor, std::size_t rows_max);
struct ScheduledRow {
    TaskSeq seq;
    Time run_at;
};
Result<std::vector<ScheduledRow>> scheduled(store::Executor& executor, std::size_t rows_max);
// Running rows whose lease ended before `now`; all of them without `now`.
Result<std::vector<TaskRecord>> running(store::Executor& executor, std::optional<Time> now, std::size_t rows_max);

// Those that wait and should not begin any more.
Result<std::vector<TaskRecord>> expired(store::Executor& executor, Time now, std::size_t rows_max);
Result<std::optional<Time>> next_expiry(store::Executor& executor);

// One walk over all tasks.
struct ListedRow {
    ListMap::Row row;
    TaskState state;
};
Result<void> each_task(store::Executor& executor, const std::function<void(const ListedRow&)>& look);
Result<TaskSeq> last_seq(store::Executor& executor);
Result<TaskSeq> first_seq(store::Executor& executor);
// "|a|b|": a tag is found by looking for "|a|".
std::string join_tags(const std::vector<std::string>& tags);
// Through which index a list goes.
enum class ListBy : std::uint8_t { Row, Owner, State };
ListBy list_by(const TaskFilter& filter);
// Newest first among rows with from <= seq < before that match the filter.
Result<std::vector<TaskRecord>> list(store::Executor& executor, const TaskFilter& filter, TaskSeq from, TaskSeq before,
                                     int rows_max);
// The `rows`-th row below `before` of the filter's index; 0 when there are not so many.
Result<TaskSeq> list_boundary(store::Executor& executor, const TaskFilter& filter, TaskSeq before, int rows);

struct CleanupStep {
    std::vector<TaskSeq> finished;  // to delete
    std::optional<TaskSeq> next{};  // go on here
};
// Looks at rows_max rows from `from` on for tasks finished before `before`.
Result<CleanupStep> find_finished(store::Executor& executor, const EndedBefore& before, TaskSeq from,
                                  std::size_t rows_max);
// Finished tasks whose own lifetime is over.
Result<std::vector<TaskSeq>> find_outlived(store::Executor& executor, Time now, std::size_t rows_max);
// Deletes those that are (still) finished; adds to `removed`.
struct Removed {
    TaskCounts counts;
    std::vector<TaskSeq> seqs{};
};
Result<void> remove(store::Executor& executor, const std::vector<TaskSeq>& seqs, Removed& removed);

}  // namespace galley::tasks::rows
