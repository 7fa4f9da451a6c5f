#include "net/request_id.h"

#include <algorithm>
#include <array>

#include "base/digest.h"

namespace galley::net {

namespace {

bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

}  // namespace

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= kRequestIdBytesMax && std::all_of(text.begin(), text.end(), is_id_character);
}

RequestIds::RequestIds(os::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    prefix_ = hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + '-';
}

std::string RequestIds::next() {
    return prefix_ + std::to_string(++count_);
}

}  // namespace galley::net
