// src/net/host_resolver.h — names into addresses, with an end to the waiting.
//
// Shape    addresses_of(host, patience) → at most kAddressesOfHostMax addresses, the one to try first first.
// Errors   NotFound (no such name, or one without addresses), Unavailable (the name servers do not answer, kLookupsMax
//          lookups are under way), DeadlineExceeded, Cancelled.
// Threads  any. The system's resolver cannot be interrupted: each lookup has a thread of its own, which nobody waits
//          for any longer than he likes.
// Source   POSIX getaddrinfo.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip_network.h"
#include "net/patience.h"

namespace galley::net {

inline constexpr std::size_t kAddressesOfHostMax = 16;
inline constexpr int kLookupsMax = 64;

class HostResolver {
 public:
    virtual ~HostResolver() = default;
    virtual Result<std::vector<IpAddress>> addresses_of(const std::string& host, const Patience& patience) const = 0;
};

const HostResolver& system_resolver();

}  // namespace galley::net
