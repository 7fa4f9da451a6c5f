// src/os/program.h — runs another program: bytes in, bytes out, lines of its standard error as they come, an end.
//
// Shape    run_program(order) starts arguments[0] (found in PATH) in a process group of its own, with every signal as a
//          shell would give it, writes `input` to its standard input, and returns when it has ended. When `stop` is
//          asked for or `wall_time` is over, the group gets SIGTERM, and SIGKILL `grace` later. What the program left
//          running in its group is killed with it.
// Duty     SIGPIPE is ignored (block_signals()).
// Errors   NotFound: no such program. Forbidden: it may not be run. Unavailable: the system gives no process.
// Owner    borrows the order for the call.
// Threads  any, several at once; blocks. on_error_line is called on the calling thread.
// Limits   output_bytes_max: more is read and dropped, and ProgramEnd says so; the program then gets SIGTERM.
//          A line of standard error is cut at error_line_bytes_max.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace galley::os {

struct ProgramOrder {
    std::vector<std::string> arguments;              // at least the program
    std::map<std::string, std::string> environment;  // the whole of it
    std::string_view input{};
    std::uint64_t output_bytes_max = 16u << 20;
    std::size_t error_line_bytes_max = 4'000;
    Duration wall_time = std::chrono::hours(24);
    Duration grace = std::chrono::seconds(10);
    std::stop_token stop{};
    std::function<void(std::string_view line)> on_error_line{};
};

enum class ProgramStop : std::uint8_t { None, Asked, TimedOut, OutputTooLong };  // why it got SIGTERM

struct ProgramEnd {
    int signal = 0;       // that ended it; 0: it exited
    int exit_status = 0;  // when it exited
    ProgramStop stopped = ProgramStop::None;
    std::string output{};
};
Result<ProgramEnd> run_program(const ProgramOrder& order);

}  // namespace galley::os
