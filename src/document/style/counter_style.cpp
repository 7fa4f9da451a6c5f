#include "document/style/counter_style.h"

#include <algorithm>
#include <limits>

#include "document/css/syntax.h"
#include "document/css/values.h"

namespace galley::document {

namespace {

using System = CounterStyleRule::System;

std::optional<std::string> read_symbol(CssCursor& cursor) {
    if (!cursor.peek().is(CssTokenType::String) && !cursor.peek().is(CssTokenType::Ident)) return std::nullopt;
    return std::string(cursor.take().text);
}

void read_system(CssCursor cursor, CounterStyleRule& rule) {
    constexpr std::pair<std::string_view, System> kSystems[] = {
        {"cyclic", System::Cyclic},     {"numeric", System::Numeric},   {"alphabetic", System::Alphabetic},
        {"symbolic", System::Symbolic}, {"additive", System::Additive}, {"fixed", System::Fixed},
        {"extends", System::Extends}};
    for (const auto& [name, system] : kSystems) {
        if (!cursor.take_ident(name)) continue;
        rule.system = system;
        if (system == System::Fixed) rule.first_value = read_integer(cursor).value_or(1);
        if (system == System::Extends) rule.extended = css_lowered(read_symbol(cursor).value_or("decimal"));
        return;
    }
}

void read_symbols(CssCursor cursor, CounterStyleRule& rule) {
    rule.symbols.clear();
    while (!cursor.done() && rule.symbols.size() < kCounterSymbolsMax) {
        auto symbol = read_symbol(cursor);
        if (!symbol) return;
        rule.symbols.push_back(std::move(*symbol));
    }
}

// "10 X" or "X 10"
std::optional<std::pair<int, std::string>> read_weighted(CssCursor cursor) {
    std::optional<std::string> symbol = read_symbol(cursor);
    const std::optional<int> weight = read_integer(cursor);
    if (!symbol) symbol = read_symbol(cursor);
    if (!symbol || !weight || *weight < 0) return std::nullopt;
    return std::pair(*weight, std::move(*symbol));
}

void read_additive(CssCursor cursor, CounterStyleRule& rule) {
    rule.additive.clear();
    while (!cursor.done() && rule.additive.size() < kCounterSymbolsMax)
        if (auto tuple = read_weighted(CssCursor(cursor.take_until_comma())))
            rule.additive.push_back(std::move(*tuple));
    std::ranges::sort(rule.additive, std::ranges::greater(), &std::pair<int, std::string>::first);
}

std::optional<int> read_bound(CssCursor& cursor, int infinite) {
    return cursor.take_ident("infinite") ? infinite : read_integer(cursor);
}

void read_ranges(CssCursor cursor, CounterStyleRule& rule) {
    std::vector<std::pair<int, int>> ranges;
    if (!cursor.take_ident("auto")) {
        while (!cursor.done() && ranges.size() < kCounterSymbolsMax) {
            CssCursor range(cursor.take_until_comma());
            const auto low = read_bound(range, std::numeric_limits<int>::min());
            const auto high = read_bound(range, std::numeric_limits<int>::max());
            if (!low || !high || *low > *high) return;
            ranges.emplace_back(*low, *high);
        }
    }
    rule.ranges = std::move(ranges);
}

void read_descriptor(const RawDeclaration& raw, CounterStyleRule& rule) {
    CssCursor cursor(raw.value);
    if (css_equals(raw.name, "system")) return read_system(cursor, rule);
    if (css_equals(raw.name, "symbols")) return read_symbols(cursor, rule);
    if (css_equals(raw.name, "additive-symbols")) return read_additive(cursor, rule);
    if (css_equals(raw.name, "range")) return read_ranges(cursor, rule);
    if (css_equals(raw.name, "pad")) {
        if (auto pad = read_weighted(cursor)) rule.pad = std::move(*pad);
        return;
    }
    auto text = read_symbol(cursor);
    if (!text) return;
    if (css_equals(raw.name, "prefix")) rule.prefix = std::move(*text);
    if (css_equals(raw.name, "suffix")) rule.suffix = std::move(*text);
    if (css_equals(raw.name, "fallback")) rule.fallback = css_lowered(*text);
    if (css_equals(raw.name, "negative")) {
        std::string before = std::move(*text);
        rule.negative = CounterStyleRule::Affixes(std::move(before), read_symbol(cursor).value_or(""));
    }
}

bool has_what_it_needs(const CounterStyleRule& rule) {
    switch (rule.system) {
        case System::Cyclic:
        case System::Symbolic:
        case System::Fixed:
            return !rule.symbols.empty();
        case System::Numeric:
        case System::Alphabetic:
            return rule.symbols.size() >= 2;
        case System::Additive:
            return !rule.additive.empty();
        case System::Extends:
            return true;
    }
    return false;
}

}  // namespace

std::optional<std::pair<std::string, CounterStyleRule>> read_counter_style(CssTokens prelude, CssTokens block) {
    CssCursor cursor(prelude);
    if (!cursor.peek().is(CssTokenType::Ident)) return std::nullopt;
    std::string name = css_lowered(cursor.take().text);
    if (!cursor.done() || name == "none" || name == "decimal") return std::nullopt;
    CounterStyleRule rule;
    DeclarationReader reader(block);
    while (const auto item = reader.next())
        if (item->declaration) read_descriptor(*item->declaration, rule);
    if (!has_what_it_needs(rule)) return std::nullopt;
    return std::pair(std::move(name), std::move(rule));
}

}  // namespace galley::document
