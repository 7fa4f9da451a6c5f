// Properties that few documents use; their values stand in RareStyle.
// https://drafts.csswg.org/css-content-3/#bookmarks  https://drafts.csswg.org/css-sizing-4/#aspect-ratio
// https://drafts.fxtf.org/css-masking-1/  https://drafts.fxtf.org/compositing-1/
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr std::string_view kBlendNames[] = {
    "normal",     "multiply",   "screen",     "overlay",   "darken", "lighten",    "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "hue",    "saturation", "color",       "luminosity"};
constexpr Keyword<MarginBreak> kMarginBreaks[] = {
    {"auto", MarginBreak::Auto}, {"keep", MarginBreak::Keep}, {"discard", MarginBreak::Discard}};

RareStyle rare_of(const StyleTarget& target) {
    return target.style.rare ? *target.style.rare : RareStyle();
}

void set_rare(StyleTarget& target, RareStyle rare) {
    target.style.rare = std::make_shared<const RareStyle>(std::move(rare));
}

template <auto Member>
void reset_rare(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    if (!target.style.rare && !from.rare) return;
    RareStyle rare = rare_of(target);
    rare.*Member = (from.rare ? *from.rare : RareStyle()).*Member;
    set_rare(target, std::move(rare));
}

bool apply_bookmark_label(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.bookmark_label.emplace();
    if (!cursor.take_ident("none") && !read_content_items(cursor, target, *rare.bookmark_label)) return false;
    set_rare(target, std::move(rare));
    return true;
}

bool apply_bookmark_state(CssCursor& cursor, StyleTarget& target) {
    const bool closed = cursor.take_ident("closed");
    if (!closed && !cursor.take_ident("open")) return false;
    RareStyle rare = rare_of(target);
    rare.bookmark_closed = closed;
    set_rare(target, std::move(rare));
    return true;
}

bool apply_link(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.link.clear();
    if (!cursor.take_ident("none")) {
        auto to = read_link_target(cursor, target);
        if (!to) return false;
        rare.link = std::move(*to);
    }
    set_rare(target, std::move(rare));
    return true;
}

// auto || <number> [ / <number> ]?
bool apply_aspect_ratio(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.aspect_auto = cursor.take_ident("auto");
    rare.aspect_ratio = 0;
    if (!cursor.done()) {
        const auto width = read_number(cursor);
        if (!width || *width < 0) return false;
        double height = 1;
        if (cursor.take_delim('/')) {
            const auto given = read_number(cursor);
            if (!given || *given < 0) return false;
            height = *given;
        }
        rare.aspect_auto |= cursor.take_ident("auto");
        if (*width > 0 && height > 0) rare.aspect_ratio = *width / height;
    }
    set_rare(target, std::move(rare));
    return true;
}

bool apply_margin_break(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    if (!take_keyword(cursor, kMarginBreaks, rare.margin_break)) return false;
    set_rare(target, std::move(rare));
    return true;
}

bool apply_blend(CssCursor& cursor, StyleTarget& target) {
    for (std::size_t i = 0; i < std::size(kBlendNames); ++i) {
        if (!cursor.take_ident(kBlendNames[i])) continue;
        RareStyle rare = rare_of(target);
        rare.blend = static_cast<BlendMode>(i);
        set_rare(target, std::move(rare));
        return true;
    }
    return false;
}

// One to four values, filled up as for a margin.
template <typename T, typename Read>
bool read_four(CssCursor& cursor, T& first, T& second, T& third, T& fourth, Read read, bool slash_ends) {
    std::optional<std::decay_t<T>> values[4];
    int count = 0;
    while (count < 4 && !cursor.done() && !(cursor.peek().is(CssTokenType::Ident)) &&
           !(slash_ends && cursor.peek().is_delim('/'))) {
        values[count] = read();
        if (!values[count]) return false;
        ++count;
    }
    if (count == 0) return false;
    first = *values[0];
    second = count > 1 ? *values[1] : first;
    third = count > 2 ? *values[2] : first;
    fourth = count > 3 ? *values[3] : second;
    return true;
}

// inset( <length-percentage>{1,4} [ round <radius> ]? )
bool read_inset(CssCursor inner, const StyleTarget& target, ClipShape& out) {
    out.kind = ClipShape::Kind::Inset;
    const auto side = [&] { return read_length_percentage(inner, target, Negative::Allowed); };
    if (!read_four(inner, out.inset.top, out.inset.right, out.inset.bottom, out.inset.left, side, false)) return false;
    if (!inner.take_ident("round")) return inner.done();
    const auto radius = [&]() -> std::optional<Length> {
        return read_length_percentage(inner, target, Negative::Refused);
    };
    CornerRadius* r = out.radii;
    if (!read_four(inner, r[0].x, r[1].x, r[2].x, r[3].x, radius, true)) return false;
    for (int i = 0; i < 4; ++i) r[i].y = r[i].x;
    if (inner.take_delim('/') && !read_four(inner, r[0].y, r[1].y, r[2].y, r[3].y, radius, true)) return false;
    return inner.done();
}

// [ at <position> ]?
bool read_center(CssCursor& inner, const StyleTarget& target, ClipShape& out) {
    if (!inner.take_ident("at")) return inner.done();
    constexpr Keyword<double> kAcross[] = {{"left", 0}, {"center", 50}, {"right", 100}};
    constexpr Keyword<double> kDown[] = {{"top", 0}, {"center", 50}, {"bottom", 100}};
    double percent = 0;
    const auto read = [&](const Keyword<double>(&names)[3]) -> std::optional<Length> {
        if (take_keyword(inner, names, percent)) return Length::of_percent(percent);
        return read_length_percentage(inner, target, Negative::Allowed);
    };
    if (const auto x = read(kAcross)) out.center_x = *x;
    if (const auto y = read(kDown)) out.center_y = *y;
    return inner.done();
}

bool read_radius(CssCursor& inner, const StyleTarget& target, Length& out) {
    if (inner.take_ident("closest-side")) return true;
    const auto radius = read_length_percentage(inner, target, Negative::Refused);
    if (radius) out = *radius;
    return radius.has_value();
}

bool read_ellipse(CssCursor inner, const StyleTarget& target, bool circle, ClipShape& out) {
    out.kind = ClipShape::Kind::Ellipse;
    out.circle = circle;
    const auto at_radius = [&] {
        return !inner.done() && !(inner.peek().is(CssTokenType::Ident) && css_equals(inner.peek().text, "at"));
    };
    if (at_radius()) {
        if (!read_radius(inner, target, out.radius_x)) return false;
        if (!circle && !read_radius(inner, target, out.radius_y)) return false;
    }
    return read_center(inner, target, out);
}

// GAP: polygon(), path(), url(), reference boxes.
bool apply_clip_path(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.clip = {};
    bool good = true;
    if (cursor.take_ident("none")) {
        rare.clip.kind = ClipShape::Kind::None;
    } else if (auto inset = cursor.take_function("inset")) {
        good = read_inset(*inset, target, rare.clip);
    } else if (auto circle = cursor.take_function("circle")) {
        good = read_ellipse(*circle, target, true, rare.clip);
    } else if (auto ellipse = cursor.take_function("ellipse")) {
        good = read_ellipse(*ellipse, target, false, rare.clip);
    } else {
        return apply_clip_reference(cursor, target);
    }
    if (!good) return false;
    if (target.style.svg) reset_clip_reference(target, target.style, ResetTo::Initial);
    set_rare(target, std::move(rare));
    return true;
}

void reset_clip_path(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    reset_rare<&RareStyle::clip>(target, from, to);
    if (target.style.svg) reset_clip_reference(target, from, to);
}

// https://www.w3.org/TR/css-multicol-1/
bool apply_column_count(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.column_count = 0;
    if (!cursor.take_ident("auto")) {
        const auto count = read_integer(cursor);
        if (!count || *count < 1) return false;
        rare.column_count = *count;
    }
    set_rare(target, std::move(rare));
    return true;
}

bool apply_column_width(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    rare.column_width = Length::automatic();
    if (!cursor.take_ident("auto")) {
        const auto width = read_plain_length(cursor, target, Negative::Refused);
        if (!width) return false;
        rare.column_width = Length::of(*width);
    }
    set_rare(target, std::move(rare));
    return true;
}

bool apply_column_rule(CssCursor& cursor, StyleTarget& target) {
    RareStyle rare = rare_of(target);
    const auto rule = read_border(cursor, target);
    if (!rule) return false;
    rare.column_rule = *rule;
    set_rare(target, std::move(rare));
    return true;
}

// A choice of two words; the second one is true.
template <auto Member>
bool apply_choice(CssCursor& cursor, StyleTarget& target, std::string_view no, std::string_view yes) {
    RareStyle rare = rare_of(target);
    rare.*Member = cursor.take_ident(yes);
    if (!(rare.*Member) && !cursor.take_ident(no)) return false;
    set_rare(target, std::move(rare));
    return true;
}

bool apply_column_span(CssCursor& cursor, StyleTarget& target) {
    return apply_choice<&RareStyle::column_spans>(cursor, target, "none", "all");
}

bool apply_column_fill(CssCursor& cursor, StyleTarget& target) {
    return cursor.take_ident("balance-all") ||
           apply_choice<&RareStyle::columns_fill>(cursor, target, "balance", "auto");
}

void reset_aspect(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    reset_rare<&RareStyle::aspect_ratio>(target, from, to);
    reset_rare<&RareStyle::aspect_auto>(target, from, to);
}

constexpr PropertyRow kRows[] = {
    {PropertyId::BookmarkLabel, apply_bookmark_label, reset_rare<&RareStyle::bookmark_label>},
    {PropertyId::BookmarkState, apply_bookmark_state, reset_rare<&RareStyle::bookmark_closed>},
    {PropertyId::Link, apply_link, reset_rare<&RareStyle::link>},
    {PropertyId::AspectRatio, apply_aspect_ratio, reset_aspect},
    {PropertyId::MarginBreak, apply_margin_break, reset_rare<&RareStyle::margin_break>},
    {PropertyId::MixBlendMode, apply_blend, reset_rare<&RareStyle::blend>},
    {PropertyId::ColumnCount, apply_column_count, reset_rare<&RareStyle::column_count>},
    {PropertyId::ColumnWidth, apply_column_width, reset_rare<&RareStyle::column_width>},
    {PropertyId::ColumnRule, apply_column_rule, reset_rare<&RareStyle::column_rule>},
    {PropertyId::ColumnSpan, apply_column_span, reset_rare<&RareStyle::column_spans>},
    {PropertyId::ColumnFill, apply_column_fill, reset_rare<&RareStyle::columns_fill>},
    {PropertyId::ClipPath, apply_clip_path, reset_clip_path},
};

}  // namespace

std::span<const PropertyRow> rare_rows() {
    return kRows;
}

}  // namespace galley::document
