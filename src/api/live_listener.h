// src/api/live_listener.h — one live stream under way: what of an event goes to its client, and when.
//
// Shape    offer() each event that happens, flush() when there is room again or time for progress. Changes of state go
//          in order; of progress the newest waits for its time.
// Errors   a client that reads too slowly: progress is left out, changes wait in a backlog of pointers; beyond
//          `backlog_max` the stream is cut.
// Owner    shares its stream with the connection.
// Threads  its loop.
// Limits   LiveOptions::listener_bytes_max in the stream, kWaitingMax tasks whose progress waits.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/live_event.h"
#include "auth/caller.h"
#include "base/time.h"
#include "net/body_stream.h"

namespace galley::api {

struct LiveWish {
    auth::Caller caller;
    std::optional<tasks::TaskSeq> task{};  // else all that the caller may see
    std::function<bool()> may_stay{};      // asked with each heartbeat; the stream ends when it says no
};

class LiveListener {
 public:
    static constexpr std::size_t kWaitingMax = 1'000;

    struct Limits {
        std::size_t stream_bytes_max;
        std::size_t backlog_max;
        Duration progress_interval;
    };
    LiveListener(LiveWish wish, const Limits& limits, MonotonicTime now);

    const LiveWish& wish() const { return wish_; }
    net::BodyStream& stream() { return *stream_; }
    const std::shared_ptr<net::BodyStream>& shared_stream() const { return stream_; }
    MonotonicTime joined_at() const { return joined_at_; }
    bool wants(const LiveEvent& event) const;

    // Events up to this position are known to the client, or shown by what `snapshot` says.
    void start_after(std::uint64_t position) { known_to_ = position; }
    std::uint64_t known_to() const { return known_to_; }
    void start_with(const tasks::TaskRecord& snapshot);
    void offer(const LiveEventPtr& event, MonotonicTime now);
    // What the client missed goes before what comes; whatever its position.
    void replay(std::vector<LiveEventPtr> missed);
    void flush(MonotonicTime now);
    bool progress_waits() const { return !waiting_.empty(); }

    // The hub's index.
    std::size_t place = 0;
    bool listed_for_progress = false;

 private:
    struct Shown {
        tasks::TaskState state;
        int attempt;
        int progress;
    };
    bool is_shown(const LiveEvent& event) const;
    void offer_progress(const LiveEventPtr& event, MonotonicTime now);
    void offer_change(const LiveEventPtr& event);
    void forget_progress(tasks::TaskSeq task);
    void flush_backlog();
    void flush_progress(MonotonicTime now);
    bool push(const LiveEvent& event);

    const LiveWish wish_;
    const Limits limits_;
    const std::shared_ptr<net::BodyStream> stream_;
    const MonotonicTime joined_at_;
    std::uint64_t known_to_ = 0;
    std::optional<Shown> shown_{};        // by the snapshot, until something else was sent
    std::deque<LiveEventPtr> backlog_{};  // changes that the stream has no room for yet
    std::vector<LiveEventPtr> waiting_{};
    MonotonicTime progress_sent_{};
};
using LiveListenerPtr = std::shared_ptr<LiveListener>;

}  // namespace galley::api
