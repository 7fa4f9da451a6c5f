// src/net/server_loop.h — one event loop's share of a server: its listener, its connections, its clock of deadlines and
// what they reuse.
//
// Owner    keeps its connections until they close; a connection keeps its ServerLoop.
// Threads  adopt() and load() from any thread; everything else on the loop.
// Limits   kReadBytes at a time from a socket; kAcceptsPerTurn new connections a turn.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log_bound.h"
#include "net/event_loop.h"
#include "net/request_id.h"
#include "net/server_core.h"
#include "net/socket.h"

namespace galley::net {

// A watched descriptor. We wait by it and read and write by hand: idle connections then need no buffer.
using WatchedSocket = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

class Connection;

inline constexpr std::size_t kReadBytes = 64 * 1024;

class ServerLoop : public std::enable_shared_from_this<ServerLoop> {
 public:
    ServerLoop(std::shared_ptr<ServerCore> core, std::shared_ptr<EventLoop> loop);
    ~ServerLoop();

    void start(Descriptor listener);
    void stop_accepting();
    void close_idle();
    void close_all();
    // Takes a connection that core().enter() let in.
    void adopt(Descriptor socket, Peer peer);
    std::size_t load() const { return load_.load(std::memory_order_relaxed); }

    // For its connections.
    void remove(Connection& connection);
    ServerCore& core() { return *core_; }
    EventLoop& loop() { return *loop_; }
    MonotonicTime now() const { return core_->options.clock->monotonic(); }
    std::span<char> read_buffer() { return read_buffer_; }
    std::string_view date() const { return date_; }  // at most a second old
    RequestIds& request_ids() { return request_ids_; }
    LogBound& log_bound() { return log_bound_; }

 private:
    void wait_for_clients();
    void accept_some();
    void pause_accepting();
    void place(Accepted accepted);
    void turn_away(Descriptor socket, int status);
    void take_in(Descriptor socket, Peer peer);
    void tick();
    template <typename Task>
    void for_each_connection(Task task);

    std::shared_ptr<ServerCore> core_;
    std::shared_ptr<EventLoop> loop_;
    std::optional<WatchedSocket> listener_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::atomic<std::size_t> load_ = 0;
    bool closing_ = false;
    std::string date_;
    RequestIds request_ids_;
    LogBound log_bound_;
    std::array<char, kReadBytes> read_buffer_;
};

}  // namespace galley::net
