#include "net/web_address.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "codec/header_value.h"
#include "net/http_syntax.h"

namespace galley::net {

namespace {

constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint16_t kFirstFreePort = 1024;
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

// From 1024 on, where programs listen that a request could talk to in their own language.
constexpr std::uint16_t kOtherProtocols[] = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000,  6379,
                                             6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9100, 10080, 11211};

std::unexpected<Error> wrong(std::string why, std::string_view url) {
    return fail(ErrorCode::InvalidInput, std::move(why), std::string(url.substr(0, kWebAddressBytesMax)));
}

bool begins_with(std::string_view text, std::string_view scheme) {
    return text.size() >= scheme.size() && codec::ascii_lower(text.substr(0, scheme.size())) == scheme;
}

// ---- hosts

// Decimal, "0x1f" or "017"; a lone "0x" is 0.
std::optional<std::uint64_t> number_of(std::string_view label) {
    int base = 10;
    if (label.starts_with("0x") || label.starts_with("0X")) {
        label.remove_prefix(2);
        base = 16;
    } else if (label.size() > 1 && label.front() == '0') {
        label.remove_prefix(1);
        base = 8;
    }
    if (label.empty()) return base == 10 ? std::nullopt : std::optional<std::uint64_t>(0);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), value, base);
    if (error != std::errc() || end != label.data() + label.size()) return std::nullopt;
    return value;
}

std::vector<std::string_view> labels_of(std::string_view host) {
    std::vector<std::string_view> labels;
    for (std::size_t at = 0; at <= host.size();) {
        const std::size_t dot = std::min(host.find('.', at), host.size());
        labels.push_back(host.substr(at, dot - at));
        at = dot + 1;
    }
    return labels;
}

bool ends_in_number(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return all_in(ByteClass::Digit, last) || number_of(last).has_value();
}

// https://url.spec.whatwg.org/#concept-ipv4-parser
std::optional<IpAddress> parse_any_ipv4(std::string_view host) {
    constexpr std::size_t kParts = 4;
    const std::vector<std::string_view> labels = labels_of(host);
    if (labels.size() > kParts) return std::nullopt;
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto number = number_of(labels[i]);
        const bool last = i + 1 == labels.size();
        const std::size_t bytes = last ? kParts - i : 1;  // the last part fills all that is left
        if (!number || *number >= std::uint64_t{1} << (8 * bytes)) return std::nullopt;
        address = (address << (8 * bytes)) | *number;
    }
    return ipv4(static_cast<std::uint32_t>(address));
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > kHostBytesMax || !all_in(ByteClass::Host, host)) return false;
    return std::ranges::all_of(labels_of(host),
                               [](std::string_view label) { return !label.empty() && label.size() <= kLabelBytesMax; });
}

Result<void> read_ipv6(std::string_view inner, std::string_view url, WebAddress& address) {
    address.ip = parse_ip(inner);
    if (!inner.contains(':') || !address.ip) return wrong("the address in brackets is no IPv6 address", url);
    address.host = ip_text(*address.ip);
    return {};
}

Result<void> read_host(std::string_view host, std::string_view url, WebAddress& address) {
    if (host.starts_with('[') && host.ends_with(']')) return read_ipv6(host.substr(1, host.size() - 2), url, address);
    if (std::ranges::any_of(host, [](char c) { return static_cast<signed char>(c) < 0; }))
        return wrong("a host with letters beyond ASCII is written in its xn-- form", url);
    if (host.ends_with('.')) host.remove_suffix(1);
    if (!is_host_name(host)) return wrong("the host is missing or not well-formed", url);
    address.host = codec::ascii_lower(host);
    if (!ends_in_number(address.host)) return {};
    address.ip = parse_any_ipv4(address.host);
    if (!address.ip) return wrong("the host ends like an IPv4 address and is none", url);
    address.host = ip_text(*address.ip);
    return {};
}

Result<void> read_port(std::string_view digits, std::string_view url, WebAddress& address) {
    address.port = address.tls ? kHttpsPort : kHttpPort;
    if (digits.empty()) return {};
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port == 0)
        return wrong("the port is not a number from 1 to 65535", url);
    address.port = port;
    const bool web = port == kHttpPort || port == kHttpsPort;
    if ((!web && port < kFirstFreePort) || std::ranges::find(kOtherProtocols, port) != std::end(kOtherProtocols))
        return fail(ErrorCode::Forbidden, "port " + std::to_string(port) + " is not one of the web's",
                    std::string(url));
    return {};
}

Result<void> read_authority(std::string_view authority, std::string_view url, WebAddress& address) {
    if (authority.contains('@')) return wrong("an address with a user or password is not fetched", url);
    const std::size_t host_end = authority.starts_with('[') ? authority.find(']') : 0;
    if (host_end == authority.npos) return wrong("the host is missing or not well-formed", url);
    const std::size_t colon = std::min(authority.find(':', host_end), authority.size());
    GALLEY_TRY_VOID(read_host(authority.substr(0, colon), url, address));
    return read_port(authority.substr(std::min(colon + 1, authority.size())), url, address);
}

// ---- paths

// RFC 3986 §5.2.4, of a path that begins with a slash.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> parts;
    bool folder = false;
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        folder = part == "." || part == "..";
        if (part == ".." && !parts.empty()) parts.pop_back();
        if (!folder) parts.push_back(part);
        at = end + 1;
    }
    std::string out;
    for (const std::string_view part : parts) out.append("/").append(part);
    if (folder || out.empty()) out += '/';
    return out;
}

// What may not stand in a request is escaped; escapes that are there stay.
std::string escaped(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_in(ByteClass::Target, c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 0xFU];
    }
    return out;
}

std::string target_of(std::string_view rest) {
    rest = rest.substr(0, rest.find('#'));
    const std::size_t query = std::min(rest.find('?'), rest.size());
    const std::string path = query == 0 ? "/" : without_dots(rest.substr(0, query));
    return escaped(path) + escaped(rest.substr(query));
}

Result<void> check_bytes(std::string_view text) {
    if (text.size() > kWebAddressBytesMax) return wrong("the address is too long", text.substr(0, 200));
    const bool bad = std::ranges::any_of(
        text, [](char c) { return (static_cast<unsigned char>(c) < 0x20) || c == 0x7F || c == '\\'; });
    if (bad) return wrong("the address holds a control character or a backslash", {});
    return {};
}

}  // namespace

std::string WebAddress::authority() const {
    const std::string name = ip && !ip->is_ipv4() ? "[" + host + "]" : host;
    const bool usual = port == (tls ? kHttpsPort : kHttpPort);
    return usual ? name : name + ":" + std::to_string(port);
}

std::string WebAddress::origin() const {
    return std::string(tls ? kHttps : kHttp) + authority();
}

bool is_web_address(std::string_view text) {
    return begins_with(text, kHttp) || begins_with(text, kHttps);
}

Result<WebAddress> parse_web_address(std::string_view text) {
    GALLEY_TRY_VOID(check_bytes(text));
    if (!is_web_address(text)) return wrong("only http:// and https:// addresses are fetched", text);
    WebAddress address;
    address.tls = begins_with(text, kHttps);
    const std::string_view rest = text.substr((address.tls ? kHttps : kHttp).size());
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    GALLEY_TRY_VOID(read_authority(rest.substr(0, end), text, address));
    address.target = target_of(rest.substr(end));
    return address;
}

Result<WebAddress> resolve_web_address(const WebAddress& base, std::string_view reference) {
    const std::size_t end = std::min(reference.find_first_of(":/?#"), reference.size());
    const bool has_scheme = end < reference.size() && reference[end] == ':';
    if (has_scheme) return parse_web_address(reference);
    if (reference.starts_with("//")) return parse_web_address((base.tls ? "https:" : "http:") + std::string(reference));
    const std::string path = base.target.substr(0, base.target.find('?'));
    if (reference.starts_with('/')) return parse_web_address(base.origin() + std::string(reference));
    if (reference.starts_with('?') || reference.empty() || reference.starts_with('#')) {
        const bool keeps_query = !reference.starts_with('?');
        return parse_web_address(base.origin() + (keeps_query ? base.target : path) + std::string(reference));
    }
    return parse_web_address(base.origin() + path.substr(0, path.rfind('/') + 1) + std::string(reference));
}

}  // namespace galley::net
