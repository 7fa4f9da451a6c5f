// Text properties that few documents set: they live in RareText, behind one pointer.
// https://drafts.csswg.org/css-text-4/, css-text-decor-4, css-fonts-4
#include <algorithm>
#include <cmath>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using R = RareText;

constexpr std::size_t kListMax = 64;
constexpr int kLimitCharsMax = 1000;

constexpr Keyword<LineBreakRule> kLineBreaks[] = {{"auto", LineBreakRule::Auto},
                                                  {"loose", LineBreakRule::Loose},
                                                  {"normal", LineBreakRule::Normal},
                                                  {"strict", LineBreakRule::Strict},
                                                  {"anywhere", LineBreakRule::Anywhere}};
constexpr Keyword<TextJustify> kJustifies[] = {{"auto", TextJustify::Auto},
                                               {"none", TextJustify::None},
                                               {"inter-word", TextJustify::InterWord},
                                               {"inter-character", TextJustify::InterCharacter},
                                               {"distribute", TextJustify::InterCharacter}};
constexpr Keyword<bool> kSkipInk[] = {{"auto", true}, {"all", true}, {"none", false}};

template <auto Member>
void copy_rare(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.text.rare.set(Member, (*from.text->rare).*Member);
}

template <auto Member, const auto& Table>
bool apply_rare_keyword(CssCursor& cursor, StyleTarget& target) {
    auto value = (*target.text.rare).*Member;
    if (!take_keyword(cursor, Table, value)) return false;
    target.text.rare.set(Member, value);
    return true;
}

bool apply_hyphenate_character(CssCursor& cursor, StyleTarget& target) {
    constexpr std::size_t kBytesMax = 64;
    if (cursor.take_ident("auto")) {
        target.text.rare.set(&R::hyphenate_character, std::string());
        return true;
    }
    if (!cursor.peek().is(CssTokenType::String) || cursor.peek().text.size() > kBytesMax) return false;
    // An empty string shows nothing: U+200B stands for it, since empty means auto.
    const std::string_view shown = cursor.take().text;
    target.text.rare.set(&R::hyphenate_character, std::string(shown.empty() ? "\u200b" : shown));
    return true;
}

// [auto | <integer>]{1,3}: the whole word, before the break, after it.
bool apply_limit_chars(CssCursor& cursor, StyleTarget& target) {
    const R initial;
    int values[] = {initial.hyphenate_word_min, initial.hyphenate_before_min, initial.hyphenate_after_min};
    for (std::size_t i = 0; i < 3 && !cursor.done(); ++i) {
        if (cursor.take_ident("auto")) continue;
        const auto number = read_integer(cursor);
        if (!number || *number < 0) return false;
        values[i] = std::min(*number, kLimitCharsMax);
        if (i == 1) values[2] = values[1];
    }
    target.text.rare.set(&R::hyphenate_word_min, values[0]);
    target.text.rare.set(&R::hyphenate_before_min, values[1]);
    target.text.rare.set(&R::hyphenate_after_min, values[2]);
    return true;
}

void reset_limit_chars(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    copy_rare<&R::hyphenate_word_min>(target, from, to);
    copy_rare<&R::hyphenate_before_min>(target, from, to);
    copy_rare<&R::hyphenate_after_min>(target, from, to);
}

bool apply_underline_offset(CssCursor& cursor, StyleTarget& target) {
    std::optional<LayoutUnit> offset;
    if (!cursor.take_ident("auto")) {
        const auto value = read_length(cursor, target.lengths, Percentages::Allowed);
        if (!value) return false;
        offset = LayoutUnit::from_px(value->px + value->percent * target.text.font_size_px / 100);
    }
    target.text.rare.set(&R::underline_offset, offset);
    return true;
}

// left and right speak of vertical text.
bool apply_underline_position(CssCursor& cursor, StyleTarget& target) {
    bool under = false;
    if (cursor.done()) return false;
    while (!cursor.done()) {
        if (cursor.take_ident("under"))
            under = true;
        else if (!cursor.take_ident("auto") && !cursor.take_ident("from-font") && !cursor.take_ident("left") &&
                 !cursor.take_ident("right"))
            return false;
    }
    target.text.rare.set(&R::underline_under, under);
    return true;
}

// x y [blur] and a colour before or after them.
std::optional<TextShadow> read_text_shadow(CssCursor cursor, const StyleTarget& target) {
    TextShadow shadow;
    shadow.color = read_resolved_color(cursor, target);
    const auto x = read_plain_length(cursor, target, Negative::Allowed);
    const auto y = x ? read_plain_length(cursor, target, Negative::Allowed) : std::nullopt;
    if (!y) return std::nullopt;
    shadow.x = *x;
    shadow.y = *y;
    shadow.blur = read_plain_length(cursor, target, Negative::Refused).value_or(LayoutUnit());
    if (!shadow.color) shadow.color = read_resolved_color(cursor, target);
    return cursor.done() ? std::optional(shadow) : std::nullopt;
}

bool apply_text_shadow(CssCursor& cursor, StyleTarget& target) {
    std::vector<TextShadow> shadows;
    if (!cursor.take_ident("none")) {
        while (!cursor.done() && shadows.size() < kListMax) {
            const auto shadow = read_text_shadow(CssCursor(cursor.take_until_comma()), target);
            if (!shadow) return false;
            shadows.push_back(*shadow);
        }
    }
    target.text.rare.set(&R::shadows, shadows);
    return true;
}

bool is_tag(const CssToken& token) {
    return token.is(CssTokenType::String) && token.text.size() == 4 &&
           std::ranges::all_of(token.text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool apply_variation_settings(CssCursor& cursor, StyleTarget& target) {
    std::vector<std::pair<std::string, double>> axes;
    if (!cursor.take_ident("normal")) {
        while (!cursor.done() && axes.size() < kListMax) {
            CssCursor item(cursor.take_until_comma());
            if (!is_tag(item.peek())) return false;
            std::string tag(item.take().text);
            const auto value = read_number(item);
            if (!value || !item.done()) return false;
            std::erase_if(axes, [&](const auto& axis) { return axis.first == tag; });
            axes.emplace_back(std::move(tag), *value);
        }
    }
    target.text.rare.set(&R::font_variations, axes);
    return true;
}

bool apply_language_override(CssCursor& cursor, StyleTarget& target) {
    std::string tag;
    if (!cursor.take_ident("normal")) {
        if (!cursor.peek().is(CssTokenType::String)) return false;
        tag = cursor.take().text;
        if (tag.empty() || tag.size() > 4 || !std::ranges::all_of(tag, [](char c) { return c >= ' ' && c <= '~'; }))
            return false;
    }
    target.text.rare.set(&R::font_language, tag);
    return true;
}

template <auto Member, const auto& Table>
constexpr PropertyRow keyword_row(PropertyId id) {
    return {id, apply_rare_keyword<Member, Table>, copy_rare<Member>};
}

constexpr PropertyRow kRows[] = {
    keyword_row<&R::line_break, kLineBreaks>(PropertyId::LineBreak),
    keyword_row<&R::text_justify, kJustifies>(PropertyId::TextJustify),
    keyword_row<&R::skip_ink, kSkipInk>(PropertyId::TextDecorationSkipInk),
    {PropertyId::HyphenateCharacter, apply_hyphenate_character, copy_rare<&R::hyphenate_character>},
    {PropertyId::HyphenateLimitChars, apply_limit_chars, reset_limit_chars},
    {PropertyId::TextUnderlineOffset, apply_underline_offset, copy_rare<&R::underline_offset>},
    {PropertyId::TextUnderlinePosition, apply_underline_position, copy_rare<&R::underline_under>},
    {PropertyId::TextShadow, apply_text_shadow, copy_rare<&R::shadows>},
    {PropertyId::FontVariationSettings, apply_variation_settings, copy_rare<&R::font_variations>},
    {PropertyId::FontLanguageOverride, apply_language_override, copy_rare<&R::font_language>},
};

}  // namespace

const RareText& RareTextValue::initial() {
    static const RareText value;
    return value;
}

std::span<const PropertyRow> rare_text_rows() {
    return kRows;
}

}  // namespace galley::document
