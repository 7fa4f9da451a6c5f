// src/app/worker_program.h — how a program and `galley worker run` speak to each other: one task, one run.
//
// Shape    The program reads the input (JSON) from standard input and writes its result (JSON; nothing is null) to
//          standard output. Lines of standard error that are directives are heard: "@progress 40 half of it",
//          "@retry 30", "@snooze 60" (seconds), "@log a line for the task's log"; all others are for people.
//          report_of() says what the server is told.
// Errors   none: what is no directive is a line like others.
// Threads  any.
// Limits   kErrorTailBytesMax of standard error are kept for the task's error.
// Source   docs/workers.md.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/program.h"

namespace galley::app {

inline constexpr int kExitUsage = 64;  // sysexits.h: these two fail for good
inline constexpr int kExitDataError = 65;
inline constexpr std::size_t kErrorTailBytesMax = 2'000;

struct ProgressDirective {
    int percent = 0;
    std::string message;
};

// What a run has said on its standard error.
class ProgramVoice {
 public:
    // Takes a line; true when it was a directive.
    bool hear(std::string_view line);
    std::optional<ProgressDirective> take_progress() { return std::exchange(progress_, std::nullopt); }
    std::vector<std::string> take_log() { return std::exchange(log_, {}); }  // the last kLogLinesMax
    std::optional<double> retry_seconds() const { return retry_seconds_; }
    std::optional<double> snooze_seconds() const { return snooze_seconds_; }
    std::string tail() const;  // its last lines

 private:
    bool hear_progress(std::string_view rest);
    void hear_log(std::string_view line);

    std::optional<ProgressDirective> progress_;
    std::vector<std::string> log_;
    std::optional<double> retry_seconds_, snooze_seconds_;
    std::deque<std::string> lines_;
    std::size_t bytes_ = 0;
};

enum class TaskFate : std::uint8_t { Running, Cancelled, Lost, PutBack };

// The call below /api/v1/worker/tasks/{id}/ that tells the server how the attempt ended; none when it knows.
struct WorkerReport {
    std::string call;     // "complete"
    std::string members;  // JSON of the body beside worker and attempt: `"result":1`, or ""
};
std::optional<WorkerReport> report_of(const os::ProgramEnd& end, const ProgramVoice& voice, TaskFate fate);

}  // namespace galley::app
