#include "app/config.h"

#include <charconv>
#include <cstdlib>

#include "os/files.h"

namespace galley::app {

namespace {
constexpr std::uint64_t kSecretFileBytesMax = 64 * 1024;
}

Result<ListenAddress> parse_listen(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    const Error wrong{ErrorCode::InvalidInput, "--listen wants ADDRESS:PORT, as in 127.0.0.1:8000", text, {}};
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

Result<std::string> read_jwt_secret() {
    if (const char* secret = std::getenv("GALLEY_JWT_SECRET")) return std::string(secret);
    const char* path = std::getenv("GALLEY_JWT_SECRET_FILE");
    if (path == nullptr) return std::string();
    Result<Bytes> text = os::system_files().read(path, kSecretFileBytesMax);
    if (!text) return fail(ErrorCode::InvalidInput, "GALLEY_JWT_SECRET_FILE: " + text.error().message, path);
    text->resize(std::min(text->size(), text->find_first_of("\r\n")));
    return std::move(*text);
}

}  // namespace galley::app
