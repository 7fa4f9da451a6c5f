// src/document/style/property_apply.h — what each property does to a style: one function that reads, checks and sets.
//
// Shape    apply_property(id, value, target) reads the value's tokens into the target. The same function checks
//          declarations when a sheet is compiled (against a scratch target), so that syntax is written once.
//          reset_property(id, …) sets the initial or the parent's value.
// Errors   false: the value is not understood; the target's property may then be anything.
// Owner    StyleTarget borrows parent, initial, element and base_url.
// Threads  any; one target by one thread.
// Source   css/property_list.inc names the module of each property.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "document/css/properties.h"
#include "document/css/values.h"
#include "document/html/dom.h"
#include "document/style/computed_style.h"

namespace galley::document {

// Each background property fills one column; layers are made of them at the end.
struct BackgroundColumns {
    std::vector<BackgroundLayer> images, repeats, positions, sizes, origins, clips, attachments;
};
std::vector<BackgroundLayer> combine_background(const BackgroundColumns& columns);

// A style while it is computed.
struct StyleTarget {
    ComputedStyle style;  // style.text stays null
    InheritedStyle text;
    const ComputedStyle* parent = nullptr;  // the initial style for the root
    LengthContext lengths;
    std::string_view base_url;
    const Node* element = nullptr;  // for attr(); null while checking
    BackgroundColumns background;
    TextDecoration decoration;
    std::optional<Size> page_size;  // @page only
};

// The style that has every property at its initial value; text is set.
const ComputedStyle& initial_style();

bool apply_property(PropertyId id, CssTokens value, StyleTarget& target);

enum class ResetTo : std::uint8_t { Initial, Inherited };
void reset_property(PropertyId id, StyleTarget& target, ResetTo to);

// ---- For the files that define properties (apply_*.cpp).

using ApplyFunction = bool (*)(CssCursor& value, StyleTarget& target);
using ResetFunction = void (*)(StyleTarget& target, const ComputedStyle& from, ResetTo to);
struct PropertyRow {
    PropertyId id;
    ApplyFunction apply;
    ResetFunction reset;
};
// clip-path: url(#id) of drawings, apply_svg.cpp; its shapes are apply_rare.cpp's.
bool apply_clip_reference(CssCursor& cursor, StyleTarget& target);
void reset_clip_reference(StyleTarget& target, const ComputedStyle& from, ResetTo to);

std::span<const PropertyRow> box_rows();         // apply_box.cpp
std::span<const PropertyRow> border_rows();      // apply_border.cpp
std::span<const PropertyRow> background_rows();  // apply_background.cpp
std::span<const PropertyRow> font_rows();        // apply_font.cpp
std::span<const PropertyRow> text_rows();        // apply_text.cpp
std::span<const PropertyRow> rare_text_rows();   // apply_text_rare.cpp
std::span<const PropertyRow> layout_rows();      // apply_layout.cpp: flex, breaks, transforms
std::span<const PropertyRow> content_rows();     // apply_content.cpp
std::span<const PropertyRow> page_rows();        // apply_page.cpp
std::span<const PropertyRow> image_rows();       // apply_image.cpp
std::span<const PropertyRow> svg_rows();         // apply_svg.cpp
std::span<const PropertyRow> logical_rows();     // apply_logical.cpp
std::span<const PropertyRow> rare_rows();        // apply_rare.cpp

template <typename E>
struct Keyword {
    std::string_view name;
    E value;
};

template <typename E, std::size_t N>
bool take_keyword(CssCursor& cursor, const Keyword<E> (&table)[N], E& out) {
    if (!cursor.peek().is(CssTokenType::Ident)) return false;
    for (const Keyword<E>& keyword : table) {
        if (!css_equals(cursor.peek().text, keyword.name)) continue;
        out = keyword.value;
        cursor.take();
        return true;
    }
    return false;
}

template <typename T>
T& member_of(StyleTarget& target, T ComputedStyle::* member) {
    return target.style.*member;
}
template <typename T>
T& member_of(StyleTarget& target, T InheritedStyle::* member) {
    return target.text.*member;
}
template <typename T>
const T& member_of(const ComputedStyle& style, T ComputedStyle::* member) {
    return style.*member;
}
template <typename T>
const T& member_of(const ComputedStyle& style, T InheritedStyle::* member) {
    return (*style.text).*member;
}

template <auto Member>
void copy_member(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    member_of(target, Member) = member_of(from, Member);
}

// A property that is one keyword of a table.
template <auto Member, const auto& Table>
bool apply_keyword(CssCursor& cursor, StyleTarget& target) {
    return take_keyword(cursor, Table, member_of(target, Member));
}

inline Length to_length(const LengthValue& value) {
    return {Length::Kind::Value, LayoutUnit::from_px(value.px), value.percent};
}

enum class Negative : std::uint8_t { Refused, Allowed };
// <length-percentage>; refuses negative plain values where asked (calc() may give them, and they are then clamped).
std::optional<Length> read_length_percentage(CssCursor& cursor, const StyleTarget& target, Negative negative);
// <length>
std::optional<LayoutUnit> read_plain_length(CssCursor& cursor, const StyleTarget& target, Negative negative);
// The same in px, as fine as it was written.
std::optional<double> read_plain_length_px(CssCursor& cursor, const StyleTarget& target, Negative negative);
// Width, style and colour in any order; what is left out is medium, none and currentcolor.
std::optional<Border> read_border(CssCursor& cursor, const StyleTarget& target);  // apply_border.cpp
// A colour, with currentcolor resolved.
std::optional<Color> read_resolved_color(CssCursor& cursor, const StyleTarget& target);
// <bg-position>
bool read_position(CssCursor& cursor, const StyleTarget& target, Length& x, Length& y);  // apply_background.cpp
// linear-gradient(), radial-gradient() and the repeating ones.
std::optional<BackgroundImage> read_gradient(CssCursor& cursor, const StyleTarget& target);  // gradient_values.cpp
// url("…") or "…" as an absolute URL.
std::optional<std::string> read_url(CssCursor& cursor, const StyleTarget& target);
// The items of `content`, to the end; and what a link names: attr(href), a string or a url().
bool read_content_items(CssCursor& cursor, const StyleTarget& target, std::vector<ContentItem>& out);
std::optional<std::string> read_link_target(CssCursor& cursor, const StyleTarget& target);
// A custom identifier or a string.
std::optional<std::string> read_custom_ident(CssCursor& cursor);

}  // namespace galley::document
