// src/auth/caller.h — who is asking: the identity that a valid token proves.
//
// Shape    email is the token's `sub`, compared byte for byte everywhere (the issuer decides its spelling).
//          Staff may do what a user may; it is kept because tokens carry it (R10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace galley::auth {

enum class Role : std::uint8_t { User, Staff, Admin };

std::string_view role_name(Role role);  // "user", "staff", "admin"
std::optional<Role> parse_role(std::string_view name);

struct Caller {
    std::string email;
    Role role = Role::User;
    std::string name{};

    bool is_admin() const { return role == Role::Admin; }
};

}  // namespace galley::auth
