#include "net/testing/test_server.h"

#include <utility>

namespace galley::net::testing {

TestServer::TestServer(HttpServerOptions options, Handler handler) {
    options.on_finished = [this](const RequestSummary& summary) { note(summary); };
    server_ = std::make_unique<HttpServer>(std::move(options), std::move(handler));
    const Result<void> started = server_->start();
    GALLEY_CHECK(started.has_value());
}

void TestServer::note(const RequestSummary& summary) {
    const MutexLock lock(mutex_);
    finished_.push_back({summary.method, summary.endpoint, summary.status, std::string(summary.path),
                         std::string(summary.request_id), summary.bytes_in, summary.bytes_out, summary.complete});
    changed_.notify_all();
}

FinishedRequest TestServer::next_summary() {
    MutexLock lock(mutex_);
    const auto deadline = os::system_clock().monotonic() + kPatience;
    while (finished_.empty()) {
        if (!changed_.wait_until(lock, deadline)) return {};
    }
    FinishedRequest first = std::move(finished_.front());
    finished_.pop_front();
    return first;
}

HttpServerOptions test_options() {
    HttpServerOptions options;
    options.threads = 1;
    options.sweep_interval = Duration(5);
    return options;
}

}  // namespace galley::net::testing
