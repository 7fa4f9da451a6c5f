// src/app/task_command.h — `galley task …` and `galley queue …`: the tasks and queues of a running server.
//
// Shape    each gives the exit code: 0 good, 1 failed. --json prints one JSON value on standard output.
// Threads  the main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/remote.h"

namespace galley::app {

struct TaskCommand {
    RemoteOptions remote;
    std::vector<std::string> ids;  // show, cancel, retry, close, log
    // list, bulk
    std::optional<std::string> status{};
    std::optional<std::string> kind{};
    std::optional<std::string> queue{};
    std::optional<std::string> tag{};
    std::optional<std::string> created_by{};
    int limit = 50;
    std::string action;  // bulk
    // enqueue
    std::string new_kind;
    std::string body = "null";  // JSON of the input, or of what is set beside it
    std::string options = "{}";
    int wait_seconds = 0;
    bool json = false;
};
int task_list(const TaskCommand& command);
int task_show(const TaskCommand& command);
int task_log(const TaskCommand& command);
int task_enqueue(const TaskCommand& command);
int task_cancel(const TaskCommand& command);
int task_retry(const TaskCommand& command);
int task_close(const TaskCommand& command);
int task_bulk(const TaskCommand& command);

struct QueueCommand {
    RemoteOptions remote;
    std::string name;
    std::optional<int> running_max{};
    std::optional<int> running_per_key_max{};
    std::optional<std::string> rate{};  // "100/60s"
    std::optional<std::string> rate_per_key{};
    bool json = false;
};
int queue_list(const QueueCommand& command);
int queue_show(const QueueCommand& command);
int queue_set(const QueueCommand& command);
int queue_pause(const QueueCommand& command);
int queue_resume(const QueueCommand& command);
int queue_drain(const QueueCommand& command);

}  // namespace galley::app
