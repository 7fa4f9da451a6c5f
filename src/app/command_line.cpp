#include "app/command_line.h"

#include "app/cli.h"
#include "app/render_pool.h"
#include "base/version.h"

namespace galley::app {

int run_command_line(int argc, const char* const* argv, const OwnProgram& program) {
    if (const std::optional<int> code = run_as_render_pool(argc, argv)) return *code;
    CLI::App root(program.summary, program.name);
    root.set_version_flag("--version", kVersion);
    root.require_subcommand(1);
    root.footer("Examples:\n  " + program.name + " serve --demo --data /tmp/galley-demo\n  " + program.name +
                " render invoice.html -o invoice.pdf\n  " + program.name + " doctor --help");
    Chosen chosen;
    add_serve(root, chosen, program);
    add_token(root, chosen);
    add_task(root, chosen);
    add_queue(root, chosen);
    add_schedule(root, chosen);
    add_worker(root, chosen);
    add_top(root, chosen);
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

}  // namespace galley::app
