// src/net/client_address.h — who is at the other end: the socket's peer, or the client that a trusted proxy speaks for.
//
// Shape    TrustedProxies::parse({"10.0.0.0/8", "2001:db8::/32", "192.0.2.1"}); client_of(request) walks the addresses
//          of X-Forwarded-For from the right, as long as who added them is trusted: the first that is no trusted proxy
//          is the client. What stands further left was sent by the client and is not believed.
// Errors   parse: InvalidInput (not an address or network, host bits set, too many). client_of: none; an entry that is
//          no address ends the walk.
// Threads  immutable after parse(); any.
// Limits   kTrustedProxiesMax networks, kForwardedHopsMax entries looked at.
// Source   de-facto X-Forwarded-For (Forwarded of RFC 7239 is not read; a proxy can be told to send the other).
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "net/http.h"
#include "net/ip_network.h"

namespace galley::net {

inline constexpr std::size_t kTrustedProxiesMax = 256;
inline constexpr std::size_t kForwardedHopsMax = 64;

class TrustedProxies {
 public:
    static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

    bool empty() const { return networks_.empty(); }
    // In the form of Request::peer_address.
    std::string client_of(const Request& request) const;

 private:
    bool trusts(const IpAddress& address) const;

    std::vector<IpNetwork> networks_;
};

}  // namespace galley::net
