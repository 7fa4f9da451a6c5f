#include "app/config.h"

#include <fmt/format.h>

#include <charconv>

namespace galley::app {

Result<ListenAddress> parse_listen(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const Error wrong{ErrorCode::InvalidInput, "ADDRESS:PORT is expected, as in 127.0.0.1:8000", text, {}};
    if (colon == std::string::npos || colon == 0) return fail(wrong);
    ListenAddress address;
    address.host = text.substr(0, colon);
    if (address.host.front() == '[' && address.host.back() == ']') {
        address.host = address.host.substr(1, address.host.size() - 2);
    }
    const char* begin = text.data() + colon + 1;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(begin, end, address.port);
    if (error != std::errc() || parsed != end) return fail(wrong);
    return address;
}

std::string listen_text(const ListenAddress& listen) {
    const bool v6 = listen.host.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", listen.host, v6 ? "]" : "", listen.port);
}

}  // namespace galley::app
