// The command line of `galley`: options are declared here, commands live in their own files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>

#include "app/commands.h"

namespace {

using namespace galley;
using namespace galley::app;

constexpr const char* kVersion = "0.1.0";

struct ServeFlags {
    std::string listen = "127.0.0.1:8000";
    double cache_memory_mb = 100;
    double cache_disk_mb = 0;
    double drain_seconds = 20;
    ServeConfig config;
};

int run_serve(ServeFlags flags) {
    const Result<ListenAddress> listen = parse_listen(flags.listen);
    if (!listen) return report(listen.error());
    Result<std::string> secret = read_jwt_secret();
    if (!secret) return report(secret.error());
    flags.config.listen = *listen;
    flags.config.jwt_secret = std::move(*secret);
    flags.config.cache_memory_bytes = static_cast<std::uint64_t>(flags.cache_memory_mb * 1e6);
    flags.config.cache_disk_bytes = static_cast<std::uint64_t>(flags.cache_disk_mb * 1e6);
    flags.config.drain_grace = Duration(static_cast<std::int64_t>(flags.drain_seconds * 1e3));
    return serve(std::move(flags.config));
}

void add_serve(CLI::App& root, std::function<int()>& chosen) {
    static ServeFlags flags;
    static const std::map<std::string, LogLevel> levels{{"debug", LogLevel::Debug},
                                                        {"info", LogLevel::Info},
                                                        {"warning", LogLevel::Warning},
                                                        {"error", LogLevel::Error}};
    static const std::map<std::string, LogFormat> formats{{"text", LogFormat::Text}, {"json", LogFormat::Json}};
    CLI::App* command = root.add_subcommand("serve", "Run the server on SQLite in a data folder");
    command->footer("Example:\n  GALLEY_JWT_SECRET=… galley serve --listen 127.0.0.1:8000 --data /var/lib/galley");
    command->add_option("--listen", flags.listen, "ADDRESS:PORT; port 0 lets the system choose")
        ->envname("GALLEY_LISTEN")
        ->capture_default_str();
    command->add_option("--data", flags.config.data_folder, "Data folder: database and document cache")
        ->envname("GALLEY_DATA")
        ->capture_default_str();
    command->add_flag("--demo", flags.config.demo, "Load a demo room with users, print their tokens");
    command->add_option("--workers", flags.config.workers, "Threads that run tasks; 0: one a core")
        ->envname("GALLEY_WORKERS")
        ->check(CLI::Range(0, 1024));
    command->add_option("--threads", flags.config.threads, "Threads that serve HTTP; 0: one a core")
        ->envname("GALLEY_THREADS")
        ->check(CLI::Range(0, 1024));
    command->add_option("--cache-memory-mb", flags.cache_memory_mb, "Memory for cached documents")
        ->envname("GALLEY_CACHE_MEMORY_MB")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    command->add_option("--cache-disk-mb", flags.cache_disk_mb, "Disk for cached documents; 0: half of what is free")
        ->envname("GALLEY_CACHE_DISK_MB")
        ->check(CLI::Range(0.0, 1e9));
    command->add_flag("--metrics-public", flags.config.metrics_public, "Serve /metrics without a token")
        ->envname("GALLEY_METRICS_PUBLIC");
    command->add_option("--drain-seconds", flags.drain_seconds, "Grace for requests and tasks at shutdown")
        ->envname("GALLEY_DRAIN_SECONDS")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    command->add_option("--log-level", flags.config.log_level, "debug, info, warning or error")
        ->envname("GALLEY_LOG_LEVEL")
        ->transform(CLI::CheckedTransformer(levels));
    command->add_option("--log-format", flags.config.log_format, "text or json")
        ->envname("GALLEY_LOG_FORMAT")
        ->transform(CLI::CheckedTransformer(formats));
    command->callback([&chosen] { chosen = [] { return run_serve(flags); }; });
}

void add_token(CLI::App& root, std::function<int()>& chosen) {
    static TokenCommand token;
    CLI::App* command = root.add_subcommand("token", "Mint a bearer token with GALLEY_JWT_SECRET");
    command->footer("Example:\n  galley token --sub ann@example.org --role admin --hours 8");
    command->add_option("--sub", token.sub, "The caller's e-mail address")->required();
    command->add_option("--role", token.role, "admin, staff or user")->capture_default_str();
    command->add_option("--name", token.name, "The caller's name");
    command->add_option("--hours", token.hours, "How long it is good for")
        ->check(CLI::Range(0.001, 24.0 * 3660))
        ->capture_default_str();
    command->callback([&chosen] { chosen = [] { return mint_token(token); }; });
}

void add_render(CLI::App& root, std::function<int()>& chosen) {
    static RenderCommand render;
    CLI::App* command = root.add_subcommand("render", "Render HTML, or a room's JSON, to PDF without a server");
    command->footer(
        "Examples:\n  galley render invoice.html -o invoice.pdf\n  galley render room.json -o room.pdf\n  cat "
        "page.html | galley render - -o - > page.pdf");
    command->add_option("input", render.input, "HTML file or room JSON; - reads standard input")->required();
    command->add_option("-o,--output", render.output, "PDF file; - writes standard output")->required();
    command->add_option("-s,--stylesheet", render.stylesheets,
                        "CSS file applied after the document's own; may be repeated");
    command->add_option("--page-size", render.page_size, "As CSS size: A4, \"A5 landscape\", \"100mm 150mm\"");
    command->add_flag("--html", render.html_only,
                      "Write the HTML that would be rendered (of a room: the filled template)");
    command->add_flag("-q,--quiet", render.quiet, "No warnings and no summary on standard error");
    command->callback([&chosen] { chosen = [] { return render_file(render); }; });
}

void add_bench(CLI::App& root, std::function<int()>& chosen) {
    static BenchTasksCommand bench_task;
    static BenchRenderCommand bench_file;
    CLI::App* bench = root.add_subcommand("bench", "Measure this build on this machine");
    bench->require_subcommand(1);
    CLI::App* tasks_command =
        bench->add_subcommand("tasks", "Durable echo tasks on a temporary SQLite: enqueue to all done");
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
    CLI::App* render_command = bench->add_subcommand("render", "Render each file repeatedly, warm, on one thread");
    render_command->add_option("files", bench_file.files, "HTML files or room JSON")->required();
    render_command->add_option("--runs", bench_file.runs, "Measured runs a file, after a warm-up")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    render_command->add_flag("--json", bench_file.json, "One JSON array");
    render_command->callback([&chosen] { chosen = [] { return bench_render(bench_file); }; });
}

}  // namespace

namespace galley::app {

int report(const Error& error) {
    fmt::print(stderr, "galley: {}\n", error.to_string());
    return 1;
}

}  // namespace galley::app

int main(int argc, char** argv) {
    CLI::App root("Galley: documents and background tasks, made durable in about a millisecond", "galley");
    root.set_version_flag("--version", kVersion);
    root.require_subcommand(1);
    std::function<int()> chosen;
    add_serve(root, chosen);
    add_token(root, chosen);
    add_render(root, chosen);
    add_bench(root, chosen);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = root.exit(error);
        return code == 0 ? 0 : 2;
    }
    return chosen();
}
