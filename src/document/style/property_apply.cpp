#include "document/style/property_apply.h"

#include <array>

#include "document/resource_loader.h"

namespace galley::document {

namespace {

using Rows = std::array<PropertyRow, static_cast<std::size_t>(PropertyId::Count)>;

bool accept_nothing(CssCursor&, StyleTarget&) {
    return false;
}
void reset_nothing(StyleTarget&, const ComputedStyle&, ResetTo) {}

// All rows by number; properties without a function (ignored ones) accept nothing.
Rows collect_rows() {
    Rows rows;
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = {static_cast<PropertyId>(i), accept_nothing, reset_nothing};
    for (const auto& group :
         {box_rows(), border_rows(), background_rows(), font_rows(), text_rows(), rare_text_rows(), layout_rows(),
          content_rows(), page_rows(), logical_rows(), image_rows(), svg_rows(), rare_rows()})
        for (const PropertyRow& row : group) rows[static_cast<std::size_t>(row.id)] = row;
    return rows;
}

const PropertyRow& row_of(PropertyId id) {
    static const Rows rows = collect_rows();
    return rows[static_cast<std::size_t>(id)];
}

}  // namespace

const ComputedStyle& initial_style() {
    // Never destroyed: a render may still run on another thread while the process ends.
    static const ComputedStyle& style = *[] {
        auto made = std::make_unique<ComputedStyle>();
        made->text = std::make_shared<const InheritedStyle>();
        return made.release();
    }();
    return style;
}

bool apply_property(PropertyId id, CssTokens value, StyleTarget& target) {
    CssCursor cursor(value);
    if (cursor.done()) return false;
    return row_of(id).apply(cursor, target) && cursor.done();
}

void reset_property(PropertyId id, StyleTarget& target, ResetTo to) {
    row_of(id).reset(target, to == ResetTo::Initial ? initial_style() : *target.parent, to);
}

std::optional<Length> read_length_percentage(CssCursor& cursor, const StyleTarget& target, Negative negative) {
    const bool plain = !cursor.peek().is(CssTokenType::Function);
    CssCursor trial = cursor;
    std::optional<LengthValue> value = read_length(trial, target.lengths, Percentages::Allowed);
    if (!value) return std::nullopt;
    if (negative == Negative::Refused && (value->px < 0 || value->percent < 0)) {
        if (plain) return std::nullopt;
        if (!value->has_percent) value->px = 0;
    }
    cursor = trial;
    return to_length(*value);
}

std::optional<double> read_plain_length_px(CssCursor& cursor, const StyleTarget& target, Negative negative) {
    CssCursor trial = cursor;
    const std::optional<LengthValue> value = read_length(trial, target.lengths, Percentages::Refused);
    if (!value || (negative == Negative::Refused && value->px < 0)) return std::nullopt;
    cursor = trial;
    return value->px;
}

std::optional<LayoutUnit> read_plain_length(CssCursor& cursor, const StyleTarget& target, Negative negative) {
    const std::optional<double> px = read_plain_length_px(cursor, target, negative);
    return px ? std::optional(LayoutUnit::from_px(*px)) : std::nullopt;
}

std::optional<Color> read_resolved_color(CssCursor& cursor, const StyleTarget& target) {
    const std::optional<ColorValue> value = read_color(cursor);
    if (!value) return std::nullopt;
    return value->current ? target.text.color : value->color;
}

std::optional<std::string> read_url(CssCursor& cursor, const StyleTarget& target) {
    if (cursor.peek().is(CssTokenType::Url)) return resolve_url(target.base_url, cursor.take().text);
    if (auto inner = cursor.take_function("url")) {
        if (!inner->peek().is(CssTokenType::String)) return std::nullopt;
        return resolve_url(target.base_url, inner->take().text);
    }
    return std::nullopt;
}

std::optional<std::string> read_custom_ident(CssCursor& cursor) {
    if (!cursor.peek().is(CssTokenType::Ident) && !cursor.peek().is(CssTokenType::String)) return std::nullopt;
    return std::string(cursor.take().text);
}

}  // namespace galley::document
