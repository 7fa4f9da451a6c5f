// src/net/ip_network.h — IP addresses and networks of them, as values.
//
// Shape    parse_ip("192.0.2.1"), parse_ip("2001:db8::1"); an IPv4 address is kept as ::ffff:a.b.c.d, so that both
//          ways of writing one are one value. parse_ip_network("10.0.0.0/8"); an address is the network of itself.
// Errors   parse_ip: nothing for any other text. parse_ip_network: InvalidInput (no address, host bits set).
// Threads  any.
// Source   RFC 4291 §2.2, §2.5.5.2; RFC 4632.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::net {

struct IpAddress {
    static constexpr std::size_t kBytes = 16;
    static constexpr std::size_t kIpv4Begin = 12;

    std::array<std::uint8_t, kBytes> bytes{};

    bool is_ipv4() const;
    bool operator==(const IpAddress&) const = default;
};

IpAddress ipv4(std::uint32_t number);
std::optional<IpAddress> parse_ip(std::string_view text);
std::string ip_text(const IpAddress& address);

struct IpNetwork {
    IpAddress address;
    int bits = 0;  // of the 128

    bool contains(const IpAddress& other) const;
};
Result<IpNetwork> parse_ip_network(std::string_view text);

}  // namespace galley::net
