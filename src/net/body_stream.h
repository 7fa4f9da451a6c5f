// src/net/body_stream.h — the body of an answer that comes over time: any thread pushes bytes in, the connection sends
// them as they come (Server-Sent Events).
//
// Shape    auto stream = std::make_shared<BodyStream>(bytes_max); reply with StreamBody(stream) as body; then push(),
//          push(), … end(). HTTP/1.1 gets chunks, HTTP/1.0 a body that ends with the connection, HEAD no body.
// Units    bytes before any framing.
// Errors   push: Full (does not fit: nothing of it is taken; the caller decides what to leave out), Over (nobody will
//          read it: the client left or takes nothing, the answer was to HEAD, the server drains, or end() was called).
// Owner    shared by its producer and, in a StreamBody, by the answer and then its connection. When the latter is gone
//          the stream is over, and when_over()'s task has run.
// Threads  push(), end(), cut(), bytes_held(), when_over() from any; the rest: the connection's loop. No lock is held
//          while a task runs.
// Limits   bytes_max: of what was pushed and is not in the kernel's hands yet. A client that takes nothing of it for
//          write_stall_timeout is closed; a client that ends its side of the connection has left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/mutex.h"

namespace galley::net {

class BodyStream {
 public:
    explicit BodyStream(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    BodyStream(const BodyStream&) = delete;
    BodyStream& operator=(const BodyStream&) = delete;

    enum class Push : std::uint8_t { Taken, Full, Over };
    // All of `bytes` or nothing.
    Push push(std::string_view bytes);
    // What was pushed is sent, then the body ends as it should.
    void end();
    // The connection is closed: the client sees a body that was cut off.
    void cut();
    std::size_t bytes_held() const;
    std::size_t bytes_max() const { return bytes_max_; }
    // `task` runs once, when the stream is over for whatever reason; at once if it is. It must be cheap.
    void when_over(std::move_only_function<void()> task);
    // `task` runs on the connection's loop each time when the kernel has taken all that was pushed up to then. Set it
    // before the answer.
    void on_sent(std::function<void()> task) { sent_ = std::move(task); }

    // For the connection. `wake` is called from any thread when there is something to take(), once until it is taken.
    void attach(std::function<void()> wake);
    struct Taken {
        Bytes bytes;
        bool ended = false;  // nothing follows
        bool cut = false;
    };
    Taken take();
    void sent();   // what was taken is in the kernel's hands
    void close();  // over; idempotent

 private:
    void wake_reader();

    const std::size_t bytes_max_;
    std::function<void()> sent_{};
    mutable Mutex mutex_;
    Bytes pending_ GALLEY_GUARDED_BY(mutex_);
    std::size_t in_flight_ GALLEY_GUARDED_BY(mutex_) = 0;
    bool ended_ GALLEY_GUARDED_BY(mutex_) = false;
    bool cut_ GALLEY_GUARDED_BY(mutex_) = false;
    bool over_ GALLEY_GUARDED_BY(mutex_) = false;
    bool awake_ GALLEY_GUARDED_BY(mutex_) = true;  // until it is attached nobody is to be woken
    std::shared_ptr<const std::function<void()>> wake_ GALLEY_GUARDED_BY(mutex_);
    std::move_only_function<void()> when_over_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::net
