// src/schedule/schedule_store.h — schedules and their history in the database.
//
// Shape    …_in functions work inside the caller's transaction, so that an audit entry can stand in the same one; the
//          rest reads. What changes when something fires is told to the watcher once it is durable.
// Errors   NotFound, Conflict (the name is taken, or built in), LimitExceeded (kSchedulesMax), and the database's.
// Owner    borrows the database.
// Threads  …_in on the writer thread (inside a write); all else from any thread; watch() before the first write.
// Limits   kSchedulesMax; a page of at most kSchedulePageMax; kScheduleRunsKept entries of history.
// Source   R71.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/schedule.h"
#include "store/database.h"

namespace galley::schedule {

inline constexpr int kSchedulePageMax = 200;

struct ScheduleFilter {
    std::optional<std::string> created_by{};
    std::optional<bool> paused{};
    std::string after{};  // names behind this one, in byte order
    int limit = 50;
};

struct SchedulePage {
    std::vector<ScheduleRecord> schedules;
    std::optional<std::string> next;  // to be given as `after`
};

struct ScheduleRunPage {
    std::vector<ScheduleRun> runs;  // newest first
    std::optional<std::int64_t> next;
};

struct ScheduleStats {
    std::int64_t schedules = 0;
    std::int64_t paused = 0;
    std::int64_t fired = 0;  // of the schedules that exist
    std::int64_t skipped = 0;
    std::int64_t missed = 0;
    std::optional<Time> next_run_at{};
};

// Behind this schedule, in the order in which they came due.
struct DueCursor {
    Time due{};
    ScheduleSeq seq = 0;
};

class ScheduleStore {
 public:
    explicit ScheduleStore(store::Database& database) : database_(database) {}

    void watch(std::function<void()> changed) { changed_ = std::move(changed); }

    // Precondition: validate() passed.
    Result<ScheduleRecord> create_in(store::Executor& executor, const NewSchedule& schedule, Time now);
    // Its history, counts and creator stay; the next run is counted from `now`.
    Result<ScheduleRecord> replace_in(store::Executor& executor, const NewSchedule& schedule, Time now);
    Result<ScheduleRecord> set_paused_in(store::Executor& executor, std::string_view name, bool paused, Time now);
    // Conflict: it is built in.
    Result<void> remove_in(store::Executor& executor, std::string_view name);
    // All of them, with their history; gives how many.
    Result<std::int64_t> remove_built_in_in(store::Executor& executor);
    Result<std::optional<ScheduleRecord>> find_in(store::Executor& executor, std::string_view name) const;

    // Writes an entry of the history, with its counts, and gives its number; the next run is `next`. Conflict unless
    // the schedule is as it was when `seen` was read.
    Result<std::int64_t> note_run_in(store::Executor& executor, const ScheduleRecord& seen, const ScheduleRun& run,
                                     std::optional<Time> next);

    // The next run is `next`, unless the schedule has fired or changed since `seen` was read.
    Result<void> recount_in(store::Executor& executor, const ScheduleRecord& seen, std::optional<Time> next, Time now);

    Result<ScheduleRecord> get(std::string_view name) const;
    Result<SchedulePage> list(const ScheduleFilter& filter) const;
    Result<ScheduleRunPage> runs(ScheduleSeq schedule, std::optional<std::int64_t> before, int limit) const;
    Result<ScheduleStats> stats(const std::optional<std::string>& created_by) const;

    // Those whose time has come, the one that waits longest first.
    Result<std::vector<ScheduleRecord>> due(Time now, const std::optional<DueCursor>& after,
                                            std::size_t rows_max) const;
    // Whose next run was counted when the clock showed a later moment than this.
    Result<std::vector<ScheduleRecord>> counted_after(Time time) const;
    Result<std::optional<Time>> earliest() const;

 private:
    void tell_after_commit(store::Executor& executor) const;

    store::Database& database_;
    std::function<void()> changed_;
};

}  // namespace galley::schedule
