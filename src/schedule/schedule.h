// src/schedule/schedule.h — what a schedule is: what a caller asks for (NewSchedule), reads (ScheduleRecord) and finds
// in its history (ScheduleRun).
//
// Shape    a schedule enqueues one task at each time of a cron expression in a time zone. Its name is its id.
//          A time is missed when the next one had come too before it could fire, or when it is kOnTimeWithin late: the
//          server was down, the disk full, the clock put forward. What was due while a schedule was paused is not.
// Units    instants in whole seconds, UTC.
// Errors   validate: InvalidInput with the field's JSON pointer; an expression that can never fire from now on too.
// Limits   the k…Max constants.
// Source   R70, R71; docs/schedules.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schedule/cron_times.h"
#include "tasks/task.h"

namespace galley::schedule {

inline constexpr std::size_t kSchedulesMax = 10'000;
inline constexpr std::size_t kScheduleNameBytesMax = 64;
inline constexpr std::size_t kScheduleDescriptionBytesMax = 500;
inline constexpr std::size_t kScheduleInputBytesMax = 256u << 10;
inline constexpr int kScheduleRunsKept = 100;         // of each schedule
inline constexpr std::size_t kMissedRunsMax = 1'000;  // that MissedRuns::All makes up for at once; the rest is left out
inline constexpr Duration kOnTimeWithin = std::chrono::seconds(60);
inline constexpr Duration kClockStep = std::chrono::seconds(60);  // what a clock may be put back by and change nothing
inline constexpr Duration kClockCorrection = std::chrono::hours(3);

// What becomes of missed times.
enum class MissedRuns : std::uint8_t {
    Skip,  // nothing
    Once,  // one run for all of them
    All,   // one run for each
};

// What happens when the task of the run before has not ended.
enum class Overlap : std::uint8_t {
    Allow,    // both run
    Skip,     // this time is left out
    Replace,  // the one before is cancelled
};

enum class RunOutcome : std::uint8_t {
    Fired,        // a task was enqueued at its time
    FiredLate,    // to make up for missed times
    FiredByHand,  // asked for by a caller
    Overlapped,   // left out: the task before had not ended
    Missed,       // left out: its time had passed
    Refused,      // the task could not be enqueued; `error` says why
};

std::string_view missed_runs_name(MissedRuns policy);
std::string_view overlap_name(Overlap policy);
std::string_view outcome_name(RunOutcome outcome);
bool enqueues(RunOutcome outcome);  // Fired, FiredLate, FiredByHand
std::optional<MissedRuns> parse_missed_runs(std::string_view name);
std::optional<Overlap> parse_overlap(std::string_view name);

struct NewSchedule {
    std::string name;  // letters, digits, '_', '-', '.'
    std::string cron;
    SecondsField seconds = SecondsField::Last;
    std::string zone = "UTC";
    tasks::NewTask task;  // kind, input, queue, priority, max_attempts, timeout; the rest is ignored
    MissedRuns missed_runs = MissedRuns::Once;
    Overlap overlap = Overlap::Allow;
    bool paused = false;
    std::string description{};
    std::string created_by{};  // tasks are enqueued in this name
    bool built_in = false;     // made by the server itself; a change keeps it so, and it cannot be removed
};

using ScheduleSeq = std::int64_t;

struct ScheduleRecord {
    ScheduleSeq seq = 0;
    NewSchedule what;
    Time created_at{};
    Time updated_at{};                  // by a caller
    std::optional<Time> next_run_at{};  // none: paused, or it never fires again
    Time counted_at{};                  // what the clock showed when next_run_at was counted
    std::optional<Time> last_run_at{};  // when the last task was enqueued
    std::optional<std::string> last_task_id{};
    std::int64_t fired = 0;    // tasks enqueued
    std::int64_t skipped = 0;  // times left out because of Overlap::Skip
    std::int64_t missed = 0;   // times left out because they had passed
};

// One entry of the history.
struct ScheduleRun {
    std::int64_t number = 0;  // 1, 2, 3 …
    RunOutcome outcome = RunOutcome::Fired;
    Time due_at{};  // FiredLate, Missed: the latest of the missed times
    Time at{};
    std::int64_t missed = 0;  // times that this run stands for, or that were left out
    std::optional<std::string> task_id{};
    std::string error{};
};

// An expression with its zone.
struct Recurrence {
    CronExpression expression;
    TimeZone zone;
};

// InvalidInput: /cron, /timezone.
Result<Recurrence> recurrence_of(const NewSchedule& schedule);
// Everything but whether the task's kind is known. `now`: it must fire after this moment.
Result<void> validate(const NewSchedule& schedule, Time now);
// The next time, however many years away; absent when there is none.
std::optional<Time> next_run(const Recurrence& recurrence, Time after);

// What was counted when the clock showed `counted_at` does not hold at `now`: the clock was that far ahead. As cron(8)
// has it, a clock that is put back by less than kClockCorrection repeats no fixed time.
bool clock_was_wrong(const Recurrence& recurrence, Time counted_at, Time now);

// The times from `due` (the first of them) to `now` that have not fired.
struct DueTimes {
    std::vector<Time> missed{};     // oldest first; at most kMissedRunsMax
    bool more = false;              // more were missed than that
    std::optional<Time> current{};  // the last one, when it is still on time
    Time last{};                    // of all
};
DueTimes due_times(const Recurrence& recurrence, Time due, Time now);

}  // namespace galley::schedule
