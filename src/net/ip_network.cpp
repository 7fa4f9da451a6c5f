#include "net/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace galley::net {

namespace {

constexpr std::array<std::uint8_t, IpAddress::kIpv4Begin> kIpv4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kIpv4PrefixBits = 96;
constexpr int kAddressBits = 128;

}  // namespace

bool IpAddress::is_ipv4() const {
    return std::ranges::equal(kIpv4Prefix, std::span(bytes).first<kIpv4Begin>());
}

IpAddress ipv4(std::uint32_t number) {
    IpAddress address;
    std::ranges::copy(kIpv4Prefix, address.bytes.begin());
    for (std::size_t i = 0; i < 4; ++i)
        address.bytes[IpAddress::kIpv4Begin + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return address;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.empty() || text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    IpAddress address;
    if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) == 1) return address;
    address = ipv4(0);
    if (inet_pton(AF_INET, terminated.data(), address.bytes.data() + IpAddress::kIpv4Begin) == 1) return address;
    return std::nullopt;
}

std::string ip_text(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = address.is_ipv4();
    const std::uint8_t* bytes = address.bytes.data() + (is_v4 ? IpAddress::kIpv4Begin : 0);
    return inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
}

bool IpNetwork::contains(const IpAddress& other) const {
    const auto whole = static_cast<std::ptrdiff_t>(bits / 8);
    if (!std::equal(other.bytes.begin(), other.bytes.begin() + whole, address.bytes.begin())) return false;
    const int rest = bits % 8;
    const int mask = 0xFF00 >> rest & 0xFF;
    const auto next = static_cast<std::size_t>(whole);
    return rest == 0 || (other.bytes[next] & mask) == (address.bytes[next] & mask);
}

Result<IpNetwork> parse_ip_network(std::string_view text) {
    const auto wrong = [&] {
        return fail(ErrorCode::InvalidInput, "an address or network such as 10.0.0.0/8 or 2001:db8::/32 is expected",
                    std::string(text));
    };
    const std::size_t slash = text.find('/');
    const auto address = parse_ip(text.substr(0, slash));
    if (!address) return wrong();
    const bool is_v4 = !text.contains(':');
    const int most = is_v4 ? kAddressBits - kIpv4PrefixBits : kAddressBits;
    int bits = most;
    if (slash != text.npos) {
        const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
        if (error != std::errc() || end != text.data() + text.size() || bits < 0 || bits > most) return wrong();
    }
    const IpNetwork network{*address, bits + (is_v4 ? kIpv4PrefixBits : 0)};
    for (int bit = network.bits; bit < kAddressBits; ++bit) {
        const auto byte = network.address.bytes[static_cast<std::size_t>(bit / 8)];
        if ((byte & (0x80 >> (bit % 8))) != 0) return wrong();
    }
    return network;
}

}  // namespace galley::net
