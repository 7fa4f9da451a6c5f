// src/net/web_options.h — what an operator says about calls to other servers: where they may go, how much they take.
//
// Shape    settings `outbound.…`; plain values.
// Source   SPEC R61; docs/outbound.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace galley::net {

enum class Reach : std::uint8_t {
    Public,   // the public network, and what `allow` names
    Allowed,  // what `allow` names
    Nothing,
};

struct GuardRules {
    Reach reach = Reach::Public;
    std::vector<std::string> allow{};  // addresses, networks, names; "*.example.org" is every name below
    std::vector<std::string> deny{};   // likewise, and stronger
};

struct WebLimits {
    Duration connect_time_max = std::chrono::seconds(10);  // of each hop, names and TLS included
    Duration time_max = std::chrono::seconds(30);          // of all hops
    std::uint64_t bytes_max = std::uint64_t{64} << 20;     // of a body, packed and unpacked
    std::size_t header_bytes_max = 64 * 1024;
    std::int64_t redirects_max = 5;
};

struct WebOptions {
    GuardRules guard{};
    WebLimits limits{};
    std::string ca_file{};  // PEM, beside the system's store
};

}  // namespace galley::net
