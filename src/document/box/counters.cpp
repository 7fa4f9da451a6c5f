#include "document/box/counters.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "document/text/utf8.h"

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

// https://www.w3.org/TR/css-counter-styles-3/#simple-numeric and #complex-predefined-counters
struct DigitStyle {
    std::string_view name;
    char32_t zero;  // the digits follow each other
};
constexpr DigitStyle kDigitStyles[] = {
    {"arabic-indic", 0x660}, {"persian", 0x6F0}, {"devanagari", 0x966}, {"bengali", 0x9E6}, {"gurmukhi", 0xA66},
    {"gujarati", 0xAE6},     {"oriya", 0xB66},   {"tamil", 0xBE6},      {"telugu", 0xC66},  {"kannada", 0xCE6},
    {"malayalam", 0xD66},    {"thai", 0xE50},    {"lao", 0xED0},        {"tibetan", 0xF20}, {"myanmar", 0x1040},
    {"cambodian", 0x17E0},   {"khmer", 0x17E0},  {"mongolian", 0x1810}};
struct LetterStyle {
    std::string_view name;
    std::u32string_view letters;
};
constexpr LetterStyle kLetterStyles[] = {
    {"hiragana", U"あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん"},
    {"katakana", U"アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン"},
    {"hiragana-iroha",
     U"いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす"},
    {"katakana-iroha",
     U"イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"}};
struct FixedStyle {
    std::string_view name;
    std::u32string_view signs;
};
constexpr FixedStyle kFixedStyles[] = {{"cjk-earthly-branch", U"子丑寅卯辰巳午未申酉戌亥"},
                                       {"cjk-heavenly-stem", U"甲乙丙丁戊己庚辛壬癸"}};
// Additive styles: letters of 1 to 9, of 10 to 90, of 100 to 900 and so on, one after the other.
struct AdditiveStyle {
    std::string_view name;
    std::u32string_view letters;
    int most;
};
constexpr AdditiveStyle kAdditiveStyles[] = {{"armenian", U"ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔ", 9999},
                                             {"upper-armenian", U"ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔ", 9999},
                                             {"lower-armenian", U"աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփք", 9999},
                                             {"georgian", U"აბგდევზჱთიკლმნჲოპჟრსტჳფქღყშჩცძწჭხჴჯჰ", 9999},
                                             {"hebrew", U"אבגדהוזחטיכלמנסעפצקרשת", 499}};

std::string signs_of_digits(int value, const std::u32string_view& digits) {
    std::string out;
    for (const char digit : std::to_string(value)) {
        if (digit == '-')
            out += digit;
        else
            append_utf8(out, digits[static_cast<std::size_t>(digit - '0')]);
    }
    return out;
}

std::string additive(int value, const AdditiveStyle& style) {
    std::string out;
    if (style.name == "hebrew" && (value % 100 == 15 || value % 100 == 16)) {  // not to spell the name of God
        if (value >= 100) append_utf8(out, style.letters[static_cast<std::size_t>(17 + value / 100)]);
        append_utf8(out, U'ט');
        append_utf8(out, value % 100 == 15 ? U'ו' : U'ז');
        return out;
    }
    const std::string digits = std::to_string(value);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const std::size_t power = digits.size() - 1 - i;
        if (digits[i] != '0') append_utf8(out, style.letters[power * 9 + static_cast<std::size_t>(digits[i] - '1')]);
    }
    return out;
}

// "" when the style is none of these or has no sign for the value.
std::string in_script(int value, std::string_view name) {
    if (name == "cjk-decimal") return signs_of_digits(value, U"〇一二三四五六七八九");
    for (const DigitStyle& style : kDigitStyles) {
        if (style.name != name) continue;
        std::u32string digits;
        for (char32_t i = 0; i < 10; ++i) digits += style.zero + i;
        return signs_of_digits(value, digits);
    }
    if (value <= 0) return "";
    const auto letter = [](std::u32string_view letters, int index) {
        std::string out;
        append_utf8(out, letters[static_cast<std::size_t>(index)]);
        return out;
    };
    for (const LetterStyle& style : kLetterStyles)
        if (style.name == name)
            return alphabetic(value, static_cast<int>(style.letters.size()),
                              [&](int index) { return letter(style.letters, index); });
    for (const FixedStyle& style : kFixedStyles)
        if (style.name == name)
            return value <= static_cast<int>(style.signs.size()) ? letter(style.signs, value - 1) : "";
    for (const AdditiveStyle& style : kAdditiveStyles)
        if (style.name == name && value <= style.most) return additive(value, style);
    return "";
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
    const std::string signs = in_script(value, style);
    return signs.empty() ? std::to_string(value) : signs;
}

bool is_symbol_style(std::string_view style) {
    return style == "disc" || style == "circle" || style == "square" || style.starts_with("disclosure");
}

}  // namespace galley::document
