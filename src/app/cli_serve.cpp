#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

void add_serve(CLI::App& root, Chosen& chosen, const OwnProgram& program) {
    static SettingFlags flags;
    static bool demo = false;
    CLI::App* command = root.add_subcommand("serve", "Run the server on SQLite in a data folder");
    command->footer(
        "Examples:\n"
        "  GALLEY_JWT_SECRET_FILE=/etc/galley/jwt_secret galley serve --listen 127.0.0.1:8000 "
        "--data /var/lib/galley/data\n"
        "  galley serve --config galley.toml\n"
        "  galley serve --demo --data /tmp/galley-demo\n\n"
        "Every flag is a setting that the configuration file and the environment can give as well; flags win.\n"
        "SIGTERM and SIGINT drain and stop. Exit codes: 0 stopped, 1 could not start, 2 wrong usage.");
    command->add_flag("--demo", demo, "Load a demo room with users, print their tokens");
    flags.declare(*command);
    command->callback([&chosen, &program] {
        chosen = [&program] { return serve({.sources = flags.sources(), .demo = demo}, program); };
    });
}

}  // namespace galley::app
