#include "net/connection.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/log.h"
#include "net/problem.h"
#include "net/representation.h"

namespace galley::net {

namespace {

constexpr auto kTurnTime = std::chrono::microseconds(100);
constexpr int kRequestsPerTurn = 64;  // for clocks that stand still
// Larger answers are put into their content coding by a thread of its own: 64 KiB take a loop 0.1 to 0.3 ms.
constexpr std::size_t kEncodedOnLoopBytesMax = 64 * 1024;
constexpr std::size_t kBodyGrowthBytesMin = 64 * 1024;
constexpr const char* kRetryAfterSeconds = "1";
constexpr std::size_t kLingerBytesMax = 1 << 20;
// A body that nobody wants is read and dropped up to this size, so that the connection can be used again.
constexpr std::size_t kUnwantedBodyBytesMax = 64 * 1024;
// How long a request is handled before we look whether its client is still there.
constexpr Duration kPresencePause = std::chrono::seconds(1);
constexpr int kClientClosedRequest = 499;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// A request with what it holds of the budget, to be given back when nobody needs its body any more.
struct ChargedRequest {
    std::shared_ptr<Request> request;
    BudgetShare share;
};

std::shared_ptr<Request> charged(std::shared_ptr<Request> request, BudgetShare share) {
    auto both = std::make_shared<ChargedRequest>(std::move(request), std::move(share));
    Request* inner = both->request.get();
    return {std::move(both), inner};
}

// Room for exactly `bytes`, where reserve() would take up to twice as many.
void grow_to(Bytes& body, std::size_t bytes) {
    if (body.capacity() >= bytes) return;
    Bytes grown;
    grown.reserve(bytes);
    grown.append(body);
    body = std::move(grown);
}

HeadLimits head_limits(const HttpServerOptions& options) {
    return {options.header_bytes_max, options.header_fields_max, options.url_bytes_max};
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerLoop> home, Peer peer)
    : home_(std::move(home)),
      peer_(std::move(peer)),
      share_(home_->now()),
      parser_(head_limits(home_->core().options)) {}

bool Connection::start(Descriptor socket) {
    boost::system::error_code error;
    socket_.emplace(home_->loop().context());
    socket_->assign(socket.get(), error);
    if (error) return false;
    socket.release();
    deadline_ = home_->now() + home_->core().options.header_timeout;
    if (auto tls = home_->core().tls()) {
        state_ = State::Handshake;
        stream_.start(socket_->native_handle(), std::move(tls));
    } else {
        stream_.start(socket_->native_handle());
    }
    wait_readable();
    return true;
}

void Connection::close() {
    if (state_ == State::Closed) return;
    if (state_ == State::Handling) status_ = kClientClosedRequest;
    if (state_ == State::Handling || state_ == State::Sending || state_ == State::Streaming) report(false);
    if (state_ == State::Idle && stream_.is_tls()) stream_.say_end();
    state_ = State::Closed;
    stream_.reset();
    socket_.reset();
    kept_ = std::string();
    sender_.clear();
    kept_share_.release();
    body_share_.release();
    answer_share_.release();
    LoopTask abandoned = std::exchange(abandoned_, nullptr);
    const std::unique_ptr<Streaming> streaming = std::move(streaming_);  // over when we have left
    home_->core().leave(peer_.group);
    const auto self = shared_from_this();
    home_->remove(*this);
    if (abandoned) abandoned();
}

void Connection::close_if_idle() {
    if (state_ == State::Streaming) return end_stream_early();
    if ((state_ != State::Idle && state_ != State::Handshake) || !kept_.empty()) return;
    char byte = 0;
    if (::recv(socket_->native_handle(), &byte, 1, MSG_PEEK) <= 0) close();
}

void Connection::tick(MonotonicTime now) {
    if (state_ == State::Handling) return check_presence(now);
    check_deadline(now);
}

// A reset is seen at once. A client that closed its side may have left, or may only have nothing more to say: an
// interim answer finds out, as the kernel of a client that left resets. It is asked only when somebody wants to know.
void Connection::check_presence(MonotonicTime now) {
    if (now - began_ < kPresencePause) return;
    pollfd watched{socket_->native_handle(), POLLRDHUP, 0};
    if (::poll(&watched, 1, 0) <= 0) return;
    if ((watched.revents & (POLLERR | POLLHUP)) != 0) return close();
    if (!abandoned_ || parser_.is_http10() || std::exchange(presence_asked_, true)) return;
    std::size_t sent = 0;
    if (stream_.write_parts(kContinue, {}, Stream::More::No, sent) != Stream::Outcome::Done) close();
}

void Connection::check_deadline(MonotonicTime now) {
    if (now < deadline_) return;
    if (state_ == State::Head || state_ == State::Body) {
        refuse(408, "The request did not arrive in time.");
    } else {
        close();
    }
}

// ---- turns

// Asked after a request was answered.
bool Connection::turn_is_over() const {
    return finished_ - turn_began_ >= kTurnTime;
}

void Connection::read_turn() {
    read_wait_pending_ = false;
    // Waited for beside a stream that has ended meanwhile: the next request is in hand.
    if (state_ == State::Handling || state_ == State::Sending || state_ == State::Closed) return;
    on_readable();
}

void Connection::pipelined_turn() {
    if (reading()) advance(kept_);
}

void Connection::write_turn() {
    if (state_ == State::Streaming) pump_stream();
    if (state_ != State::Sending) return;
    pump();
    resume();
}

// ---- reading

void Connection::wait_readable() {
    if (state_ == State::Closed || std::exchange(read_wait_pending_, true)) return;
    const bool by_reading = state_ == State::Lingering || stream_.read_waits_for() == Stream::Direction::Read;
    socket_->async_wait(by_reading ? WatchedSocket::wait_read : WatchedSocket::wait_write,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                            if (!error) self->take_turn<&Connection::read_turn>();
                        });
}

void Connection::on_readable() {
    if (state_ == State::Handshake) return shake_hands();
    if (state_ == State::Lingering) return discard();
    if (state_ == State::Streaming) return read_beside_stream();
    const std::span<char> buffer = home_->read_buffer();
    std::size_t size = 0;
    switch (stream_.read(buffer, size)) {
        case Stream::Outcome::Again:
            return wait_readable();
        case Stream::Outcome::End:
            return on_end_of_input();
        case Stream::Outcome::Failed:
            return close();
        case Stream::Outcome::Done:
            break;
    }
    const std::string_view bytes(buffer.data(), size);
    if (kept_.empty()) return advance(bytes);
    kept_ += bytes;
    advance(kept_);
}

void Connection::shake_hands() {
    switch (stream_.shake_hands()) {
        case Stream::Outcome::Again:
            return wait_readable();
        case Stream::Outcome::Done:
            state_ = State::Idle;
            deadline_ = home_->now() + home_->core().options.header_timeout;
            return on_readable();
        case Stream::Outcome::End:
        case Stream::Outcome::Failed:
            return fail_handshake();
    }
}

// OpenSSL has said its alert. Who spoke HTTP is told so in HTTP.
void Connection::fail_handshake() {
    log(LogLevel::Debug, "tls_handshake_failed", {{"peer", peer_.address}, {"reason", stream_.tls_failure()}});
    const bool plain = stream_.met_plain_http();
    stream_.become_plain();
    if (!plain) return linger();
    begin_request();
    refuse(400, "This port speaks TLS: use https.");
}

// Whoever has sent half a request and no more gets no answer; a whole one was answered before we read on.
void Connection::on_end_of_input() {
    close();
}

void Connection::discard() {
    const std::ptrdiff_t size = stream_.discard(home_->read_buffer());
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return wait_readable();
    if (size <= 0 || static_cast<std::size_t>(size) >= linger_bytes_left_) return close();
    linger_bytes_left_ -= static_cast<std::size_t>(size);
    wait_readable();
}

// Takes requests out of `input` until it is used up, or one is not answered at once. `input` may be kept_ itself.
void Connection::advance(std::string_view input) {
    bool over = false;
    for (int requests = 0; reading() && !over && read_request(input); ++requests) {
        dispatch();
        over = turn_is_over() || requests == kRequestsPerTurn;
    }
    if (state_ == State::Closed || state_ == State::Lingering) return;
    keep(input);
    if (!reading()) return;
    if (over) return resume();
    wait_readable();
}

void Connection::keep(std::string_view input) {
    if (input.empty()) {
        kept_ = std::string();
        kept_share_.release();
    } else if (!kept_.empty()) {
        kept_.erase(0, kept_.size() - input.size());
    } else {
        kept_ = input;
    }
    if (kept_.size() > kUnchargedBytes && !kept_share_.grow_to(kept_.size(), home_->core().bodies, peer_.group))
        close();
}

// True when a whole request is in hand.
bool Connection::read_request(std::string_view& input) {
    if (state_ == State::Idle) {
        skip_empty_line(input);
        if (input.empty() || (input == "\r" && !empty_line_skipped_)) return false;
        begin_request();
    }
    if (state_ == State::Head && !read_head(input)) return false;
    if (parser_.has_body() && !make_room_for_body(input.size())) {
        refuse(503, "The server holds as many bodies of requests as it may; try again.");
        return false;
    }
    std::size_t taken = 0;
    const RequestParser::Step step = parser_.read_body(input, taken);
    input.remove_prefix(taken);
    if (step == RequestParser::Step::Refused) refuse(parser_.refusal().status, parser_.refusal().detail);
    if (step == RequestParser::Step::NeedMore) send_continue();
    return step == RequestParser::Step::Done;
}

// The body grows with what came, not with what was promised, and is paid for before.
bool Connection::make_room_for_body(std::size_t incoming) {
    Bytes& body = request_->body;
    const std::size_t most = parser_.content_length().value_or(parser_.body_bytes_max());
    const std::size_t wanted = std::min(body.size() + incoming, most);
    if (wanted <= std::max(kUnchargedBytes, body_share_.bytes())) return true;
    const std::size_t room = std::min(std::max(2 * wanted, kBodyGrowthBytesMin), most);
    if (!body_share_.grow_to(room, home_->core().bodies, payer())) return false;
    grow_to(body, room);
    return true;
}

// RFC 9112 §2.2: one empty line before a request is forgiven.
void Connection::skip_empty_line(std::string_view& input) {
    if (empty_line_skipped_ || !input.starts_with("\r\n")) return;
    input.remove_prefix(2);
    empty_line_skipped_ = true;
}

void Connection::begin_request() {
    state_ = State::Head;
    parser_.start();
    request_ = nullptr;
    forwarded_group_.clear();
    continue_sent_ = false;
    empty_line_skipped_ = false;
    presence_asked_ = false;
    began_ = home_->now();
    deadline_ = began_ + home_->core().options.header_timeout;
}

// True when the head is read and the body is wanted.
bool Connection::read_head(std::string_view& input) {
    std::size_t taken = 0;
    const RequestParser::Step step = parser_.read_head(input, taken);
    input.remove_prefix(taken);
    if (step == RequestParser::Step::NeedMore) return false;
    request_ = parser_.request();
    if (step == RequestParser::Step::Refused) {
        refuse(parser_.refusal().status, parser_.refusal().detail);
        return false;
    }
    identify_request();
    state_ = State::Body;
    deadline_ = began_ + home_->core().options.request_timeout;
    return admit_head();
}

// Also for requests that are refused: every answer has an id.
void Connection::identify_request() {
    if (!request_) request_ = std::make_shared<Request>();
    if (!request_->request_id.empty()) return;
    const std::string_view sent = request_->header("X-Request-Id").value_or("");
    request_->request_id = is_request_id(sent) ? std::string(sent) : home_->request_ids().next();
    request_->peer_address = peer_.address;
    request_->received = began_;
}

// What can be said before the body comes is said now.
bool Connection::admit_head() {
    HeadVerdict verdict = judge(*request_);
    if (request_->peer_address != peer_.address) forwarded_group_ = group_of(request_->peer_address);
    const auto length = parser_.content_length();
    if (verdict.answer) {
        const bool body_is_dropped = length && *length <= kUnwantedBodyBytesMax && !parser_.expects_continue();
        parser_.set_body_bytes_max(kUnwantedBodyBytesMax);
        answer_ = std::move(verdict.answer);
        if (body_is_dropped || !parser_.has_body()) return true;
        close_after_ = true;
        send(*std::exchange(answer_, std::nullopt));
        return false;
    }
    parser_.set_body_bytes_max(verdict.body_bytes_max);
    if (length.value_or(0) <= verdict.body_bytes_max) return true;
    refuse(413, "The body is too large.");
    return false;
}

HeadVerdict Connection::judge(Request& request) {
    const auto& on_head = home_->core().options.on_head;
    if (!on_head) return {};
    try {
        return on_head(request);
    } catch (const std::exception& error) {
        log_fault("head_hook_threw", request.request_id, error.what());
        HeadVerdict verdict;
        verdict.answer = problem(500, {}, request.request_id);
        return verdict;
    }
}

// Our own mistakes: whoever finds one is not to fill the log with it.
void Connection::log_fault(std::string_view event, std::string_view request_id, std::string_view error) {
    const auto left_out = home_->log_bound().take(event, home_->now());
    if (!left_out) return;
    log(LogLevel::Error, event, {{"request_id", request_id}, {"error", error}, {"suppressed", *left_out}});
}

// Only while the client waits for it: a body that has begun needs no leave.
void Connection::send_continue() {
    if (!parser_.expects_continue() || !request_->body.empty() || std::exchange(continue_sent_, true)) return;
    std::size_t sent = 0;
    stream_.write_parts(kContinue, {}, Stream::More::No, sent);
    if (sent != kContinue.size()) close();
}

// ---- answering

void Connection::dispatch() {
    state_ = State::Handling;
    deadline_ = MonotonicTime::max();
    if (!answer_) call_handler();
    if (answer_) send(*std::exchange(answer_, std::nullopt));
}

void Connection::call_handler() {
    if (body_share_.bytes() > 0) request_ = charged(std::move(request_), std::move(body_share_));
    in_handler_ = true;
    try {
        home_->core().handler(request_, Reply(shared_from_this()));
    } catch (const std::exception& error) {  // the Reply, dropped on the way, has answered 500
        log_fault("handler_threw", request_->request_id, error.what());
    }
    in_handler_ = false;
}

void Connection::reply(Response response) {
    EventLoop& loop = home_->loop();
    if (loop.on_thread()) return deliver(std::move(response));
    loop.post(
        [self = shared_from_this(), response = std::move(response)]() mutable { self->deliver(std::move(response)); });
}

void Connection::on_abandoned(LoopTask task) {
    GALLEY_CHECK(home_->loop().on_thread());
    if (state_ == State::Handling) {
        abandoned_ = std::move(task);
    } else if (state_ == State::Closed) {
        home_->loop().post(std::move(task));
    }
}

void Connection::deliver(Response response) {
    if (state_ != State::Handling) return;
    if (in_handler_) {
        answer_ = std::move(response);
        return;
    }
    send(std::move(response));
    resume();
}

void Connection::refuse(int status, std::string_view detail) {
    identify_request();
    close_after_ = true;
    Response response = problem(status, detail, request_->request_id);
    if (status == 503) response.add_header("Retry-After", kRetryAfterSeconds);
    send(std::move(response));
}

void Connection::send(Response response) {
    abandoned_ = nullptr;
    const HttpServerOptions& options = home_->core().options;
    const std::uint64_t size = body_size(response.body);
    if (size > kEncodedOnLoopBytesMax && size <= options.compress_bytes_max && is_compressible(response) &&
        request_->header("Accept-Encoding")) {
        return encode_elsewhere(std::move(response));
    }
    represent(*request_, response, {options.compress_bytes_min, options.compress_bytes_max});
    send_represented(std::move(response));
}

void Connection::encode_elsewhere(Response response) {
    state_ = State::Handling;
    auto shared = std::make_shared<Response>(std::move(response));
    const HttpServerOptions& options = home_->core().options;
    const CompressionLimits limits{options.compress_bytes_min, options.compress_bytes_max};
    BackgroundQueue::Work work = [self = shared_from_this(), request = request_, shared,
                                  limits](BackgroundQueue::Run how) {
        if (how == BackgroundQueue::Run::Now) represent(*request, *shared, limits);
        self->home_->loop().post([self, shared] {
            if (self->state_ != State::Handling) return;
            self->send_represented(std::move(*shared));
            self->resume();
        });
    };
    if (home_->core().encoder.post(work)) return;
    represent(*request_, *shared, limits);
    send_represented(std::move(*shared));
}

void Connection::send_represented(Response response) {
    state_ = State::Sending;
    sender_.clear();
    const bool unframed = std::holds_alternative<StreamBody>(response.body) && parser_.is_http10();
    if (home_->core().draining || unframed) close_after_ = true;
    HeadContext context{home_->date(), request_->request_id, persistence(),
                        stream_.is_tls() ? home_->core().strict_transport : std::string_view(),
                        unframed ? StreamFraming::UntilClose : StreamFraming::Chunked};
    if (!append_response_head(sender_.head(), response, context)) {
        log_fault("response_head_unsafe", request_->request_id, {});
        response = problem(500, {}, request_->request_id);
        append_response_head(sender_.head(), response, context);
    }
    status_ = response.status;
    keep_alive_ = context.persistence != Persistence::Close;
    const bool with_body = request_->method != Method::Head && status_has_body(response.status);
    Body body = with_body ? std::move(response.body) : Body();
    if (auto* pushed = std::get_if<StreamBody>(&body)) {
        streaming_ = std::make_unique<Streaming>(std::move(*pushed));
        body = Body();
    }
    sender_.begin(std::move(body));
    pump();
}

Persistence Connection::persistence() const {
    if (close_after_ || !parser_.keep_alive()) return Persistence::Close;
    return parser_.is_http10() ? Persistence::KeepAliveSaid : Persistence::KeepAlive;
}

void Connection::pump() {
    switch (sender_.step(stream_)) {
        case ResponseSender::Outcome::Done:
            return finish();
        case ResponseSender::Outcome::Failed:
            return close();
        case ResponseSender::Outcome::Blocked:
            if (!pay_for_answer()) return close();
            deadline_ = home_->now() + home_->core().options.write_stall_timeout;
            return wait_writable();
        case ResponseSender::Outcome::Yield:
            if (!pay_for_answer()) return close();
            deadline_ = home_->now() + home_->core().options.write_stall_timeout;
            return home_->loop().yield([self = shared_from_this()] { self->run_turn<&Connection::write_turn>(); });
    }
}

bool Connection::pay_for_answer() {
    const std::size_t bytes = sender_.memory_bytes();
    if (bytes <= kUnchargedBytes || answer_share_.grow_to(bytes, home_->core().answers, payer())) return true;
    log(LogLevel::Debug, "answer_given_up", {{"request_id", request_->request_id}, {"bytes", bytes}});
    return false;
}

void Connection::wait_writable() {
    const bool by_writing = stream_.write_waits_for() == Stream::Direction::Write;
    socket_->async_wait(by_writing ? WatchedSocket::wait_write : WatchedSocket::wait_read,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                            if (!error) self->take_turn<&Connection::write_turn>();
                        });
}

void Connection::finish() {
    if (streaming_ && state_ == State::Sending) return begin_stream();
    report(true);
    streaming_.reset();
    request_ = nullptr;
    parser_.start();
    sender_.clear();
    body_share_.release();
    answer_share_.release();
    if (!keep_alive_ || home_->core().draining) return linger();
    state_ = State::Idle;
    deadline_ = finished_ + home_->core().options.idle_timeout;
}

// After an answer that was not sent from within advance(): on to what was pipelined, or wait for more.
void Connection::resume() {
    if (state_ != State::Idle) return;
    if (kept_.empty()) return wait_readable();
    home_->loop().yield([self = shared_from_this()] { self->run_turn<&Connection::pipelined_turn>(); });
}

// A close with unread bytes resets the connection, and the reset can overtake the answer: say the end, then read to the
// client's.
void Connection::linger() {
    stream_.say_end();
    state_ = State::Lingering;
    kept_ = std::string();
    kept_share_.release();
    linger_bytes_left_ = kLingerBytesMax;
    deadline_ = home_->now() + home_->core().options.linger_timeout;
    wait_readable();
}

void Connection::report(bool complete) {
    finished_ = home_->now();
    const auto& on_finished = home_->core().options.on_finished;
    if (!on_finished || !request_) return;
    RequestSummary summary;
    summary.method = request_->method;
    summary.endpoint = request_->route.endpoint;
    summary.status = status_;
    summary.path = request_->path;
    summary.request_id = request_->request_id;
    summary.peer_address = request_->peer_address;
    summary.bytes_in = request_->body.size();
    summary.bytes_out = sender_.bytes_sent() + (streaming_ ? streaming_->bytes_sent : 0);
    const bool streams = streaming_ && state_ == State::Streaming;
    summary.duration = (streams ? streaming_->answered : finished_) - request_->received;
    summary.complete = complete;
    on_finished(summary);
}

}  // namespace galley::net
