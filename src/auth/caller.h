// src/auth/caller.h — who is asking: the identity that a valid token proves.
//
// Shape    email is the token's `sub`, compared byte for byte everywhere (the issuer decides its spelling).
//          Staff may do what a user may and make rooms; workers run tasks and enqueue more; tokens carry it (R10).
// Limits   kEmailBytesMax, kDisplayNameBytesMax; neither holds controls (they go into logs and headers) nor characters
//          that show nothing or turn the text around (two names must not look like one).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galley::auth {

inline constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321 §4.5.3.1.3, without the brackets
inline constexpr std::size_t kDisplayNameBytesMax = 200;

enum class Role : std::uint8_t { User, Staff, Admin, Worker };

std::string_view role_name(Role role);  // "user", "staff", "admin", "worker"
std::optional<Role> parse_role(std::string_view name);

// local@domain with one '@' and no empty label, without spaces, quotes, brackets, commas, colons and semicolons, within
// the limit. Whether mail arrives there is not our question.
bool is_valid_email(std::string_view text);
// Visible characters and spaces, within the limit; may be empty.
bool is_valid_display_name(std::string_view text);

struct Caller {
    std::string email;
    Role role = Role::User;
    std::string name{};

    bool is_admin() const { return role == Role::Admin; }
};

}  // namespace galley::auth
