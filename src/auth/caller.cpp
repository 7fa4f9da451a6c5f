#include "auth/caller.h"

#include <array>
#include <utility>

#include "codec/utf8.h"

namespace galley::auth {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 3> kRoles{
    {{Role::User, "user"}, {Role::Staff, "staff"}, {Role::Admin, "admin"}}};

// UTF-8 without control characters.
bool is_printable(std::string_view text) {
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const std::size_t length = codec::utf8_sequence_length(text);
        if (length == 0 || byte < 0x20 || byte == 0x7F) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

std::string_view role_name(Role role) {
    for (const auto& [value, name] : kRoles) {
        if (value == role) return name;
    }
    return "unknown";
}

std::optional<Role> parse_role(std::string_view name) {
    for (const auto& [value, text] : kRoles) {
        if (text == name) return value;
    }
    return std::nullopt;
}

bool is_valid_email(std::string_view text) {
    return !text.empty() && text.size() <= kEmailBytesMax && is_printable(text) && !text.contains(' ');
}

bool is_valid_display_name(std::string_view text) {
    return text.size() <= kDisplayNameBytesMax && is_printable(text);
}

}  // namespace galley::auth
