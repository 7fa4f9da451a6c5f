#include "base/log_bound.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace galley {

std::optional<std::uint64_t> LogBound::take(std::string_view reason, MonotonicTime now) {
    const std::size_t hash = std::hash<std::string_view>{}(reason);
    const MutexLock lock(mutex_);
    Reason& found = find(hash, now);
    if (found.rested > now + (kLinesAtOnce - 1) * kEvery) {
        ++found.left_out;
        return std::nullopt;
    }
    found.rested = std::max(found.rested, now) + kEvery;
    return std::exchange(found.left_out, 0);
}

LogBound::Reason& LogBound::find(std::size_t hash, MonotonicTime now) {
    const auto same = std::ranges::find(reasons_, hash, &Reason::hash);
    if (same != reasons_.end()) return *same;
    Reason& quietest = *std::ranges::min_element(reasons_, {}, &Reason::rested);
    if (quietest.rested <= now) quietest = Reason{.hash = hash};
    return quietest;
}

}  // namespace galley
