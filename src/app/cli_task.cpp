#include "app/cli.h"
#include "app/task_command.h"

namespace galley::app {

namespace {

TaskCommand task_command;
QueueCommand queue_command;

CLI::App* add_task_command(CLI::App& group, Chosen& chosen, const char* name, const char* doc,
                           int (*run)(const TaskCommand&)) {
    return add_remote_command(group, chosen, task_command, name, doc, run);
}

CLI::App* with_ids(CLI::App* made, int most) {
    made->add_option("task", task_command.ids, "Its id")->required()->expected(1, most);
    return made;
}

void add_filters(CLI::App& made, const char* limit_doc, int limit_max) {
    made.add_option("--status", task_command.status, "scheduled, pending, running, completed, failed or cancelled");
    made.add_option("--type", task_command.kind, "Of this kind");
    made.add_option("--queue", task_command.queue, "In this queue");
    made.add_option("--tag", task_command.tag, "With this tag");
    made.add_option("--by", task_command.created_by, "Of this creator (for administrators)");
    made.add_option("--limit", task_command.limit, limit_doc)->check(CLI::Range(1, limit_max))->capture_default_str();
}

CLI::App* add_queue_command(CLI::App& group, Chosen& chosen, const char* name, const char* doc,
                            int (*run)(const QueueCommand&)) {
    CLI::App* made = add_remote_command(group, chosen, queue_command, name, doc, run);
    made->add_option("queue", queue_command.name, "Its name")->required();
    return made;
}

}  // namespace

void add_task(CLI::App& root, Chosen& chosen) {
    constexpr int kAtOnceMax = 1'000;
    constexpr int kChangesMax = 10'000;
    constexpr int kWaitMax = 60;
    task_command.remote.url = "http://127.0.0.1:8000";
    CLI::App* task = root.add_subcommand("task", "Enqueue, list, cancel and retry tasks of a running server");
    task->require_subcommand(1);
    task->footer(
        "Examples:\n  galley task enqueue echo --input '{\"n\": 1}' --options '{\"priority\": 9}' --wait 10\n"
        "  galley task list --status failed --queue reports\n  galley task show task-0000000001c0ffee --json | jq "
        ".error\n"
        "  galley task cancel task-0000000001c0ffee task-0000000002c0ffee\n"
        "  galley task bulk retry --status failed --tag nightly --limit 10000\n\n"
        "Exit codes: 0 done, 1 refused or not reached, 2 wrong usage.");
    add_filters(*add_task_command(*task, chosen, "list", "Tasks, newest first", task_list), "So many at most",
                kChangesMax);
    with_ids(add_task_command(*task, chosen, "show", "One task", task_show), 1)
        ->add_option("--wait", task_command.wait_seconds, "Seconds to wait for its end")
        ->check(CLI::Range(0, kWaitMax));
    with_ids(add_task_command(*task, chosen, "log", "The last lines that its handler wrote", task_log), 1);
    with_ids(add_task_command(*task, chosen, "cancel", "Cancel tasks", task_cancel), kAtOnceMax);
    with_ids(add_task_command(*task, chosen, "retry", "Try failed tasks again", task_retry), kAtOnceMax);
    with_ids(
        add_task_command(*task, chosen, "close", "Close open tasks: no more may join those they wait for", task_close),
        kAtOnceMax);
    CLI::App* enqueue = add_task_command(*task, chosen, "enqueue", "Enqueue a task", task_enqueue);
    enqueue->add_option("type", task_command.new_kind, "Its kind")->required();
    enqueue->add_option("--input", task_command.body, "JSON")->capture_default_str();
    enqueue->add_option("--options", task_command.options, "The other members of POST /tasks, a JSON object");
    enqueue->add_option("--wait", task_command.wait_seconds, "Seconds to wait for its end")
        ->check(CLI::Range(0, kWaitMax));
    CLI::App* bulk = add_task_command(*task, chosen, "bulk", "Cancel, retry or delete those that match", task_bulk);
    bulk->add_option("action", task_command.action, "cancel, retry or delete")
        ->required()
        ->check(CLI::IsMember({"cancel", "retry", "delete"}));
    add_filters(*bulk, "So many at most; ask again for more", kChangesMax);
}

void add_queue(CLI::App& root, Chosen& chosen) {
    queue_command.remote.url = "http://127.0.0.1:8000";
    CLI::App* queue = root.add_subcommand("queue", "See, limit, pause and drain the queues of a running server");
    queue->require_subcommand(1);
    queue->footer(
        "Examples:\n  galley queue list\n  galley queue set reports --running-max 4 --rate-per-key 100/60s\n"
        "  galley queue pause reports\n  galley queue resume reports --json | jq .pending\n\n"
        "Exit codes: 0 done, 1 refused or not reached, 2 wrong usage.");
    add_remote_command(*queue, chosen, queue_command, "list", "Queues in which something waits, runs or is set",
                       queue_list);
    add_queue_command(*queue, chosen, "show", "One queue", queue_show);
    CLI::App* set = add_queue_command(*queue, chosen, "set", "Set its limits; what is left out has none", queue_set);
    set->add_option("--running-max", queue_command.running_max, "So many run at once");
    set->add_option("--running-per-key-max", queue_command.running_per_key_max, "So many with the same limit key");
    set->add_option("--rate", queue_command.rate, "So many begin in so many seconds: 100/60s");
    set->add_option("--rate-per-key", queue_command.rate_per_key, "The same for each limit key");
    add_queue_command(*queue, chosen, "pause", "Take tasks in, but start none", queue_pause);
    add_queue_command(*queue, chosen, "resume", "Undo pause and drain", queue_resume);
    add_queue_command(*queue, chosen, "drain", "Work off what waits, take nothing in", queue_drain);
}

}  // namespace galley::app
