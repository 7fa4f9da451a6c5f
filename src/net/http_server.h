// src/net/http_server.h — the HTTP/1.1 server: event loops, connections, limits, hardening (R7, R8).
//
// Shape    each loop thread accepts on its own SO_REUSEPORT socket and hands a connection to the least loaded loop. A
//          connection has one request at a time in hand; pipelined ones wait in order. Every answer carries Date,
//          Content-Length (but for a stream, body_stream.h) and X-Request-Id.
// Errors   start: InvalidInput (address, certificate, key), Unavailable (cannot bind, no threads, files).
//          What a client does wrong is answered with problem+json — 400, 408, 413, 414, 417, 429, 431, 501, 503, 505 —
//          and, where the framing is lost, closed.
// Owner    borrows what the handler captures; a Reply may outlive the server (its answer is then lost).
// Threads  start/drain/stop from one thread, not a loop's. Handler and hooks run on the loops: they must not block;
//          on_finished must not throw.
// Limits   every field of HttpServerOptions. Nothing is read from a connection while its request is handled, so what is
//          buffered for a connection is at most one head, one body and one read of kReadBytes. While a stream is sent
//          what comes is read, up to kUnchargedBytes of a next request; beyond, the connection is closed.
// Source   RFC 9110, RFC 9112.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "net/event_loop.h"
#include "net/http.h"
#include "net/router.h"
#include "net/tls.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/random.h"

namespace galley::net {

// One finished request, for metrics and the access log. Views are valid during the call only.
struct RequestSummary {
    Method method = Method::Get;
    int endpoint = RouteMatch::kNone;  // index in the router; kNone when none matched
    int status = 0;
    std::string_view path;  // "" when the request line was refused
    std::string_view request_id;
    std::string_view peer_address;
    std::uint64_t bytes_in = 0;           // body
    std::uint64_t bytes_out = 0;          // head and body as written
    std::chrono::nanoseconds duration{};  // first byte read to last byte written; of a stream: to the end of its head
    bool complete = true;                 // false: the client went away before the end
};

inline constexpr std::size_t kUnchargedBytes = 16 * 1024;

struct HttpServerOptions {
    std::string address = "127.0.0.1";  // IPv4 or IPv6 literal
    std::uint16_t port = 0;             // 0 = the kernel chooses; see port()
    std::size_t threads = 0;            // 0 = one a core

    std::size_t header_bytes_max = 16 * 1024;         // request line and fields → 431
    std::size_t header_fields_max = 100;              // → 431
    std::size_t url_bytes_max = 8 * 1024;             // → 414
    std::size_t connections_max = 10'000;             // → 503 and closed
    std::size_t connections_per_address_max = 1'000;  // an IPv6 /64 is one address → 429 and closed

    // What clients may make the server hold together; one address holds at most half, unless by one body alone. The
    // first kUnchargedBytes of each are free.
    std::size_t bodies_bytes_max = std::size_t{256} << 20;   // bodies that come or are handled → 503 and closed
    std::size_t answers_bytes_max = std::size_t{256} << 20;  // answers that slow readers leave in memory; closed

    Duration idle_timeout = std::chrono::seconds(75);         // between requests; closed silently
    Duration header_timeout = std::chrono::seconds(10);       // first byte to end of head → 408
    Duration request_timeout = std::chrono::seconds(60);      // first byte to end of body → 408
    Duration write_stall_timeout = std::chrono::seconds(30);  // no byte accepted by the client; closed
    Duration linger_timeout = std::chrono::seconds(2);        // reads on after an early answer so that it is not lost
    Duration sweep_interval = std::chrono::seconds(1);        // how often deadlines are looked at: their precision

    // Answers of these sizes are compressed (content_encoding.h); 0 as the most: none is.
    std::size_t compress_bytes_min = 1024;
    std::size_t compress_bytes_max = 1 << 20;
    // TLS on every connection when both files are named (R8). Its handshake has header_timeout.
    TlsFiles tls{};
    Duration strict_transport_max_age{0};  // > 0: Strict-Transport-Security with every answer over TLS

    // Called when a head is read; sets request.route if it routes. Default: one body limit for all.
    std::function<HeadVerdict(Request&)> on_head{};
    std::function<void(const RequestSummary&)> on_finished{};

    const os::Clock* clock = &os::system_clock();
    os::Random* random = &os::system_random();
    os::Files* files = &os::system_files();
};

class HttpServer {
 public:
    HttpServer(HttpServerOptions options, Handler handler);
    ~HttpServer();  // stop()
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    Result<void> start();
    std::uint16_t port() const;  // valid after start()
    std::size_t connections() const;
    bool speaks_tls() const;  // decided at start()

    // Reads certificate and key again, perhaps from other files, for connections that come from now on; open ones keep
    // theirs. When that fails the old certificate stays in use, and the log says so. GALLEY_CHECK: TLS was on at start.
    // From any thread. InvalidInput, Unavailable.
    Result<void> reload_tls(const TlsFiles& files);

    // Until when the certificate in use is good. Absent without TLS. From any thread.
    std::optional<Time> certificate_expires_at() const;

    // New connections are refused by the kernel, open ones are served on.
    void stop_accepting();
    // stop_accepting(), closes idle connections, lets requests in flight finish (their answers say `Connection:
    // close`), ends streams behind what was pushed already. True when all were finished before the time was up.
    bool drain(Duration time_max);
    // Closes everything at once and ends the threads. Idempotent.
    void stop();

    // Any of the loops, for work that belongs to none; valid until stop().
    EventLoop& loop();

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace galley::net
