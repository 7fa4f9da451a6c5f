#include "net/stream.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace galley::net {

namespace {

using Outcome = Stream::Outcome;

Outcome outcome_of(ssize_t result, std::size_t& size) {
    size = result > 0 ? static_cast<std::size_t>(result) : 0;
    if (result > 0) return Outcome::Done;
    if (result == 0) return Outcome::End;
    return errno == EAGAIN ? Outcome::Again : Outcome::Failed;
}

template <typename Call>
ssize_t uninterrupted(Call call) {
    ssize_t result = 0;
    do {
        result = call();
    } while (result < 0 && errno == EINTR);
    return result;
}

// Head and body in one record as far as they fit: a small answer is then one packet.
Outcome write_record(TlsSession& tls, std::string_view head, std::string_view body, std::size_t& size) {
    if (head.empty()) return tls.write(body.substr(0, kTlsRecordBytesMax), size);
    std::string record(head.substr(0, kTlsRecordBytesMax));
    record += body.substr(0, kTlsRecordBytesMax - record.size());
    return tls.write(record, size);
}

}  // namespace

void Stream::start(int socket, std::shared_ptr<const TlsContext> tls) {
    socket_ = socket;
    tls_ = std::make_unique<TlsSession>(std::move(tls), socket);
}

Outcome Stream::read(std::span<char> buffer, std::size_t& size) {
    if (tls_) return tls_->read(buffer, size);
    return outcome_of(uninterrupted([&] { return ::recv(socket_, buffer.data(), buffer.size(), 0); }), size);
}

Outcome Stream::write_parts(std::string_view head, std::string_view body, More more, std::size_t& size) {
    if (tls_) return write_record(*tls_, head, body, size);
    std::array<iovec, 2> parts = {iovec{const_cast<char*>(head.data()), head.size()},
                                  iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body.empty() ? 1 : parts.size();
    const int flags = MSG_NOSIGNAL | (more == More::Follows ? MSG_MORE : 0);
    return outcome_of(uninterrupted([&] { return sendmsg(socket_, &message, flags); }), size);
}

// A file that is shorter than was promised gives End.
Outcome Stream::write_file(os::OpenFile& file, std::uint64_t offset, std::uint64_t length, std::size_t& size) {
    if (tls_) {
        size = 0;
        const Result<Bytes> piece = file.read_at(offset, std::min<std::uint64_t>(length, kTlsRecordBytesMax));
        if (!piece) return Outcome::Failed;
        return piece->empty() ? Outcome::End : tls_->write(*piece, size);
    }
    return outcome_of(uninterrupted([&] {
                          off_t from = static_cast<off_t>(offset);
                          return sendfile(socket_, file.descriptor(), &from, length);
                      }),
                      size);
}

std::ptrdiff_t Stream::discard(std::span<char> buffer) const {
    return uninterrupted([&] { return ::recv(socket_, buffer.data(), buffer.size(), 0); });
}

void Stream::say_end() {
    if (tls_) tls_->say_end();
    ::shutdown(socket_, SHUT_WR);
}

void Stream::reset() {
    tls_.reset();
    socket_ = -1;
}

}  // namespace galley::net
