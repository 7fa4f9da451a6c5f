// src/app/cron_commands.h — `galley cron next|validate|describe`; each gives the process's exit code (0 good, 1 the
// expression, zone or moment is refused, 2 wrong usage).
#pragma once

#include <cstdint>
#include <string>

namespace galley::app {

struct CronCommand {
    std::string expression;  // of `next`: "-" reads one a line from standard input, 100,000 at most
    std::string zone = "UTC";
    std::string from;        // RFC 3339, a local time without an offset, or a date; "": now
    std::int64_t count = 5;  // of `next`
    bool seconds_first = false;
    bool json = false;
};
int print_cron_times(const CronCommand& command);
int validate_cron(const CronCommand& command);
int describe_cron(const CronCommand& command);

}  // namespace galley::app
