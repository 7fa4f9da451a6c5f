#include "tasks/queue_settings.h"

#include <fmt/format.h>

#include <array>

namespace galley::tasks {
namespace {

constexpr std::array<std::string_view, 3> kModeNames{"open", "paused", "draining"};

Result<void> check_running(int max, const char* pointer) {
    if (max >= 0 && max <= kRunningLimitMax) return {};
    return fail(ErrorCode::InvalidInput, fmt::format("must be 0 (no limit) to {}", kRunningLimitMax), pointer);
}

Result<void> check_rate(const Rate& rate, const char* pointer) {
    if (rate.starts < 0 || rate.starts > kRateStartsMax) {
        return fail(ErrorCode::InvalidInput, fmt::format("starts must be 0 (no limit) to {}", kRateStartsMax), pointer);
    }
    if (rate.per >= kRatePeriodMin && rate.per <= kRatePeriodMax) return {};
    return fail(ErrorCode::InvalidInput, "the period must be 0.1 s to 24 h", pointer);
}

}  // namespace

std::string_view queue_mode_name(QueueMode mode) {
    return kModeNames[static_cast<std::size_t>(mode)];
}

std::optional<QueueMode> parse_queue_mode(std::string_view name) {
    for (std::size_t i = 0; i < kModeNames.size(); ++i) {
        if (kModeNames[i] == name) return static_cast<QueueMode>(i);
    }
    return std::nullopt;
}

Result<void> validate(const QueueSettings& settings) {
    GALLEY_TRY_VOID(check_running(settings.running_max, "/running_max"));
    GALLEY_TRY_VOID(check_running(settings.running_per_key_max, "/running_per_key_max"));
    GALLEY_TRY_VOID(check_rate(settings.rate, "/rate"));
    return check_rate(settings.rate_per_key, "/rate_per_key");
}

}  // namespace galley::tasks
