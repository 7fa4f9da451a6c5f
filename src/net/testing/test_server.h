// src/net/testing/test_server.h — a server on a free port of the loopback, with a queue of what it reported.
//
// Shape    TestServer server(options, handler); RawClient client(server.port()); … server.next_summary().
// Threads  the test's; handlers run on the server's loops.
#pragma once

#include <deque>
#include <string>

#include "base/mutex.h"
#include "net/http_server.h"
#include "net/testing/raw_client.h"

namespace galley::net::testing {

struct FinishedRequest {
    Method method = Method::Get;
    int endpoint = RouteMatch::kNone;
    int status = 0;
    std::string path;
    std::string request_id;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    bool complete = false;
};

class TestServer {
 public:
    TestServer(HttpServerOptions options, Handler handler);

    HttpServer& operator*() { return *server_; }
    HttpServer* operator->() { return server_.get(); }
    std::uint16_t port() const { return server_->port(); }
    // Waits for the next request to finish, in their order.
    FinishedRequest next_summary();

 private:
    void note(const RequestSummary& summary);

    Mutex mutex_;
    CondVar changed_;
    std::deque<FinishedRequest> finished_ GALLEY_GUARDED_BY(mutex_);
    std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

// Options with one loop and deadlines that are looked at every few milliseconds.
HttpServerOptions test_options();

}  // namespace galley::net::testing
