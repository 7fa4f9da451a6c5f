// The command line of `galley`: cli_*.cpp declare the commands, each command lives in its own file.
#include "app/cli.h"
#include "app/render_pool.h"
#include "base/version.h"

int main(int argc, char** argv) {
    using namespace galley::app;
    if (const std::optional<int> code = run_as_render_pool(argc, argv)) return *code;
    CLI::App root("Galley: documents and background tasks, made durable in about a millisecond", "galley");
    root.set_version_flag("--version", galley::kVersion);
    root.require_subcommand(1);
    root.footer(
        "Examples:\n  galley serve --demo --data /tmp/galley-demo\n  galley render invoice.html -o invoice.pdf\n"
        "  galley doctor --help");
    Chosen chosen;
    add_serve(root, chosen);
    add_token(root, chosen);
    add_task(root, chosen);
    add_queue(root, chosen);
    add_schedule(root, chosen);
    add_account(root, chosen);
    add_audit(root, chosen);
    add_render(root, chosen);
    add_config(root, chosen);
    add_openapi(root, chosen);
    add_cron(root, chosen);
    add_bench(root, chosen);
    add_operation(root, chosen);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = root.exit(error);
        return code == 0 ? 0 : 2;
    }
    return chosen();
}
