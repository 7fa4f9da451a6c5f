#include "net/http_server.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/server_core.h"
#include "net/server_loop.h"
#include "net/socket.h"

namespace galley::net {

namespace {

// sendfile(2) has no MSG_NOSIGNAL: a client that went away must not end the process.
void block_sigpipe() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

std::size_t thread_count(const HttpServerOptions& options) {
    return options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

class HttpServer::Impl {
 public:
    Impl(HttpServerOptions options, Handler handler)
        : core_(std::make_shared<ServerCore>(std::move(options), std::move(handler))) {
        GALLEY_CHECK(core_->handler != nullptr);
    }

    Result<void> start();
    Result<void> reload_tls(const TlsFiles& files);
    void stop_accepting();
    bool drain(Duration time_max);
    void stop();
    std::uint16_t port() const { return port_; }
    std::size_t connections() const { return core_->connections(); }
    bool speaks_tls() const { return core_->options.tls.enabled(); }
    std::optional<Time> certificate_expires_at() const {
        const std::shared_ptr<const TlsContext> tls = core_->tls();
        return tls ? std::optional(tls->expires_at()) : std::nullopt;
    }
    EventLoop& loop() { return core_->loops.front()->loop(); }

 private:
    Result<std::vector<Descriptor>> open_listeners();
    // Runs `task` on every loop, soon.
    void on_every_loop(void (*task)(ServerLoop&));

    std::shared_ptr<ServerCore> core_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

// The first listener finds the port, the others share it.
Result<std::vector<Descriptor>> HttpServer::Impl::open_listeners() {
    std::vector<Descriptor> listeners;
    port_ = core_->options.port;
    if (port_ != 0) GALLEY_TRY_VOID(check_not_listened_on(core_->options.address, port_));
    for (std::size_t i = 0; i < thread_count(core_->options); ++i) {
        GALLEY_TRY(Descriptor listener, listen_on(core_->options.address, port_));
        GALLEY_TRY(port_, local_port(listener));
        listeners.push_back(std::move(listener));
    }
    return listeners;
}

Result<void> HttpServer::Impl::start() {
    GALLEY_CHECK(core_->loops.empty());
    const TlsFiles& tls = core_->options.tls;
    if (tls.certificate.empty() != tls.key.empty()) {
        return fail(ErrorCode::InvalidInput, "TLS needs a certificate and its key: one of them is not named");
    }
    if (tls.enabled()) GALLEY_TRY_VOID(core_->load_tls(tls));
    GALLEY_TRY(std::vector<Descriptor> listeners, open_listeners());
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        core_->loops.push_back(std::make_shared<ServerLoop>(core_, EventLoop::create()));
    }
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        const std::shared_ptr<ServerLoop> loop = core_->loops[i];
        loop->loop().post([loop, listener = std::move(listeners[i])]() mutable { loop->start(std::move(listener)); });
    }
    try {
        for (const std::shared_ptr<ServerLoop>& loop : core_->loops) {
            threads_.emplace_back([loop] {
                block_sigpipe();
                loop->loop().run();
            });
        }
    } catch (const std::system_error& error) {
        stop();
        return fail(ErrorCode::Unavailable, std::string("cannot start the server's threads: ") + error.what());
    }
    return {};
}

Result<void> HttpServer::Impl::reload_tls(const TlsFiles& files) {
    GALLEY_CHECK(core_->options.tls.enabled());
    Result<void> loaded = core_->load_tls(files);
    if (!loaded) log(LogLevel::Error, "tls_certificate_kept", {{"error", loaded.error().to_string()}});
    return loaded;
}

void HttpServer::Impl::on_every_loop(void (*task)(ServerLoop&)) {
    for (const std::shared_ptr<ServerLoop>& loop : core_->loops) {
        loop->loop().post([loop, task] { task(*loop); });
    }
}

void HttpServer::Impl::stop_accepting() {
    on_every_loop([](ServerLoop& loop) { loop.stop_accepting(); });
}

bool HttpServer::Impl::drain(Duration time_max) {
    const MonotonicTime deadline = os::system_clock().monotonic() + time_max;
    core_->draining = true;
    on_every_loop([](ServerLoop& loop) {
        loop.stop_accepting();
        loop.close_idle();
    });
    return core_->wait_until_empty(deadline);
}

void HttpServer::Impl::stop() {
    core_->encoder.stop();
    on_every_loop([](ServerLoop& loop) {
        loop.close_all();
        loop.loop().stop();
    });
    for (std::thread& thread : threads_) thread.join();
    for (std::size_t i = threads_.size(); i < core_->loops.size(); ++i)
        core_->loops[i]->loop().run();  // a start that failed
    threads_.clear();
    core_->loops.clear();
}

HttpServer::HttpServer(HttpServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}
HttpServer::~HttpServer() {
    stop();
}

Result<void> HttpServer::start() {
    return impl_->start();
}
Result<void> HttpServer::reload_tls(const TlsFiles& files) {
    return impl_->reload_tls(files);
}
std::uint16_t HttpServer::port() const {
    return impl_->port();
}
std::optional<Time> HttpServer::certificate_expires_at() const {
    return impl_->certificate_expires_at();
}

bool HttpServer::speaks_tls() const {
    return impl_->speaks_tls();
}
std::size_t HttpServer::connections() const {
    return impl_->connections();
}
void HttpServer::stop_accepting() {
    impl_->stop_accepting();
}
bool HttpServer::drain(Duration time_max) {
    return impl_->drain(time_max);
}
void HttpServer::stop() {
    impl_->stop();
}
EventLoop& HttpServer::loop() {
    return impl_->loop();
}

}  // namespace galley::net
