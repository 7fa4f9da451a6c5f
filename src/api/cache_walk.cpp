#include "api/cache_walk.h"

#include "base/log.h"

namespace galley::api {

std::string_view walk_state_name(WalkState state) {
    constexpr std::string_view kNames[] = {"idle", "running", "completed", "failed"};
    return kNames[static_cast<std::size_t>(state)];
}

WalkReport CacheWalk::start() {
    {
        const MutexLock lock(mutex_);
        if (report_.state == WalkState::Running) return report_;
        report_ = {.state = WalkState::Running, .started_at = clock_.now()};
    }
    BackgroundQueue::Work work = [this](BackgroundQueue::Run how) {
        finish(how == BackgroundQueue::Run::Now ? documents_.verify()
                                                : fail(ErrorCode::Cancelled, "the server is stopping"));
    };
    if (!queue_.post(work)) work(BackgroundQueue::Run::Stopped);
    return report();
}

WalkReport CacheWalk::report() {
    const MutexLock lock(mutex_);
    return report_;
}

void CacheWalk::finish(const Result<cache::VerifyReport>& found) {
    if (!found) log(LogLevel::Error, "cache_walk_failed", {{"error", found.error().to_string()}});
    const MutexLock lock(mutex_);
    report_.state = found ? WalkState::Completed : WalkState::Failed;
    report_.completed_at = clock_.now();
    if (found) report_.found = *found;
}

}  // namespace galley::api
