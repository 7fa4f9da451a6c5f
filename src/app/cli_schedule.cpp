#include "app/cli.h"
#include "app/schedule_command.h"

namespace galley::app {

namespace {

ScheduleCommand schedule_command;

CLI::App* add_command(CLI::App& group, Chosen& chosen, const char* name, const char* doc,
                      int (*run)(const ScheduleCommand&)) {
    return add_remote_command(group, chosen, schedule_command, name, doc, run);
}

CLI::App* with_names(CLI::App* made, int most) {
    made->add_option("schedule", schedule_command.names, "Its name")->required()->expected(1, most);
    return made;
}

void add_limit(CLI::App& made, int limit_max) {
    made.add_option("--limit", schedule_command.limit, "So many at most")
        ->check(CLI::Range(1, limit_max))
        ->capture_default_str();
}

void add_create(CLI::App& group, Chosen& chosen) {
    ScheduleCommand& command = schedule_command;
    CLI::App* create = add_command(group, chosen, "create", "Make a schedule", schedule_create);
    create->add_option("schedule", command.name, "Its name")->required();
    create->add_option("cron", command.cron, "Such as \"30 2 * * mon-fri\", in quotes")->required();
    create->add_option("type", command.kind, "The kind of its tasks")->required();
    create->add_option("--tz", command.zone, "Time zone, such as Europe/Berlin")->capture_default_str();
    create->add_flag("--seconds-first", command.seconds_first, "The first of six or seven fields is the second's");
    create->add_option("--input", command.input, "JSON")->capture_default_str();
    create->add_option("--options", command.options,
                       "queue, priority, max_attempts and timeout_seconds of its tasks, a JSON object");
    create->add_option("--missed", command.missed, "What becomes of missed times: skip, once or all")
        ->check(CLI::IsMember({"skip", "once", "all"}))
        ->capture_default_str();
    create->add_option("--overlap", command.overlap, "When the task before still runs: allow, skip or replace")
        ->check(CLI::IsMember({"allow", "skip", "replace"}))
        ->capture_default_str();
    create->add_option("--description", command.description, "For people");
    create->add_flag("--paused", command.paused, "It begins with resume");
    create->add_flag("--replace", command.replace, "Change the schedule of this name, if there is one");
    create->footer(
        "Examples:\n  galley schedule create nightly \"30 2 * * mon-fri\" echo --tz Europe/Oslo --overlap skip\n"
        "  galley schedule create tick \"*/10 * * * * *\" echo --seconds-first --options '{\"queue\": \"reports\"}'");
}

}  // namespace

void add_schedule(CLI::App& root, Chosen& chosen) {
    constexpr int kSchedulesMax = 10'000;
    constexpr int kRunsMax = 100;
    constexpr int kAtOnceMax = 1'000;
    schedule_command.remote.url = "http://127.0.0.1:8000";
    CLI::App* group = root.add_subcommand("schedule", "Make, list, pause and run the schedules of a running server");
    group->require_subcommand(1);
    group->footer(
        "Examples:\n  galley schedule list\n  galley schedule create nightly \"30 2 * * *\" echo --tz Europe/Oslo\n"
        "  galley schedule pause nightly monitoring.collect\n  galley schedule run nightly --json | jq .task_id\n"
        "  galley schedule history nightly --limit 20\n\n"
        "Exit codes: 0 done, 1 refused or not reached, 2 wrong usage.");
    CLI::App* list = add_command(*group, chosen, "list", "Schedules, by name", schedule_list);
    list->add_flag("--paused", schedule_command.paused, "Paused ones alone");
    add_limit(*list, kSchedulesMax);
    with_names(add_command(*group, chosen, "show", "One schedule", schedule_show), 1);
    add_create(*group, chosen);
    with_names(add_command(*group, chosen, "pause", "Stop firing", schedule_pause), kAtOnceMax);
    with_names(add_command(*group, chosen, "resume", "Go on from now", schedule_resume), kAtOnceMax);
    with_names(add_command(*group, chosen, "run", "Enqueue their tasks now", schedule_run), kAtOnceMax);
    with_names(add_command(*group, chosen, "delete", "Remove schedules with their history", schedule_delete),
               kAtOnceMax);
    add_limit(*with_names(add_command(*group, chosen, "history", "What became of its times", schedule_history), 1),
              kRunsMax);
}

}  // namespace galley::app
