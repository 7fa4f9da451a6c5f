// src/document/style/counter_style.h — @counter-style rules.
//
// Shape    read_counter_style(prelude, block) → a rule that can be counted with; symbols are texts.
// Errors   nothing without a name or without the symbols that its system needs.
// Threads  any.
// Limits   kCounterSymbolsMax symbols a rule; what follows is left out.
// Source   CSS Counter Styles 3 §2–3. GAP: images as symbols, speak-as.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "document/css/token.h"

namespace galley::document {

inline constexpr std::size_t kCounterSymbolsMax = 4096;

struct CounterStyleRule {
    enum class System : std::uint8_t { Cyclic, Numeric, Alphabetic, Symbolic, Additive, Fixed, Extends };
    using Affixes = std::pair<std::string, std::string>;  // before, after
    System system = System::Symbolic;
    int first_value = 1;   // of fixed
    std::string extended;  // of extends: whose symbols, and all that is not said here
    std::vector<std::string> symbols;
    std::vector<std::pair<int, std::string>> additive;  // heaviest first
    std::optional<std::string> prefix, suffix, fallback;
    std::optional<Affixes> negative;
    std::optional<std::vector<std::pair<int, int>>> ranges;  // inclusive; empty = auto
    std::optional<std::pair<int, std::string>> pad;
};

// By name in lower case: custom identifiers that differ in case alone are taken for one.
using CounterStyles = std::map<std::string, CounterStyleRule, std::less<>>;

std::optional<std::pair<std::string, CounterStyleRule>> read_counter_style(CssTokens prelude, CssTokens block);

}  // namespace galley::document
