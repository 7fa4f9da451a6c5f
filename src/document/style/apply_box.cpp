// Properties of the box: display, position, sizes, margins, padding.
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr Keyword<Display> kDisplay[] = {{"block", Display::Block},
                                         {"none", Display::None},
                                         {"inline", Display::Inline},
                                         {"inline-block", Display::InlineBlock},
                                         {"flex", Display::Flex},
                                         {"inline-flex", Display::InlineFlex},
                                         {"list-item", Display::ListItem},
                                         {"contents", Display::Contents},
                                         {"flow-root", Display::FlowRoot},
                                         {"flow", Display::Block},
                                         {"table", Display::Table},
                                         {"inline-table", Display::InlineTable},
                                         {"table-row", Display::TableRow},
                                         {"table-row-group", Display::TableRowGroup},
                                         {"table-header-group", Display::TableHeaderGroup},
                                         {"table-footer-group", Display::TableFooterGroup},
                                         {"table-cell", Display::TableCell},
                                         {"table-column", Display::TableColumn},
                                         {"table-column-group", Display::TableColumnGroup},
                                         {"table-caption", Display::TableCaption}};
constexpr Keyword<Position> kPosition[] = {{"static", Position::Static},
                                           {"relative", Position::Relative},
                                           {"absolute", Position::Absolute},
                                           {"fixed", Position::Fixed}};
constexpr Keyword<Float> kFloat[] = {{"none", Float::None},        {"left", Float::Left},
                                     {"right", Float::Right},      {"inline-start", Float::Left},
                                     {"inline-end", Float::Right}, {"footnote", Float::Footnote}};
constexpr Keyword<Clear> kClear[] = {
    {"none", Clear::None}, {"left", Clear::Left}, {"right", Clear::Right}, {"both", Clear::Both}};
constexpr Keyword<BoxSizing> kBoxSizing[] = {{"content-box", BoxSizing::ContentBox},
                                             {"border-box", BoxSizing::BorderBox}};
constexpr Keyword<Overflow> kOverflow[] = {{"visible", Overflow::Visible},
                                           {"hidden", Overflow::Hidden},
                                           {"scroll", Overflow::Scroll},
                                           {"auto", Overflow::Auto},
                                           {"clip", Overflow::Clip}};
constexpr Keyword<Length> kIntrinsic[] = {{"min-content", {Length::Kind::MinContent, {}, 0}},
                                          {"max-content", {Length::Kind::MaxContent, {}, 0}},
                                          {"fit-content", {Length::Kind::FitContent, {}, 0}}};

Display inline_twin(Display display) {
    switch (display) {
        case Display::Block:
            return Display::Inline;
        case Display::FlowRoot:
            return Display::InlineBlock;
        case Display::Flex:
            return Display::InlineFlex;
        case Display::Table:
            return Display::InlineTable;
        default:
            return display;
    }
}

// One keyword, or "block flex", "inline flow-root" …
bool apply_display(CssCursor& cursor, StyleTarget& target) {
    Display first{};
    if (!take_keyword(cursor, kDisplay, first)) return false;
    target.style.display = first;
    if (cursor.done()) return true;
    Display second{};
    if ((first != Display::Block && first != Display::Inline) || !take_keyword(cursor, kDisplay, second)) return false;
    target.style.display = first == Display::Inline ? inline_twin(second) : second;
    return true;
}

bool apply_position(CssCursor& cursor, StyleTarget& target) {
    target.style.running_name.clear();
    if (auto inner = cursor.take_function("running")) {
        const auto name = read_custom_ident(*inner);
        if (!name || !inner->done()) return false;
        target.style.position = Position::Running;
        target.style.running_name = *name;
        return true;
    }
    return take_keyword(cursor, kPosition, target.style.position);
}

void reset_position(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.style.position = from.position;
    target.style.running_name = from.running_name;
}

// width, height, min-…: the value for `auto`, or for `none` with max-….
template <auto Member, bool IsMaximum>
bool apply_size(CssCursor& cursor, StyleTarget& target) {
    Length& out = target.style.*Member;
    if (cursor.take_ident(IsMaximum ? "none" : "auto")) {
        out = IsMaximum ? Length::none() : Length::automatic();
        return true;
    }
    if (take_keyword(cursor, kIntrinsic, out)) return true;
    const auto length = read_length_percentage(cursor, target, Negative::Refused);
    if (length) out = *length;
    return length.has_value();
}

template <auto Member, auto Side, Negative Sign, bool Auto>
bool apply_side(CssCursor& cursor, StyleTarget& target) {
    Length& out = target.style.*Member.*Side;
    if (Auto && cursor.take_ident("auto")) {
        out = Length::automatic();
        return true;
    }
    const auto length = read_length_percentage(cursor, target, Sign);
    if (length) out = *length;
    return length.has_value();
}

template <auto Member, auto Side>
void copy_side(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.style.*Member.*Side = from.*Member.*Side;
}

template <auto Side>
constexpr PropertyRow margin_row(PropertyId id) {
    return {id, apply_side<&ComputedStyle::margin, Side, Negative::Allowed, true>,
            copy_side<&ComputedStyle::margin, Side>};
}
template <auto Side>
constexpr PropertyRow padding_row(PropertyId id) {
    return {id, apply_side<&ComputedStyle::padding, Side, Negative::Refused, false>,
            copy_side<&ComputedStyle::padding, Side>};
}
template <auto Side>
constexpr PropertyRow inset_row(PropertyId id) {
    return {id, apply_side<&ComputedStyle::inset, Side, Negative::Allowed, true>,
            copy_side<&ComputedStyle::inset, Side>};
}
template <auto Member, const auto& Table>
constexpr PropertyRow keyword_row(PropertyId id) {
    return {id, apply_keyword<Member, Table>, copy_member<Member>};
}
template <auto Member, bool IsMaximum>
constexpr PropertyRow size_row(PropertyId id) {
    return {id, apply_size<Member, IsMaximum>, copy_member<Member>};
}

using C = ComputedStyle;
using L = Sides<Length>;

constexpr PropertyRow kRows[] = {
    {PropertyId::Display, apply_display, copy_member<&C::display>},
    {PropertyId::Position, apply_position, reset_position},
    keyword_row<&C::float_side, kFloat>(PropertyId::Float),
    keyword_row<&C::clear, kClear>(PropertyId::Clear),
    keyword_row<&C::box_sizing, kBoxSizing>(PropertyId::BoxSizing),
    keyword_row<&C::overflow, kOverflow>(PropertyId::OverflowX),
    keyword_row<&C::overflow_y, kOverflow>(PropertyId::OverflowY),
    size_row<&C::width, false>(PropertyId::Width),
    size_row<&C::height, false>(PropertyId::Height),
    size_row<&C::min_width, false>(PropertyId::MinWidth),
    size_row<&C::min_height, false>(PropertyId::MinHeight),
    size_row<&C::max_width, true>(PropertyId::MaxWidth),
    size_row<&C::max_height, true>(PropertyId::MaxHeight),
    margin_row<&L::top>(PropertyId::MarginTop),
    margin_row<&L::right>(PropertyId::MarginRight),
    margin_row<&L::bottom>(PropertyId::MarginBottom),
    margin_row<&L::left>(PropertyId::MarginLeft),
    padding_row<&L::top>(PropertyId::PaddingTop),
    padding_row<&L::right>(PropertyId::PaddingRight),
    padding_row<&L::bottom>(PropertyId::PaddingBottom),
    padding_row<&L::left>(PropertyId::PaddingLeft),
    inset_row<&L::top>(PropertyId::Top),
    inset_row<&L::right>(PropertyId::Right),
    inset_row<&L::bottom>(PropertyId::Bottom),
    inset_row<&L::left>(PropertyId::Left),
};

}  // namespace

std::span<const PropertyRow> box_rows() {
    return kRows;
}

}  // namespace galley::document
