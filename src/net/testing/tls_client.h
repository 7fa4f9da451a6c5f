// src/net/testing/tls_client.h — a TLS client for tests: says what it is told over a blocking socket, reads to the end.
//
// Shape    TlsClient client(port); client.connected(); client.send(…); client.read_all().
// Errors   a handshake that fails: connected() is false and failure() says why.
// Threads  one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/testing/raw_client.h"

namespace galley::net::testing {

struct TlsClientOptions {
    int version_max = 0;          // OpenSSL's number, 0 = the newest
    std::string_view protocol{};  // offered by ALPN, "" = none
};

class TlsClient {
 public:
    explicit TlsClient(std::uint16_t port, const TlsClientOptions& options = {});
    ~TlsClient();
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool connected() const { return connected_; }
    std::string failure() const { return failure_; }
    std::string version() const;
    std::string protocol() const;     // what ALPN agreed on
    std::string common_name() const;  // of the server's certificate
    bool try_to_renegotiate();

    void send(std::string_view bytes);
    // To the server's end; ended_properly() then tells whether close_notify came.
    std::string read_all();
    // One read of at most `size` bytes.
    std::string read_some(std::size_t size);
    bool ended_properly() const { return ended_properly_; }

 private:
    struct State;
    std::unique_ptr<State> state_;
    bool connected_ = false;
    bool ended_properly_ = false;
    std::string failure_;
};

}  // namespace galley::net::testing
