// Text, lists and tables: inherited properties, and text decoration.
#include <cmath>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using I = InheritedStyle;

constexpr Keyword<TextAlign> kAligns[] = {
    {"start", TextAlign::Start},          {"end", TextAlign::End},       {"left", TextAlign::Left},
    {"right", TextAlign::Right},          {"center", TextAlign::Center}, {"justify", TextAlign::Justify},
    {"-galley-center", TextAlign::Center}};
constexpr Keyword<TextAlign> kLastAligns[] = {{"auto", TextAlign::Start},     {"start", TextAlign::Start},
                                              {"end", TextAlign::End},        {"left", TextAlign::Left},
                                              {"right", TextAlign::Right},    {"center", TextAlign::Center},
                                              {"justify", TextAlign::Justify}};
constexpr Keyword<TextTransform> kTransforms[] = {{"none", TextTransform::None},
                                                  {"uppercase", TextTransform::Uppercase},
                                                  {"lowercase", TextTransform::Lowercase},
                                                  {"capitalize", TextTransform::Capitalize},
                                                  {"full-width", TextTransform::FullWidth}};
constexpr Keyword<WhiteSpace> kWhiteSpaces[] = {
    {"normal", WhiteSpace::Normal},    {"nowrap", WhiteSpace::NoWrap},    {"pre", WhiteSpace::Pre},
    {"pre-wrap", WhiteSpace::PreWrap}, {"pre-line", WhiteSpace::PreLine}, {"break-spaces", WhiteSpace::BreakSpaces}};
constexpr Keyword<OverflowWrap> kWraps[] = {
    {"normal", OverflowWrap::Normal}, {"break-word", OverflowWrap::BreakWord}, {"anywhere", OverflowWrap::Anywhere}};
constexpr Keyword<WordBreak> kWordBreaks[] = {
    {"normal", WordBreak::Normal}, {"break-all", WordBreak::BreakAll}, {"keep-all", WordBreak::KeepAll}};
constexpr Keyword<Hyphens> kHyphens[] = {{"none", Hyphens::None}, {"manual", Hyphens::Manual}, {"auto", Hyphens::Auto}};
constexpr Keyword<Visibility> kVisibilities[] = {
    {"visible", Visibility::Visible}, {"hidden", Visibility::Hidden}, {"collapse", Visibility::Collapse}};
constexpr Keyword<ListStylePosition> kListPositions[] = {{"outside", ListStylePosition::Outside},
                                                         {"inside", ListStylePosition::Inside}};
constexpr Keyword<BorderCollapse> kCollapses[] = {{"separate", BorderCollapse::Separate},
                                                  {"collapse", BorderCollapse::Collapse}};
constexpr Keyword<CaptionSide> kCaptionSides[] = {{"top", CaptionSide::Top}, {"bottom", CaptionSide::Bottom}};
constexpr Keyword<EmptyCells> kEmptyCells[] = {{"show", EmptyCells::Show}, {"hide", EmptyCells::Hide}};
constexpr Keyword<BorderStyle> kLineStyles[] = {{"solid", BorderStyle::Solid},
                                                {"double", BorderStyle::Double},
                                                {"dotted", BorderStyle::Dotted},
                                                {"dashed", BorderStyle::Dashed}};
constexpr Keyword<UnicodeBidi> kBidis[] = {{"normal", UnicodeBidi::Normal},
                                           {"embed", UnicodeBidi::Embed},
                                           {"isolate", UnicodeBidi::Isolate},
                                           {"bidi-override", UnicodeBidi::Override},
                                           {"isolate-override", UnicodeBidi::IsolateOverride},
                                           {"plaintext", UnicodeBidi::Plaintext}};
constexpr Keyword<TextOverflow> kOverflows[] = {{"clip", TextOverflow::Clip}, {"ellipsis", TextOverflow::Ellipsis}};

constexpr double kMostSpacing = 1e5;  // px, far beyond any page

bool apply_letter_spacing(CssCursor& cursor, StyleTarget& target) {
    const std::optional<double> px =
        cursor.take_ident("normal") ? 0 : read_plain_length_px(cursor, target, Negative::Allowed);
    if (px) target.text.letter_spacing_px = std::isfinite(*px) ? std::clamp(*px, -kMostSpacing, kMostSpacing) : 0;
    return px.has_value();
}

bool apply_word_spacing(CssCursor& cursor, StyleTarget& target) {
    const std::optional<LayoutUnit> length =
        cursor.take_ident("normal") ? LayoutUnit() : read_plain_length(cursor, target, Negative::Allowed);
    if (length) target.text.word_spacing = *length;
    return length.has_value();
}

bool apply_text_indent(CssCursor& cursor, StyleTarget& target) {
    const auto length = read_length_percentage(cursor, target, Negative::Allowed);
    if (length) target.text.text_indent = *length;
    return length.has_value();
}

bool apply_text_align(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("justify-all")) {
        target.text.text_align = target.text.text_align_last = TextAlign::Justify;
        return true;
    }
    if (cursor.take_ident("match-parent")) {
        target.text.text_align = target.parent->text->text_align;
        return true;
    }
    return take_keyword(cursor, kAligns, target.text.text_align);
}

bool apply_overflow_wrap(CssCursor& cursor, StyleTarget& target) {
    return take_keyword(cursor, kWraps, target.text.overflow_wrap);
}

// word-break: break-word is the old name of overflow-wrap: anywhere.
bool apply_word_break(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("break-word")) {
        target.text.overflow_wrap = OverflowWrap::Anywhere;
        target.text.word_break = WordBreak::Normal;
        return true;
    }
    return take_keyword(cursor, kWordBreaks, target.text.word_break);
}

bool apply_tab_size(CssCursor& cursor, StyleTarget& target) {
    LayoutUnit length;
    if (const auto number = read_number(cursor)) {
        if (*number < 0 || *number > 1000) return false;
        target.text.tab_size = static_cast<int>(std::lround(*number));
    } else {
        const auto read = read_plain_length(cursor, target, Negative::Refused);
        if (!read) return false;
        length = *read;
        if (length <= LayoutUnit()) target.text.tab_size = 0;
    }
    target.text.rare.set(&RareText::tab_length, length);
    return true;
}

void reset_tab_size(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.text.tab_size = from.text->tab_size;
    target.text.rare.set(&RareText::tab_length, from.text->rare->tab_length);
}

// A counter style's name, a string, or none. GAP: symbols().
bool apply_list_style_type(CssCursor& cursor, StyleTarget& target) {
    if (cursor.peek().is(CssTokenType::String)) {
        target.text.list_style_type = '"' + std::string(cursor.take().text);
        return true;
    }
    if (!cursor.peek().is(CssTokenType::Ident)) return false;
    target.text.list_style_type = css_lowered(cursor.take().text);
    return true;
}

bool apply_list_style_image(CssCursor& cursor, StyleTarget& target) {
    target.text.list_style_image.clear();
    if (cursor.take_ident("none")) return true;
    auto url = read_url(cursor, target);
    if (url) target.text.list_style_image = std::move(*url);
    return url.has_value();
}

bool apply_quotes(CssCursor& cursor, StyleTarget& target) {
    constexpr std::size_t kQuotesMax = 64;
    std::vector<std::string> quotes;
    if (cursor.take_ident("auto")) {
        target.text.quotes = InheritedStyle().quotes;
        return true;
    }
    if (!cursor.take_ident("none")) {
        while (cursor.peek().is(CssTokenType::String) && quotes.size() < kQuotesMax)
            quotes.emplace_back(cursor.take().text);
        if (quotes.empty() || quotes.size() % 2 != 0) return false;
    }
    target.text.quotes = std::move(quotes);
    return true;
}

bool apply_border_spacing(CssCursor& cursor, StyleTarget& target) {
    const auto x = read_plain_length(cursor, target, Negative::Refused);
    if (!x) return false;
    const auto y = cursor.done() ? x : read_plain_length(cursor, target, Negative::Refused);
    if (!y) return false;
    target.text.border_spacing_x = *x;
    target.text.border_spacing_y = *y;
    return true;
}

void reset_border_spacing(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.text.border_spacing_x = from.text->border_spacing_x;
    target.text.border_spacing_y = from.text->border_spacing_y;
}

template <auto Member>
bool apply_line_count(CssCursor& cursor, StyleTarget& target) {
    const auto count = read_integer(cursor);
    if (!count || *count < 1) return false;
    target.text.*Member = *count;
    return true;
}

bool apply_decoration_line(CssCursor& cursor, StyleTarget& target) {
    TextDecoration& out = target.decoration;
    out.underline = out.overline = out.line_through = false;
    if (cursor.take_ident("none")) return true;
    while (!cursor.done()) {
        bool* line = nullptr;
        if (cursor.take_ident("underline")) line = &out.underline;
        if (line == nullptr && cursor.take_ident("overline")) line = &out.overline;
        if (line == nullptr && cursor.take_ident("line-through")) line = &out.line_through;
        if (line == nullptr && cursor.take_ident("blink")) continue;
        if (line == nullptr || *line) return false;
        *line = true;
    }
    return true;
}

bool apply_decoration_style(CssCursor& cursor, StyleTarget& target) {
    target.decoration.wavy = cursor.take_ident("wavy");
    target.decoration.style = BorderStyle::Solid;
    return target.decoration.wavy || take_keyword(cursor, kLineStyles, target.decoration.style);
}

bool apply_decoration_color(CssCursor& cursor, StyleTarget& target) {
    const auto color = read_resolved_color(cursor, target);
    if (color) target.decoration.color = *color;
    return color.has_value();
}

bool apply_decoration_thickness(CssCursor& cursor, StyleTarget& target) {
    target.decoration.thickness = LayoutUnit();
    if (cursor.take_ident("auto") || cursor.take_ident("from-font")) return true;
    const auto value = read_length(cursor, target.lengths, Percentages::Allowed);
    if (!value || value->px < 0) return false;
    target.decoration.thickness = LayoutUnit::from_px(value->px + value->percent * target.text.font_size_px / 100);
    return true;
}

bool apply_lang(CssCursor& cursor, StyleTarget& target) {
    auto lang = read_custom_ident(cursor);
    if (lang) target.text.lang = std::move(*lang);
    return lang.has_value();
}

// `inherit` takes nothing over: the ancestors' lines reach this element in any case.
void reset_decoration_line(StyleTarget& target, const ComputedStyle&, ResetTo) {
    target.decoration.underline = target.decoration.overline = target.decoration.line_through = false;
}

template <auto Member, const auto& Table>
constexpr PropertyRow keyword_row(PropertyId id) {
    return {id, apply_keyword<Member, Table>, copy_member<Member>};
}

constexpr PropertyRow kRows[] = {
    {PropertyId::LetterSpacing, apply_letter_spacing, copy_member<&I::letter_spacing_px>},
    {PropertyId::WordSpacing, apply_word_spacing, copy_member<&I::word_spacing>},
    {PropertyId::TextIndent, apply_text_indent, copy_member<&I::text_indent>},
    {PropertyId::TextAlign, apply_text_align, copy_member<&I::text_align>},
    {PropertyId::TextAlignAll, apply_text_align, copy_member<&I::text_align>},
    keyword_row<&I::text_align_last, kLastAligns>(PropertyId::TextAlignLast),
    keyword_row<&I::text_transform, kTransforms>(PropertyId::TextTransform),
    keyword_row<&I::white_space, kWhiteSpaces>(PropertyId::WhiteSpace),
    {PropertyId::OverflowWrap, apply_overflow_wrap, copy_member<&I::overflow_wrap>},
    {PropertyId::WordBreak, apply_word_break, copy_member<&I::word_break>},
    keyword_row<&I::hyphens, kHyphens>(PropertyId::Hyphens),
    {PropertyId::TabSize, apply_tab_size, reset_tab_size},
    keyword_row<&ComputedStyle::unicode_bidi, kBidis>(PropertyId::UnicodeBidi),
    keyword_row<&ComputedStyle::text_overflow, kOverflows>(PropertyId::TextOverflow),
    {PropertyId::TextDecorationLine, apply_decoration_line, reset_decoration_line},
    {PropertyId::TextDecorationStyle, apply_decoration_style,
     [](StyleTarget& t, const ComputedStyle&, ResetTo) {
         t.decoration.style = BorderStyle::Solid;
         t.decoration.wavy = false;
     }},
    {PropertyId::TextDecorationColor, apply_decoration_color,
     [](StyleTarget& t, const ComputedStyle&, ResetTo) { t.decoration.color.reset(); }},
    {PropertyId::TextDecorationThickness, apply_decoration_thickness,
     [](StyleTarget& t, const ComputedStyle&, ResetTo) { t.decoration.thickness = LayoutUnit(); }},
    keyword_row<&I::visibility, kVisibilities>(PropertyId::Visibility),
    {PropertyId::ListStyleType, apply_list_style_type, copy_member<&I::list_style_type>},
    {PropertyId::ListStyleImage, apply_list_style_image, copy_member<&I::list_style_image>},
    keyword_row<&I::list_style_position, kListPositions>(PropertyId::ListStylePosition),
    {PropertyId::Quotes, apply_quotes, copy_member<&I::quotes>},
    keyword_row<&I::border_collapse, kCollapses>(PropertyId::BorderCollapse),
    {PropertyId::BorderSpacing, apply_border_spacing, reset_border_spacing},
    keyword_row<&I::caption_side, kCaptionSides>(PropertyId::CaptionSide),
    keyword_row<&I::empty_cells, kEmptyCells>(PropertyId::EmptyCells),
    {PropertyId::Orphans, apply_line_count<&I::orphans>, copy_member<&I::orphans>},
    {PropertyId::Widows, apply_line_count<&I::widows>, copy_member<&I::widows>},
    {PropertyId::Lang, apply_lang, copy_member<&I::lang>},
};

}  // namespace

std::span<const PropertyRow> text_rows() {
    return kRows;
}

}  // namespace galley::document
