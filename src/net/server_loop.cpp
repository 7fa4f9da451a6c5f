#include "net/server_loop.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "codec/date.h"
#include "net/connection.h"
#include "net/problem.h"
#include "net/response_head.h"

namespace galley::net {

namespace {

constexpr int kAcceptsPerTurn = 16;
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);
constexpr Duration kTickMax = std::chrono::seconds(1);  // the date's age

}  // namespace

ServerLoop::ServerLoop(std::shared_ptr<ServerCore> core, std::shared_ptr<EventLoop> loop)
    : core_(std::move(core)), loop_(std::move(loop)), request_ids_(*core_->options.random) {}

ServerLoop::~ServerLoop() = default;

void ServerLoop::start(Descriptor listener) {
    boost::system::error_code error;
    listener_.emplace(loop_->context());
    listener_->assign(listener.get(), error);
    if (error) {
        log(LogLevel::Error, "listener_not_watched", {{"error", error.message()}});
        listener_.reset();
        return;
    }
    listener.release();
    tick();
    wait_for_clients();
}

void ServerLoop::wait_for_clients() {
    if (!listener_) return;
    listener_->async_wait(WatchedSocket::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                              if (!error) self->accept_some();
                          });
}

void ServerLoop::accept_some() {
    for (int i = 0; i < kAcceptsPerTurn && listener_; ++i) {
        Accepted accepted = accept_from(listener_->native_handle());
        if (accepted.outcome == AcceptOutcome::NoneWaiting) break;
        if (accepted.outcome == AcceptOutcome::NoResources) return pause_accepting();
        if (accepted.outcome == AcceptOutcome::Accepted) place(std::move(accepted));
    }
    wait_for_clients();
}

// Out of descriptors or memory: waiting for readiness would spin, as the client stays in the backlog.
void ServerLoop::pause_accepting() {
    if (const auto left_out = log_bound_.take("accept_paused", now())) {
        log(LogLevel::Warning, "accept_paused", {{"connections", core_->connections()}, {"suppressed", *left_out}});
    }
    loop_->after(kAcceptPause, [self = shared_from_this()] { self->wait_for_clients(); });
}

// SO_REUSEPORT spreads by hash, which a few long connections defeat: the least loaded loop takes it.
void ServerLoop::place(Accepted accepted) {
    if (const int status = core_->enter(accepted.peer.group)) return turn_away(std::move(accepted.socket), status);
    ServerLoop* target = this;
    for (const auto& other : core_->loops) {
        if (other->load() < target->load()) target = other.get();
    }
    target->adopt(std::move(accepted.socket), std::move(accepted.peer));
}

void ServerLoop::adopt(Descriptor socket, Peer peer) {
    load_.fetch_add(1, std::memory_order_relaxed);
    if (loop_->on_thread()) return take_in(std::move(socket), std::move(peer));
    loop_->post([self = shared_from_this(), socket = std::move(socket), peer = std::move(peer)]() mutable {
        self->take_in(std::move(socket), std::move(peer));
    });
}

void ServerLoop::take_in(Descriptor socket, Peer peer) {
    auto connection = std::make_shared<Connection>(shared_from_this(), std::move(peer));
    connection->place = connections_.size();
    connections_.push_back(connection);
    if (closing_ || !connection->start(std::move(socket))) return connection->close();
    if (core_->draining) connection->close_if_idle();
}

void ServerLoop::remove(Connection& connection) {
    load_.fetch_sub(1, std::memory_order_relaxed);
    connections_.back()->place = connection.place;
    const std::size_t place = connection.place;
    std::swap(connections_[place], connections_.back());
    connections_.pop_back();
}

// One write that is likely to fit; a client that is too many gets no more of our time.
void ServerLoop::turn_away(Descriptor socket, int status) {
    if (core_->tls()) return;  // no words without a handshake, which is what it is not to cost us
    const std::string id = request_ids_.next();
    const Response response = problem(status, "There are too many connections.", id);
    std::string text;
    append_response_head(text, response, {date_, id, Persistence::Close});
    text += std::get<Bytes>(response.body);
    ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
    ::shutdown(socket.get(), SHUT_WR);
    ::recv(socket.get(), read_buffer_.data(), read_buffer_.size(),
           0);  // unread bytes would turn the close into a reset
}

void ServerLoop::stop_accepting() {
    while (listener_) {  // who is connected already is not to be reset by our close
        Accepted accepted = accept_from(listener_->native_handle());
        if (accepted.outcome == AcceptOutcome::NoneWaiting || accepted.outcome == AcceptOutcome::NoResources) break;
        if (accepted.outcome == AcceptOutcome::Accepted) place(std::move(accepted));
    }
    listener_.reset();
}

// Backwards, as remove() puts the last in the place of the removed; by copy, as ours may be the only hold on it.
template <typename Task>
void ServerLoop::for_each_connection(Task task) {
    for (std::size_t i = connections_.size(); i-- > 0;) {
        const std::shared_ptr<Connection> connection = connections_[i];
        task(*connection);
    }
}

void ServerLoop::close_idle() {
    for_each_connection([](Connection& connection) { connection.close_if_idle(); });
}

void ServerLoop::close_all() {
    closing_ = true;
    listener_.reset();
    for_each_connection([](Connection& connection) { connection.close(); });
}

void ServerLoop::tick() {
    date_ = codec::format_http_date(core_->options.clock->now());
    const MonotonicTime time = now();
    for_each_connection([time](Connection& connection) { connection.tick(time); });
    loop_->after(std::min(core_->options.sweep_interval, kTickMax), [self = shared_from_this()] { self->tick(); });
}

}  // namespace galley::net
