#include "net/client_address.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace galley::net {

namespace {

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

// "192.0.2.1", "192.0.2.1:5000", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5000".
std::optional<IpAddress> parse_hop(std::string_view text) {
    if (text.starts_with('[')) return parse_ip(text.substr(1, text.find(']') - 1));
    if (std::ranges::count(text, ':') == 1) return parse_ip(text.substr(0, text.find(':')));
    return parse_ip(text);
}

}  // namespace

bool TrustedProxies::trusts(const IpAddress& address) const {
    return std::ranges::any_of(networks_, [&](const IpNetwork& network) { return network.contains(address); });
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
    if (networks.size() > kTrustedProxiesMax) {
        return fail(ErrorCode::InvalidInput, "more than " + std::to_string(kTrustedProxiesMax) + " trusted proxies");
    }
    TrustedProxies proxies;
    for (const std::string& text : networks) {
        GALLEY_TRY(proxies.networks_.emplace_back(), parse_ip_network(text));
    }
    return proxies;
}

std::string TrustedProxies::client_of(const Request& request) const {
    std::optional<IpAddress> client = parse_ip(request.peer_address);
    if (!client || !trusts(*client)) return request.peer_address;
    std::size_t hops = 0;
    each_from_the_right(request, [&](std::string_view entry) {
        const auto hop = parse_hop(entry);
        if (!hop || ++hops > kForwardedHopsMax) return false;
        client = hop;
        return trusts(*hop);
    });
    return ip_text(*client);
}

}  // namespace galley::net
