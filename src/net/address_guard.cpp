#include "net/address_guard.h"

#include <algorithm>

#include "codec/header_value.h"
#include "net/http_syntax.h"

namespace galley::net {

namespace {

constexpr std::size_t kNameBytesMax = 253;
constexpr std::string_view kMetadataService = "the metadata service of a cloud";

struct Ipv4Row {
    std::uint32_t network;
    int bits;
    std::string_view what;
};

// The first that fits counts.
constexpr Ipv4Row kIpv4Rows[] = {
    {0xA9FEA9FE, 32, kMetadataService},  // 169.254.169.254: most clouds
    {0xA9FEAA02, 32, kMetadataService},  // 169.254.170.2, .23: containers at Amazon
    {0xA9FEAA17, 32, kMetadataService},
    {0x646464C8, 32, kMetadataService},  // 100.100.100.200: Alibaba
    {0xC00000C0, 32, kMetadataService},  // 192.0.0.192: Oracle
    {0xA83F8110, 32, kMetadataService},  // 168.63.129.16: Azure, in a public network
    {0x00000000, 8, "an unspecified address"},
    {0x0A000000, 8, "a private address"},
    {0x64400000, 10, "an address shared behind a carrier's NAT"},
    {0x7F000000, 8, "a loopback address"},
    {0xA9FE0000, 16, "a link-local address"},
    {0xAC100000, 12, "a private address"},
    {0xC0000000, 24, "an address for protocols"},
    {0xC0000200, 24, "an address for documentation"},
    {0xC0586300, 24, "a 6to4 relay"},
    {0xC0A80000, 16, "a private address"},
    {0xC6120000, 15, "an address for benchmarks"},
    {0xC6336400, 24, "an address for documentation"},
    {0xCB007100, 24, "an address for documentation"},
    {0xE0000000, 4, "a multicast address"},
    {0xFFFFFFFF, 32, "a broadcast address"},
    {0xF0000000, 4, "a reserved address"},
};

struct Ipv6Row {
    const char* network;
    std::string_view what;
};

// What lies outside of 2000::/3 and is not named is reserved.
constexpr Ipv6Row kIpv6Rows[] = {
    {"fd00:ec2::254", kMetadataService},
    {"fd00:ec2::23", kMetadataService},
    {"fd20:ce::254", kMetadataService},
    {"::", "an unspecified address"},
    {"::1", "a loopback address"},
    {"::/96", "an IPv4-compatible address"},
    {"64:ff9b:1::/48", "a translated address of a local network"},
    {"100::/64", "an address that discards"},
    {"2001::/32", "a Teredo address"},
    {"2001:2::/48", "an address for benchmarks"},
    {"2001::/23", "an address for protocols"},
    {"2001:db8::/32", "an address for documentation"},
    {"2002::/16", "a 6to4 address"},
    {"3fff::/20", "an address for documentation"},
    {"fc00::/7", "a private (unique local) address"},
    {"fe80::/10", "a link-local address"},
    {"fec0::/10", "a site-local address"},
    {"ff00::/8", "a multicast address"},
};

struct Ipv6Network {
    IpNetwork network;
    std::string_view what;
};

const std::vector<Ipv6Network>& ipv6_networks() {
    static const std::vector<Ipv6Network> networks = [] {
        std::vector<Ipv6Network> out;
        for (const Ipv6Row& row : kIpv6Rows) out.push_back({*parse_ip_network(row.network), row.what});
        return out;
    }();
    return networks;
}

std::uint32_t last_word(const IpAddress& address) {
    std::uint32_t word = 0;
    for (std::size_t i = IpAddress::kIpv4Begin; i < IpAddress::kBytes; ++i) word = word << 8 | address.bytes[i];
    return word;
}

std::optional<std::string_view> why_ipv4_not_public(std::uint32_t address) {
    for (const Ipv4Row& row : kIpv4Rows)
        if ((address ^ row.network) >> (32 - row.bits) == 0) return row.what;
    return std::nullopt;
}

const IpNetwork& nat64() {
    static const IpNetwork network = *parse_ip_network("64:ff9b::/96");
    return network;
}

// Of an address that stands for an IPv4 one: what that one is decides.
std::optional<IpAddress> translated_ipv4(const IpAddress& address) {
    const auto& bytes = address.bytes;
    const bool isatap = (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    if (address.is_ipv4() || !(nat64().contains(address) || isatap)) return std::nullopt;
    return ipv4(last_word(address));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kNameBytesMax && all_in(ByteClass::Host, text) && !text.starts_with('.') &&
           !text.ends_with('.');
}

std::unexpected<Error> refused(std::string_view host, std::string why) {
    return fail(ErrorCode::Forbidden, std::move(why), std::string(host));
}

}  // namespace

std::optional<std::string_view> why_not_public(const IpAddress& address) {
    if (address.is_ipv4()) return why_ipv4_not_public(last_word(address));
    for (const Ipv6Network& row : ipv6_networks())
        if (row.network.contains(address)) return row.what;
    if (const auto meant = translated_ipv4(address)) {
        if (const auto why = why_ipv4_not_public(last_word(*meant))) return why;
    }
    const bool global_unicast = (address.bytes[0] & 0xE0) == 0x20;
    if (!global_unicast && !nat64().contains(address)) return "a reserved address";
    return std::nullopt;
}

Result<AddressList> AddressList::parse(const std::vector<std::string>& rules) {
    if (rules.size() > kGuardRulesMax)
        return fail(ErrorCode::InvalidInput, "more than " + std::to_string(kGuardRulesMax) + " addresses and names");
    AddressList list;
    for (const std::string& rule : rules) {
        if (const auto network = parse_ip_network(rule)) {
            list.networks_.push_back(*network);
            continue;
        }
        const std::string_view name = std::string_view(rule).substr(rule.starts_with("*.") ? 2 : 0);
        const bool numeric = rule.contains('/') || rule.contains(':') ||
                             std::ranges::all_of(name, [](char c) { return c == '.' || is_in(ByteClass::Digit, c); });
        if (numeric || !is_name(name)) {
            return fail(ErrorCode::InvalidInput,
                        "an address, a network such as 10.0.0.0/8 or a name such as cdn.example.org is expected", rule);
        }
        list.names_.push_back(codec::ascii_lower(rule));
    }
    return list;
}

bool AddressList::has_name(std::string_view host) const {
    return std::ranges::any_of(names_, [host](std::string_view name) {
        if (!name.starts_with('*')) return host == name;
        return host.size() > name.size() - 1 && host.ends_with(name.substr(1));
    });
}

bool AddressList::has_address(const IpAddress& address) const {
    return std::ranges::any_of(networks_, [&](const IpNetwork& network) { return network.contains(address); });
}

Result<AddressGuard> AddressGuard::parse(const GuardRules& rules) {
    AddressGuard guard;
    guard.reach_ = rules.reach;
    GALLEY_TRY(guard.allow_, AddressList::parse(rules.allow));
    GALLEY_TRY(guard.deny_, AddressList::parse(rules.deny));
    return guard;
}

Result<void> AddressGuard::check_name(std::string_view host) const {
    if (reach_ == Reach::Nothing) return refused(host, "this server fetches nothing (outbound.reach)");
    if (deny_.has_name(host)) return refused(host, "this host is denied");
    return {};
}

// A name that is allowed may stand for any address but those of metadata services: these are allowed as addresses.
Result<void> AddressGuard::check_address(const IpAddress& address, std::string_view host) const {
    GALLEY_TRY_VOID(check_name(host));
    const std::string text = ip_text(address);
    const auto why = why_not_public(address);
    const auto meant = translated_ipv4(address);
    if (deny_.has_address(address) || (meant && deny_.has_address(*meant)))
        return refused(host, text + (why ? " is " + std::string(*why) + ", and" : " is") + " denied");
    if (allow_.has_address(address)) return {};
    const bool by_name = allow_.has_name(host);
    if (by_name && why != kMetadataService) return {};
    if (why) return refused(host, text + " is " + std::string(*why) + "; " + std::string(kOnlyPublic));
    if (reach_ == Reach::Allowed) return refused(host, text + " is not allowed (outbound.allow)");
    return {};
}

}  // namespace galley::net
