#include "document/box/counters.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace galley::document {

namespace {

struct RomanDigit {
    int value;
    const char* text;
};
constexpr std::array<RomanDigit, 13> kRoman{{{1000, "m"},
                                             {900, "cm"},
                                             {500, "d"},
                                             {400, "cd"},
                                             {100, "c"},
                                             {90, "xc"},
                                             {50, "l"},
                                             {40, "xl"},
                                             {10, "x"},
                                             {9, "ix"},
                                             {5, "v"},
                                             {4, "iv"},
                                             {1, "i"}}};
constexpr std::array<const char*, 24> kGreek{"α", "β", "γ", "δ", "ε", "ζ", "η", "θ", "ι", "κ", "λ", "μ",
                                             "ν", "ξ", "ο", "π", "ρ", "σ", "τ", "υ", "φ", "χ", "ψ", "ω"};

std::string roman(int value) {
    std::string out;
    for (const RomanDigit& digit : kRoman)
        for (; value >= digit.value; value -= digit.value) out += digit.text;
    return out;
}

// Bijective numeration over `size` symbols: 1 → first, size + 1 → first first.
template <typename Symbol>
std::string alphabetic(int value, int size, Symbol symbol) {
    std::vector<std::string> digits;
    for (; value > 0; value = (value - 1) / size) digits.push_back(symbol((value - 1) % size));
    std::string out;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) out += *digit;
    return out;
}

std::string latin(int value, char first) {
    return alphabetic(value, 26, [first](int index) { return std::string(1, static_cast<char>(first + index)); });
}

std::string upper_ascii(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

}  // namespace

std::vector<int>& Counters::stack(std::string_view name) {
    const auto found = values_.find(name);
    return found != values_.end() ? found->second : values_[std::string(name)];
}

void Counters::leave() {
    for (const std::string& name : scopes_.back()) {
        std::vector<int>& values = stack(name);
        if (!values.empty()) values.pop_back();
    }
    scopes_.pop_back();
    if (scopes_.empty()) scopes_.emplace_back();
}

void Counters::reset(std::string_view name, int value) {
    std::vector<std::string>& scope = scopes_.back();
    std::vector<int>& values = stack(name);
    const bool sibling_made_it = std::ranges::find(scope, name) != scope.end();
    if (sibling_made_it && !values.empty()) values.pop_back();
    if (!sibling_made_it) scope.emplace_back(name);
    values.push_back(value);
}

void Counters::increment(std::string_view name, int by) {
    std::vector<int>& values = stack(name);
    if (values.empty()) reset(name, 0);
    int& value = stack(name).back();
    value = static_cast<int>(std::clamp<long long>(static_cast<long long>(value) + by, -2'000'000'000, 2'000'000'000));
}

void Counters::set(std::string_view name, int value) {
    if (stack(name).empty()) reset(name, 0);
    stack(name).back() = value;
}

int Counters::value(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? 0 : found->second.back();
}

std::vector<int> Counters::values(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? std::vector<int>{0} : found->second;
}

std::map<std::string, int, std::less<>> Counters::snapshot() const {
    std::map<std::string, int, std::less<>> out;
    for (const auto& [name, values] : values_)
        if (!values.empty()) out.emplace(name, values.back());
    return out;
}

std::string format_counter(int value, std::string_view style) {
    if (style == "none") return "";
    if (style == "disc") return "•";
    if (style == "circle") return "◦";
    if (style == "square") return "▪";
    if (style == "disclosure-open") return "▾";
    if (style == "disclosure-closed") return "▸";
    if (style == "decimal-leading-zero" && value > -10 && value < 10)
        return (value < 0 ? "-0" : "0") + std::to_string(std::abs(value));
    if ((style == "lower-roman" || style == "upper-roman") && value > 0 && value < 4000)
        return style == "lower-roman" ? roman(value) : upper_ascii(roman(value));
    if ((style == "lower-alpha" || style == "lower-latin") && value > 0) return latin(value, 'a');
    if ((style == "upper-alpha" || style == "upper-latin") && value > 0) return latin(value, 'A');
    if (style == "lower-greek" && value > 0)
        return alphabetic(value, 24, [](int index) { return std::string(kGreek[static_cast<std::size_t>(index)]); });
    return std::to_string(value);
}

bool is_symbol_style(std::string_view style) {
    return style == "disc" || style == "circle" || style == "square" || style.starts_with("disclosure");
}

}  // namespace galley::document
