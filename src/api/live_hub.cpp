#include "api/live_hub.h"

#include <algorithm>
#include <utility>

namespace galley::api {

namespace {

constexpr std::string_view kHeartbeat = ": heartbeat\n\n";

}  // namespace

// The listeners of one event loop.
class LiveHub::Shard {
 public:
    Shard(LiveHub& hub, net::EventLoop& loop) : hub_(hub), loop_(loop.shared_from_this()) {}

    net::EventLoop& loop() { return *loop_; }

    // Under the hub's lock.
    struct Queue {
        std::vector<LiveEventPtr> events{};
        std::unordered_map<tasks::TaskSeq, std::size_t> watched{};
        std::size_t watchers_of_all = 0;
        bool woken = false;
        bool overrun = false;

        bool wants(const LiveEvent& event) const { return watchers_of_all > 0 || watched.contains(event.task); }
        void watch(const LiveWish& wish);
        void unwatch(const LiveWish& wish);
        void add(const LiveEventPtr& event);
    };
    Queue queue;

    // On the loop.
    void add(const LiveListenerPtr& listener);
    void remove(LiveListener& listener);
    void deliver();
    void after_offer(const LiveListenerPtr& listener);

 private:
    void offer(const LiveEventPtr& event, MonotonicTime now);
    void cut_all();
    void start_heartbeat();
    void beat();
    void flush_progress();

    LiveHub& hub_;
    const std::shared_ptr<net::EventLoop> loop_;
    std::vector<LiveListenerPtr> listeners_{};
    std::unordered_map<tasks::TaskSeq, std::vector<LiveListenerPtr>> of_task_{};
    std::vector<LiveListenerPtr> of_all_{};
    std::vector<LiveListenerPtr> with_progress_{};
    bool heartbeat_runs_ = false;
    bool progress_timer_runs_ = false;
};

void LiveHub::Shard::Queue::watch(const LiveWish& wish) {
    if (wish.task) {
        ++watched[*wish.task];
    } else {
        ++watchers_of_all;
    }
}

void LiveHub::Shard::Queue::unwatch(const LiveWish& wish) {
    if (!wish.task) {
        --watchers_of_all;
    } else if (const auto found = watched.find(*wish.task); --found->second == 0) {
        watched.erase(found);
    }
}

void LiveHub::Shard::Queue::add(const LiveEventPtr& event) {
    if (events.size() >= kQueuedMax) {
        overrun = true;
        events.clear();
    }
    if (!overrun) events.push_back(event);
}

// ---- on the loop

void LiveHub::Shard::add(const LiveListenerPtr& listener) {
    listener->place = listeners_.size();
    listeners_.push_back(listener);
    (listener->wish().task ? of_task_[*listener->wish().task] : of_all_).push_back(listener);
    start_heartbeat();
}

void LiveHub::Shard::remove(LiveListener& listener) {
    const std::size_t place = listener.place;
    if (place >= listeners_.size() || listeners_[place].get() != &listener) return;
    const LiveListenerPtr kept = listeners_[place];
    listeners_[place] = listeners_.back();
    listeners_[place]->place = place;
    listeners_.pop_back();
    if (!kept->wish().task) {
        std::erase(of_all_, kept);
    } else if (const auto found = of_task_.find(*kept->wish().task); found != of_task_.end()) {
        std::erase(found->second, kept);
        if (found->second.empty()) of_task_.erase(found);
    }
    if (kept->listed_for_progress) std::erase(with_progress_, kept);
}

void LiveHub::Shard::deliver() {
    std::vector<LiveEventPtr> events;
    bool overrun = false;
    {
        const MutexLock lock(hub_.mutex_);
        events.swap(queue.events);
        overrun = std::exchange(queue.overrun, false);
        queue.woken = false;
    }
    if (overrun) return cut_all();
    const MonotonicTime now = hub_.clock_.monotonic();
    for (const LiveEventPtr& event : events) offer(event, now);
}

void LiveHub::Shard::offer(const LiveEventPtr& event, MonotonicTime now) {
    for (const LiveListenerPtr& listener : of_all_) {
        listener->offer(event, now);
        after_offer(listener);
    }
    const auto found = of_task_.find(event->task);
    if (found == of_task_.end()) return;
    for (const LiveListenerPtr& listener : found->second) {
        listener->offer(event, now);
        after_offer(listener);
    }
}

void LiveHub::Shard::cut_all() {
    for (const LiveListenerPtr& listener : listeners_) listener->stream().cut();
}

void LiveHub::Shard::after_offer(const LiveListenerPtr& listener) {
    if (!listener->progress_waits()) return;
    if (!std::exchange(listener->listed_for_progress, true)) with_progress_.push_back(listener);
    if (std::exchange(progress_timer_runs_, true)) return;
    loop_->after(hub_.options_.progress_interval, [this] { flush_progress(); });
}

void LiveHub::Shard::flush_progress() {
    progress_timer_runs_ = false;
    const MonotonicTime now = hub_.clock_.monotonic();
    for (const LiveListenerPtr& listener : std::exchange(with_progress_, {})) {
        listener->listed_for_progress = false;
        listener->flush(now);
        after_offer(listener);
    }
}

void LiveHub::Shard::start_heartbeat() {
    if (listeners_.empty() || std::exchange(heartbeat_runs_, true)) return;
    loop_->after(hub_.options_.heartbeat, [this] {
        heartbeat_runs_ = false;
        beat();
        start_heartbeat();
    });
}

// A stream without room has no need of a heartbeat. It is over when it says so; until then it stays in our lists.
void LiveHub::Shard::beat() {
    const MonotonicTime now = hub_.clock_.monotonic();
    for (const LiveListenerPtr& listener : listeners_) {
        const LiveWish& wish = listener->wish();
        const bool stays =
            now - listener->joined_at() < hub_.options_.stream_time_max && (!wish.may_stay || wish.may_stay());
        if (!stays) {
            listener->stream().end();
        } else {
            (void)listener->stream().push(kHeartbeat);
        }
    }
}

// ---- the hub

LiveHub::LiveHub(LiveOptions options, const os::Clock& clock, os::Random& random)
    : options_(options), clock_(clock), random_(random), history_(options.history_bytes_max) {}
LiveHub::~LiveHub() = default;

void LiveHub::on_notice(const tasks::TaskNotice& notice) {
    if (!recording_.load(std::memory_order_acquire)) return;
    LiveEvent event = live_event(notice);
    const MutexLock lock(mutex_);
    if (!records()) return;
    const LiveEventPtr kept = history_.add(std::move(event));
    if (!kept) return;
    for (const std::unique_ptr<Shard>& shard : shards_) {
        Shard::Queue& queue = shard->queue;
        if (!queue.wants(*kept)) continue;
        queue.add(kept);
        if (!std::exchange(queue.woken, true)) shard->loop().post([to = shard.get()] { to->deliver(); });
    }
}

// Somebody who left a moment ago may come again; after kRecordAfter nobody is waited for.
bool LiveHub::records() {
    if (!recording_) return false;
    if (listeners_ > 0 || clock_.monotonic() - left_at_ < kRecordAfter) return true;
    recording_ = false;
    history_.begin_period(0);
    return false;
}

void LiveHub::begin_recording() {
    if (records()) return;
    history_.begin_period(std::max<std::uint64_t>(random_.random_u64(), 1));
    recording_ = true;
}

LiveHub::Shard& LiveHub::shard_of(net::EventLoop& loop) {
    for (const std::unique_ptr<Shard>& shard : shards_) {
        if (&shard->loop() == &loop) return *shard;
    }
    return *shards_.emplace_back(std::make_unique<Shard>(*this, loop));
}

Result<void> LiveHub::admit(const std::string& who) {
    if (listeners_ >= options_.listeners_max) return fail(ErrorCode::Unavailable, "too many live streams are open");
    const auto found = per_caller_.find(who);
    if (found == per_caller_.end() || found->second < options_.listeners_per_caller_max) return {};
    return fail(ErrorCode::LimitExceeded, "the caller has as many live streams open as one may have");
}

Result<LiveHub::Joined> LiveHub::join(net::EventLoop& loop, LiveWish wish, const std::optional<LiveId>& seen) {
    const LiveListener::Limits limits{options_.listener_bytes_max, kBacklogMax, options_.progress_interval};
    auto listener = std::make_shared<LiveListener>(std::move(wish), limits, clock_.monotonic());
    const std::string& who = listener->wish().caller.email;
    Joined joined{.listener = listener};
    MutexLock lock(mutex_);
    GALLEY_TRY_VOID(admit(who));
    begin_recording();
    Shard& shard = shard_of(loop);
    shard.queue.watch(listener->wish());
    ++per_caller_[who];
    ++listeners_;
    joined.newest = history_.newest();
    if (seen) joined.missed = history_.since(*seen, [&](const LiveEvent& event) { return listener->wants(event); });
    listener->start_after(joined.newest.position);
    lock.unlock();
    listener->stream().when_over([this, &shard, listener] { leave(shard, listener); });
    return joined;
}

std::optional<LiveId> LiveHub::skip_queued(LiveListener& listener, net::EventLoop& loop) {
    const MutexLock lock(mutex_);
    std::optional<LiveId> newest;
    for (const LiveEventPtr& event : shard_of(loop).queue.events) {
        if (listener.wants(*event)) newest = LiveId{event->id.period, event->id.position, std::nullopt};
    }
    if (newest && newest->position <= listener.known_to()) return std::nullopt;
    if (newest) listener.start_after(newest->position);
    return newest;
}

void LiveHub::open(const LiveListenerPtr& listener, net::EventLoop& loop, std::string_view first,
                   std::vector<LiveEventPtr> missed) {
    Shard* shard = nullptr;
    {
        const MutexLock lock(mutex_);
        shard = &shard_of(loop);
    }
    (void)listener->stream().push(first);
    listener->replay(std::move(missed));
    shard->add(listener);
    listener->stream().on_sent([this, weak = std::weak_ptr(listener)] {
        if (const LiveListenerPtr still = weak.lock()) still->flush(clock_.monotonic());
    });
}

void LiveHub::leave(Shard& shard, const LiveListenerPtr& listener) {
    {
        const MutexLock lock(mutex_);
        shard.queue.unwatch(listener->wish());
        const auto found = per_caller_.find(listener->wish().caller.email);
        if (--found->second == 0) per_caller_.erase(found);
        if (--listeners_ == 0) left_at_ = clock_.monotonic();
    }
    shard.loop().post([&shard, listener] { shard.remove(*listener); });
}

}  // namespace galley::api
