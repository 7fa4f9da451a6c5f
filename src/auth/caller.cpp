#include "auth/caller.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "codec/utf8.h"

namespace galley::auth {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoles{
    {{Role::User, "user"}, {Role::Staff, "staff"}, {Role::Admin, "admin"}, {Role::Worker, "worker"}}};

struct CodePoints {
    std::uint32_t first;
    std::uint32_t last;
};

// Controls, line breaks, and what shows nothing or turns the text around: two names must not look like one.
constexpr std::array<CodePoints, 10> kInvisible{{{0x00, 0x1F},
                                                 {0x7F, 0x9F},
                                                 {0xAD, 0xAD},
                                                 {0x61C, 0x61C},
                                                 {0x200B, 0x200F},
                                                 {0x2028, 0x202E},
                                                 {0x2060, 0x206F},
                                                 {0xFEFF, 0xFEFF},
                                                 {0xFFF9, 0xFFFB},
                                                 {0xE0000, 0xE007F}}};
constexpr std::array<CodePoints, 7> kSpaces{{{0x20, 0x20},
                                             {0xA0, 0xA0},
                                             {0x1680, 0x1680},
                                             {0x2000, 0x200A},
                                             {0x202F, 0x202F},
                                             {0x205F, 0x205F},
                                             {0x3000, 0x3000}}};

bool is_among(std::span<const CodePoints> ranges, std::uint32_t code_point) {
    return std::ranges::any_of(ranges, [code_point](const CodePoints& range) {
        return range.first <= code_point && code_point <= range.last;
    });
}

// Precondition: `sequence` is one well-formed UTF-8 sequence.
std::uint32_t decode(std::string_view sequence) {
    constexpr std::array<std::uint32_t, 5> kLeadMasks{0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t code_point = static_cast<unsigned char>(sequence.front()) & kLeadMasks[sequence.size()];
    for (const char c : sequence.substr(1)) code_point = (code_point << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
    return code_point;
}

// UTF-8 in which every character passes.
template <typename Passes>
bool every_character(std::string_view text, Passes passes) {
    while (!text.empty()) {
        const std::size_t length = codec::utf8_sequence_length(text);
        if (length == 0 || !passes(decode(text.substr(0, length)))) return false;
        text.remove_prefix(length);
    }
    return true;
}

// Labels between dots, none of them empty.
bool is_domain(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..");
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
    const std::size_t at = text.find('@');
    if (at == text.npos || at == 0 || text.size() > kEmailBytesMax) return false;
    if (text.find('@', at + 1) != text.npos || !is_domain(text.substr(at + 1))) return false;
    constexpr std::string_view kRefused = "\"(),:;<>[\\]";
    return text.find_first_of(kRefused) == text.npos && every_character(text, [](std::uint32_t code_point) {
               return !is_among(kInvisible, code_point) && !is_among(kSpaces, code_point);
           });
}

bool is_valid_display_name(std::string_view text) {
    return text.size() <= kDisplayNameBytesMax &&
           every_character(text, [](std::uint32_t code_point) { return !is_among(kInvisible, code_point); });
}

}  // namespace galley::auth
