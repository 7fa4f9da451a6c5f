// src/app/cli.h — the command line: each add_… declares one command with its options, help and examples.
//
// Shape    parsing picks a command by setting `chosen`; run_command_line() runs it when all was parsed. Commands
//          with settings (serve, token, config …) declare their flags through SettingFlags, from the table of settings.
// Owner    options live as long as the program.
// Threads  the main thread.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "app/load_settings.h"
#include "app/own_program.h"
#include "app/remote.h"

namespace galley::app {

using Chosen = std::function<int()>;

void add_serve(CLI::App& root, Chosen& chosen, const OwnProgram& program);
void add_config(CLI::App& root, Chosen& chosen);
void add_token(CLI::App& root, Chosen& chosen);
void add_account(CLI::App& root, Chosen& chosen);
void add_task(CLI::App& root, Chosen& chosen);
void add_queue(CLI::App& root, Chosen& chosen);
void add_schedule(CLI::App& root, Chosen& chosen);
void add_worker(CLI::App& root, Chosen& chosen);
void add_top(CLI::App& root, Chosen& chosen);
void add_audit(CLI::App& root, Chosen& chosen);
void add_render(CLI::App& root, Chosen& chosen);
void add_openapi(CLI::App& root, Chosen& chosen);
void add_cron(CLI::App& root, Chosen& chosen);
void add_bench(CLI::App& root, Chosen& chosen);
// backup, restore, doctor, cache, migrate
void add_operation(CLI::App& root, Chosen& chosen);

// --url, which is given back, --token-file and --ca-file.
CLI::Option* declare_remote(CLI::App& made, RemoteOptions& remote);

// A command that asks a running server: --url, --token-file, --ca-file, --json, and what it runs.
template <typename Command>
CLI::App* add_remote_command(CLI::App& group, Chosen& chosen, Command& command, const char* name, const char* doc,
                             int (*run)(const Command&)) {
    CLI::App* made = group.add_subcommand(name, doc);
    declare_remote(*made, command.remote)->envname("GALLEY_URL")->capture_default_str();
    made->add_flag("--json", command.json, "JSON on standard output");
    made->callback([&chosen, &command, run] { chosen = [&command, run] { return run(command); }; });
    return made;
}

// Flags made from the table of settings, and --config.
class SettingFlags {
 public:
    // `keys`: the settings that this command has flags for; none: all of them.
    void declare(CLI::App& command, std::initializer_list<std::string_view> keys = {});
    SettingSources sources() const;

 private:
    void declare_one(CLI::App& command, const Setting& setting);

    std::map<std::string, std::string> given_;
    Secrets secrets_ = Secrets::Ignored;  // read once a flag of one is declared
    std::string file_;
};

}  // namespace galley::app
