#include "app/setting_value.h"

#include <charconv>
#include <cmath>
#include <span>

namespace galley::app {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};
// Largest first: a value is written in the first unit that divides it.
constexpr Unit kByteUnits[] = {{"TiB", 1LL << 40},
                               {"TB", 1'000'000'000'000},
                               {"GiB", 1LL << 30},
                               {"GB", 1'000'000'000},
                               {"MiB", 1LL << 20},
                               {"MB", 1'000'000},
                               {"KiB", 1LL << 10},
                               {"KB", 1'000},
                               {"B", 1}};
constexpr Unit kTimeUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr double kExactMax = 9'007'199'254'740'992;  // 2^53: beyond it a double is no longer every integer

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::unexpected<Error> not_expected(SettingType type) {
    return fail(ErrorCode::InvalidInput, std::string(expected_form(type)) + " is expected");
}

Result<SettingValue> parse_flag(std::string_view text) {
    for (const std::string_view word : {"true", "1", "yes", "on"})
        if (same_word(text, word)) return true;
    for (const std::string_view word : {"false", "0", "no", "off"})
        if (same_word(text, word)) return false;
    return not_expected(SettingType::Flag);
}

Result<SettingValue> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return not_expected(SettingType::Integer);
    return number;
}

const Unit* find_unit(std::string_view name, std::span<const Unit> units) {
    for (const Unit& unit : units)
        if (same_word(name, unit.name)) return &unit;
    return nullptr;
}

Result<SettingValue> parse_quantity(std::string_view text, SettingType type) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(number) || number < 0) return not_expected(type);
    const bool bytes = type == SettingType::Bytes;
    const std::string_view name = trimmed({end, static_cast<std::size_t>(text.data() + text.size() - end)});
    const Unit* unit = find_unit(bytes && name.empty() ? "B" : name,
                                 bytes ? std::span<const Unit>(kByteUnits) : std::span<const Unit>(kTimeUnits));
    if (unit == nullptr) return not_expected(type);
    const double whole = std::round(number * static_cast<double>(unit->factor));
    if (whole > kExactMax) return not_expected(type);
    return static_cast<std::int64_t>(whole);
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (const std::string_view item = trimmed(text.substr(0, comma)); !item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

std::string quantity_text(std::int64_t number, std::span<const Unit> units) {
    for (const Unit& unit : units)
        if (number % unit.factor == 0 && (number != 0 || unit.factor == 1))
            return std::to_string(number / unit.factor) + std::string(unit.name);
    return std::to_string(number);
}

std::string list_text(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
    return text;
}

}  // namespace

Result<SettingValue> parse_setting_text(std::string_view raw, SettingType type) {
    const std::string_view text = trimmed(raw);
    switch (type) {
        case SettingType::Text:
        case SettingType::Choice:
        case SettingType::Secret:
            return std::string(text);
        case SettingType::Flag:
            return parse_flag(text);
        case SettingType::Integer:
            return parse_integer(text);
        case SettingType::Bytes:
        case SettingType::Duration:
            return parse_quantity(text, type);
        case SettingType::TextList:
            return split_list(text);
    }
    return not_expected(type);
}

std::string setting_text(const SettingValue& value, SettingType type) {
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* items = std::get_if<std::vector<std::string>>(&value)) return list_text(*items);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    const std::int64_t number = std::get<std::int64_t>(value);
    if (type == SettingType::Bytes) return number == 0 ? "0" : quantity_text(number, kByteUnits);
    if (type == SettingType::Duration) return number == 0 ? "0s" : quantity_text(number, kTimeUnits);
    return std::to_string(number);
}

std::string_view expected_form(SettingType type) {
    switch (type) {
        case SettingType::Text:
        case SettingType::Choice:
        case SettingType::Secret:
            return "a text";
        case SettingType::Flag:
            return "true or false";
        case SettingType::Integer:
            return "a whole number";
        case SettingType::Bytes:
            return "a size such as 64MiB, 100MB or a number of bytes";
        case SettingType::Duration:
            return "a time with its unit, such as 500ms, 30s, 5min or 2h";
        case SettingType::TextList:
            return "a list of texts";
    }
    return "another value";
}

}  // namespace galley::app
