// Properties that name their side by the direction of the text: inline-start, inline-end. Those of the block direction
// are other names of the physical ones, as lines run across the page always.
// https://drafts.csswg.org/css-logical-1/
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using P = PropertyId;

template <P Ltr, P Rtl>
P physical(const StyleTarget& target) {
    return target.text.direction == Direction::Rtl ? Rtl : Ltr;
}

template <P Ltr, P Rtl>
bool apply_logical(CssCursor& cursor, StyleTarget& target) {
    if (!apply_property(physical<Ltr, Rtl>(target), cursor.rest(), target)) return false;
    while (!cursor.done()) cursor.take_component();
    return true;
}

template <P Ltr, P Rtl>
void reset_logical(StyleTarget& target, const ComputedStyle&, ResetTo to) {
    reset_property(physical<Ltr, Rtl>(target), target, to);
}

template <P Ltr, P Rtl>
constexpr PropertyRow row(P id) {
    return {id, apply_logical<Ltr, Rtl>, reset_logical<Ltr, Rtl>};
}

constexpr PropertyRow kRows[] = {
    row<P::MarginLeft, P::MarginRight>(P::MarginInlineStart),
    row<P::MarginRight, P::MarginLeft>(P::MarginInlineEnd),
    row<P::PaddingLeft, P::PaddingRight>(P::PaddingInlineStart),
    row<P::PaddingRight, P::PaddingLeft>(P::PaddingInlineEnd),
    row<P::Left, P::Right>(P::InsetInlineStart),
    row<P::Right, P::Left>(P::InsetInlineEnd),
    row<P::BorderLeftWidth, P::BorderRightWidth>(P::BorderInlineStartWidth),
    row<P::BorderLeftStyle, P::BorderRightStyle>(P::BorderInlineStartStyle),
    row<P::BorderLeftColor, P::BorderRightColor>(P::BorderInlineStartColor),
    row<P::BorderRightWidth, P::BorderLeftWidth>(P::BorderInlineEndWidth),
    row<P::BorderRightStyle, P::BorderLeftStyle>(P::BorderInlineEndStyle),
    row<P::BorderRightColor, P::BorderLeftColor>(P::BorderInlineEndColor),
    row<P::BorderTopLeftRadius, P::BorderTopRightRadius>(P::BorderStartStartRadius),
    row<P::BorderTopRightRadius, P::BorderTopLeftRadius>(P::BorderStartEndRadius),
    row<P::BorderBottomRightRadius, P::BorderBottomLeftRadius>(P::BorderEndEndRadius),
    row<P::BorderBottomLeftRadius, P::BorderBottomRightRadius>(P::BorderEndStartRadius),
};

}  // namespace

std::span<const PropertyRow> logical_rows() {
    return kRows;
}

}  // namespace galley::document
