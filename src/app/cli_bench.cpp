#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

void add_bench(CLI::App& root, Chosen& chosen) {
    static BenchTasksCommand bench_task;
    static BenchRenderCommand bench_file;
    static BenchPoolCommand bench_children;
    static BenchCronCommand bench_expressions;
    CLI::App* bench = root.add_subcommand("bench", "Measure this build on this machine");
    bench->require_subcommand(1);
    bench->footer("Examples:\n  galley bench tasks --count 20000\n  galley bench render invoice.html");
    CLI::App* tasks_command =
        bench->add_subcommand("tasks", "Durable echo tasks on a temporary SQLite: enqueue to all done");
    tasks_command->footer(
        "Examples:\n  galley bench tasks --count 20000\n"
        "  galley bench tasks --count 2000 --producers 16 --json | jq .");
    tasks_command->add_option("--count", bench_task.count, "Number of tasks")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    tasks_command
        ->add_option("--producers", bench_task.producers,
                     "0: batches from one thread; else threads that enqueue one by one")
        ->check(CLI::Range(0, 1024));
    tasks_command->add_option("--folder", bench_task.folder,
                              "Where the temporary database goes (default: the system's)");
    tasks_command->add_flag("--json", bench_task.json, "One JSON object");
    tasks_command->callback([&chosen] { chosen = [] { return bench_tasks(bench_task); }; });
    CLI::App* render_command = bench->add_subcommand(
        "render", "Render each file repeatedly, warm: times of whole renders and of their phases");
    render_command->footer(
        "Examples:\n  galley bench render invoice.html room.json --runs 50\n"
        "  galley bench render report.html --threads 4 --json | jq .");
    render_command->add_option("files", bench_file.files, "HTML files or room JSON")->required();
    render_command->add_option("--runs", bench_file.runs, "Measured runs a file and thread, after a warm-up")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    render_command
        ->add_option("--threads", bench_file.threads, "Threads that render at the same time, --runs times each")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    render_command->add_flag("--json", bench_file.json, "One JSON array");
    render_command->callback([&chosen] { chosen = [] { return bench_render(bench_file); }; });
    CLI::App* pool_command =
        bench->add_subcommand("pool", "What a child process costs: the demo room rendered here and in one");
    pool_command->footer("Examples:\n  galley bench pool --runs 50\n  galley bench pool --runs 20 --json | jq .");
    pool_command->add_option("--runs", bench_children.runs, "Measured runs each, after a warm-up")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    pool_command->add_flag("--json", bench_children.json, "One JSON object");
    pool_command->callback([&chosen] { chosen = [] { return bench_pool(bench_children); }; });
    CLI::App* cron_command = bench->add_subcommand("cron", "The next times of cron expressions, one after the other");
    cron_command->footer(
        "Examples:\n  galley bench cron \"30 2 * * mon-fri\"\n"
        "  galley bench cron \"*/5 * * * *\" \"0 8 * * fri#3\" --tz Europe/Berlin --json | jq .");
    cron_command->add_option("expressions", bench_expressions.expressions, "Each in quotes")->required();
    cron_command->add_option("--count", bench_expressions.count, "Times of each, following each other")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    cron_command->add_option("--runs", bench_expressions.runs, "Measured runs of each, after a warm-up")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    cron_command->add_option("--tz", bench_expressions.zone, "Time zone")->capture_default_str();
    cron_command->add_flag("--json", bench_expressions.json, "One JSON array");
    cron_command->callback([&chosen] { chosen = [] { return bench_cron(bench_expressions); }; });
}

}  // namespace galley::app
