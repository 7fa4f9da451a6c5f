// Answers whose body comes over time: a connection sends what was pushed, and looks whether its client is still there.
#include <array>
#include <charconv>
#include <utility>

#include "net/connection.h"

namespace galley::net {

namespace {

// RFC 9112 §7.1
constexpr std::string_view kLastChunk = "0\r\n\r\n";
void append_chunk_size(std::string& out, std::size_t size) {
    std::array<char, 2 * sizeof(size)> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
    out.append(digits.data(), end);
    out += "\r\n";
}

}  // namespace

// The head is sent. The first part goes in a turn of its own: we may be within advance().
void Connection::begin_stream() {
    state_ = State::Streaming;
    deadline_ = MonotonicTime::max();
    streaming_->answered = home_->now();
    streaming_->bytes_sent = sender_.bytes_sent();
    sender_.clear();
    answer_share_.release();
    begin_long_answer(socket_->native_handle(), home_->core().options.write_stall_timeout);
    BodyStream& body = *streaming_->body.stream;
    body.attach([weak = weak_from_this()] {
        const std::shared_ptr<Connection> self = weak.lock();
        if (self) self->home_->loop().post([self] { self->take_turn<&Connection::stream_turn>(); });
    });
    if (home_->core().draining) body.end();
    wait_readable();
}

// The server drains: what is pushed by now is the end.
void Connection::end_stream_early() {
    if (streaming_->blocked) return close();
    streaming_->body.stream->end();
}

void Connection::stream_turn() {
    if (state_ != State::Streaming || streaming_->blocked) return;
    BodyStream::Taken part = streaming_->body.stream->take();
    if (part.cut) return close();
    if (!part.bytes.empty() || part.ended) send_stream_part(std::move(part));
}

void Connection::send_stream_part(BodyStream::Taken part) {
    streaming_->last = part.ended;
    sender_.clear();
    if (!parser_.is_http10()) {
        if (!part.bytes.empty()) {
            append_chunk_size(sender_.head(), part.bytes.size());
            part.bytes += "\r\n";
        }
        if (part.ended) part.bytes += kLastChunk;
    }
    sender_.begin(std::move(part.bytes));
    pump_stream();
}

void Connection::pump_stream() {
    switch (sender_.step(stream_)) {
        case ResponseSender::Outcome::Done:
            return finish_stream_part();
        case ResponseSender::Outcome::Failed:
            return close();
        case ResponseSender::Outcome::Blocked:
        case ResponseSender::Outcome::Yield:
            break;
    }
    if (home_->core().draining || !pay_for_answer()) return close();
    streaming_->blocked = true;
    deadline_ = home_->now() + home_->core().options.write_stall_timeout;
    wait_writable();
}

void Connection::finish_stream_part() {
    if (streaming_->last) {
        end_long_answer(socket_->native_handle());
        finish();
        return resume();
    }
    streaming_->bytes_sent += sender_.bytes_sent();
    sender_.clear();
    answer_share_.release();
    deadline_ = MonotonicTime::max();
    const bool was_blocked = std::exchange(streaming_->blocked, false);
    streaming_->body.stream->sent();
    if (!was_blocked) return;
    // What was pushed meanwhile, behind others.
    home_->loop().yield([self = shared_from_this()] { self->run_turn<&Connection::stream_turn>(); });
}

// An end of what the client sends is its leave. What it sends is the next request, for after the stream.
void Connection::read_beside_stream() {
    const std::span<char> buffer = home_->read_buffer();
    std::size_t size = 0;
    switch (stream_.read(buffer, size)) {
        case Stream::Outcome::Again:
            return wait_readable();
        case Stream::Outcome::End:
        case Stream::Outcome::Failed:
            return close();
        case Stream::Outcome::Done:
            break;
    }
    if (kept_.size() + size > kUnchargedBytes) return close();
    kept_.append(buffer.data(), size);
    wait_readable();
}

}  // namespace galley::net
