#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

namespace {

void add_verify(CLI::App& audit, Chosen& chosen) {
    static SettingFlags flags;
    static AuditVerifyCommand verify;
    CLI::App* command = audit.add_subcommand("verify", "Check the chain of hashes, from the first entry to the last");
    command->footer(
        "Examples:\n  galley audit verify --data /var/lib/galley/data\n"
        "  galley audit verify --json | jq -r .head > head.txt    # note it down on another machine\n"
        "  galley audit verify --expect \"$(cat head.txt)\"         # finds what was cut off since\n\n"
        "Exit codes: 0 the chain holds, 1 it is broken or cannot be read, 2 wrong usage.");
    command->add_option("--expect", verify.expect, "SEQ:HASH of an entry that must still be there");
    command->add_flag("--json", verify.json, "One JSON object");
    flags.declare(*command, {"server.data"});
    command->callback([&chosen] {
        chosen = [] {
            verify.sources = flags.sources();
            return verify_audit_log(verify);
        };
    });
}

void add_export(CLI::App& audit, Chosen& chosen) {
    static SettingFlags flags;
    static AuditExportCommand command_line;
    CLI::App* command = audit.add_subcommand("export", "Write the log as JSON lines or CSV, oldest first");
    command->footer(
        "Examples:\n  galley audit export --data /var/lib/galley/data -o audit.jsonl\n"
        "  galley audit export --format csv --since 2026-01-01T00:00:00Z -o january.csv\n"
        "  galley audit export | jq -r 'select(.outcome == \"denied\") | .who'");
    command->add_option("--format", command_line.format, "jsonl or csv")
        ->check(CLI::IsMember({"jsonl", "csv"}))
        ->capture_default_str();
    command->add_option("--since", command_line.since, "Only entries from this moment on (RFC 3339)");
    command->add_option("-o,--output", command_line.output, "File; - is standard output")->capture_default_str();
    flags.declare(*command, {"server.data"});
    command->callback([&chosen] {
        chosen = [] {
            command_line.sources = flags.sources();
            return export_audit_log(command_line);
        };
    });
}

}  // namespace

void add_audit(CLI::App& root, Chosen& chosen) {
    CLI::App* audit = root.add_subcommand("audit", "Verify and export the audit log, also while a server runs");
    audit->require_subcommand(1);
    audit->footer(
        "Examples:\n  galley audit verify --data /var/lib/galley/data\n"
        "  galley audit export --data /var/lib/galley/data --format csv -o audit.csv");
    add_verify(*audit, chosen);
    add_export(*audit, chosen);
}

}  // namespace galley::app
