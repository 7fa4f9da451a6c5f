// src/app/worker_command.h — `galley worker list` and `kinds`: the outside workers and kinds of a running server.
//
// Shape    each gives the exit code: 0 good, 1 failed. --json prints one JSON value on standard output.
// Threads  the main thread.
#pragma once

#include "app/remote.h"

namespace galley::app {

struct WorkerCommand {
    RemoteOptions remote;
    bool json = false;
};
int worker_list(const WorkerCommand& command);
int worker_kinds(const WorkerCommand& command);

}  // namespace galley::app
