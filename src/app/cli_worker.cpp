#include "app/cli.h"
#include "app/worker_command.h"
#include "app/worker_run.h"

namespace galley::app {

namespace {

WorkerCommand worker_command;
WorkerOptions worker_options;

void declare_run(CLI::App& group, Chosen& chosen) {
    CLI::App* run = group.add_subcommand("run", "Lease tasks and run a program for each, until SIGTERM or SIGINT");
    WorkerOptions& options = worker_options;
    declare_remote(*run, options.remote)->envname("GALLEY_URL")->capture_default_str();
    run->add_option("--kind", options.kinds, "Of this kind; may be repeated")
        ->required()
        ->take_all()
        ->allow_extra_args(false);
    run->add_option("--queue", options.queues, "Only of this queue; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    run->add_option("--name", options.name, "The worker's name; made up when left out");
    run->add_option("--slots", options.slots, "So many programs at once")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    run->add_option("--lease", options.lease_seconds, "Seconds that a task stays ours without a heartbeat")
        ->check(CLI::Range(1, 300))
        ->capture_default_str();
    run->add_option("--grace", options.grace_seconds, "Seconds for what runs at a stop, then it is put back")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    run->add_option("--kill-after", options.kill_after_seconds, "Seconds from SIGTERM to SIGKILL")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    run->add_option("--output-max", options.output_megabytes_max, "MiB of result at most")
        ->check(CLI::Range(1, 1'024))
        ->capture_default_str();
    run->add_flag("--drain", options.drain, "Stop when nothing is ready");
    run->add_option("program", options.program, "The program and its arguments, after --")
        ->required()
        ->expected(1, 1'000);
    run->footer(
        "The program gets the task's input (JSON) on standard input and prints its result (JSON) on standard output.\n"
        "Exit code 0: completed; 64, 65: failed for good; others: tried again; ended by a signal: crashed.\n"
        "On standard error \"@progress 40 half of it\", \"@retry 30\" and \"@snooze 60\" are heard, other lines are "
        "shown.\n"
        "GALLEY_TASK_ID, GALLEY_TASK_TYPE, GALLEY_ATTEMPT and more are set. A cancelled task's program gets "
        "SIGTERM.\n\n"
        "Examples:\n  GALLEY_TOKEN=$(galley token --sub w@example.org --role worker) galley worker run --kind resize "
        "--slots 4 -- ./resize.sh\n  galley worker run --token-file token --kind double -- jq '{twice: (.n * 2)}'\n\n"
        "Exit codes: 0 stopped, 1 refused or the program cannot be run, 2 wrong usage.");
    run->callback([&chosen] { chosen = [] { return run_worker(worker_options); }; });
}

}  // namespace

void add_worker(CLI::App& root, Chosen& chosen) {
    worker_command.remote.url = "http://127.0.0.1:8000";
    worker_options.remote.url = worker_command.remote.url;
    CLI::App* worker = root.add_subcommand("worker", "See outside workers, or be one: run a program for each task");
    worker->require_subcommand(1);
    worker->footer(
        "Examples:\n  galley worker list\n  galley worker list --json | jq '.[] | select(.lost > 0)'\n  galley worker "
        "kinds\n"
        "  galley worker run --kind resize --slots 4 -- ./resize.sh\n\n"
        "Exit codes: 0 done, 1 refused or not reached, 2 wrong usage.");
    add_remote_command(*worker, chosen, worker_command, "list", "Workers that were seen lately (administrators)",
                       worker_list);
    add_remote_command(*worker, chosen, worker_command, "kinds", "Kinds that workers or the server's program run",
                       worker_kinds);
    declare_run(*worker, chosen);
}

}  // namespace galley::app
