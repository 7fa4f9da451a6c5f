// src/app/command_line.h — the whole command line of `galley`, or of a program that has it as a library.
//
// Shape    cli_*.cpp declare the commands, each command lives in its own file. Also the start of the processes that
//          render: main() calls nothing before this.
// Errors   the exit code: 0 good, 1 failed, 2 wrong usage.
// Owner    borrows `program`.
// Threads  the main thread, once.
#pragma once

#include "app/own_program.h"

namespace galley::app {

int run_command_line(int argc, const char* const* argv, const OwnProgram& program);

}  // namespace galley::app
