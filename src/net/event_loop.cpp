#include "net/event_loop.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "os/clock.h"

namespace galley::net {

namespace asio = boost::asio;

namespace {

using Executor = asio::io_context::executor_type;
// Asio's timer on the concrete executor: the type-erased one costs a quarter of a small request.
using Alarm =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

// How long the tasks that yielded may keep a round: what others wait for them, but for the end of the last one.
constexpr auto kYieldedTime = std::chrono::microseconds(100);

thread_local const EventLoop* current_loop = nullptr;

MonotonicTime now() {
    return os::system_clock().monotonic();
}

}  // namespace

struct LoopTimer::State {
    std::weak_ptr<EventLoop> loop;
    MonotonicTime due;
    LoopTask task;  // the loop's thread only
    std::atomic<bool> cancelled = false;
};

struct EventLoop::State {
    using TimerPtr = std::shared_ptr<LoopTimer::State>;

    asio::io_context context{1};
    std::optional<asio::executor_work_guard<Executor>> work{asio::make_work_guard(context)};

    Mutex mutex;
    std::vector<LoopTask> inbox GALLEY_GUARDED_BY(mutex);
    bool wake_up_pending GALLEY_GUARDED_BY(mutex) = false;
    bool stopped GALLEY_GUARDED_BY(mutex) = false;

    // The loop's thread only.
    std::vector<LoopTask> batch;
    std::deque<LoopTask> yielded;
    bool yielded_posted = false;
    std::multimap<MonotonicTime, TimerPtr> timers;
    Alarm alarm{context.get_executor()};

    void run_inbox();
    void post_yielded();
    void run_yielded();
    void add_timer(TimerPtr timer);
    void remove_timer(const TimerPtr& timer);
    void set_alarm();
    void run_due_timers();
    void shut();
};

void EventLoop::State::run_inbox() {
    {
        const MutexLock lock(mutex);
        batch.swap(inbox);
        wake_up_pending = false;
    }
    for (LoopTask& task : batch) task();
    batch.clear();
}

// One turn in Asio's queue: the sockets that are found ready meanwhile stand before the next one.
void EventLoop::State::post_yielded() {
    if (yielded.empty() || std::exchange(yielded_posted, true)) return;
    asio::post(context, [this] { run_yielded(); });
}

void EventLoop::State::run_yielded() {
    yielded_posted = false;
    const MonotonicTime end = now() + kYieldedTime;
    do {
        if (yielded.empty()) return;
        LoopTask task = std::move(yielded.front());
        yielded.pop_front();
        task();
    } while (now() < end);
    post_yielded();
}

void EventLoop::State::add_timer(TimerPtr timer) {
    if (timer->cancelled) return;
    const auto place = timers.emplace(timer->due, std::move(timer));
    if (place == timers.begin()) set_alarm();
}

void EventLoop::State::remove_timer(const TimerPtr& timer) {
    const auto [first, last] = timers.equal_range(timer->due);
    for (auto it = first; it != last; ++it) {
        if (it->second != timer) continue;
        timers.erase(it);  // the alarm may now ring for nothing, which is cheaper than setting it again
        timer->task = nullptr;
        return;
    }
}

void EventLoop::State::set_alarm() {
    alarm.expires_at(timers.begin()->first);
    alarm.async_wait([this](const boost::system::error_code& error) {
        if (!error) run_due_timers();
    });
}

void EventLoop::State::run_due_timers() {
    std::vector<TimerPtr> due;
    const auto last = timers.upper_bound(now());
    for (auto it = timers.begin(); it != last; ++it) due.push_back(std::move(it->second));
    timers.erase(timers.begin(), last);
    if (!timers.empty()) set_alarm();
    for (const TimerPtr& timer : due) {
        if (!timer->cancelled) timer->task();
        timer->task = nullptr;
    }
}

// Runs last in the inbox: what is posted later is dropped where it is posted.
void EventLoop::State::shut() {
    std::vector<LoopTask> dropped;
    {
        const MutexLock lock(mutex);
        stopped = true;
        dropped.swap(inbox);
    }
    // What the tasks hold is released now: a LoopTimer may be kept for long.
    yielded.clear();
    const auto timers_dropped = std::exchange(timers, {});
    for (const auto& [due, timer] : timers_dropped) timer->task = nullptr;
    alarm.cancel();
    work.reset();
}

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

std::shared_ptr<EventLoop> EventLoop::create() {
    return std::shared_ptr<EventLoop>(new EventLoop());
}

void EventLoop::post(LoopTask task) {
    {
        const MutexLock lock(state_->mutex);
        if (state_->stopped) return;
        state_->inbox.push_back(std::move(task));
        if (std::exchange(state_->wake_up_pending, true)) return;
    }
    asio::post(state_->context, [state = state_.get()] { state->run_inbox(); });
}

void EventLoop::yield(LoopTask task) {
    state_->yielded.push_back(std::move(task));
    state_->post_yielded();
}

LoopTimer EventLoop::after(Duration delay, LoopTask task) {
    auto timer = std::make_shared<LoopTimer::State>();
    timer->loop = weak_from_this();
    timer->due = now() + delay;
    timer->task = std::move(task);
    if (on_thread()) {
        state_->add_timer(timer);
    } else {
        post([state = state_.get(), timer] { state->add_timer(timer); });
    }
    return LoopTimer(std::move(timer));
}

void LoopTimer::cancel() {
    if (!state_ || state_->cancelled.exchange(true)) return;
    const std::shared_ptr<EventLoop> loop = state_->loop.lock();
    if (!loop) return;
    if (loop->on_thread()) {
        loop->state_->remove_timer(state_);
    } else {
        loop->post([state = loop->state_.get(), timer = state_] { state->remove_timer(timer); });
    }
}

bool EventLoop::on_thread() const {
    return current_loop == this;
}

void EventLoop::run() {
    current_loop = this;
    state_->context.run();
    current_loop = nullptr;
}

void EventLoop::stop() {
    post([state = state_.get()] { state->shut(); });
}

asio::io_context& EventLoop::context() {
    return state_->context;
}

}  // namespace galley::net
