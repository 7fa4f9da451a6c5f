// Fonts, line height, colour: what other values depend on.
// https://drafts.csswg.org/css-fonts-4/
#include <algorithm>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr double kFontSizeMax = 10'000;
constexpr std::size_t kFamiliesMax = 64;

// Of 16 px.
constexpr Keyword<double> kSizes[] = {{"medium", 1},          {"small", 13.0 / 16},   {"large", 18.0 / 16},
                                      {"x-small", 10.0 / 16}, {"xx-small", 9.0 / 16}, {"x-large", 24.0 / 16},
                                      {"xx-large", 2},        {"xxx-large", 3}};
constexpr Keyword<FontStyle> kStyles[] = {
    {"normal", FontStyle::Normal}, {"italic", FontStyle::Italic}, {"oblique", FontStyle::Oblique}};
constexpr Keyword<int> kStretches[] = {{"normal", 100},         {"condensed", 75},       {"expanded", 125},
                                       {"ultra-condensed", 50}, {"extra-condensed", 62}, {"semi-condensed", 87},
                                       {"semi-expanded", 112},  {"extra-expanded", 150}, {"ultra-expanded", 200}};
constexpr Keyword<FontVariantCaps> kCaps[] = {{"normal", FontVariantCaps::Normal},
                                              {"small-caps", FontVariantCaps::SmallCaps},
                                              {"all-small-caps", FontVariantCaps::SmallCaps}};
constexpr Keyword<Direction> kDirections[] = {{"ltr", Direction::Ltr}, {"rtl", Direction::Rtl}};

bool apply_color(CssCursor& cursor, StyleTarget& target) {
    const auto color = read_color(cursor);
    if (color) target.text.color = color->current ? target.parent->text->color : color->color;
    return color.has_value();
}

bool apply_font_size(CssCursor& cursor, StyleTarget& target) {
    const double parent_px = target.parent->text->font_size_px;
    double factor = 1;
    if (take_keyword(cursor, kSizes, factor)) {
        target.text.font_size_px = 16 * factor;
        return true;
    }
    if (cursor.take_ident("larger")) {
        target.text.font_size_px = std::min(parent_px * 1.2, kFontSizeMax);
        return true;
    }
    if (cursor.take_ident("smaller")) {
        target.text.font_size_px = parent_px / 1.2;
        return true;
    }
    LengthContext context = target.lengths;
    context.font_size_px = parent_px;
    const bool plain = !cursor.peek().is(CssTokenType::Function);
    const auto value = read_length(cursor, context, Percentages::Allowed);
    if (!value || (plain && (value->px < 0 || value->percent < 0))) return false;
    target.text.font_size_px = std::clamp(value->px + value->percent * parent_px / 100, 0.0, kFontSizeMax);
    return true;
}

bool is_generic_family(std::string_view name) {
    constexpr std::string_view kGeneric[] = {"serif",        "sans-serif", "monospace", "cursive",
                                             "fantasy",      "system-ui",  "ui-serif",  "ui-sans-serif",
                                             "ui-monospace", "math",       "emoji"};
    return std::ranges::any_of(kGeneric, [name](std::string_view generic) { return css_equals(name, generic); });
}

// A string, or identifiers joined by single spaces.
std::optional<std::string> read_family(CssCursor cursor) {
    if (cursor.peek().is(CssTokenType::String)) {
        std::string name(cursor.take().text);
        return cursor.done() ? std::optional(name) : std::nullopt;
    }
    std::string name;
    while (cursor.peek().is(CssTokenType::Ident)) {
        if (!name.empty()) name += ' ';
        name += cursor.take().text;
    }
    if (!cursor.done() || name.empty()) return std::nullopt;
    return is_generic_family(name) ? css_lowered(name) : name;
}

bool apply_font_family(CssCursor& cursor, StyleTarget& target) {
    std::vector<std::string> families;
    while (!cursor.done() && families.size() < kFamiliesMax) {
        auto family = read_family(CssCursor(cursor.take_until_comma()));
        if (!family) return false;
        families.push_back(std::move(*family));
    }
    target.text.font_families = std::move(families);
    return true;
}

// CSS Fonts 4 §2.2.1: relative weights.
int relative_weight(int parent, bool bolder) {
    if (bolder) return parent < 350 ? 400 : parent < 550 ? 700 : parent < 900 ? 900 : parent;
    return parent < 100 ? parent : parent < 550 ? 100 : parent < 750 ? 400 : 700;
}

bool apply_font_weight(CssCursor& cursor, StyleTarget& target) {
    constexpr Keyword<int> kWeights[] = {{"normal", 400}, {"bold", 700}};
    if (take_keyword(cursor, kWeights, target.text.font_weight)) return true;
    const int parent = target.parent->text->font_weight;
    const bool bolder = cursor.take_ident("bolder");
    if (bolder || cursor.take_ident("lighter")) {
        target.text.font_weight = relative_weight(parent, bolder);
        return true;
    }
    const auto number = read_number(cursor);
    if (!number || *number < 1 || *number > 1000) return false;
    target.text.font_weight = static_cast<int>(*number);
    return true;
}

bool apply_font_style(CssCursor& cursor, StyleTarget& target) {
    if (!take_keyword(cursor, kStyles, target.text.font_style)) return false;
    if (target.text.font_style == FontStyle::Oblique && !cursor.done()) return read_angle(cursor).has_value();
    return true;
}

bool apply_font_stretch(CssCursor& cursor, StyleTarget& target) {
    if (take_keyword(cursor, kStretches, target.text.font_stretch_percent)) return true;
    const auto percent = read_percentage(cursor);
    if (!percent || *percent < 0 || *percent > 1000) return false;
    target.text.font_stretch_percent = static_cast<int>(*percent);
    return true;
}

bool apply_line_height(CssCursor& cursor, StyleTarget& target) {
    using Kind = InheritedStyle::LineHeightKind;
    const auto set = [&target](Kind kind, double value) {
        target.text.line_height_kind = kind;
        target.text.line_height = std::min(value, 1e6);
        return value >= 0;
    };
    if (cursor.take_ident("normal")) return set(Kind::Normal, 0);
    if (const auto factor = read_number(cursor)) return set(Kind::Factor, *factor);
    const auto value = read_length(cursor, target.lengths, Percentages::Allowed);
    return value && set(Kind::Absolute, value->px + value->percent * target.text.font_size_px / 100);
}

void reset_line_height(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.text.line_height_kind = from.text->line_height_kind;
    target.text.line_height = from.text->line_height;
}

// Features that this property owns leave, and `add` come.
void replace_features(StyleTarget& target, std::initializer_list<std::string_view> owned,
                      const std::vector<std::pair<std::string, int>>& add) {
    auto& features = target.text.font_features;
    std::erase_if(features, [owned](const auto& feature) { return std::ranges::count(owned, feature.first) != 0; });
    features.insert(features.end(), add.begin(), add.end());
}

struct FeatureWord {
    std::string_view word;
    std::string_view tag;
    int value;
    std::string_view tag2 = {};
};

template <std::size_t N>
bool read_features(CssCursor& cursor, StyleTarget& target, std::string_view none, const FeatureWord (&words)[N],
                   std::initializer_list<std::string_view> owned) {
    std::vector<std::pair<std::string, int>> add;
    if (!cursor.take_ident("normal") && (none.empty() || !cursor.take_ident(none))) {
        while (!cursor.done()) {
            const auto* found = std::ranges::find_if(
                words, [&cursor](const FeatureWord& word) { return cursor.take_ident(word.word); });
            if (found == std::end(words)) return false;
            add.emplace_back(found->tag, found->value);
            if (!found->tag2.empty()) add.emplace_back(found->tag2, found->value);
        }
    }
    replace_features(target, owned, add);
    return true;
}

bool apply_variant_numeric(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {
        {"lining-nums", "lnum", 1},  {"oldstyle-nums", "onum", 1},      {"proportional-nums", "pnum", 1},
        {"tabular-nums", "tnum", 1}, {"diagonal-fractions", "frac", 1}, {"stacked-fractions", "afrc", 1},
        {"ordinal", "ordn", 1},      {"slashed-zero", "zero", 1}};
    return read_features(cursor, target, "", kWords, {"lnum", "onum", "pnum", "tnum", "frac", "afrc", "ordn", "zero"});
}

bool apply_variant_ligatures(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"none", "liga", 0, "clig"},
                                      {"common-ligatures", "liga", 1, "clig"},
                                      {"no-common-ligatures", "liga", 0, "clig"},
                                      {"discretionary-ligatures", "dlig", 1},
                                      {"no-discretionary-ligatures", "dlig", 0},
                                      {"historical-ligatures", "hlig", 1},
                                      {"no-historical-ligatures", "hlig", 0},
                                      {"contextual", "calt", 1},
                                      {"no-contextual", "calt", 0}};
    return read_features(cursor, target, "", kWords, {"liga", "clig", "dlig", "hlig", "calt"});
}

bool apply_variant_position(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"sub", "subs", 1}, {"super", "sups", 1}};
    return read_features(cursor, target, "", kWords, {"subs", "sups"});
}

bool apply_kerning(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"none", "kern", 0}};
    return read_features(cursor, target, "auto", kWords, {"kern"});
}

bool apply_feature_settings(CssCursor& cursor, StyleTarget& target) {
    std::vector<std::pair<std::string, int>> features;
    if (!cursor.take_ident("normal")) {
        while (!cursor.done() && features.size() < kFamiliesMax) {
            CssCursor item(cursor.take_until_comma());
            if (!item.peek().is(CssTokenType::String) || item.peek().text.size() != 4) return false;
            std::string tag(item.take().text);
            int value = item.take_ident("off") ? 0 : 1;
            if (!item.take_ident("on")) value = read_integer(item).value_or(value);
            if (!item.done()) return false;
            features.emplace_back(std::move(tag), value);
        }
    }
    target.text.font_features = std::move(features);
    return true;
}

bool accept_any(CssCursor& cursor, StyleTarget&) {
    while (!cursor.done()) cursor.take_component();
    return true;
}

using I = InheritedStyle;
constexpr ResetFunction kResetFeatures = copy_member<&I::font_features>;

constexpr PropertyRow kRows[] = {
    {PropertyId::Color, apply_color, copy_member<&I::color>},
    {PropertyId::FontSize, apply_font_size, copy_member<&I::font_size_px>},
    {PropertyId::FontFamily, apply_font_family, copy_member<&I::font_families>},
    {PropertyId::FontWeight, apply_font_weight, copy_member<&I::font_weight>},
    {PropertyId::FontStyle, apply_font_style, copy_member<&I::font_style>},
    {PropertyId::FontStretch, apply_font_stretch, copy_member<&I::font_stretch_percent>},
    {PropertyId::LineHeight, apply_line_height, reset_line_height},
    {PropertyId::Direction, apply_keyword<&I::direction, kDirections>, copy_member<&I::direction>},
    {PropertyId::FontVariantCaps, apply_keyword<&I::font_variant_caps, kCaps>, copy_member<&I::font_variant_caps>},
    {PropertyId::FontVariantNumeric, apply_variant_numeric, kResetFeatures},
    {PropertyId::FontVariantLigatures, apply_variant_ligatures, kResetFeatures},
    {PropertyId::FontVariantPosition, apply_variant_position, kResetFeatures},
    {PropertyId::FontKerning, apply_kerning, kResetFeatures},
    {PropertyId::FontFeatureSettings, apply_feature_settings, kResetFeatures},
    {PropertyId::FontVariantEastAsian, accept_any, [](StyleTarget&, const ComputedStyle&, ResetTo) {}},
    {PropertyId::FontVariantAlternates, accept_any, [](StyleTarget&, const ComputedStyle&, ResetTo) {}},
};

}  // namespace

std::span<const PropertyRow> font_rows() {
    return kRows;
}

}  // namespace galley::document
