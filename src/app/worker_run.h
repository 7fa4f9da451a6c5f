// src/app/worker_run.h — `galley worker run`: leases tasks and runs a program for each.
//
// Shape    run_worker() returns the exit code when a signal came and what ran has ended, or, with `drain`, when nothing
//          is ready. Slots lease one task each and run the program; one thread sends heartbeats and progress for all.
// Errors   a refusal that no waiting mends (token, kinds, program) ends it with 1; a server that does not answer is
//          asked again.
// Threads  the main thread; makes its own. The process is to end after it returns: slots may still hold a long poll.
// Limits   WorkerOptions; reports are tried kReportTriesMax times.
// Source   docs/workers.md.
#pragma once

#include <string>
#include <vector>

#include "app/remote.h"
#include "base/time.h"

namespace galley::app {

struct WorkerOptions {
    RemoteOptions remote;
    std::string name;  // "": made up
    std::vector<std::string> kinds;
    std::vector<std::string> queues;   // none: "default" and the kinds' own
    std::vector<std::string> program;  // and its arguments
    int slots = 1;
    int lease_seconds = 30;
    int grace_seconds = 30;       // at a stop, for what runs
    int kill_after_seconds = 10;  // after SIGTERM
    int output_megabytes_max = 8;
    bool drain = false;
};
int run_worker(const WorkerOptions& options);

}  // namespace galley::app
