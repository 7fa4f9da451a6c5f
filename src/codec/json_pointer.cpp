#include "codec/json_pointer.h"

namespace galley::codec {
namespace {

// The start of a long name, cut between characters.
std::string_view shown(std::string_view name) {
    if (name.size() <= kShownNameBytesMax) return name;
    std::size_t end = kShownNameBytesMax;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
    return name.substr(0, end);
}

}  // namespace

std::string pointer_token(std::string_view name) {
    std::string token;
    for (const char c : shown(name)) {
        if (c == '~') {
            token += "~0";
        } else if (c == '/') {
            token += "~1";
        } else {
            token += c;
        }
    }
    return token;
}

}  // namespace galley::codec
