#include "app/cli.h"
#include "app/cron_commands.h"
#include "schedule/cron_times.h"

namespace galley::app {

namespace {

using Run = int (*)(const CronCommand&);

CLI::App* add_command(CLI::App& cron, Chosen& chosen, const char* name, const char* about, CronCommand& command,
                      Run run) {
    CLI::App* added = cron.add_subcommand(name, about);
    added->add_option("expression", command.expression, "Such as \"30 2 * * 1-5\", in quotes")->required();
    added->add_flag("--seconds-first", command.seconds_first, "The first of six or seven fields is the second's");
    added->add_flag("--json", command.json, "One JSON object");
    added->callback([&chosen, &command, run] { chosen = [&command, run] { return run(command); }; });
    return added;
}

void add_moment(CLI::App& added, CronCommand& command) {
    added.add_option("--from", command.from,
                     "Count from this moment: RFC 3339, or a date or time of the zone (default: now)");
    added.add_option("--tz", command.zone, "Time zone, such as Europe/Berlin")->capture_default_str();
}

}  // namespace

void add_cron(CLI::App& root, Chosen& chosen) {
    static CronCommand next;
    static CronCommand validate;
    static CronCommand describe;
    CLI::App* cron = root.add_subcommand("cron", "Ask a cron expression when it fires");
    cron->require_subcommand(1);
    cron->footer(
        "Examples:\n  galley cron next \"30 2 * * mon-fri\" --tz Europe/Berlin\n"
        "  galley cron describe \"0 8 L * *\"");
    CLI::App* added = add_command(*cron, chosen, "next", "Print the next times", next, print_cron_times);
    add_moment(*added, next);
    added->add_option("--count", next.count, "How many times")
        ->check(CLI::Range(std::size_t{1}, schedule::kCronTimesMax))
        ->capture_default_str();
    added->footer(
        "Examples:\n  galley cron next \"30 2 * * *\" --tz Europe/Berlin --from 2026-03-28 --count 3\n"
        "  galley cron next \"*/15 9-17 * * mon-fri\" --json\n"
        "  printf '@daily\\n0 8 L * *\\n' | galley cron next - --count 2\n\n"
        "With - each line of standard input is an expression, with --json each answer one line. "
        "The search ends 365 days after --from. Where clocks change: docs/cron.md.");
    add_command(*cron, chosen, "validate", "Say whether an expression is good, or which field is not", validate,
                validate_cron)
        ->footer("Examples:\n  galley cron validate \"0 8 L * *\"\n\nExit codes: 0 valid, 1 not.");
    added = add_command(*cron, chosen, "describe", "Say in words and figures when an expression fires", describe,
                        describe_cron);
    add_moment(*added, describe);
    added->footer("Examples:\n  galley cron describe \"0 8 * * fri#3\" --tz Europe/Berlin");
}

}  // namespace galley::app
