// fuzz/web_address.cpp — addresses of the web and where redirects lead from them: what was understood is written so
// that it is understood the same again, and goes into a request as one line.
//
// Shape    input = an address, a line feed, a reference against it.
#include "net/web_address.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/address_guard.h"

namespace {

using namespace galley::net;

void check(const WebAddress& address) {
    const std::string line = address.text();
    GALLEY_CHECK(std::ranges::all_of(line, [](char c) { return c > ' ' && c < 0x7F; }));
    GALLEY_CHECK(!address.host.empty() && address.port != 0 && address.target.starts_with('/'));
    const auto again = parse_web_address(line);
    if (!again) {
        GALLEY_CHECK(line.size() > kWebAddressBytesMax);  // escapes made it longer
        return;
    }
    GALLEY_CHECK(again->text() == line && again->host == address.host && again->ip == address.ip);
    // A host that a resolver could take for an address is known as one.
    const auto literal = parse_ip(address.host);
    GALLEY_CHECK(literal == address.ip);
    if (address.ip) (void)why_not_public(*address.ip);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const auto address = parse_web_address(input.substr(0, end));
    if (!address) return 0;
    check(*address);
    const auto next = resolve_web_address(*address, input.substr(std::min(end + 1, input.size())));
    if (next) check(*next);
    return 0;
}
