#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

namespace galley {

namespace {

std::atomic<LogLevel> g_level{LogLevel::Info};
std::atomic<LogFormat> g_format{LogFormat::Text};

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr const char* kJsonPattern = "{\"time\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}";

std::shared_ptr<spdlog::logger> make_logger() {
    auto logger = std::make_shared<spdlog::logger>("galley", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_level(spdlog::level::trace);
    logger->set_pattern(kTextPattern, spdlog::pattern_time_type::utc);
    return logger;
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = make_logger();
    return *instance;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warning:
            return spdlog::level::warn;
        case LogLevel::Error:
            return spdlog::level::err;
        case LogLevel::Off:
            return spdlog::level::off;
    }
    return spdlog::level::info;
}

std::string_view level_name(LogLevel level) {
    constexpr std::string_view kNames[] = {"debug", "info", "warning", "error", "off"};
    return kNames[static_cast<std::size_t>(level)];
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string json_line(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    std::string line = "\"level\":\"";
    line += level_name(level);
    line += "\",\"event\":";
    append_quoted(line, event);
    for (const LogField& field : fields) {
        line += ',';
        append_quoted(line, field.name);
        line += ':';
        if (field.quoted) {
            append_quoted(line, field.value);
        } else {
            line += field.value;
        }
    }
    return line;
}

std::string text_line(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    std::string line = fmt::format("{:<7} {}", level_name(level), event);
    for (const LogField& field : fields) {
        line += ' ';
        line += field.name;
        line += '=';
        const bool plain = !field.quoted || field.value.find_first_of(" \"\\=\n\r\t") == std::string::npos;
        if (plain) {
            line += field.value;
        } else {
            append_quoted(line, field.value);
        }
    }
    return line;
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
    g_level = level;
    g_format = format;
    const char* pattern = format == LogFormat::Json ? kJsonPattern : kTextPattern;
    logger().set_pattern(pattern, spdlog::pattern_time_type::utc);
}

bool log_enabled(LogLevel level) {
    return level >= g_level.load(std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (!log_enabled(level)) return;
    const bool json = g_format.load(std::memory_order_relaxed) == LogFormat::Json;
    const std::string line = json ? json_line(level, event, fields) : text_line(level, event, fields);
    logger().log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace galley
