// Borders, corners, outlines, shadows.
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr Keyword<BorderStyle> kStyles[] = {{"none", BorderStyle::None},     {"solid", BorderStyle::Solid},
                                            {"hidden", BorderStyle::Hidden}, {"dashed", BorderStyle::Dashed},
                                            {"dotted", BorderStyle::Dotted}, {"double", BorderStyle::Double},
                                            {"groove", BorderStyle::Groove}, {"ridge", BorderStyle::Ridge},
                                            {"inset", BorderStyle::Inset},   {"outset", BorderStyle::Outset}};
constexpr Keyword<LayoutUnit> kWidths[] = {
    {"thin", LayoutUnit::from_px(1)}, {"medium", LayoutUnit::from_px(3)}, {"thick", LayoutUnit::from_px(5)}};

bool read_border_width(CssCursor& cursor, const StyleTarget& target, LayoutUnit& out) {
    if (take_keyword(cursor, kWidths, out)) return true;
    const auto length = read_plain_length(cursor, target, Negative::Refused);
    if (length) out = *length;
    return length.has_value();
}

bool read_border_color(CssCursor& cursor, const StyleTarget& target, Color& out) {
    const auto color = read_resolved_color(cursor, target);
    if (color) out = *color;
    return color.has_value();
}

// Side: a member of Sides<Border>.
template <auto Side>
bool apply_width(CssCursor& cursor, StyleTarget& target) {
    return read_border_width(cursor, target, (target.style.border.*Side).width);
}
template <auto Side>
bool apply_style(CssCursor& cursor, StyleTarget& target) {
    return take_keyword(cursor, kStyles, (target.style.border.*Side).style);
}
template <auto Side>
bool apply_color(CssCursor& cursor, StyleTarget& target) {
    return read_border_color(cursor, target, (target.style.border.*Side).color);
}
// The initial width is medium; finish() takes it away where the style is none.
template <auto Side>
void reset_width(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    (target.style.border.*Side).width = to == ResetTo::Initial ? LayoutUnit::from_px(3) : (from.border.*Side).width;
}
template <auto Side>
void reset_style(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    (target.style.border.*Side).style = (from.border.*Side).style;
}
template <auto Side>
void reset_color(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    (target.style.border.*Side).color = to == ResetTo::Initial ? target.text.color : (from.border.*Side).color;
}

bool apply_outline_width(CssCursor& cursor, StyleTarget& target) {
    return read_border_width(cursor, target, target.style.outline.width);
}
bool apply_outline_style(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("auto")) {
        target.style.outline.style = BorderStyle::Solid;
        return true;
    }
    return take_keyword(cursor, kStyles, target.style.outline.style);
}
bool apply_outline_color(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("invert")) {
        target.style.outline.color = target.text.color;
        return true;
    }
    return read_border_color(cursor, target, target.style.outline.color);
}
bool apply_outline_offset(CssCursor& cursor, StyleTarget& target) {
    const auto length = read_plain_length(cursor, target, Negative::Allowed);
    if (length) target.style.outline_offset = *length;
    return length.has_value();
}

template <auto Member>
bool apply_radius(CssCursor& cursor, StyleTarget& target) {
    CornerRadius& out = target.style.*Member;
    const auto x = read_length_percentage(cursor, target, Negative::Refused);
    if (!x) return false;
    out = {*x, *x};
    if (cursor.done()) return true;
    const auto y = read_length_percentage(cursor, target, Negative::Refused);
    if (y) out.y = *y;
    return y.has_value();
}

// [inset] x y [blur [spread]] [color], in any order around the lengths.
std::optional<BoxShadow> read_shadow(CssCursor cursor, const StyleTarget& target) {
    BoxShadow shadow;
    shadow.color = target.text.color;
    bool lengths_seen = false, color_seen = false;
    while (!cursor.done()) {
        if (!shadow.inset && cursor.take_ident("inset")) {
            shadow.inset = true;
            continue;
        }
        if (!color_seen) {
            if (const auto color = read_resolved_color(cursor, target)) {
                shadow.color = *color;
                color_seen = true;
                continue;
            }
        }
        const auto x = read_plain_length(cursor, target, Negative::Allowed);
        if (!x || lengths_seen) return std::nullopt;
        lengths_seen = true;
        const auto y = read_plain_length(cursor, target, Negative::Allowed);
        if (!y) return std::nullopt;
        shadow.x = *x;
        shadow.y = *y;
        if (const auto blur = read_plain_length(cursor, target, Negative::Refused)) {
            shadow.blur = *blur;
            shadow.spread = read_plain_length(cursor, target, Negative::Allowed).value_or(LayoutUnit());
        }
    }
    return lengths_seen ? std::optional(shadow) : std::nullopt;
}

bool apply_box_shadow(CssCursor& cursor, StyleTarget& target) {
    target.style.box_shadows.clear();
    if (cursor.take_ident("none")) return true;
    while (!cursor.done()) {
        const auto shadow = read_shadow(CssCursor(cursor.take_until_comma()), target);
        if (!shadow) return false;
        target.style.box_shadows.push_back(*shadow);
    }
    return true;
}

using C = ComputedStyle;
using B = Sides<Border>;

template <auto Side>
constexpr PropertyRow width_row(PropertyId id) {
    return {id, apply_width<Side>, reset_width<Side>};
}
template <auto Side>
constexpr PropertyRow style_row(PropertyId id) {
    return {id, apply_style<Side>, reset_style<Side>};
}
template <auto Side>
constexpr PropertyRow color_row(PropertyId id) {
    return {id, apply_color<Side>, reset_color<Side>};
}
template <auto Member>
constexpr PropertyRow radius_row(PropertyId id) {
    return {id, apply_radius<Member>, copy_member<Member>};
}

constexpr PropertyRow kRows[] = {
    width_row<&B::top>(PropertyId::BorderTopWidth),
    width_row<&B::right>(PropertyId::BorderRightWidth),
    width_row<&B::bottom>(PropertyId::BorderBottomWidth),
    width_row<&B::left>(PropertyId::BorderLeftWidth),
    style_row<&B::top>(PropertyId::BorderTopStyle),
    style_row<&B::right>(PropertyId::BorderRightStyle),
    style_row<&B::bottom>(PropertyId::BorderBottomStyle),
    style_row<&B::left>(PropertyId::BorderLeftStyle),
    color_row<&B::top>(PropertyId::BorderTopColor),
    color_row<&B::right>(PropertyId::BorderRightColor),
    color_row<&B::bottom>(PropertyId::BorderBottomColor),
    color_row<&B::left>(PropertyId::BorderLeftColor),
    radius_row<&C::radius_top_left>(PropertyId::BorderTopLeftRadius),
    radius_row<&C::radius_top_right>(PropertyId::BorderTopRightRadius),
    radius_row<&C::radius_bottom_right>(PropertyId::BorderBottomRightRadius),
    radius_row<&C::radius_bottom_left>(PropertyId::BorderBottomLeftRadius),
    {PropertyId::OutlineWidth, apply_outline_width,
     [](StyleTarget& t, const C& from, ResetTo to) {
         t.style.outline.width = to == ResetTo::Initial ? LayoutUnit::from_px(3) : from.outline.width;
     }},
    {PropertyId::OutlineStyle, apply_outline_style,
     [](StyleTarget& t, const C& from, ResetTo) { t.style.outline.style = from.outline.style; }},
    {PropertyId::OutlineColor, apply_outline_color,
     [](StyleTarget& t, const C& from, ResetTo to) {
         t.style.outline.color = to == ResetTo::Initial ? t.text.color : from.outline.color;
     }},
    {PropertyId::OutlineOffset, apply_outline_offset, copy_member<&C::outline_offset>},
    {PropertyId::BoxShadow, apply_box_shadow, copy_member<&C::box_shadows>},
};

}  // namespace

std::optional<Border> read_border(CssCursor& cursor, const StyleTarget& target) {
    Border border{LayoutUnit::from_px(3), BorderStyle::None, target.text.color};
    bool width = false, style = false, color = false;
    while (!cursor.done()) {
        if (!width && read_border_width(cursor, target, border.width))
            width = true;
        else if (!style && take_keyword(cursor, kStyles, border.style))
            style = true;
        else if (!color && read_border_color(cursor, target, border.color))
            color = true;
        else
            return std::nullopt;
    }
    if (border.style == BorderStyle::None || border.style == BorderStyle::Hidden) border.width = {};
    return width || style || color ? std::optional(border) : std::nullopt;
}

std::span<const PropertyRow> border_rows() {
    return kRows;
}

}  // namespace galley::document
