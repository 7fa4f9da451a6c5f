// src/app/commands.h — the commands behind `galley …`; each gives the process's exit code (0 good, 1 failed, 2 wrong
// usage).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/load_settings.h"

namespace galley::app {

struct ServeCommand {
    SettingSources sources;
    bool demo = false;
};
int serve(const ServeCommand& command);

struct ConfigCheckCommand {
    SettingSources sources;
    bool print = false;
    bool json = false;
};
int check_config(const ConfigCheckCommand& command);
int print_config_reference();
int print_config_example();

struct TokenCommand {
    SettingSources sources;
    std::string sub;
    std::string role = "user";
    std::string name;
    double hours = 24;
};
int mint_token(const TokenCommand& command);

struct RenderCommand {
    std::string input;   // file, or "-" for standard input
    std::string output;  // file, or "-" for standard output
    std::string page_size;
    std::vector<std::string> stylesheets;
    bool html_only = false;  // of a room: the filled template
    bool quiet = false;
};
int render_file(const RenderCommand& command);

struct BenchTasksCommand {
    std::int64_t count = 100'000;
    int producers = 0;  // 0: batches from one thread; else that many threads enqueue singly
    std::string folder;
    bool json = false;
};
int bench_tasks(const BenchTasksCommand& command);

struct BenchRenderCommand {
    std::vector<std::string> files;
    int runs = 20;
    bool json = false;
};
int bench_render(const BenchRenderCommand& command);

int print_openapi();

// Prints "galley: message" to standard error; 1.
int report(const Error& error);
// The same for what load_settings() found, a line a fault; 2 when a flag has one, else 1.
int report_faults(const Error& error);

}  // namespace galley::app
