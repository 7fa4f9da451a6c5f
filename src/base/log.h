// src/base/log.h — structured logs: a level, an event name and fields. spdlog writes them, as JSON lines or text.
//
// Shape    log(LogLevel::Info, "task_failed", {{"task_id", id}, {"attempt", 2}});
// Errors   set_log_file: Unavailable (the file cannot be opened; the log goes on where it was).
//          A line that cannot be written is dropped; spdlog tells so on standard error, at most once a second.
// Limits   a field value is cut at kLogValueBytesMax bytes, a line at kLogLineBytesMax (log_line.h). The file grows
//          until somebody renames it and set_log_file() is called again. Secrets are never passed here.
// Threads  any. A call never blocks on anything but the write. Each line is one write, appended.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error, Off };
enum class LogFormat : std::uint8_t { Text, Json };

inline constexpr std::size_t kLogValueBytesMax = 2048;

struct LogField {
    std::string_view name;
    std::string value;
    bool quoted = true;

    LogField(std::string_view field, std::string_view text) : name(field), value(text.substr(0, kLogValueBytesMax)) {}
    LogField(std::string_view field, const char* text) : LogField(field, std::string_view(text)) {}
    LogField(std::string_view field, const std::string& text) : LogField(field, std::string_view(text)) {}
    template <typename Number>
        requires(std::integral<Number> || std::floating_point<Number>)
    LogField(std::string_view field, Number number) : name(field), value(std::to_string(number)), quoted(false) {}
    LogField(std::string_view field, bool flag) : name(field), value(flag ? "true" : "false"), quoted(false) {}
};

// The default is Info as text.
void configure_log(LogLevel level, LogFormat format);
// To which file lines are appended from now on; "" is standard error, where they go at first. The file is opened anew
// even when it is the same, so that a renamed one is let go.
Result<void> set_log_file(const std::string& path);

bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace galley
