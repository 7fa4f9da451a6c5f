// Fonts, line height, colour: what other values depend on.
// https://drafts.csswg.org/css-fonts-4/
#include <algorithm>
#include <ranges>
#include <span>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr double kFontSizeMax = 10'000;
constexpr std::size_t kFamiliesMax = 64;

// Of 16 px.
// https://www.w3.org/TR/css-fonts-4/#absolute-size-mapping
constexpr Keyword<double> kSizes[] = {{"xx-small", 0.6}, {"x-small", 0.75}, {"small", 8 / 9.0}, {"medium", 1},
                                      {"large", 1.2},    {"x-large", 1.5},  {"xx-large", 2},    {"xxx-large", 3}};
constexpr double kMediumPx = 16;
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

// https://www.w3.org/TR/CSS21/fonts.html#font-size-props — larger and smaller are steps in the table of the named
// sizes; beyond xx-large and xx-small, factors.
constexpr std::span<const Keyword<double>> kSteps{kSizes, std::size(kSizes) - 1};
double next_size(double px) {
    for (const auto& named : kSteps)
        if (kMediumPx * named.value > px) return kMediumPx * named.value;
    return px * 1.2;
}
double previous_size(double px) {
    for (const auto& named : kSteps | std::views::reverse)
        if (kMediumPx * named.value < px) return kMediumPx * named.value;
    return px * 0.8;
}

bool apply_font_size(CssCursor& cursor, StyleTarget& target) {
    const double parent_px = target.parent->text->font_size_px;
    double factor = 1;
    if (take_keyword(cursor, kSizes, factor)) {
        target.text.font_size_px = kMediumPx * factor;
        return true;
    }
    if (cursor.take_ident("larger")) {
        target.text.font_size_px = std::min(next_size(parent_px), kFontSizeMax);
        return true;
    }
    if (cursor.take_ident("smaller")) {
        target.text.font_size_px = previous_size(parent_px);
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

// The features that each font-variant property owns; all others come from font-feature-settings.
using Tags = std::span<const std::string_view>;
constexpr std::string_view kNumericTags[] = {"lnum", "onum", "pnum", "tnum", "frac", "afrc", "ordn", "zero"};
constexpr std::string_view kLigatureTags[] = {"liga", "clig", "dlig", "hlig", "calt"};
constexpr std::string_view kPositionTags[] = {"subs", "sups"};
constexpr std::string_view kEastAsianTags[] = {"jp78", "jp83", "jp90", "jp04", "smpl", "trad", "fwid", "ruby", "pwid"};
constexpr std::string_view kAlternateTags[] = {"hist"};
constexpr std::string_view kKerningTags[] = {"kern"};

// Features that the property owns leave, and `add` come.
void replace_features(StyleTarget& target, Tags owned, const std::vector<std::pair<std::string, int>>& add) {
    auto& features = target.text.font_features;
    std::erase_if(features, [owned](const auto& feature) { return std::ranges::count(owned, feature.first) != 0; });
    features.insert(features.end(), add.begin(), add.end());
}

template <const auto& Owned>
void reset_features(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    std::vector<std::pair<std::string, int>> theirs;
    for (const auto& feature : from.text->font_features)
        if (std::ranges::count(Owned, feature.first) != 0) theirs.push_back(feature);
    replace_features(target, Owned, theirs);
}

struct FeatureWord {
    std::string_view word;
    std::string_view tag;
    int value;
    std::string_view tag2 = {};
};

template <std::size_t N>
bool read_features(CssCursor& cursor, StyleTarget& target, std::string_view none, const FeatureWord (&words)[N],
                   Tags owned) {
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
    return read_features(cursor, target, "", kWords, kNumericTags);
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
    return read_features(cursor, target, "", kWords, kLigatureTags);
}

bool apply_variant_position(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"sub", "subs", 1}, {"super", "sups", 1}};
    return read_features(cursor, target, "", kWords, kPositionTags);
}

bool apply_variant_east_asian(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {
        {"jis78", "jp78", 1},      {"jis83", "jp83", 1},      {"jis90", "jp90", 1},
        {"jis04", "jp04", 1},      {"simplified", "smpl", 1}, {"traditional", "trad", 1},
        {"full-width", "fwid", 1}, {"ruby", "ruby", 1},       {"proportional-width", "pwid", 1}};
    return read_features(cursor, target, "", kWords, kEastAsianTags);
}

// GAP: stylistic(), styleset() and their like need @font-feature-values, which is not read.
bool apply_variant_alternates(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"historical-forms", "hist", 1}};
    return read_features(cursor, target, "", kWords, kAlternateTags);
}

bool apply_kerning(CssCursor& cursor, StyleTarget& target) {
    constexpr FeatureWord kWords[] = {{"none", "kern", 0}};
    return read_features(cursor, target, "auto", kWords, kKerningTags);
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

using I = InheritedStyle;

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
    {PropertyId::FontVariantNumeric, apply_variant_numeric, reset_features<kNumericTags>},
    {PropertyId::FontVariantLigatures, apply_variant_ligatures, reset_features<kLigatureTags>},
    {PropertyId::FontVariantPosition, apply_variant_position, reset_features<kPositionTags>},
    {PropertyId::FontKerning, apply_kerning, reset_features<kKerningTags>},
    {PropertyId::FontFeatureSettings, apply_feature_settings, copy_member<&I::font_features>},
    {PropertyId::FontVariantEastAsian, apply_variant_east_asian, reset_features<kEastAsianTags>},
    {PropertyId::FontVariantAlternates, apply_variant_alternates, reset_features<kAlternateTags>},
};

}  // namespace

std::span<const PropertyRow> font_rows() {
    return kRows;
}

}  // namespace galley::document
