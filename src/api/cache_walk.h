// src/api/cache_walk.h — reading every cached file in the background, one walk at a time; what the last one found.
//
// Shape    start() begins a walk, or joins the one under way; report() says how it stands or ended.
// Errors   a walk that fails says so in its report.
// Owner    borrows cache and clock, which must outlive stop().
// Threads  any; the walk has a thread of its own from the first start() on. stop() waits for the walk under way.
// Source   R80.
#pragma once

#include <optional>
#include <string>

#include "base/background_queue.h"
#include "base/mutex.h"
#include "base/time.h"
#include "cache/document_cache.h"
#include "os/clock.h"

namespace galley::api {

enum class WalkState : std::uint8_t { Idle, Running, Completed, Failed };
std::string_view walk_state_name(WalkState state);

struct WalkReport {
    WalkState state = WalkState::Idle;
    std::optional<Time> started_at{};
    std::optional<Time> completed_at{};
    cache::VerifyReport found{};
};

class CacheWalk {
 public:
    CacheWalk(cache::DocumentCache& documents, const os::Clock& clock) : documents_(documents), clock_(clock) {}

    WalkReport start();
    WalkReport report();
    void stop() { queue_.stop(); }

 private:
    void finish(const Result<cache::VerifyReport>& found);

    cache::DocumentCache& documents_;
    const os::Clock& clock_;
    Mutex mutex_;
    WalkReport report_ GALLEY_GUARDED_BY(mutex_);
    BackgroundQueue queue_{1};  // last: its thread uses all of the above
};

}  // namespace galley::api
