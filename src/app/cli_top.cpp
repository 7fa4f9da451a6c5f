#include "app/cli.h"
#include "app/top_command.h"

namespace galley::app {

void add_top(CLI::App& root, Chosen& chosen) {
    static TopCommand command;
    command.remote.url = "http://127.0.0.1:8000";
    CLI::App* made =
        add_remote_command(root, chosen, command, "top", "Watch queues, workers, rates, cache and health live", top);
    made->add_option("--every", command.seconds, "Seconds between two looks")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    made->add_flag("--once", command.once, "One frame as text, after two looks");
    made->footer(
        "For administrators. Keys: q leaves, the space bar looks at once. Where standard output is no terminal, "
        "frames\n"
        "are printed one after the other; with --json each is one line.\n\n"
        "Examples:\n  galley top --url https://galley.example.org --token-file admin.token\n  galley top --once\n"
        "  galley top --once --json | jq .per_second.completed\n\n"
        "Exit codes: 0 left, 1 the server refuses or cannot be reached, 2 wrong usage.");
}

}  // namespace galley::app
