// src/net/web_address.h — an http or https address, taken apart as whoever connects to it must understand it.
//
// Shape    parse_web_address("https://Example.org:8443/a b?q#f") → tls, host "example.org", port 8443, target
//          "/a%20b?q". A host that is a number in any of its spellings (0x7f.1, 017700000001, 2130706433, 127.1,
//          [::1]) is the address that it means. resolve_web_address(base, "../x") is where a redirect leads.
// Errors   InvalidInput: another scheme, user or password, no or an impossible host, port 0 or above 65535, control
//          characters, backslashes, letters beyond ASCII in a host, more than kWebAddressBytesMax.
//          Forbidden: a port that no web server is on (below 1024 all but 80 and 443, and those of other protocols).
// Threads  any.
// Source   RFC 3986 §5.2; https://url.spec.whatwg.org/#concept-ipv4-parser;
//          https://fetch.spec.whatwg.org/#port-blocking.
//          DEVIATION: stricter than WHATWG, which takes backslashes for slashes and drops tabs and line breaks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/ip_network.h"

namespace galley::net {

inline constexpr std::size_t kWebAddressBytesMax = 8'000;

struct WebAddress {
    bool tls = false;
    std::string host;               // lower case, no brackets, no dot at the end
    std::optional<IpAddress> ip{};  // the host is a number
    std::uint16_t port = 0;
    std::string target;  // path and query, as it stands in a request

    std::string origin() const;     // "https://example.org:8443"
    std::string authority() const;  // "example.org:8443", "[::1]"
    std::string text() const { return origin() + target; }
};

bool is_web_address(std::string_view text);  // begins as one does
Result<WebAddress> parse_web_address(std::string_view text);
Result<WebAddress> resolve_web_address(const WebAddress& base, std::string_view reference);

}  // namespace galley::net
