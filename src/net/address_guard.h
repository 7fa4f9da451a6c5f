// src/net/address_guard.h — where this server may connect to on others' behalf: the public network, and what its
// operator allowed.
//
// Shape    why_not_public(address) → nothing for an address of the public network, else what it is, in words. A pure
//          function: names, time and settings play no part.
//          AddressGuard::parse({.allow = {"10.1.0.0/16", "cdn.internal", "*.corp.example"}, …}) adds the operator's
//          rules. check_name() is asked before a name is looked up, check_address() with each address that is to be
//          connected to, and with nothing in between.
// Errors   parse: InvalidInput (neither address, network nor name; too many). check_…: Forbidden, with the host and the
//          reason.
// Threads  immutable after parse(); any.
// Limits   kGuardRulesMax rules in each list.
// Source   SPEC R61; https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-; RFC 6052 (NAT64),
//          RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP); docs/outbound.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/ip_network.h"
#include "net/web_options.h"

namespace galley::net {

inline constexpr std::size_t kGuardRulesMax = 256;

inline constexpr std::string_view kOnlyPublic = "only public addresses are fetched from";

std::optional<std::string_view> why_not_public(const IpAddress& address);

// One list of GuardRules.
class AddressList {
 public:
    static Result<AddressList> parse(const std::vector<std::string>& rules);
    bool has_name(std::string_view host) const;
    bool has_address(const IpAddress& address) const;

 private:
    std::vector<IpNetwork> networks_;
    std::vector<std::string> names_;  // in lower case; "*.…" as given
};

class AddressGuard {
 public:
    static Result<AddressGuard> parse(const GuardRules& rules);

    // `host` as WebAddress::host has it: lower case, no dot at the end.
    Result<void> check_name(std::string_view host) const;
    Result<void> check_address(const IpAddress& address, std::string_view host) const;

 private:
    Reach reach_ = Reach::Public;
    AddressList allow_;
    AddressList deny_;
};

}  // namespace galley::net
