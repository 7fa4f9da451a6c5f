#include "net/server_core.h"

#include "base/log.h"

namespace galley::net {

namespace {

constexpr std::size_t kEncodingsWaitingMax = 1'000;  // beyond, a loop does it itself

std::string strict_transport_of(const HttpServerOptions& options) {
    if (options.strict_transport_max_age <= Duration(0)) return {};
    return "max-age=" +
           std::to_string(std::chrono::floor<std::chrono::seconds>(options.strict_transport_max_age).count());
}

}  // namespace

ServerCore::ServerCore(HttpServerOptions server_options, Handler server_handler)
    : options(std::move(server_options)),
      handler(std::move(server_handler)),
      strict_transport(strict_transport_of(options)),
      bodies(std::make_shared<MemoryBudget>(options.bodies_bytes_max)),
      answers(std::make_shared<MemoryBudget>(options.answers_bytes_max)),
      encoder(kEncodingsWaitingMax) {}

std::shared_ptr<const TlsContext> ServerCore::tls() const {
    if (!has_tls_.load(std::memory_order_acquire)) return nullptr;
    const MutexLock lock(tls_mutex_);
    return tls_;
}

Result<void> ServerCore::load_tls(const TlsFiles& files) {
    GALLEY_TRY(std::shared_ptr<const TlsContext> loaded, TlsContext::load(files, *options.files));
    log(LogLevel::Info, "tls_certificate_loaded",
        {{"file", files.certificate}, {"subject", loaded->subject()}, {"expires", loaded->expires()}});
    const MutexLock lock(tls_mutex_);
    tls_ = std::move(loaded);
    has_tls_.store(true, std::memory_order_release);
    return {};
}

int ServerCore::enter(const std::string& group) {
    const MutexLock lock(mutex_);
    if (connections_ >= options.connections_max) return 503;
    std::size_t& count = per_group_[group];
    if (count >= options.connections_per_address_max)
        return 429;  // so the entry is not empty, unless nobody may come at all
    ++count;
    ++connections_;
    return 0;
}

void ServerCore::leave(const std::string& group) {
    const MutexLock lock(mutex_);
    const auto place = per_group_.find(group);
    if (place != per_group_.end() && --place->second == 0) per_group_.erase(place);
    if (--connections_ == 0) changed_.notify_all();
}

bool ServerCore::wait_until_empty(MonotonicTime deadline) {
    MutexLock lock(mutex_);
    while (connections_ > 0) {
        if (!changed_.wait_until(lock, deadline)) return connections_ == 0;
    }
    return true;
}

}  // namespace galley::net
