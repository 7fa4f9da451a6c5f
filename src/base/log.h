// src/base/log.h — structured logs: a level, an event name and fields. spdlog writes them, as JSON lines or text.
//
// Shape    log(LogLevel::Info, "task_failed", {{"task_id", id}, {"attempt", 2}});
// Limits   a field value is cut at kLogValueBytesMax bytes. Secrets are never passed here.
// Threads  any. A call never blocks on anything but the write to stderr.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

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

// Call once at start, before other threads. The default is Info as text.
void configure_log(LogLevel level, LogFormat format);

bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace galley
