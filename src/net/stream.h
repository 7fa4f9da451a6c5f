// src/net/stream.h — the bytes of one connection, plain or through TLS: read what came, write what goes.
//
// Shape    start(socket) or start(socket, tls); with TLS shake_hands() until it is not Again. write_parts() takes a
//          head and a body as one gathered write, write_file() a part of a file: sendfile(2) when plain, in pieces of
//          one record through TLS.
// Errors   Outcome: Done (size > 0 bytes), Again (wait for waits_for()), End (nothing more comes), Failed.
// Owner    borrows the socket, which must outlive it.
// Threads  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "net/tls.h"
#include "os/files.h"

namespace galley::net {

class Stream {
 public:
    using Outcome = TlsSession::Outcome;
    using Direction = TlsSession::Direction;

    void start(int socket) { socket_ = socket; }
    void start(int socket, std::shared_ptr<const TlsContext> tls);
    bool is_tls() const { return tls_ != nullptr; }
    Outcome shake_hands() { return tls_->handshake(); }
    // The client of a TLS port spoke HTTP: what follows is written plainly.
    bool met_plain_http() const { return tls_ && tls_->met_plain_http(); }
    std::string_view tls_failure() const { return tls_ ? tls_->failure() : std::string_view(); }
    void become_plain() { tls_.reset(); }

    Outcome read(std::span<char> buffer, std::size_t& size);
    enum class More : std::uint8_t { No, Follows };  // Follows: the kernel may wait for a file's first bytes
    Outcome write_parts(std::string_view head, std::string_view body, More more, std::size_t& size);
    Outcome write_file(os::OpenFile& file, std::uint64_t offset, std::uint64_t length, std::size_t& size);

    Direction read_waits_for() const { return tls_ ? tls_->waits_for() : Direction::Read; }
    Direction write_waits_for() const { return tls_ ? tls_->waits_for() : Direction::Write; }

    // Reads and drops what came, below TLS. The size; 0 at the end; negative: nothing there, or an error (errno).
    std::ptrdiff_t discard(std::span<char> buffer) const;
    // Nothing more will be written; the client is told.
    void say_end();
    void reset();

 private:
    int socket_ = -1;
    std::unique_ptr<TlsSession> tls_;
};

}  // namespace galley::net
