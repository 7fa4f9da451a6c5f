#include "net/response_sender.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace galley::net {

namespace {

constexpr std::uint64_t kSendTurnBytesMax = 4 << 20;
constexpr std::size_t kHeadCapacityKept = 4096;

using Outcome = ResponseSender::Outcome;

Outcome outcome_of_errno() {
    return errno == EAGAIN ? Outcome::Blocked : Outcome::Failed;
}

// Fakes have no kernel file behind them: what they hold is read into memory.
Body without_file_of_no_descriptor(Body body) {
    auto* file = std::get_if<FileBody>(&body);
    if (file == nullptr || !file->file || file->file->descriptor() >= 0) return body;
    Result<Bytes> bytes = file->file->read_at(file->offset, file->length);
    if (!bytes) return body;  // sendfile fails on -1 and the connection is closed
    return std::move(*bytes);
}

}  // namespace

void ResponseSender::begin(Body body) {
    body_ = without_file_of_no_descriptor(std::move(body));
    bytes_sent_ = 0;
}

void ResponseSender::clear() {
    body_ = Bytes();
    if (head_.capacity() > kHeadCapacityKept) head_ = std::string();
    head_.clear();
}

std::string_view ResponseSender::memory_body() const {
    if (const auto* bytes = std::get_if<Bytes>(&body_)) return *bytes;
    if (const auto* shared = std::get_if<SharedBody>(&body_))
        return shared->bytes.view().substr(shared->offset, shared->length);
    return {};
}

Outcome ResponseSender::step(int socket) {
    std::uint64_t turn = 0;
    const Outcome outcome = send_memory(socket, turn);
    if (outcome != Outcome::Done || !std::holds_alternative<FileBody>(body_)) return outcome;
    return send_file(socket, turn);
}

Outcome ResponseSender::send_memory(int socket, std::uint64_t& turn) {
    const std::string_view body = memory_body();
    const bool file_follows = std::holds_alternative<FileBody>(body_) && body_size(body_) > 0;
    while (bytes_sent_ < head_.size() + body.size()) {
        if (turn >= kSendTurnBytesMax) return Outcome::Yield;
        const std::size_t head_sent = std::min<std::uint64_t>(bytes_sent_, head_.size());
        const std::size_t body_sent = bytes_sent_ - head_sent;
        std::array<iovec, 2> parts = {iovec{head_.data() + head_sent, head_.size() - head_sent},
                                      iovec{const_cast<char*>(body.data()) + body_sent, body.size() - body_sent}};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = body.empty() ? 1 : parts.size();
        const ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL | (file_follows ? MSG_MORE : 0));
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return outcome_of_errno();
        bytes_sent_ += static_cast<std::uint64_t>(sent);
        turn += static_cast<std::uint64_t>(sent);
    }
    return Outcome::Done;
}

Outcome ResponseSender::send_file(int socket, std::uint64_t& turn) {
    const FileBody& body = std::get<FileBody>(body_);
    while (bytes_sent_ < head_.size() + body.length) {
        if (turn >= kSendTurnBytesMax) return Outcome::Yield;
        const std::uint64_t body_sent = bytes_sent_ - head_.size();
        off_t offset = static_cast<off_t>(body.offset + body_sent);
        const std::size_t size = std::min(body.length - body_sent, kSendTurnBytesMax - turn);
        const ssize_t sent = sendfile(socket, body.file->descriptor(), &offset, size);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return outcome_of_errno();
        if (sent == 0) return Outcome::Failed;  // the file is shorter than was promised
        bytes_sent_ += static_cast<std::uint64_t>(sent);
        turn += static_cast<std::uint64_t>(sent);
    }
    return Outcome::Done;
}

}  // namespace galley::net
