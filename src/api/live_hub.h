// src/api/live_hub.h — brings the engine's notices to those who listen: live streams of one task or of all.
//
// Shape    on_notice() numbers an event and hands it to the event loops that have somebody for it; each loop writes it
//          into its listeners' streams. A listener joins on its request's loop and leaves when its stream is over.
//          A change of state is sent as it comes. Of progress a listener gets the newest, at most one every
//          progress_interval a task, and none behind the change that it came before.
//          A listener that reads too slowly for its buffer misses progress first; when changes do not fit either they
//          wait as pointers into the common history, and beyond kBacklogMax its stream is cut: it may come again with
//          Last-Event-ID.
// Errors   join: Unavailable (listeners_max), LimitExceeded (listeners_per_caller_max).
// Owner    loops and streams are held while they have listeners. The hub outlives engine and server.
// Threads  on_notice(), listeners() from any; it takes one short lock and wakes each loop once however many events
//          wait for it. The rest on the listener's loop.
// Limits   LiveOptions; kQueuedMax events on the way to one loop, beyond which its listeners are cut.
//          While nobody listens, nor did for kRecordAfter, a notice costs an atomic read.
// Source   R54, R58; docs/live.md.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/live_history.h"
#include "api/live_listener.h"
#include "api/live_options.h"
#include "auth/caller.h"
#include "base/error.h"
#include "base/mutex.h"
#include "net/body_stream.h"
#include "net/event_loop.h"
#include "os/clock.h"
#include "os/random.h"

namespace galley::api {

class LiveHub {
 public:
    static constexpr std::size_t kBacklogMax = 20'000;
    static constexpr std::size_t kQueuedMax = 20'000;
    static constexpr Duration kRecordAfter = std::chrono::minutes(1);

    LiveHub(LiveOptions options, const os::Clock& clock, os::Random& random);
    ~LiveHub();
    LiveHub(const LiveHub&) = delete;
    LiveHub& operator=(const LiveHub&) = delete;

    void on_notice(const tasks::TaskNotice& notice);

    struct Joined {
        LiveListenerPtr listener;
        LiveId newest{};                                    // it will get what comes after this one
        std::optional<std::vector<LiveEventPtr>> missed{};  // since `seen`; none: that is not known any more
    };
    // On `loop`. Nothing is sent before open().
    Result<Joined> join(net::EventLoop& loop, LiveWish wish, const std::optional<LiveId>& seen);
    // Events of the listener's task that are on their way to it are dropped, as the record that is read from now on
    // shows what they tell. Their newest position; nothing when there was none.
    std::optional<LiveId> skip_queued(LiveListener& listener, net::EventLoop& loop);
    // `first` goes into the stream, then `missed`, then what comes.
    void open(const LiveListenerPtr& listener, net::EventLoop& loop, std::string_view first,
              std::vector<LiveEventPtr> missed);

    std::size_t listeners() const { return listeners_.load(std::memory_order_relaxed); }
    const LiveOptions& options() const { return options_; }

 private:
    class Shard;

    Shard& shard_of(net::EventLoop& loop) GALLEY_REQUIRES(mutex_);
    Result<void> admit(const std::string& who) GALLEY_REQUIRES(mutex_);
    void begin_recording() GALLEY_REQUIRES(mutex_);
    bool records() GALLEY_REQUIRES(mutex_);
    void leave(Shard& shard, const LiveListenerPtr& listener);

    const LiveOptions options_;
    const os::Clock& clock_;
    os::Random& random_;
    std::atomic<std::size_t> listeners_ = 0;
    std::atomic<bool> recording_ = false;

    mutable Mutex mutex_;
    LiveHistory history_ GALLEY_GUARDED_BY(mutex_);
    std::vector<std::unique_ptr<Shard>> shards_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<std::string, std::size_t> per_caller_ GALLEY_GUARDED_BY(mutex_);
    MonotonicTime left_at_ GALLEY_GUARDED_BY(mutex_){};  // when the last listener did
};

}  // namespace galley::api
