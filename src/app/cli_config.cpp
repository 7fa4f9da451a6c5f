#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

namespace {

void add_check(CLI::App& config, Chosen& chosen) {
    static SettingFlags flags;
    static ConfigCheckCommand check;
    static std::string file;
    CLI::App* command = config.add_subcommand("check", "Tell every fault of file, environment and flags");
    command->footer(
        "Examples:\n  galley config check /etc/galley/galley.toml\n  galley config check --print\n"
        "  galley config check --json | jq '.faults'\n\nExit codes: 0 good, 1 faults, 2 wrong usage.");
    command->add_option("file", file, "Configuration file, as --config");
    command->add_flag("--print", check.print, "Print the values in force and where each came from");
    command->add_flag("--json", check.json, "One JSON object");
    flags.declare(*command);
    command->callback([&chosen] {
        chosen = [] {
            check.sources = flags.sources();
            if (!file.empty()) check.sources.file = file;
            return check_config(check);
        };
    });
}

}  // namespace

void add_config(CLI::App& root, Chosen& chosen) {
    CLI::App* config = root.add_subcommand("config", "Check the configuration, print its reference");
    config->require_subcommand(1);
    config->footer("Examples:\n  galley config check --print\n  galley config example > /etc/galley/galley.toml");
    add_check(*config, chosen);
    config->add_subcommand("reference", "Print every setting as Markdown (docs/configuration.md)")
        ->footer("Example:\n  galley config reference > configuration.md")
        ->callback([&chosen] { chosen = [] { return print_config_reference(); }; });
    config->add_subcommand("example", "Print a configuration file with every default, commented out")
        ->footer("Example:\n  galley config example > /etc/galley/galley.toml")
        ->callback([&chosen] { chosen = [] { return print_config_example(); }; });
}

}  // namespace galley::app
