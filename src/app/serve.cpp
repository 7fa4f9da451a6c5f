#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "app/demo.h"
#include "app/reload.h"
#include "app/server_app.h"
#include "auth/token.h"
#include "base/digest.h"
#include "os/random.h"
#include "os/service_manager.h"
#include "os/signals.h"

namespace galley::app {

namespace {

std::string random_secret() {
    std::array<std::uint8_t, 32> bytes{};
    os::system_random().fill(bytes);
    return hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::string> demo_token(const DemoUser& user, const std::string& secret) {
    return auth::mint({.email = user.email, .role = user.role, .name = user.name, .lifetime = std::chrono::hours(24)},
                      {.kid = {}, .algorithm = auth::TokenAlgorithm::Hs256, .material = secret}, os::system_clock());
}

void print_demo_users(const ServeConfig& config) {
    std::puts("users of the demo room (tokens are good for a day):");
    for (const DemoUser& user : demo_users()) {
        const Result<std::string> token = demo_token(user, config.jwt_secret);
        if (!token) continue;
        const std::string role = user.role == auth::Role::Admin ? "admin" : user.room_role;
        fmt::print("\n# {} ({})\n{}\n", user.email, role.empty() ? "no member" : role, *token);
    }
}

void print_demo_calls(const ServeConfig& config, const std::string& base) {
    const Result<std::string> broker = demo_token(demo_users()[2], config.jwt_secret);
    const Result<std::string> admin = demo_token(demo_users()[0], config.jwt_secret);
    if (!broker || !admin) return;
    fmt::print(
        "\ntry it (paste into another terminal):\n\n"
        "export URL={0}\nexport BROKER={1}\nexport ADMIN={2}\n"
        "curl -sS -H \"Authorization: Bearer $BROKER\" -H 'Content-Type: application/json' -d '{{\"title\":\"First "
        "look\"}}' "
        "$URL/api/v1/rooms/room-1/snapshots\n"
        "curl -sS -H \"Authorization: Bearer $BROKER\" $URL/api/v1/rooms/room-1/snapshots\n"
        "curl -sS -H \"Authorization: Bearer $ADMIN\" $URL/api/v1/snapshots/metrics/summary\n\n",
        base, *broker, *admin);
}

std::string base_url(const ServeConfig& config, std::uint16_t port) {
    const char* scheme = config.http.tls.enabled() ? "https://" : "http://";
    return scheme + listen_text({.host = config.listen.host, .port = port});
}

int report_refusal(const Error& error, const std::string& data) {
    const int code = report(error);
    if (error.code == ErrorCode::Corrupt || error.code == ErrorCode::Unsupported)
        fmt::print(stderr, "nothing was changed; see: galley doctor --data {}\n", data);
    return code;
}

void log_change(const SettingChange& change) {
    const bool live = change.setting->reload == Reload::Live;
    log(live ? LogLevel::Info : LogLevel::Warning, live ? "setting_changed" : "setting_needs_restart",
        {{"key", change.setting->key}, {"before", change.before}, {"after", change.after}});
}

// A configuration with a fault changes nothing.
void reload(ServerApp& app, const ServeCommand& command, ServeConfig& current) {
    const Result<LoadedSettings> fresh = load_settings(command.sources, os::system_files());
    if (!fresh) {
        for (const FieldError& fault : fresh.error().fields)
            log(LogLevel::Error, "reload_refused", {{"where", fault.pointer}, {"fault", fault.message}});
        return;
    }
    ServeConfig wanted = fresh->config;
    if (current.demo && wanted.jwt_secret.empty()) wanted.jwt_secret = current.jwt_secret;  // the demo's own
    const std::vector<SettingChange> changes = changed_settings(current, wanted);
    const Result<void> taken = app.reload(wanted);
    current = with_live_settings(std::move(current), wanted);
    for (const SettingChange& change : changes) log_change(change);
    if (!taken) log(LogLevel::Error, "reload_incomplete", {{"reason", taken.error().to_string()}});
    log(LogLevel::Info, "reloaded", {{"file", fresh->file}, {"changes", changes.size()}});
}

void serve_until_stopped(ServerApp& app, const ServeCommand& command, ServeConfig& current) {
    for (;;) {
        const os::Signal signal = os::wait_for_signal();
        if (signal == os::Signal::Stop) return;
        if (signal == os::Signal::ReopenLog) {
            const Result<void> opened = set_log_file(current.log_file);
            log(opened ? LogLevel::Info : LogLevel::Error, opened ? "log_reopened" : "log_not_reopened",
                {{"file", current.log_file}});
            continue;
        }
        os::tell_service_manager("RELOADING=1");
        reload(app, command, current);
        os::tell_service_manager("READY=1");
    }
}

}  // namespace

int serve(const ServeCommand& command, const OwnProgram& program) {
    os::block_signals();
    Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    ServeConfig& config = settings->config;
    config.demo = command.demo;
    configure_log(config.log_level, config.log_format);
    if (const Result<void> opened = set_log_file(config.log_file); !opened) return report(opened.error());
    for (const std::string& warning : settings->warnings) log(LogLevel::Warning, "settings", {{"warning", warning}});
    if (config.jwt_secret.empty() && config.demo) config.jwt_secret = random_secret();
    if (config.jwt_secret.empty() && config.keys_folder.empty()) {
        return report({ErrorCode::InvalidInput,
                       "set GALLEY_JWT_SECRET (32 bytes or more), GALLEY_JWT_SECRET_FILE, auth.jwt_secret_file or "
                       "auth.keys_dir, or use --demo",
                       {},
                       {}});
    }
    Result<std::unique_ptr<ServerApp>> app = ServerApp::start(config, program);
    if (!app) return report_refusal(app.error(), config.data_folder);
    const std::string base = base_url(config, (*app)->port());
    if (config.demo) {
        print_demo_users(config);
        print_demo_calls(config, base);
    }
    fmt::print("galley is ready at {}\n", base);
    std::fflush(stdout);
    log(LogLevel::Info, "ready", {{"url", base}, {"data", config.data_folder}});
    os::tell_service_manager("READY=1");
    serve_until_stopped(**app, command, config);
    os::tell_service_manager("STOPPING=1");
    log(LogLevel::Info, "stopping");
    const bool drained = (*app)->stop();
    log(LogLevel::Info, "stopped", {{"drained", drained}});
    return 0;
}

}  // namespace galley::app
