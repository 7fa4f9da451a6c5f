#include "net/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace galley::net {

namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kMappedBits = 96;
constexpr int kAddressBits = 128;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The entries of all X-Forwarded-For fields from the last to the first, until `visit` says no.
template <typename Visit>
void each_from_the_right(const Request& request, Visit visit) {
    for (auto field = request.fields.rbegin(); field != request.fields.rend(); ++field) {
        if (!equal_ignoring_case(field->name, "x-forwarded-for")) continue;
        std::string_view left = field->value;
        while (!left.empty()) {
            const std::size_t comma = left.rfind(',');
            const std::size_t begin = comma == left.npos ? 0 : comma + 1;
            if (!visit(trimmed(left.substr(begin)))) return;
            left = comma == left.npos ? std::string_view() : left.substr(0, comma);
        }
    }
}

}  // namespace

std::optional<TrustedProxies::Address> TrustedProxies::parse_address(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.empty() || text.size() >= terminated.size() || text.contains('\0')) return std::nullopt;
    std::ranges::copy(text, terminated.begin());
    Address address{};
    if (inet_pton(AF_INET6, terminated.data(), address.data()) == 1) return address;
    std::ranges::copy(kMappedPrefix, address.begin());
    if (inet_pton(AF_INET, terminated.data(), address.data() + kMappedPrefix.size()) == 1) return address;
    return std::nullopt;
}

// "192.0.2.1", "192.0.2.1:5000", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5000".
std::optional<TrustedProxies::Address> TrustedProxies::parse_hop(std::string_view text) {
    if (text.starts_with('[')) return parse_address(text.substr(1, text.find(']') - 1));
    if (std::ranges::count(text, ':') == 1) return parse_address(text.substr(0, text.find(':')));
    return parse_address(text);
}

Result<TrustedProxies::Network> TrustedProxies::parse_network(const std::string& text) {
    const auto wrong = [&] {
        return fail(ErrorCode::InvalidInput, "an address or network such as 10.0.0.0/8 or 2001:db8::/32 is expected",
                    text);
    };
    const std::size_t slash = text.find('/');
    const auto address = parse_address(std::string_view(text).substr(0, slash));
    if (!address) return wrong();
    const bool is_v4 = !text.contains(':');
    const int most = is_v4 ? kAddressBits - kMappedBits : kAddressBits;
    int bits = most;
    if (slash != text.npos) {
        const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
        if (error != std::errc() || end != text.data() + text.size() || bits < 0 || bits > most) return wrong();
    }
    Network network{*address, bits + (is_v4 ? kMappedBits : 0)};
    for (int bit = network.bits; bit < kAddressBits; ++bit) {
        const auto byte = network.address[static_cast<std::size_t>(bit / 8)];
        if ((byte & (0x80 >> (bit % 8))) != 0) return wrong();
    }
    return network;
}

std::string TrustedProxies::text_of(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v4 = std::ranges::equal(kMappedPrefix, std::span(address).first(kMappedPrefix.size()));
    const std::uint8_t* bytes = address.data() + (is_v4 ? kMappedPrefix.size() : 0);
    return inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
}

bool TrustedProxies::contains(const Network& network, const Address& address) {
    const auto whole = static_cast<std::size_t>(network.bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), network.address.begin())) {
        return false;
    }
    const int rest = network.bits % 8;
    const int mask = 0xFF00 >> rest & 0xFF;
    return rest == 0 || (address[whole] & mask) == (network.address[whole] & mask);
}

bool TrustedProxies::trusts(const Address& address) const {
    return std::ranges::any_of(networks_, [&](const Network& network) { return contains(network, address); });
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
    if (networks.size() > kTrustedProxiesMax) {
        return fail(ErrorCode::InvalidInput, "more than " + std::to_string(kTrustedProxiesMax) + " trusted proxies");
    }
    TrustedProxies proxies;
    for (const std::string& text : networks) {
        GALLEY_TRY(proxies.networks_.emplace_back(), parse_network(text));
    }
    return proxies;
}

std::string TrustedProxies::client_of(const Request& request) const {
    std::optional<Address> client = parse_address(request.peer_address);
    if (!client || !trusts(*client)) return request.peer_address;
    std::size_t hops = 0;
    each_from_the_right(request, [&](std::string_view entry) {
        const auto hop = parse_hop(entry);
        if (!hop || ++hops > kForwardedHopsMax) return false;
        client = hop;
        return trusts(*hop);
    });
    return text_of(*client);
}

}  // namespace galley::net
