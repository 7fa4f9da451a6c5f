// src/net/event_loop.h — one thread that waits for sockets, timers and posted work.
//
// Shape    post(task) runs it on the loop's thread; after(delay, task) runs it there later; yield(task) runs it behind
//          what is ready: each round serves all sockets that are, then a little of what yielded, in its order.
// Units    delays in milliseconds, kept to about a millisecond.
// Owner    held by shared_ptr: what is in flight keeps its loop alive. Tasks posted after stop() are dropped, unrun.
// Threads  every method from any thread, but for run(), which is the loop's thread, and yield(), which is called on it.
//          Tasks must not block and must not throw.
// Limits   one wake-up however many tasks are posted while it is pending; kYieldedTime a round for what yielded. The
//          number of tasks is the callers' business: the server has at most one a connection.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace galley::net {

class EventLoop;
using LoopTask = std::move_only_function<void()>;

// A timer that was started. Dropping it lets the timer run; cancel() stops it, unless it runs already.
class LoopTimer {
 public:
    LoopTimer() = default;
    void cancel();

 private:
    friend class EventLoop;
    struct State;
    explicit LoopTimer(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

class EventLoop : public std::enable_shared_from_this<EventLoop> {
 public:
    static std::shared_ptr<EventLoop> create();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    void post(LoopTask task);
    // For work of those who have had their share of the loop's time. On the loop's thread.
    void yield(LoopTask task);
    LoopTimer after(Duration delay, LoopTask task);
    // True when the caller is a task of this loop.
    bool on_thread() const;

    // Serves until stop() was called and no socket is open any more.
    void run();
    void stop();

    // For the parts of net that open sockets.
    boost::asio::io_context& context();

 private:
    friend class LoopTimer;
    struct State;
    EventLoop();
    std::unique_ptr<State> state_;
};

}  // namespace galley::net
