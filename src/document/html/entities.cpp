#include "document/html/entities.h"

#include <algorithm>
#include <iterator>

#include "codec/utf8.h"

namespace galley::document {

namespace {

struct Entity {
    std::string_view name;
    std::uint32_t first, second;
    bool legacy;  // counts without a semicolon
};

constexpr Entity kEntities[] = {
#include "document/html/entity_table.inc"
};

constexpr std::size_t kNameBytesMax = 31;
constexpr std::size_t kLegacyNameBytesMax = 6;

const Entity* find_entity(std::string_view name) {
    const auto* at = std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                                      [](const Entity& entity, std::string_view key) { return entity.name < key; });
    return at != std::end(kEntities) && at->name == name ? at : nullptr;
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int digit_value(char c, int base) {
    int value = -1;
    if (c >= '0' && c <= '9') value = c - '0';
    if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
    if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
    return value < base ? value : -1;
}

// What windows-1252 has at 0x80–0x9F: numeric references there mean these.
constexpr std::uint16_t kWindows1252[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                            0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                            0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                            0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

std::uint32_t repaired_code_point(std::uint32_t code) {
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0xFFFD;
    if (code >= 0x80 && code <= 0x9F) return kWindows1252[code - 0x80];
    return code;
}

// text starts after "&#". Returns the bytes used, 0 when this is no reference.
std::size_t append_numeric(std::string& out, std::string_view text) {
    const bool hex = !text.empty() && (text[0] == 'x' || text[0] == 'X');
    const int base = hex ? 16 : 10;
    const std::size_t start = hex ? 1 : 0;
    std::size_t at = start;
    std::uint32_t code = 0;
    for (; at < text.size(); ++at) {
        const int digit = digit_value(text[at], base);
        if (digit < 0) break;
        if (code <= 0x10FFFF) code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    }
    if (at == start) return 0;
    codec::append_utf8(out, repaired_code_point(code));
    return at < text.size() && text[at] == ';' ? at + 1 : at;
}

void append_entity(std::string& out, const Entity& entity) {
    codec::append_utf8(out, entity.first);
    if (entity.second != 0) codec::append_utf8(out, entity.second);
}

// The longest name without semicolon that `run` starts with.
const Entity* find_legacy(std::string_view run) {
    for (std::size_t length = std::min(run.size(), kLegacyNameBytesMax); length >= 2; --length) {
        const Entity* entity = find_entity(run.substr(0, length));
        if (entity != nullptr && entity->legacy) return entity;
    }
    return nullptr;
}

// text starts after "&".
std::size_t append_named(std::string& out, std::string_view text, ReferenceContext context) {
    std::size_t length = 0;
    while (length < text.size() && length < kNameBytesMax && is_alphanumeric(text[length])) ++length;
    const std::string_view run = text.substr(0, length);
    if (length < text.size() && text[length] == ';') {
        if (const Entity* entity = find_entity(run)) {
            append_entity(out, *entity);
            return length + 1;
        }
    }
    const Entity* entity = find_legacy(run);
    if (entity == nullptr) return 0;
    const std::size_t used = entity->name.size();
    // For old URLs: in an attribute, "&copy=1" and "&copyx" stay as they are.
    const char next = used < text.size() ? text[used] : '\0';
    if (context == ReferenceContext::AttributeValue && (next == '=' || is_alphanumeric(next))) return 0;
    append_entity(out, *entity);
    return used;
}

}  // namespace

void append_decoded(std::string& out, std::string_view text, ReferenceContext context) {
    while (true) {
        const std::size_t ampersand = text.find('&');
        out.append(text.substr(0, ampersand));
        if (ampersand == std::string_view::npos) return;
        text.remove_prefix(ampersand + 1);
        const bool numeric = !text.empty() && text[0] == '#';
        const std::size_t used = numeric ? append_numeric(out, text.substr(1)) : append_named(out, text, context);
        if (used == 0) out += '&';
        text.remove_prefix(used == 0 ? 0 : used + (numeric ? 1 : 0));
    }
}

}  // namespace galley::document
