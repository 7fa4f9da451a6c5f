#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "app/backup.h"
#include "app/commands.h"
#include "app/operation_commands.h"
#include "codec/json_writer.h"
#include "os/file_copy.h"

namespace galley::app {

namespace {

BackupProgress progress_on_terminal(const char* doing) {
    if (!os::is_terminal(STDERR_FILENO)) return [](std::size_t, std::size_t) -> Result<void> { return {}; };
    return [doing](std::size_t done, std::size_t all) -> Result<void> {
        if (done % 64 == 0 || done == all)
            fmt::print(stderr, "\r{} {}/{} documents{}", doing, done, all, done == all ? "\n" : "");
        return {};
    };
}

void print_json(const BackupManifest& manifest, std::string_view name, const std::string& path,
                const std::string& moved_aside) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("ok", true);
    json.field(name, path);
    json.field("documents", manifest.files.size() - 1);
    json.field("documents_missing", manifest.documents_missing);
    json.field("bytes", manifest.total_bytes());
    if (!moved_aside.empty()) json.field("moved_aside", moved_aside);
    json.end_object();
    std::puts(out.c_str());
}

std::string summary(const BackupManifest& manifest) {
    std::string text = fmt::format("database and {} documents, {:.1f} MB", manifest.files.size() - 1,
                                   static_cast<double>(manifest.total_bytes()) / 1e6);
    if (manifest.documents_missing > 0)
        text += fmt::format("; {} documents were not in the cache and are made again when asked for",
                            manifest.documents_missing);
    return text;
}

}  // namespace

int run_backup(const BackupCommand& command) {
    const Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    const Result<BackupManifest> made =
        make_backup(settings->config.data_folder, command.target, os::system_clock(), progress_on_terminal("copied"));
    if (!made) return report(made.error());
    if (command.json) {
        print_json(*made, "backup", command.target, {});
    } else {
        fmt::print("{}: {}; checked and synced\n", command.target, summary(*made));
    }
    return 0;
}

int run_restore(const RestoreCommand& command) {
    const Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    const std::string& data = settings->config.data_folder;
    const Result<Restored> restored =
        restore_backup(command.backup, data, command.replace ? Occupied::Replace : Occupied::Refuse, os::system_clock(),
                       progress_on_terminal("restored"));
    if (!restored) return report(restored.error());
    if (command.json) {
        print_json(restored->manifest, "data", data, restored->moved_aside);
        return 0;
    }
    fmt::print("{}: {}; checked and synced\n", data, summary(restored->manifest));
    if (!restored->moved_aside.empty()) fmt::print("the former folder is {}\n", restored->moved_aside);
    return 0;
}

}  // namespace galley::app
