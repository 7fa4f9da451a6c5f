// src/app/commands.h — the commands behind `galley …`; each gives the process's exit code (0 good, 1 failed, 2 wrong
// usage).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/load_settings.h"
#include "app/own_program.h"

namespace galley::app {

struct ServeCommand {
    SettingSources sources;
    bool demo = false;
};
int serve(const ServeCommand& command, const OwnProgram& program);

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
    std::string key_file;   // "": auth.jwt_secret
    std::string algorithm;  // "": by the key
    std::string kid;
    double hours = 24;
};
int mint_token(const TokenCommand& command);

struct KeygenCommand {
    std::string algorithm = "EdDSA";
    std::string kid;
    std::string keys_folder;
    std::string private_file;
    int rsa_bits = 3072;
};
int generate_token_key(const KeygenCommand& command);

struct AuditVerifyCommand {
    SettingSources sources;
    std::optional<std::string> expect;  // SEQ:HASH
    bool json = false;
};
int verify_audit_log(const AuditVerifyCommand& command);

struct AuditExportCommand {
    SettingSources sources;
    std::string format = "jsonl";  // or "csv"
    std::string since;             // RFC 3339, or ""
    std::string output = "-";
};
int export_audit_log(const AuditExportCommand& command);

struct BenchTasksCommand {
    std::int64_t count = 100'000;
    int producers = 0;  // 0: batches from one thread; else that many threads enqueue singly
    std::string folder;
    bool json = false;
};
int bench_tasks(const BenchTasksCommand& command);

struct BenchRenderCommand {
    std::vector<std::string> files;
    int runs = 20;  // of each thread
    int threads = 1;
    bool json = false;
};
int bench_render(const BenchRenderCommand& command);

struct BenchPoolCommand {
    int runs = 200;
    bool json = false;
};
int bench_pool(const BenchPoolCommand& command);

struct BenchCronCommand {
    std::vector<std::string> expressions;
    int count = 1'000;
    int runs = 100;
    std::string zone = "UTC";
    bool json = false;
};
int bench_cron(const BenchCronCommand& command);

int print_openapi();

// Prints "galley: message" to standard error; 1.
int report(const Error& error);
// The same for what load_settings() found, a line a fault; 2 when a flag has one, else 1.
int report_faults(const Error& error);

}  // namespace galley::app
