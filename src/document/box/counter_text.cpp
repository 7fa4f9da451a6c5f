#include "document/box/counter_text.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <vector>

#include "document/box/counters.h"

namespace galley::document {

namespace {

using System = CounterStyleRule::System;

constexpr std::size_t kStepsMax = 16;  // through extends and fallback, which may lead in circles

const CounterStyleRule* find_rule(std::string_view style, const CounterStyles& own) {
    if (own.empty()) return nullptr;
    const auto found = own.find(style);
    return found != own.end() ? &found->second : nullptr;
}

// A rule and those that it extends: each descriptor is that of the first rule that says it.
struct Resolved {
    std::vector<const CounterStyleRule*> chain;
    std::string_view predefined;  // not empty: the style that writes the symbols

    const CounterStyleRule& writer() const { return *chain.back(); }
    template <typename T>
    const T* said(std::optional<T> CounterStyleRule::* descriptor) const {
        for (const CounterStyleRule* rule : chain)
            if (rule->*descriptor) return &*(rule->*descriptor);
        return nullptr;
    }
    std::string text(std::optional<std::string> CounterStyleRule::* descriptor, std::string_view otherwise) const {
        const std::string* found = said(descriptor);
        return found != nullptr ? *found : std::string(otherwise);
    }
};

Resolved resolve(const CounterStyleRule& rule, const CounterStyles& own) {
    Resolved out{{&rule}, {}};
    while (out.writer().system == System::Extends) {
        const bool circle = out.chain.size() > kStepsMax;
        const CounterStyleRule* next = circle ? nullptr : find_rule(out.writer().extended, own);
        if (next == nullptr) {
            out.predefined = circle ? "decimal" : std::string_view(out.writer().extended);
            return out;
        }
        out.chain.push_back(next);
    }
    return out;
}

// https://www.w3.org/TR/css-counter-styles-3/#counter-style-range
bool in_range(int value, const Resolved& style) {
    const auto* ranges = style.said(&CounterStyleRule::ranges);
    if (ranges != nullptr && !ranges->empty())
        return std::ranges::any_of(*ranges,
                                   [&](const auto& range) { return value >= range.first && value <= range.second; });
    if (!style.predefined.empty()) return true;
    const System system = style.writer().system;
    if (system == System::Alphabetic || system == System::Symbolic) return value >= 1;
    return system != System::Additive || value >= 0;
}

bool has_negatives(const Resolved& style) {
    const System system = style.writer().system;
    return !style.predefined.empty() || (system != System::Cyclic && system != System::Fixed);
}

// Positional, digits from the last to the first; alphabetic ones have no zero.
std::string positional(int value, const std::vector<std::string>& symbols, bool zero) {
    const int base = static_cast<int>(symbols.size());
    std::vector<const std::string*> digits;
    do {
        if (!zero) --value;
        digits.push_back(&symbols[static_cast<std::size_t>(value % base)]);
        value /= base;
    } while (value > 0);
    std::string out;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) out += **digit;
    return out;
}

std::optional<std::string> additive(int value, const CounterStyleRule& rule) {
    std::string out;
    int count = 0;
    for (const auto& [weight, symbol] : rule.additive) {
        if (weight == 0) {
            if (value == 0 && out.empty()) return symbol;
            continue;
        }
        const int times = value / weight;
        count += std::min(times, kCounterTextMax + 1);
        if (count > kCounterTextMax) return std::nullopt;
        for (int i = 0; i < times; ++i) out += symbol;
        value -= times * weight;
    }
    if (value != 0 || out.empty()) return std::nullopt;
    return out;
}

std::optional<std::string> symbols_of(int value, const Resolved& style) {
    const CounterStyleRule& rule = style.writer();
    if (!style.predefined.empty()) return format_counter(value, style.predefined);
    const auto count = static_cast<long long>(rule.symbols.size());
    const auto symbol = [&](long long index) { return rule.symbols[static_cast<std::size_t>(index)]; };
    switch (rule.system) {
        case System::Cyclic:
            return symbol(((value - 1LL) % count + count) % count);
        case System::Fixed: {
            const long long index = static_cast<long long>(value) - rule.first_value;
            if (index < 0 || index >= count) return std::nullopt;
            return symbol(index);
        }
        case System::Symbolic: {
            const long long times = (value + count - 1) / count;
            if (times < 1 || times > kCounterTextMax) return std::nullopt;
            std::string out;
            for (long long i = 0; i < times; ++i) out += symbol((value - 1) % count);
            return out;
        }
        case System::Alphabetic:
            if (value < 1) return std::nullopt;
            return positional(value, rule.symbols, false);
        case System::Numeric:
            return positional(value, rule.symbols, true);
        case System::Additive:
            return additive(value, rule);
        case System::Extends:
            break;
    }
    return std::nullopt;
}

int characters(std::string_view text) {
    return static_cast<int>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

// https://www.w3.org/TR/css-counter-styles-3/#generate-a-counter — nothing: the fallback writes it.
std::optional<std::string> generate(int value, const Resolved& style) {
    if (!in_range(value, style)) return std::nullopt;
    const bool negative = value < 0 && has_negatives(style);
    std::optional<std::string> out = symbols_of(negative ? -value : value, style);
    if (!out) return std::nullopt;
    const auto* said = style.said(&CounterStyleRule::negative);
    const CounterStyleRule::Affixes sign = said != nullptr ? *said : CounterStyleRule::Affixes("-", "");
    if (const auto* pad = style.said(&CounterStyleRule::pad)) {
        const auto& [length, symbol] = *pad;
        const int there = characters(*out) + (negative ? characters(sign.first) + characters(sign.second) : 0);
        if (length > kCounterTextMax) return std::nullopt;
        std::string padding;
        for (int i = there; i < length; ++i) padding += symbol;
        out = padding + *out;
    }
    return negative ? sign.first + *out + sign.second : *out;
}

}  // namespace

std::string counter_text(int value, std::string_view style, const CounterStyles& own) {
    value = std::max(value, -std::numeric_limits<int>::max());
    std::string name(style);
    for (std::size_t step = 0; step < kStepsMax; ++step) {
        const CounterStyleRule* rule = find_rule(name, own);
        if (rule == nullptr) return format_counter(value, name);
        const Resolved resolved = resolve(*rule, own);
        if (std::optional<std::string> text = generate(value, resolved)) return *text;
        name = resolved.text(&CounterStyleRule::fallback, "decimal");
    }
    return format_counter(value, "decimal");
}

std::string marker_text(int value, std::string_view style, const CounterStyles& own) {
    const CounterStyleRule* rule = find_rule(style, own);
    const std::string text = counter_text(value, style, own);
    if (rule == nullptr) return text + (is_symbol_style(style) ? " " : ". ");
    const Resolved resolved = resolve(*rule, own);
    return resolved.text(&CounterStyleRule::prefix, "") + text +
           resolved.text(&CounterStyleRule::suffix, is_symbol_style(resolved.predefined) ? " " : ". ");
}

}  // namespace galley::document
