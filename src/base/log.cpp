#include "base/log.h"

#include <spdlog/details/file_helper.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>

#include "base/log_line.h"

namespace galley {

namespace {

std::atomic<LogLevel> g_level{LogLevel::Info};
std::atomic<LogFormat> g_format{LogFormat::Text};

// Puts the time before a line. The form is seen from the line itself, so that it may change between any two.
class LineFormatter final : public spdlog::formatter {
 public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const bool json = message.payload.size() > 0 && message.payload[0] == '"';
        (json ? json_ : text_).format(message, out);
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(); }

 private:
    spdlog::pattern_formatter text_{"%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc};
    spdlog::pattern_formatter json_{"{\"time\":\"%Y-%m-%dT%H:%M:%S.%eZ\",%v}", spdlog::pattern_time_type::utc};
};

class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
    using File = std::unique_ptr<spdlog::details::file_helper>;
    LogSink() : base_sink(std::make_unique<LineFormatter>()) {}

    // Null: standard error.
    void write_to(File file) {
        const std::lock_guard lock(mutex_);
        file_.swap(file);
    }

 protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (file_) {
            file_->write(line);
            file_->flush();
        } else {
            std::fwrite(line.data(), 1, line.size(), stderr);  // unbuffered
        }
    }
    void flush_() override {}

 private:
    File file_;
};

struct Output {
    std::shared_ptr<LogSink> sink = std::make_shared<LogSink>();
    spdlog::logger logger{"galley", sink};
    Output() { logger.set_level(spdlog::level::trace); }
};

Output& output() {
    static Output instance;
    return instance;
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
    g_level = level;
    g_format = format;
}

Result<void> set_log_file(const std::string& path) {
    LogSink::File file;
    if (!path.empty()) {
        try {
            file = std::make_unique<spdlog::details::file_helper>();
            file->open(path);
        } catch (const spdlog::spdlog_ex& error) {
            return fail(ErrorCode::Unavailable, error.what(), path);
        }
    }
    output().sink->write_to(std::move(file));
    return {};
}

bool log_enabled(LogLevel level) {
    return level >= g_level.load(std::memory_order_relaxed);
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (!log_enabled(level)) return;
    const std::string line = log_line(g_format.load(std::memory_order_relaxed), level, event, fields);
    output().logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace galley
