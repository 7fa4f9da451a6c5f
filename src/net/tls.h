// src/net/tls.h — TLS for a server's connections: the certificate that new ones get, and one session per connection.
//
// Shape    TlsContext::load(files) reads certificate chain and key (PEM); TlsSession speaks over a non-blocking socket
//          that it does not own: handshake(), then read() and write().
// Errors   load: InvalidInput (no such certificate or key, encrypted key, a key of another certificate), Unavailable
//          (files). Outcomes: Again (waits_for() says for what), End (the client said close_notify), Failed.
// Owner    sessions share their context: a new certificate does not touch connections that are open.
// Threads  a context: any. A session: one at a time. Its calls write to the socket without MSG_NOSIGNAL: SIGPIPE must
//          be blocked in the thread.
// Limits   TLS 1.2 with forward secrecy and AEAD, or 1.3; no renegotiation, compression, early data or session cache
//          (tickets only). An encrypted record is at most kTlsRecordBytesMax.
// Source   RFC 8446, RFC 5246, RFC 7301 (ALPN: http/1.1), RFC 9325 (the choice of ciphers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "os/files.h"

struct ssl_ctx_st;
struct ssl_st;

namespace galley::net {

inline constexpr std::size_t kTlsRecordBytesMax = 16 * 1024;

enum class TlsVersion : std::uint8_t { Tls12, Tls13 };

// Both names or none: TLS is on when both are set.
struct TlsFiles {
    std::string certificate{};  // PEM: the server's own certificate first, then its chain
    std::string key{};          // PEM, not encrypted
    TlsVersion version_min = TlsVersion::Tls12;
    bool enabled() const { return !certificate.empty() && !key.empty(); }
};

class TlsContext {
 public:
    static Result<std::shared_ptr<const TlsContext>> load(const TlsFiles& files, os::Files& system);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    // "CN=galley.example", and until when it is good: for the log.
    std::string subject() const;
    std::string expires() const;
    Time expires_at() const;

 private:
    friend class TlsSession;
    explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
    ssl_ctx_st* context_;
};

class TlsSession {
 public:
    enum class Outcome : std::uint8_t { Done, Again, End, Failed };
    enum class Direction : std::uint8_t { Read, Write };

    TlsSession(std::shared_ptr<const TlsContext> context, int socket);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    Outcome handshake();
    // Done: `size` > 0 bytes were read. `buffer` holds at least one record.
    Outcome read(std::span<char> buffer, std::size_t& size);
    // Done: `size` > 0 bytes are on their way. After Again, the same bytes must be offered again.
    Outcome write(std::string_view bytes, std::size_t& size);
    // Says close_notify, if it still can.
    void say_end();

    Direction waits_for() const { return waits_for_; }
    // After a failed handshake: the client spoke HTTP without TLS.
    bool met_plain_http() const { return met_plain_http_; }
    // After a failure, for the log; a word of OpenSSL's.
    std::string_view failure() const { return failure_; }

 private:
    Outcome outcome_of(int result);

    std::shared_ptr<const TlsContext> context_;
    ssl_st* session_;
    Direction waits_for_ = Direction::Read;
    bool usable_ = true;
    bool met_plain_http_ = false;
    std::string_view failure_{};
};

}  // namespace galley::net
