#include "tasks/task.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tasks/queue_settings.h"

namespace galley::tasks {
namespace {

constexpr std::string_view kIdPrefix = "task-";
constexpr int kTagBits = 24;
constexpr int kIdDigits = 16;

bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, allowed);
}

bool is_custom_id(std::string_view id) {
    const auto printable = [](char c) { return c > ' ' && c < 0x7f && c != '/'; };
    return !id.empty() && id.size() <= kTaskIdBytesMax && std::ranges::all_of(id, printable) && !parse_task_id(id);
}

bool is_limit_key(std::string_view key) {
    const auto allowed = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; };
    return key.size() <= kLimitKeyBytesMax && std::ranges::all_of(key, allowed);
}

Result<void> require(bool condition, std::string message, const char* pointer) {
    if (condition) return {};
    return fail(ErrorCode::InvalidInput, std::move(message), pointer);
}

bool is_tag(std::string_view tag) {
    const auto allowed = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f && c != '|'; };
    return !tag.empty() && tag.size() <= kTagBytesMax && std::ranges::all_of(tag, allowed);
}

Result<void> check_tags(const std::vector<std::string>& tags) {
    GALLEY_TRY_VOID(require(tags.size() <= kTagsMax, "at most 16 tags", "/tags"));
    for (std::size_t i = 0; i < tags.size(); ++i) {
        if (is_tag(tags[i])) continue;
        return fail(ErrorCode::InvalidInput, "a tag is 1 to 64 bytes without spaces, control characters and '|'",
                    fmt::format("/tags/{}", i));
    }
    return {};
}

}  // namespace

Result<void> check_queue_name(std::string_view name, const char* pointer) {
    return require(is_name(name), "a queue's name is 1 to 64 of letters, digits, '_', '-', '.'", pointer);
}

// 40 bits of row number, 24 random ones: found without an index, and not an id of another installation by accident.
std::string make_task_id(TaskSeq seq, std::uint32_t tag) {
    const auto bits = (static_cast<std::uint64_t>(seq) << kTagBits) | (tag & ((1u << kTagBits) - 1));
    return fmt::format("{}{:016x}", kIdPrefix, bits);
}

std::optional<ParsedTaskId> parse_task_id(std::string_view id) {
    if (!id.starts_with(kIdPrefix) || id.size() != kIdPrefix.size() + kIdDigits) return std::nullopt;
    const std::string_view digits = id.substr(kIdPrefix.size());
    const bool lower =
        std::ranges::all_of(digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    std::uint64_t bits = 0;
    if (!lower || std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16).ec != std::errc())
        return std::nullopt;
    return ParsedTaskId{static_cast<TaskSeq>(bits >> kTagBits),
                        static_cast<std::uint32_t>(bits & ((1u << kTagBits) - 1))};
}

Result<void> validate(const NewTask& task) {
    GALLEY_TRY_VOID(require(is_name(task.kind), "kind must be 1 to 64 of letters, digits, '_', '-', '.'", "/kind"));
    GALLEY_TRY_VOID(require(!task.queue || is_name(*task.queue),
                            "queue must be 1 to 64 of letters, digits, '_', '-', '.'", "/queue"));
    GALLEY_TRY_VOID(require(!task.id || is_custom_id(*task.id), "not usable as a task id", "/id"));
    GALLEY_TRY_VOID(
        require(task.priority >= 0 && task.priority <= kPriorityMax, "priority must be 0 to 9", "/priority"));
    GALLEY_TRY_VOID(require(is_limit_key(task.limit_key),
                            "limit_key must be at most 200 bytes without control characters", "/limit_key"));
    GALLEY_TRY_VOID(check_tags(task.tags));
    GALLEY_TRY_VOID(require(task.unique_window >= Duration(0) && task.unique_window <= kUniqueWindowMax,
                            "the window of a unique key must be at most 24 h", "/unique_window"));
    GALLEY_TRY_VOID(
        require(task.unique_key || task.unique_window == Duration(0), "a window needs a unique key", "/unique_window"));
    const Duration keep = task.keep.value_or(kKeepMin);
    GALLEY_TRY_VOID(require(keep >= kKeepMin && keep <= kKeepMax, "a result is kept for 1 s to 366 days", "/keep"));
    GALLEY_TRY_VOID(require(task.parents.size() <= kParentsMax, "at most 10000 parents", "/parents"));
    GALLEY_TRY_VOID(require(task.before.size() <= kParentsMax, "at most 10000 tasks", "/before"));
    const int attempts = task.max_attempts.value_or(1);
    GALLEY_TRY_VOID(
        require(attempts >= 1 && attempts <= kMaxAttemptsMax, "max_attempts must be 1 to 100", "/max_attempts"));
    const Duration timeout = task.timeout.value_or(kTimeoutDefault);
    GALLEY_TRY_VOID(require(timeout > Duration(0) && timeout <= kTimeoutMax,
                            "timeout must be positive and at most 24 h", "/timeout"));
    const Backoff backoff = task.backoff.value_or(Backoff{});
    GALLEY_TRY_VOID(require(backoff.base >= Duration(0) && backoff.cap >= backoff.base && backoff.cap <= kTimeoutMax,
                            "backoff must be 0 <= base <= cap <= 24 h", "/backoff"));
    if (task.input.size() > kTaskInputBytesMax)
        return fail(ErrorCode::LimitExceeded, "the input is larger than 16 MiB", "/input");
    return {};
}

}  // namespace galley::tasks
