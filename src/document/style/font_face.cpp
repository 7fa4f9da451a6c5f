#include "document/style/font_face.h"

#include <algorithm>
#include <array>

#include "document/css/syntax.h"
#include "document/css/values.h"
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

// The value of a descriptor, read as if it were the property of that name.
bool read_as_property(PropertyId id, CssTokens value, StyleTarget& target) {
    target.parent = &initial_style();
    return apply_property(id, value, target);
}

// Formats that cannot be read need not be fetched; an unknown one is none of ours.
bool is_readable_format(CssCursor item) {
    constexpr std::string_view kReadable[] = {"woff2",
                                              "woff",
                                              "truetype",
                                              "opentype",
                                              "collection",
                                              "woff2-variations",
                                              "woff-variations",
                                              "truetype-variations",
                                              "opentype-variations"};
    auto format = item.take_function("format");
    if (!format) return true;
    const CssToken& token = format->peek();
    if (!token.is(CssTokenType::String) && !token.is(CssTokenType::Ident)) return false;
    return std::ranges::any_of(kReadable, [&](std::string_view name) { return css_equals(token.text, name); });
}

// url(…) format(…) | local(…), …
void read_sources(CssTokens value, std::string_view base_url, FontFaceRule& rule) {
    StyleTarget target;
    target.base_url = base_url;
    CssCursor list(value);
    while (!list.done()) {
        CssCursor item(list.take_until_comma());
        if (auto local = item.take_function("local")) {
            if (auto name = read_custom_ident(*local)) rule.local_names.push_back(std::move(*name));
        } else if (auto url = read_url(item, target)) {
            if (is_readable_format(item)) rule.urls.push_back(std::move(*url));
        }
    }
}

// "400" or "100 900"
void read_weights(CssTokens value, FontFaceRule& rule) {
    CssCursor cursor(value);
    const CssTokens first = cursor.take_component();
    const CssTokens second = cursor.done() ? first : cursor.take_component();
    StyleTarget low, high;
    if (!read_as_property(PropertyId::FontWeight, first, low) ||
        !read_as_property(PropertyId::FontWeight, second, high))
        return;
    rule.weight_min = low.text.font_weight;
    rule.weight_max = high.text.font_weight;
}

// "75%" or "75% 100%"
void read_stretches(CssTokens value, FontFaceRule& rule) {
    CssCursor cursor(value);
    const CssTokens first = cursor.take_component();
    const CssTokens second = cursor.done() ? first : cursor.take_component();
    StyleTarget low, high;
    if (!read_as_property(PropertyId::FontStretch, first, low) ||
        !read_as_property(PropertyId::FontStretch, second, high))
        return;
    rule.stretch_min = low.text.font_stretch_percent;
    rule.stretch_max = high.text.font_stretch_percent;
}

// One "U+26", "U+0-7F" or "U+4??" from its text behind the "U".
std::optional<std::pair<char32_t, char32_t>> parse_range(std::string_view text) {
    constexpr std::size_t kDigitsMax = 6;
    if (!text.starts_with('+')) return std::nullopt;
    std::array<char32_t, 2> ends{};
    std::size_t digits = 0, part = 0;
    bool wild = false;
    for (const char c : text.substr(1)) {
        if (c == '-' && part == 0 && digits > 0 && !wild) {
            part = 1;
            digits = 0;
            continue;
        }
        const char lower = css_lower(c);
        const int value = lower >= '0' && lower <= '9'   ? lower - '0'
                          : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                         : -1;
        if ((value < 0 && c != '?') || (c == '?' && part == 1)) break;
        if (++digits > kDigitsMax) return std::nullopt;
        if (c == '?' && !wild) ends[1] = ends[0];
        wild |= c == '?';
        const auto digit = static_cast<char32_t>(value < 0 ? 0 : value);
        if (wild) ends[1] = ends[1] * 16 + 15;
        ends[wild ? 0 : part] = ends[wild ? 0 : part] * 16 + digit;
    }
    if (digits == 0) return std::nullopt;
    if (part == 0 && !wild) ends[1] = ends[0];
    return std::pair(ends[0], ends[1]);
}

// https://drafts.csswg.org/css-syntax-3/#urange-syntax — its tokens make no sense by themselves: the text is read.
void read_unicode_ranges(CssTokens value, FontFaceRule& rule) {
    constexpr std::size_t kRangesMax = 1000;
    if (value.empty()) return;
    const std::size_t end = value.data()[value.size()].offset;  // a rule's block always ends with a closing token
    rule.unicode_ranges.clear();
    for (const CssToken& token : value) {
        const bool starts = token.is(CssTokenType::Ident) && css_equals(token.text, "u");
        if (!starts || end <= token.offset + 1 || rule.unicode_ranges.size() >= kRangesMax) continue;
        const auto range = parse_range({token.text.data() + 1, end - token.offset - 1});
        if (range && range->first <= range->second) rule.unicode_ranges.push_back(*range);
    }
}

void read_descriptor(const RawDeclaration& raw, std::string_view base_url, FontFaceRule& rule) {
    StyleTarget target;
    if (css_equals(raw.name, "src")) {
        read_sources(raw.value, base_url, rule);
    } else if (css_equals(raw.name, "font-weight")) {
        read_weights(raw.value, rule);
    } else if (css_equals(raw.name, "font-stretch")) {
        read_stretches(raw.value, rule);
    } else if (css_equals(raw.name, "unicode-range")) {
        read_unicode_ranges(raw.value, rule);
    } else if (css_equals(raw.name, "font-family")) {
        if (read_as_property(PropertyId::FontFamily, raw.value, target))
            rule.family = target.text.font_families.front();
    } else if (css_equals(raw.name, "font-style")) {
        if (read_as_property(PropertyId::FontStyle, raw.value, target)) rule.style = target.text.font_style;
    }
}

}  // namespace

std::optional<FontFaceRule> read_font_face(CssTokens block, std::string_view base_url) {
    FontFaceRule rule;
    DeclarationReader reader(block);
    while (const auto item = reader.next()) {
        if (item->declaration) read_descriptor(*item->declaration, base_url, rule);
    }
    if (rule.family.empty() || (rule.urls.empty() && rule.local_names.empty())) return std::nullopt;
    return rule;
}

}  // namespace galley::document
