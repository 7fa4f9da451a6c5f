// src/net/connection.h — one client's connection: reads a request, has it handled, sends the answer, goes on.
//
// Shape    (Handshake →) Idle → Head → Body → Handling → Sending (→ Streaming) → Idle …, or → Lingering → Closed. One
//          request at a time: while it is in hand nothing is read, so a client that sends more waits in its own socket;
//          but for streams (connection_stream.cpp), whose client is noticed when it leaves.
//          A client that leaves while its request is handled is noticed by the loop's tick; see check_presence().
// Owner    lives while its ServerLoop lists it, a wait is pending, or a Reply is out; its socket dies with close().
// Threads  reply() from any thread; everything else on its loop.
// Limits   HttpServerOptions; deadlines are checked by ServerLoop's tick. A turn takes kTurnTime of the loop, and the
//          end of the request in hand; who has used more than its share of the loop waits behind others (loop_share.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/body_stream.h"
#include "net/http.h"
#include "net/loop_share.h"
#include "net/memory_budget.h"
#include "net/request_parser.h"
#include "net/response_head.h"
#include "net/response_sender.h"
#include "net/server_loop.h"
#include "net/stream.h"

namespace galley::net {

class Connection final : public ReplySink, public std::enable_shared_from_this<Connection> {
 public:
    Connection(std::shared_ptr<ServerLoop> home, Peer peer);

    // False when the kernel would not watch the socket.
    bool start(Descriptor socket);
    void close();
    // Idle means that not a byte of a next request has come.
    void close_if_idle();
    // The loop's tick: deadlines, and whether the client of a request that takes long is still there.
    void tick(MonotonicTime now);

    void reply(Response response) override;
    void on_abandoned(LoopTask task) override;
    EventLoop* loop() override { return &home_->loop(); }

    std::size_t place = 0;  // ServerLoop's index

 private:
    enum class State : std::uint8_t { Idle, Head, Body, Handling, Sending, Streaming, Handshake, Lingering, Closed };
    // A body that comes over time, on its way.
    struct Streaming {
        explicit Streaming(StreamBody pushed) : body(std::move(pushed)) {}
        StreamBody body;
        bool blocked = false;  // the client takes no more at the moment
        bool last = false;     // what is being sent is the end
        std::uint64_t bytes_sent = 0;
        MonotonicTime answered{};
    };

    // Turns on the loop.
    template <void (Connection::*kTurn)()>
    void take_turn();
    template <void (Connection::*kTurn)()>
    void run_turn();
    bool turn_is_over() const;
    void read_turn();
    void pipelined_turn();
    void write_turn();

    // Reading.
    bool reading() const { return state_ <= State::Body; }
    void wait_readable();
    void on_readable();
    void on_end_of_input();
    void shake_hands();
    void fail_handshake();
    void discard();
    void advance(std::string_view input);
    bool read_request(std::string_view& input);
    void skip_empty_line(std::string_view& input);
    void begin_request();
    bool read_head(std::string_view& input);
    void identify_request();
    bool admit_head();
    // Whose memory body and answer of this request are, within the budgets.
    const std::string& payer() const { return forwarded_group_.empty() ? peer_.group : forwarded_group_; }
    HeadVerdict judge(Request& request);
    void log_fault(std::string_view event, std::string_view request_id, std::string_view error);
    void send_continue();
    void keep(std::string_view input);
    bool make_room_for_body(std::size_t incoming);

    // Answering.
    void dispatch();
    void call_handler();
    void deliver(Response response);
    void refuse(int status, std::string_view detail);
    void send(Response response);
    void encode_elsewhere(Response response);
    void send_represented(Response response);
    Persistence persistence() const;
    void pump();
    bool pay_for_answer();
    void wait_writable();
    void finish();
    void resume();
    void linger();
    void report(bool complete);
    void begin_stream();
    void end_stream_early();
    void stream_turn();
    void send_stream_part(BodyStream::Taken part);
    void pump_stream();
    void finish_stream_part();
    void read_beside_stream();
    void check_deadline(MonotonicTime now);
    void check_presence(MonotonicTime now);

    std::shared_ptr<ServerLoop> home_;
    std::optional<WatchedSocket> socket_;
    Stream stream_;  // over socket_
    Peer peer_;
    State state_ = State::Idle;
    bool read_wait_pending_ = false;
    bool in_handler_ = false;
    bool close_after_ = false;  // the framing is lost, or the rest of the body is not worth reading
    bool continue_sent_ = false;
    bool empty_line_skipped_ = false;
    bool presence_asked_ = false;
    bool keep_alive_ = true;  // what the last answer said
    LoopShare share_;
    MonotonicTime turn_began_{};
    MonotonicTime began_{};     // the request in hand
    MonotonicTime finished_{};  // the last one
    MonotonicTime deadline_ = MonotonicTime::max();
    std::size_t linger_bytes_left_ = 0;
    std::string kept_;  // bytes read and not yet taken
    RequestParser parser_;
    std::shared_ptr<Request> request_;  // the one in hand
    std::optional<Response> answer_;    // given by the head's verdict, or by the handler before it returned
    LoopTask abandoned_;                // the handler's, should the client leave before the answer
    ResponseSender sender_;
    std::unique_ptr<Streaming> streaming_;
    std::string forwarded_group_;  // of the client that a proxy speaks for in this request; "": the peer's own
    BudgetShare kept_share_;
    BudgetShare body_share_;    // until the handler has the request: then the request's
    BudgetShare answer_share_;  // when the client does not take the answer
    int status_ = 0;
};

template <void (Connection::*kTurn)()>
void Connection::take_turn() {
    if (share_.has_credit(home_->now())) return run_turn<kTurn>();
    home_->loop().yield([self = shared_from_this()] { self->run_turn<kTurn>(); });
}

template <void (Connection::*kTurn)()>
void Connection::run_turn() {
    turn_began_ = home_->now();
    (this->*kTurn)();
    share_.use(home_->now() - turn_began_);
}

}  // namespace galley::net
