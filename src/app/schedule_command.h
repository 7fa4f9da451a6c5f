// src/app/schedule_command.h — `galley schedule …`: the schedules of a running server.
//
// Shape    each gives the exit code: 0 good, 1 failed. --json prints one JSON value on standard output.
// Threads  the main thread.
// Source   R71, R121.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/remote.h"

namespace galley::app {

struct ScheduleCommand {
    RemoteOptions remote;
    std::vector<std::string> names;  // show, pause, resume, run, delete, history
    bool paused = false;             // list: these alone; create: make it so
    int limit = 100;                 // list, history
    // create
    std::string name;
    std::string cron;
    std::string kind;
    std::string zone = "UTC";
    std::string input = "null";   // JSON
    std::string options = "{}";   // JSON of what is set beside it: queue, priority, max_attempts, timeout_seconds
    std::string missed = "once";  // skip, once, all
    std::string overlap = "allow";
    std::string description;
    bool seconds_first = false;
    bool replace = false;
    bool json = false;
};
int schedule_list(const ScheduleCommand& command);
int schedule_show(const ScheduleCommand& command);
int schedule_create(const ScheduleCommand& command);
int schedule_pause(const ScheduleCommand& command);
int schedule_resume(const ScheduleCommand& command);
int schedule_run(const ScheduleCommand& command);
int schedule_delete(const ScheduleCommand& command);
int schedule_history(const ScheduleCommand& command);

}  // namespace galley::app
