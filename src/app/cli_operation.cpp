#include "app/cli.h"
#include "app/operation_commands.h"

namespace galley::app {

namespace {

// A command with the flags of the data folder and --json; `run` is called once all is parsed.
template <typename Command>
CLI::App* add_command(CLI::App& parent, Chosen& chosen, const char* name, const char* doc, Command& command,
                      int (*run)(const Command&)) {
    auto flags = std::make_shared<SettingFlags>();
    CLI::App* made = parent.add_subcommand(name, doc);
    flags->declare(*made, {"server.data"});
    made->add_flag("--json", command.json, "One JSON value on standard output");
    made->callback([&chosen, &command, flags, run] {
        chosen = [&command, flags, run] {
            command.sources = flags->sources();
            return run(command);
        };
    });
    return made;
}

void add_backup(CLI::App& root, Chosen& chosen) {
    static BackupCommand command;
    CLI::App* backup =
        add_command(root, chosen, "backup", "Copy one consistent moment of a data folder, beside a server or without",
                    command, run_backup);
    backup->add_option("target", command.target, "Folder to make; it must not exist")->required();
    backup->footer(
        "Examples:\n  galley backup --data /var/lib/galley/data /backup/galley-$(date +%F)\n"
        "  tar -C /backup -cf - galley-2026-01-31 | ssh other 'cat > galley.tar'\n\n"
        "Configuration and secrets are not in it. Exit codes: 0 made and checked, 1 failed (nothing is left behind), "
        "2 wrong usage.");
}

void add_restore(CLI::App& root, Chosen& chosen) {
    static RestoreCommand command;
    CLI::App* restore =
        add_command(root, chosen, "restore", "Check a backup and make a data folder of it", command, run_restore);
    restore->add_option("backup", command.backup, "Folder that galley backup made")->required();
    restore->add_flag("--replace", command.replace,
                      "Move a folder that is not empty aside; its server must be stopped");
    restore->footer(
        "Examples:\n  galley restore /backup/galley-2026-01-31 --data /tmp/drill\n"
        "  galley restore /backup/galley-2026-01-31 --data /var/lib/galley/data --replace\n\n"
        "Exit codes: 0 restored and checked, 1 refused or failed (the data folder is as it was), 2 wrong usage.");
}

void add_doctor(CLI::App& root, Chosen& chosen) {
    static DoctorCommand command;
    CLI::App* doctor =
        add_command(root, chosen, "doctor", "Look data folder, machine and configuration over, say what to do", command,
                    run_doctor);
    doctor->add_flag("--deep", command.deep, "Read every document and compare every index with its table");
    doctor->footer(
        "Examples:\n  galley doctor --data /var/lib/galley/data\n  galley doctor --deep --json | jq '.findings[] | "
        "select(.status != \"ok\")'\n\nChanges nothing; a server may be running. Exit codes: 0 all well, 1 warnings, "
        "2 errors or wrong usage.");
}

CLI::App* add_cache_command(CLI::App& cache, Chosen& chosen, const char* name, const char* doc, CacheCommand& command,
                            int (*run)(const CacheCommand&)) {
    CLI::App* made = add_command(cache, chosen, name, doc, command, run);
    declare_remote(*made, command.remote)->description("Ask this running server instead of looking at the folder");
    return made;
}

void add_cache(CLI::App& root, Chosen& chosen) {
    static CacheCommand command;
    CLI::App* cache = root.add_subcommand("cache", "Look at, check and empty the document cache");
    cache->require_subcommand(1);
    cache->footer(
        "Examples:\n  galley cache stats --data /var/lib/galley/data\n  galley cache verify --repair\n"
        "  export GALLEY_TOKEN=$(galley token --sub root@example.org --role admin)\n"
        "  galley cache clear --older-than-hours 168 --url http://127.0.0.1:8000\n"
        "  galley cache invalidate --room room-1 --url http://127.0.0.1:8000\n\n"
        "stats, health and verify only look and may run beside a server; the others need it stopped, or its --url.\n"
        "Whatever leaves the cache is made again when asked for. Exit codes: 0 good, 1 failed or damage found, 2 "
        "wrong\n"
        "usage.");
    add_cache_command(*cache, chosen, "stats", "Entries, bytes, documents", command, cache_stats);
    add_cache_command(*cache, chosen, "health", "Can the cache be read, is there room", command, cache_health);
    CLI::App* invalidate = add_cache_command(*cache, chosen, "invalidate", "Remove one document, or those of a room",
                                             command, cache_invalidate);
    CLI::Option_group* what = invalidate->add_option_group("What");
    what->add_option("hash", command.hash, "Content hash: 64 hex digits");
    what->add_option("--room", command.room_id, "All documents of this room (with --url)");
    what->require_option(1);
    add_cache_command(*cache, chosen, "clear", "Remove what was not used for a while", command, cache_clear)
        ->add_option("--older-than-hours", command.older_than_hours, "0: everything")
        ->check(CLI::Range(0.0, 87840.0))
        ->capture_default_str();
    add_cache_command(*cache, chosen, "verify", "Read every entry and compare its checksum", command, cache_verify)
        ->add_flag("--repair", command.repair, "Remove damaged entries");
}

void add_migrate(CLI::App& root, Chosen& chosen) {
    static MigrateCommand command;
    CLI::App* migrate = add_command(root, chosen, "migrate", "Bring a data folder's tables up to date, as serve does",
                                    command, run_migrate);
    migrate->add_flag("--check", command.check, "Only list the versions; 1 when they differ");
    migrate->footer(
        "Examples:\n  galley migrate --check --data /var/lib/galley/data\n  galley backup before-upgrade && galley "
        "migrate\n\nExit codes: 0 up to date, 1 failed or (--check) not up to date, 2 wrong usage.");
}

}  // namespace

void add_operation(CLI::App& root, Chosen& chosen) {
    add_backup(root, chosen);
    add_restore(root, chosen);
    add_doctor(root, chosen);
    add_cache(root, chosen);
    add_migrate(root, chosen);
}

}  // namespace galley::app
