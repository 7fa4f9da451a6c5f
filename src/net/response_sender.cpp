#include "net/response_sender.h"

#include <algorithm>
#include <utility>

namespace galley::net {

namespace {

constexpr std::uint64_t kSendTurnBytesMax = 256 * 1024;
constexpr std::size_t kHeadCapacityKept = 4096;

using Outcome = ResponseSender::Outcome;

// End: a file is shorter than was promised.
Outcome not_done(Stream::Outcome outcome) {
    return outcome == Stream::Outcome::Again ? Outcome::Blocked : Outcome::Failed;
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
    bytes_sent_ = 0;
    if (head_.capacity() > kHeadCapacityKept) head_ = std::string();
    head_.clear();
}

std::string_view ResponseSender::memory_body() const {
    if (const auto* bytes = std::get_if<Bytes>(&body_)) return *bytes;
    if (const auto* shared = std::get_if<SharedBody>(&body_))
        return shared->bytes.view().substr(shared->offset, shared->length);
    return {};
}

std::size_t ResponseSender::memory_bytes() const {
    if (const auto* shared = std::get_if<SharedBody>(&body_))
        return shared->bytes.size() / std::max<std::size_t>(shared->bytes.owners(), 1);
    return memory_body().size();
}

Outcome ResponseSender::step(Stream& stream) {
    std::uint64_t turn = 0;
    const Outcome outcome = send_memory(stream, turn);
    if (outcome != Outcome::Done || !std::holds_alternative<FileBody>(body_)) return outcome;
    return send_file(stream, turn);
}

Outcome ResponseSender::send_memory(Stream& stream, std::uint64_t& turn) {
    const std::string_view body = memory_body();
    const bool file_follows = std::holds_alternative<FileBody>(body_) && body_size(body_) > 0;
    const auto more = file_follows ? Stream::More::Follows : Stream::More::No;
    while (bytes_sent_ < head_.size() + body.size()) {
        if (turn >= kSendTurnBytesMax) return Outcome::Yield;
        const std::size_t head_sent = std::min<std::uint64_t>(bytes_sent_, head_.size());
        const std::size_t body_sent = bytes_sent_ - head_sent;
        std::size_t sent = 0;
        const Stream::Outcome outcome = stream.write_parts(
            std::string_view(head_).substr(head_sent), body.substr(body_sent, kSendTurnBytesMax - turn), more, sent);
        if (outcome != Stream::Outcome::Done) return not_done(outcome);
        bytes_sent_ += sent;
        turn += sent;
    }
    return Outcome::Done;
}

Outcome ResponseSender::send_file(Stream& stream, std::uint64_t& turn) {
    const FileBody& body = std::get<FileBody>(body_);
    while (bytes_sent_ < head_.size() + body.length) {
        if (turn >= kSendTurnBytesMax) return Outcome::Yield;
        const std::uint64_t body_sent = bytes_sent_ - head_.size();
        const std::uint64_t length = std::min(body.length - body_sent, kSendTurnBytesMax - turn);
        std::size_t sent = 0;
        const Stream::Outcome outcome = stream.write_file(*body.file, body.offset + body_sent, length, sent);
        if (outcome != Stream::Outcome::Done) return not_done(outcome);
        bytes_sent_ += sent;
        turn += sent;
    }
    return Outcome::Done;
}

}  // namespace galley::net
