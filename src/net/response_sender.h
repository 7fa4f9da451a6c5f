// src/net/response_sender.h — pushes one answer into a connection's stream: head and memory body as one gathered write,
// files behind it.
//
// Shape    begin(), then step() until it is not Blocked; between steps wait until the stream takes more.
// Owner    keeps head and body until the next begin() or clear(); the head's buffer is reused.
// Threads  one.
// Limits   kSendTurnBytesMax a step (Outcome::Yield): one fast client does not keep the others waiting.
#pragma once

#include <cstdint>
#include <string>

#include "net/http.h"
#include "net/stream.h"

namespace galley::net {

class ResponseSender {
 public:
    enum class Outcome : std::uint8_t { Done, Blocked, Yield, Failed };

    // The head's buffer, empty, to write the head into before begin().
    std::string& head() { return head_; }
    // `body` may be empty: HEAD, 204, 304.
    void begin(Body body);
    Outcome step(Stream& stream);
    void clear();
    std::uint64_t bytes_sent() const { return bytes_sent_; }
    // What the body holds in memory: nothing for files; its part of what it shares with others (a cache, other
    // answers), so that many readers of one document count it about once.
    std::size_t memory_bytes() const;

 private:
    std::string_view memory_body() const;
    Outcome send_memory(Stream& stream, std::uint64_t& turn);
    Outcome send_file(Stream& stream, std::uint64_t& turn);

    std::string head_;
    Body body_;
    std::uint64_t bytes_sent_ = 0;  // of head and body together
};

}  // namespace galley::net
