#include "net/host_resolver.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

#include "base/mutex.h"

namespace galley::net {

namespace {

using Addresses = std::vector<IpAddress>;

IpAddress address_of(const sockaddr* address) {
    if (address->sa_family == AF_INET)
        return ipv4(ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr));
    IpAddress out;
    std::memcpy(out.bytes.data(), reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr, out.bytes.size());
    return out;
}

Result<Addresses> look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    const std::unique_ptr<addrinfo, decltype([](addrinfo* list) { freeaddrinfo(list); })> owned(found);
    const bool no_such_host = error == EAI_NONAME || error == EAI_NODATA;
    if (no_such_host) return fail(ErrorCode::NotFound, "no such host", host);
    if (error != 0)
        return fail(ErrorCode::Unavailable, std::string("the name cannot be looked up: ") + gai_strerror(error), host);
    Addresses addresses;
    for (const addrinfo* one = found; one != nullptr && addresses.size() < kAddressesOfHostMax; one = one->ai_next)
        if (one->ai_family == AF_INET || one->ai_family == AF_INET6) addresses.push_back(address_of(one->ai_addr));
    if (addresses.empty()) return fail(ErrorCode::NotFound, "the host has no address", host);
    return addresses;
}

// Shared by who asks and the thread that looks; the last one frees it.
class Lookup {
 public:
    void finish(Result<Addresses> found) GALLEY_EXCLUDES(mutex_) {
        const MutexLock lock(mutex_);
        found_ = std::move(found);
        changed_.notify_all();
    }
    void wake() GALLEY_EXCLUDES(mutex_) {
        const MutexLock lock(mutex_);
        changed_.notify_all();
    }
    Result<Addresses> wait(const Patience& patience) GALLEY_EXCLUDES(mutex_) {
        MutexLock lock(mutex_);
        while (!found_) {
            GALLEY_TRY_VOID(patience.check());
            changed_.wait_until(lock, patience.end());
        }
        return *found_;
    }

 private:
    Mutex mutex_;
    CondVar changed_;
    std::optional<Result<Addresses>> found_ GALLEY_GUARDED_BY(mutex_);
};

class SystemResolver final : public HostResolver {
 public:
    Result<Addresses> addresses_of(const std::string& host, const Patience& patience) const override {
        if (under_way().fetch_add(1) >= kLookupsMax) {
            --under_way();
            return fail(ErrorCode::Unavailable, "too many names are being looked up", host);
        }
        auto lookup = std::make_shared<Lookup>();
        std::thread([lookup, host] {
            lookup->finish(look_up(host));
            --under_way();
        }).detach();
        const std::stop_callback on_stop(patience.stop(), [&lookup] { lookup->wake(); });
        return lookup->wait(patience);
    }

 private:
    static std::atomic<int>& under_way() {
        static std::atomic<int> count{0};
        return count;
    }
};

}  // namespace

const HostResolver& system_resolver() {
    static const SystemResolver resolver;
    return resolver;
}

}  // namespace galley::net
