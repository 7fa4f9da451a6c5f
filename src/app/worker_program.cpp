#include "app/worker_program.h"

#include <fmt/format.h>

#include <charconv>

#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/utf8.h"
#include "os/child_process.h"
#include "tasks/task.h"

namespace galley::app {

namespace {

constexpr double kSecondsMax = 366.0 * 24 * 3600;
constexpr std::size_t kMessageBytesMax = 500;

// The error of a task is JSON text, a program's lines are any bytes.
std::string clean(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = codec::utf8_sequence_length(text);
        clean += length == 0 ? "\uFFFD" : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

std::string_view cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

template <typename Number>
std::optional<Number> take_number(std::string_view& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc() || (!rest.empty() && rest.front() != ' ')) return std::nullopt;
    text = rest.substr(std::min(rest.size(), rest.find_first_not_of(' ')));
    return number;
}

std::optional<double> seconds_of(std::string_view text) {
    const auto seconds = take_number<double>(text);
    return seconds && text.empty() && *seconds >= 0 && *seconds <= kSecondsMax ? seconds : std::nullopt;
}

WorkerReport failure(std::string_view outcome, std::string error, const ProgramVoice& voice,
                     std::optional<double> retry_in = std::nullopt) {
    if (const std::string tail = voice.tail(); !tail.empty()) error += ": " + tail;
    WorkerReport report{.call = "fail", .members = {}};
    std::string& out = report.members;
    out = fmt::format(R"("outcome":"{}","error":)", outcome);
    codec::append_json_string(out, clean(error));
    if (retry_in) out += fmt::format(R"(,"retry_in_seconds":{})", *retry_in);
    return report;
}

WorkerReport completion(std::string_view output, const ProgramVoice& voice) {
    if (output.find_first_not_of(" \t\r\n") == output.npos) output = "null";
    const Result<codec::JsonDocument> result = codec::JsonDocument::parse(output);
    if (!result) return failure("fail", "the program's output is not JSON: " + result.error().message, voice);
    return {.call = "complete", .members = R"("result":)" + result->root().to_json()};
}

WorkerReport exited(int status, const ProgramVoice& voice) {
    const std::string error = fmt::format("the program ended with exit code {}", status);
    if (status == kExitUsage || status == kExitDataError) return failure("fail", error, voice);
    if (voice.snooze_seconds())
        return {.call = "snooze", .members = fmt::format(R"("delay_seconds":{})", *voice.snooze_seconds())};
    return failure("retry", error, voice, voice.retry_seconds());
}

}  // namespace

bool ProgramVoice::hear(std::string_view line) {
    constexpr std::string_view kProgress = "@progress ", kLog = "@log ", kRetry = "@retry ", kSnooze = "@snooze ";
    if (line.starts_with(kProgress) && hear_progress(line.substr(kProgress.size()))) return true;
    if (line.starts_with(kLog)) {
        hear_log(line.substr(kLog.size()));
        return true;
    }
    for (const auto& [word, to] : {std::pair(kRetry, &retry_seconds_), std::pair(kSnooze, &snooze_seconds_)}) {
        if (!line.starts_with(word)) continue;
        if (const auto seconds = seconds_of(line.substr(word.size()))) {
            *to = seconds;
            return true;
        }
    }
    lines_.emplace_back(cut(line, kErrorTailBytesMax));
    bytes_ += lines_.back().size() + 1;
    for (; bytes_ > kErrorTailBytesMax && lines_.size() > 1; lines_.pop_front()) bytes_ -= lines_.front().size() + 1;
    return false;
}

bool ProgramVoice::hear_progress(std::string_view rest) {
    const auto percent = take_number<int>(rest);
    if (!percent || *percent < 0 || *percent > 100) return false;
    progress_ = {*percent, std::string(cut(clean(rest), kMessageBytesMax))};
    return true;
}

void ProgramVoice::hear_log(std::string_view line) {
    if (log_.size() == tasks::kLogLinesMax) log_.erase(log_.begin());
    log_.emplace_back(cut(clean(line), tasks::kLogLineBytesMax));
}

std::string ProgramVoice::tail() const {
    std::string text;
    for (const std::string& line : lines_) text += (text.empty() ? "" : "\n") + line;
    return text;
}

std::optional<WorkerReport> report_of(const os::ProgramEnd& end, const ProgramVoice& voice, TaskFate fate) {
    if (fate == TaskFate::Lost) return std::nullopt;
    if (end.stopped == os::ProgramStop::OutputTooLong)
        return failure("fail", "the program's output is longer than allowed", voice);
    if (end.signal == 0 && end.exit_status == 0 && end.stopped != os::ProgramStop::TimedOut)
        return completion(end.output, voice);
    if (fate == TaskFate::Cancelled) return failure("cancel", "cancelled", {});
    if (fate == TaskFate::PutBack) return WorkerReport{.call = "release", .members = {}};
    if (end.stopped == os::ProgramStop::TimedOut)
        return failure("retry", "the program ran longer than the task's timeout", voice);
    if (end.signal != 0) return failure("crash", "the program was ended by " + os::signal_name(end.signal), voice);
    return exited(end.exit_status, voice);
}

}  // namespace galley::app
