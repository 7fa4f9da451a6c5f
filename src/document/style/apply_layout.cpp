// Flex, alignment, breaks, transforms, vertical alignment and stacking.
#include <cmath>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using C = ComputedStyle;

constexpr Keyword<VerticalAlign> kVerticalAligns[] = {
    {"baseline", VerticalAlign::Baseline},      {"sub", VerticalAlign::Sub},       {"super", VerticalAlign::Super},
    {"text-top", VerticalAlign::TextTop},       {"middle", VerticalAlign::Middle}, {"top", VerticalAlign::Top},
    {"text-bottom", VerticalAlign::TextBottom}, {"bottom", VerticalAlign::Bottom}};
constexpr Keyword<TableLayout> kTableLayouts[] = {{"auto", TableLayout::Auto}, {"fixed", TableLayout::Fixed}};
constexpr Keyword<BreakBetween> kBreaks[] = {
    {"auto", BreakBetween::Auto},   {"avoid", BreakBetween::Avoid},   {"avoid-page", BreakBetween::AvoidPage},
    {"page", BreakBetween::Page},   {"always", BreakBetween::Page},   {"all", BreakBetween::Page},
    {"left", BreakBetween::Left},   {"right", BreakBetween::Right},   {"recto", BreakBetween::Recto},
    {"verso", BreakBetween::Verso}, {"column", BreakBetween::Column}, {"avoid-column", BreakBetween::AvoidColumn}};
constexpr Keyword<BreakInside> kBreakInsides[] = {{"auto", BreakInside::Auto},
                                                  {"avoid", BreakInside::Avoid},
                                                  {"avoid-page", BreakInside::AvoidPage},
                                                  {"avoid-column", BreakInside::AvoidColumn}};
constexpr Keyword<BoxDecorationBreak> kDecorationBreaks[] = {{"slice", BoxDecorationBreak::Slice},
                                                             {"clone", BoxDecorationBreak::Clone}};
constexpr Keyword<FlexDirection> kFlexDirections[] = {{"row", FlexDirection::Row},
                                                      {"row-reverse", FlexDirection::RowReverse},
                                                      {"column", FlexDirection::Column},
                                                      {"column-reverse", FlexDirection::ColumnReverse}};
constexpr Keyword<FlexWrap> kFlexWraps[] = {
    {"nowrap", FlexWrap::NoWrap}, {"wrap", FlexWrap::Wrap}, {"wrap-reverse", FlexWrap::WrapReverse}};
constexpr Keyword<Align> kAligns[] = {{"auto", Align::Auto},
                                      {"normal", Align::Normal},
                                      {"stretch", Align::Stretch},
                                      {"start", Align::Start},
                                      {"end", Align::End},
                                      {"self-start", Align::Start},
                                      {"self-end", Align::End},
                                      {"flex-start", Align::FlexStart},
                                      {"flex-end", Align::FlexEnd},
                                      {"center", Align::Center},
                                      {"baseline", Align::Baseline},
                                      {"space-between", Align::SpaceBetween},
                                      {"space-around", Align::SpaceAround},
                                      {"space-evenly", Align::SpaceEvenly},
                                      {"left", Align::Left},
                                      {"right", Align::Right}};

bool apply_vertical_align(CssCursor& cursor, StyleTarget& target) {
    if (take_keyword(cursor, kVerticalAligns, target.style.vertical_align)) return true;
    const auto length = read_length_percentage(cursor, target, Negative::Allowed);
    if (!length) return false;
    target.style.vertical_align = VerticalAlign::Length;
    target.style.vertical_align_length = *length;
    return true;
}

void reset_vertical_align(StyleTarget& target, const C& from, ResetTo) {
    target.style.vertical_align = from.vertical_align;
    target.style.vertical_align_length = from.vertical_align_length;
}

bool apply_opacity(CssCursor& cursor, StyleTarget& target) {
    std::optional<double> value = read_percentage(cursor);
    if (value) *value /= 100;
    if (!value) value = read_number(cursor);
    if (value) target.style.opacity = std::clamp(*value, 0.0, 1.0);
    return value.has_value();
}

bool apply_z_index(CssCursor& cursor, StyleTarget& target) {
    target.style.z_index.reset();
    if (cursor.take_ident("auto")) return true;
    target.style.z_index = read_integer(cursor);
    return target.style.z_index.has_value();
}

bool apply_page(CssCursor& cursor, StyleTarget& target) {
    if (!cursor.peek().is(CssTokenType::Ident)) return false;
    target.style.page = cursor.take_ident("auto") ? std::string() : std::string(cursor.take().text);
    return true;
}

template <auto Member>
bool apply_factor(CssCursor& cursor, StyleTarget& target) {
    const auto number = read_number(cursor);
    if (!number || *number < 0) return false;
    target.style.*Member = *number;
    return true;
}

// GAP: `content` counts as auto.
bool apply_flex_basis(CssCursor& cursor, StyleTarget& target) {
    constexpr Keyword<Length::Kind> kWords[] = {{"auto", Length::Kind::Auto},
                                                {"content", Length::Kind::MaxContent},
                                                {"max-content", Length::Kind::MaxContent},
                                                {"min-content", Length::Kind::MinContent},
                                                {"fit-content", Length::Kind::FitContent}};
    Length::Kind kind{};
    if (take_keyword(cursor, kWords, kind)) {
        target.style.flex_basis = {kind, {}, 0};
        return true;
    }
    const auto length = read_length_percentage(cursor, target, Negative::Refused);
    if (length) target.style.flex_basis = *length;
    return length.has_value();
}

bool apply_order(CssCursor& cursor, StyleTarget& target) {
    const auto order = read_integer(cursor);
    if (order) target.style.order = *order;
    return order.has_value();
}

// [safe | unsafe | first | last] keyword
bool read_align(CssCursor& cursor, Align& out) {
    if (cursor.take_ident("legacy")) {
        out = Align::Normal;
        return true;
    }
    if (!cursor.take_ident("safe") && !cursor.take_ident("unsafe") && !cursor.take_ident("first"))
        cursor.take_ident("last");
    return take_keyword(cursor, kAligns, out);
}

template <auto Member>
bool apply_align(CssCursor& cursor, StyleTarget& target) {
    return read_align(cursor, target.style.*Member);
}

bool check_align(CssCursor& cursor, StyleTarget&) {
    Align ignored{};
    return read_align(cursor, ignored);
}

template <auto Member>
bool apply_gap(CssCursor& cursor, StyleTarget& target) {
    if (cursor.take_ident("normal")) {
        target.style.*Member = Length::automatic();
        return true;
    }
    const auto length = read_length_percentage(cursor, target, Negative::Refused);
    if (length) target.style.*Member = *length;
    return length.has_value();
}

// product = left × right, as matrices of CSS matrix(); percentages of translations are kept only while the left side
// does not turn or scale them (GAP).
Transform multiply(const Transform& l, const Transform& r) {
    Transform out;
    out.a = l.a * r.a + l.c * r.b;
    out.b = l.b * r.a + l.d * r.b;
    out.c = l.a * r.c + l.c * r.d;
    out.d = l.b * r.c + l.d * r.d;
    out.e = l.a * r.e + l.c * r.f + l.e;
    out.f = l.b * r.e + l.d * r.f + l.f;
    out.translate_x_percent = l.translate_x_percent + l.a * r.translate_x_percent;
    out.translate_y_percent = l.translate_y_percent + l.d * r.translate_y_percent;
    return out;
}

constexpr double kRadians = 0.017453292519943295;

// Up to six comma-separated numbers, lengths or angles of a transform function.
struct TransformArguments {
    CssCursor cursor;
    std::optional<CssCursor> next() {
        if (cursor.done()) return std::nullopt;
        return CssCursor(cursor.take_until_comma());
    }
    std::optional<double> number() {
        auto item = next();
        return item ? read_number(*item) : std::nullopt;
    }
    std::optional<double> angle() {
        auto item = next();
        return item ? read_angle(*item) : std::nullopt;
    }
    std::optional<LengthValue> length(const StyleTarget& target) {
        auto item = next();
        return item ? read_length(*item, target.lengths, Percentages::Allowed) : std::nullopt;
    }
};

std::optional<Transform> read_translate(TransformArguments& arguments, const StyleTarget& target, char axis) {
    Transform out;
    const auto first = arguments.length(target);
    if (!first) return std::nullopt;
    LengthValue x = axis == 'y' ? LengthValue{} : *first, y = axis == 'y' ? *first : LengthValue{};
    if (axis == 'b' && !arguments.cursor.done()) {
        const auto second = arguments.length(target);
        if (!second) return std::nullopt;
        y = *second;
    }
    out.e = x.px;
    out.f = y.px;
    out.translate_x_percent = x.percent;
    out.translate_y_percent = y.percent;
    return out;
}

std::optional<Transform> read_scale(TransformArguments& arguments, char axis) {
    const auto first = arguments.number();
    if (!first) return std::nullopt;
    double x = axis == 'y' ? 1 : *first, y = axis == 'x' ? 1 : *first;
    if (axis == 'b' && !arguments.cursor.done()) {
        const auto second = arguments.number();
        if (!second) return std::nullopt;
        y = *second;
    }
    Transform out;
    out.a = x;
    out.d = y;
    return out;
}

std::optional<Transform> read_skew(TransformArguments& arguments, char axis) {
    const auto first = arguments.angle();
    if (!first) return std::nullopt;
    Transform out;
    (axis == 'y' ? out.b : out.c) = std::tan(*first * kRadians);
    if (axis == 'b' && !arguments.cursor.done()) {
        const auto second = arguments.angle();
        if (!second) return std::nullopt;
        out.b = std::tan(*second * kRadians);
    }
    return out;
}

std::optional<Transform> read_matrix(TransformArguments& arguments) {
    Transform out;
    for (double* slot : {&out.a, &out.b, &out.c, &out.d, &out.e, &out.f}) {
        const auto number = arguments.number();
        if (!number) return std::nullopt;
        *slot = *number;
    }
    return out;
}

std::optional<Transform> read_rotate(TransformArguments& arguments) {
    const auto angle = arguments.angle();
    if (!angle) return std::nullopt;
    Transform out;
    out.a = out.d = std::cos(*angle * kRadians);
    out.b = std::sin(*angle * kRadians);
    out.c = -out.b;
    return out;
}

std::optional<Transform> read_transform_function(CssCursor& cursor, const StyleTarget& target) {
    if (!cursor.peek().is(CssTokenType::Function)) return std::nullopt;
    const std::string name = css_lowered(cursor.peek().text);
    const CssTokens all = cursor.take_component();
    TransformArguments arguments{CssCursor(all.subspan(1, all.size() - 2))};
    std::optional<Transform> out;
    if (name == "rotate") out = read_rotate(arguments);
    if (name == "translate") out = read_translate(arguments, target, 'b');
    if (name == "translatex") out = read_translate(arguments, target, 'x');
    if (name == "translatey") out = read_translate(arguments, target, 'y');
    if (name == "scale") out = read_scale(arguments, 'b');
    if (name == "scalex") out = read_scale(arguments, 'x');
    if (name == "scaley") out = read_scale(arguments, 'y');
    if (name == "skew") out = read_skew(arguments, 'b');
    if (name == "skewx") out = read_skew(arguments, 'x');
    if (name == "skewy") out = read_skew(arguments, 'y');
    if (name == "matrix") out = read_matrix(arguments);
    return arguments.cursor.done() ? out : std::nullopt;
}

bool apply_transform(CssCursor& cursor, StyleTarget& target) {
    target.style.transform.reset();
    if (cursor.take_ident("none")) return true;
    Transform total;
    do {
        const auto step = read_transform_function(cursor, target);
        if (!step) return false;
        total = multiply(total, *step);
    } while (!cursor.done());
    for (const double value : {total.a, total.b, total.c, total.d, total.e, total.f})
        if (!std::isfinite(value)) return false;
    target.style.transform = total;
    return true;
}

bool apply_transform_origin(CssCursor& cursor, StyleTarget& target) {
    constexpr Keyword<double> kX[] = {{"left", 0}, {"center", 50}, {"right", 100}};
    constexpr Keyword<double> kY[] = {{"top", 0}, {"center", 50}, {"bottom", 100}};
    std::optional<Length> x, y;
    for (int i = 0; i < 2 && !cursor.done(); ++i) {
        double percent = 0;
        if (!x && take_keyword(cursor, kX, percent)) {
            x = Length::of_percent(percent);
        } else if (!y && take_keyword(cursor, kY, percent)) {
            y = Length::of_percent(percent);
        } else {
            const auto length = read_length_percentage(cursor, target, Negative::Allowed);
            if (!length) return false;
            (!x ? x : y) = *length;
        }
    }
    target.style.transform_origin_x = x.value_or(Length::of_percent(50));
    target.style.transform_origin_y = y.value_or(Length::of_percent(50));
    return true;
}

void reset_transform_origin(StyleTarget& target, const C& from, ResetTo) {
    target.style.transform_origin_x = from.transform_origin_x;
    target.style.transform_origin_y = from.transform_origin_y;
}

template <auto Member, const auto& Table>
constexpr PropertyRow keyword_row(PropertyId id) {
    return {id, apply_keyword<Member, Table>, copy_member<Member>};
}
template <auto Member>
constexpr PropertyRow align_row(PropertyId id) {
    return {id, apply_align<Member>, copy_member<Member>};
}
constexpr ResetFunction kNoReset = [](StyleTarget&, const C&, ResetTo) {};

constexpr PropertyRow kRows[] = {
    {PropertyId::VerticalAlign, apply_vertical_align, reset_vertical_align},
    {PropertyId::Opacity, apply_opacity, copy_member<&C::opacity>},
    {PropertyId::ZIndex, apply_z_index, copy_member<&C::z_index>},
    {PropertyId::Page, apply_page, copy_member<&C::page>},
    keyword_row<&C::table_layout, kTableLayouts>(PropertyId::TableLayout),
    keyword_row<&C::break_before, kBreaks>(PropertyId::BreakBefore),
    keyword_row<&C::break_after, kBreaks>(PropertyId::BreakAfter),
    keyword_row<&C::break_inside, kBreakInsides>(PropertyId::BreakInside),
    keyword_row<&C::box_decoration_break, kDecorationBreaks>(PropertyId::BoxDecorationBreak),
    keyword_row<&C::flex_direction, kFlexDirections>(PropertyId::FlexDirection),
    keyword_row<&C::flex_wrap, kFlexWraps>(PropertyId::FlexWrap),
    {PropertyId::FlexGrow, apply_factor<&C::flex_grow>, copy_member<&C::flex_grow>},
    {PropertyId::FlexShrink, apply_factor<&C::flex_shrink>, copy_member<&C::flex_shrink>},
    {PropertyId::FlexBasis, apply_flex_basis, copy_member<&C::flex_basis>},
    {PropertyId::Order, apply_order, copy_member<&C::order>},
    align_row<&C::justify_content>(PropertyId::JustifyContent),
    align_row<&C::align_content>(PropertyId::AlignContent),
    align_row<&C::align_items>(PropertyId::AlignItems),
    align_row<&C::align_self>(PropertyId::AlignSelf),
    {PropertyId::JustifyItems, check_align, kNoReset},
    {PropertyId::JustifySelf, check_align, kNoReset},
    {PropertyId::RowGap, apply_gap<&C::row_gap>, copy_member<&C::row_gap>},
    {PropertyId::ColumnGap, apply_gap<&C::column_gap>, copy_member<&C::column_gap>},
    {PropertyId::Transform, apply_transform, copy_member<&C::transform>},
    {PropertyId::TransformOrigin, apply_transform_origin, reset_transform_origin},
};

}  // namespace

std::span<const PropertyRow> layout_rows() {
    return kRows;
}

}  // namespace galley::document
