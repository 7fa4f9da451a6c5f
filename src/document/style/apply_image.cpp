// Properties of replaced elements: object-fit, object-position, image-rendering.
#include <utility>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using Fit = ObjectPlacement::Fit;
constexpr Keyword<Fit> kFits[] = {{"fill", Fit::Fill},
                                  {"contain", Fit::Contain},
                                  {"cover", Fit::Cover},
                                  {"none", Fit::None},
                                  {"scale-down", Fit::ScaleDown}};
constexpr Keyword<ImageRendering> kRenderings[] = {{"auto", ImageRendering::Auto},
                                                   {"smooth", ImageRendering::Auto},
                                                   {"high-quality", ImageRendering::Auto},
                                                   {"optimizequality", ImageRendering::Auto},
                                                   {"optimizespeed", ImageRendering::Pixelated},
                                                   {"crisp-edges", ImageRendering::Pixelated},
                                                   {"pixelated", ImageRendering::Pixelated}};

ObjectPlacement& object_of(StyleTarget& target) {
    if (!target.style.object) target.style.object = std::make_shared<ObjectPlacement>();
    return *target.style.object;
}

bool apply_object_fit(CssCursor& cursor, StyleTarget& target) {
    return take_keyword(cursor, kFits, object_of(target).fit);
}

// One value of a position and the axis that it speaks of: x, y, or b for either.
struct PositionPart {
    Length value;
    char axis = 'b';
};

std::optional<PositionPart> read_position_part(CssCursor& cursor, const StyleTarget& target) {
    if (cursor.take_ident("left")) return PositionPart{Length::of_percent(0), 'x'};
    if (cursor.take_ident("right")) return PositionPart{Length::of_percent(100), 'x'};
    if (cursor.take_ident("top")) return PositionPart{Length::of_percent(0), 'y'};
    if (cursor.take_ident("bottom")) return PositionPart{Length::of_percent(100), 'y'};
    if (cursor.take_ident("center")) return PositionPart{Length::of_percent(50), 'b'};
    const auto length = read_length_percentage(cursor, target, Negative::Allowed);
    if (!length) return std::nullopt;
    return PositionPart{*length, 'b'};
}

// GAP: offsets from the right and bottom edges (four values).
bool apply_object_position(CssCursor& cursor, StyleTarget& target) {
    std::optional<PositionPart> x = read_position_part(cursor, target), y;
    if (!x) return false;
    if (!cursor.done()) {
        y = read_position_part(cursor, target);
        if (!y) return false;
    }
    if (x->axis == 'y' || (y && y->axis == 'x')) std::swap(x, y);
    ObjectPlacement& object = object_of(target);
    object.x = x ? x->value : Length::of_percent(50);
    object.y = y ? y->value : Length::of_percent(50);
    return true;
}

void reset_fit(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    object_of(target).fit = from.object ? from.object->fit : Fit::Fill;
}
void reset_position(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    const ObjectPlacement placed = from.object ? *from.object : ObjectPlacement{};
    object_of(target).x = placed.x;
    object_of(target).y = placed.y;
}

constexpr PropertyRow kRows[] = {
    {PropertyId::ObjectFit, apply_object_fit, reset_fit},
    {PropertyId::ObjectPosition, apply_object_position, reset_position},
    {PropertyId::ImageRendering, apply_keyword<&InheritedStyle::image_rendering, kRenderings>,
     copy_member<&InheritedStyle::image_rendering>},
};

}  // namespace

std::span<const PropertyRow> image_rows() {
    return kRows;
}

}  // namespace galley::document
