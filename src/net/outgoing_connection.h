// src/net/outgoing_connection.h — one connection to a server elsewhere, plain or in TLS, waited for.
//
// Shape    open(address, port, patience); start_tls(roots, host) checks the certificate; send(); read() gives 0 at the
//          end. In TLS the end is what the server said: one that it did not say is an error.
// Errors   open, send, read: Unavailable, DeadlineExceeded, Cancelled. start_tls: Unavailable too, with what is wrong
//          with the certificate.
// Owner    borrows patience and roots.
// Threads  one. SIGPIPE does not come.
// Limits   TLS 1.2 or newer.
// Source   RFC 8446; RFC 9110 §4.3.4 and RFC 9525 (whose certificate it is).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/ip_network.h"
#include "net/patience.h"
#include "net/socket.h"
#include "net/web_address.h"

struct ssl_ctx_st;
struct ssl_st;

namespace galley::net {

// Whose certificates are believed: the system's store, and those of a file.
class TlsRoots {
 public:
    // `ca_file` in PEM, "" for none. InvalidInput when it holds no certificate.
    static Result<std::unique_ptr<TlsRoots>> load(const std::string& ca_file);
    ~TlsRoots();
    TlsRoots(const TlsRoots&) = delete;
    TlsRoots& operator=(const TlsRoots&) = delete;

 private:
    friend class OutgoingConnection;
    explicit TlsRoots(ssl_ctx_st* context) : context_(context) {}
    ssl_ctx_st* context_;
};

class OutgoingConnection {
 public:
    static Result<OutgoingConnection> open(const IpAddress& address, std::uint16_t port, const Patience& patience);
    ~OutgoingConnection();
    OutgoingConnection(OutgoingConnection&& other) noexcept
        : socket_(std::move(other.socket_)), session_(std::exchange(other.session_, nullptr)) {}
    OutgoingConnection& operator=(OutgoingConnection&&) = delete;

    Result<void> start_tls(const TlsRoots& roots, const WebAddress& address, const Patience& patience);
    Result<void> send(std::string_view bytes, const Patience& patience);
    Result<std::size_t> read(std::span<char> buffer, const Patience& patience);

 private:
    explicit OutgoingConnection(Descriptor socket) : socket_(std::move(socket)) {}
    Result<void> send_plain(std::string_view bytes, const Patience& patience);
    Result<std::size_t> read_plain(std::span<char> buffer, const Patience& patience);
    Result<void> send_records(const Patience& patience);
    Result<void> read_records(const Patience& patience);
    Result<void> after(int result, const Patience& patience);

    Descriptor socket_;
    ssl_st* session_ = nullptr;
};

}  // namespace galley::net
