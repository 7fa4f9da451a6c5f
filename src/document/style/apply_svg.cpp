// Properties of drawings: fill, stroke, markers, text anchors, clips and masks.
// https://www.w3.org/TR/SVG2/painting.html
#include <algorithm>

#include "document/style/property_apply.h"
#include "document/style/svg_properties.h"

namespace galley::document {

namespace {

constexpr std::size_t kDashesMax = 64;

constexpr Keyword<FillRule> kFillRules[] = {{"nonzero", FillRule::NonZero}, {"evenodd", FillRule::EvenOdd}};
constexpr Keyword<LineCap> kCaps[] = {{"butt", LineCap::Butt}, {"round", LineCap::Round}, {"square", LineCap::Square}};
constexpr Keyword<LineJoin> kJoins[] = {{"miter", LineJoin::Miter},
                                        {"miter-clip", LineJoin::Miter},
                                        {"arcs", LineJoin::Miter},
                                        {"round", LineJoin::Round},
                                        {"bevel", LineJoin::Bevel}};
constexpr Keyword<VectorEffect> kEffects[] = {{"none", VectorEffect::None},
                                              {"non-scaling-stroke", VectorEffect::NonScalingStroke}};
constexpr Keyword<TextAnchor> kAnchors[] = {
    {"start", TextAnchor::Start}, {"middle", TextAnchor::Middle}, {"end", TextAnchor::End}};
constexpr Keyword<SvgBaseline> kBaselines[] = {{"auto", SvgBaseline::Alphabetic},
                                               {"baseline", SvgBaseline::Alphabetic},
                                               {"alphabetic", SvgBaseline::Alphabetic},
                                               {"middle", SvgBaseline::Middle},
                                               {"central", SvgBaseline::Central},
                                               {"hanging", SvgBaseline::Hanging},
                                               {"mathematical", SvgBaseline::Mathematical},
                                               {"text-before-edge", SvgBaseline::TextTop},
                                               {"before-edge", SvgBaseline::TextTop},
                                               {"text-top", SvgBaseline::TextTop},
                                               {"top", SvgBaseline::TextTop},
                                               {"text-after-edge", SvgBaseline::TextBottom},
                                               {"after-edge", SvgBaseline::TextBottom},
                                               {"ideographic", SvgBaseline::TextBottom},
                                               {"text-bottom", SvgBaseline::TextBottom},
                                               {"bottom", SvgBaseline::TextBottom},
                                               {"no-change", SvgBaseline::Alphabetic},
                                               {"use-script", SvgBaseline::Alphabetic},
                                               {"reset-size", SvgBaseline::Alphabetic}};

SvgProperties& svg_of(StyleTarget& target) {
    if (!target.style.svg) target.style.svg = std::make_shared<SvgProperties>();
    return *target.style.svg;
}

// Every property at its initial value, for `initial`.
const SvgProperties& initial_svg() {
    static const SvgProperties& initial = *[] {
        auto* made = new SvgProperties;
        made->fill = SvgPaint{};
        made->stroke = SvgPaint{.kind = SvgPaint::Kind::None};
        made->stop_color = SvgPaint{};
        made->fill_opacity = made->stroke_opacity = made->stop_opacity = 1;
        made->miter_limit = 4;
        made->fill_rule = made->clip_rule = FillRule::NonZero;
        made->stroke_width = LengthValue{.px = 1};
        made->dash_offset = LengthValue{};
        made->dashes.emplace();
        made->line_cap = LineCap::Butt;
        made->line_join = LineJoin::Miter;
        made->paint_order = PaintOrder::FillFirst;
        made->vector_effect = VectorEffect::None;
        made->marker_start = made->marker_mid = made->marker_end = made->clip_path = made->mask = "";
        made->text_anchor = TextAnchor::Start;
        made->dominant_baseline = made->alignment_baseline = SvgBaseline::Alphabetic;
        made->baseline_shift = BaselineShift{};
        return made;
    }();
    return initial;
}

template <auto Member>
void reset_svg(StyleTarget& target, const ComputedStyle&, ResetTo to) {
    if (to == ResetTo::Initial)
        svg_of(target).*Member = initial_svg().*Member;
    else if (target.style.svg)
        (svg_of(target).*Member).reset();
}

template <auto Member, const auto& Table>
bool apply_word(CssCursor& cursor, StyleTarget& target) {
    return take_keyword(cursor, Table, (svg_of(target).*Member).emplace());
}

// url(…) or url("…"), as written.
std::optional<std::string> read_reference(CssCursor& cursor) {
    if (cursor.peek().is(CssTokenType::Url)) return std::string(cursor.take().text);
    if (auto inner = cursor.take_function("url")) {
        if (!inner->peek().is(CssTokenType::String)) return std::nullopt;
        return std::string(inner->take().text);
    }
    return std::nullopt;
}

void set_color(const ColorValue& value, SvgPaint::Kind& kind, Color& color) {
    kind = value.current ? SvgPaint::Kind::CurrentColor : SvgPaint::Kind::Color;
    color = value.color;
}

std::optional<SvgPaint> read_paint(CssCursor& cursor) {
    SvgPaint paint;
    paint.kind = SvgPaint::Kind::None;
    if (cursor.take_ident("none")) return paint;
    if (cursor.take_ident("context-fill")) return SvgPaint{.kind = SvgPaint::Kind::ContextFill};
    if (cursor.take_ident("context-stroke")) return SvgPaint{.kind = SvgPaint::Kind::ContextStroke};
    if (auto url = read_reference(cursor)) {
        paint.kind = SvgPaint::Kind::Url;
        paint.url = std::move(*url);
        if (cursor.done() || cursor.take_ident("none")) return paint;
        const auto fallback = read_color(cursor);
        if (!fallback) return std::nullopt;
        set_color(*fallback, paint.fallback_kind, paint.fallback);
        return paint;
    }
    const auto color = read_color(cursor);
    if (!color) return std::nullopt;
    set_color(*color, paint.kind, paint.color);
    return paint;
}

template <auto Member>
bool apply_paint(CssCursor& cursor, StyleTarget& target) {
    auto paint = read_paint(cursor);
    if (!paint) return false;
    svg_of(target).*Member = std::move(paint);
    return true;
}

template <auto Member>
bool apply_alpha(CssCursor& cursor, StyleTarget& target) {
    std::optional<double> value = read_percentage(cursor);
    if (value) *value /= 100;
    if (!value) value = read_number(cursor);
    if (value) svg_of(target).*Member = std::clamp(*value, 0.0, 1.0);
    return value.has_value();
}

bool apply_miter_limit(CssCursor& cursor, StyleTarget& target) {
    const auto value = read_number(cursor);
    if (!value || *value < 0) return false;
    svg_of(target).miter_limit = std::max(1.0, *value);
    return true;
}

// A length, a percentage, or a number that counts px.
std::optional<LengthValue> read_svg_length(CssCursor& cursor, const StyleTarget& target) {
    if (cursor.peek().is(CssTokenType::Number)) return LengthValue{.px = cursor.take().number};
    return read_length(cursor, target.lengths, Percentages::Allowed);
}

template <auto Member>
bool apply_svg_length(CssCursor& cursor, StyleTarget& target) {
    const auto value = read_svg_length(cursor, target);
    if (value) svg_of(target).*Member = *value;
    return value.has_value();
}

bool apply_dashes(CssCursor& cursor, StyleTarget& target) {
    std::vector<LengthValue>& dashes = svg_of(target).dashes.emplace();
    if (cursor.take_ident("none")) return true;
    while (!cursor.done()) {
        const auto value = read_svg_length(cursor, target);
        if (!value || value->px < 0 || value->percent < 0 || dashes.size() >= kDashesMax) return false;
        dashes.push_back(*value);
        cursor.take_comma();
    }
    return !dashes.empty();
}

// GAP: markers count as the last of the three.
bool apply_paint_order(CssCursor& cursor, StyleTarget& target) {
    bool stroke_first = false, fill_seen = false;
    while (!cursor.done()) {
        if (cursor.take_ident("stroke")) {
            stroke_first |= !fill_seen;
        } else if (cursor.take_ident("fill") || cursor.take_ident("normal")) {
            fill_seen = true;
        } else if (!cursor.take_ident("markers")) {
            return false;
        }
    }
    svg_of(target).paint_order = stroke_first ? PaintOrder::StrokeFirst : PaintOrder::FillFirst;
    return true;
}

template <auto... Members>
bool apply_reference(CssCursor& cursor, StyleTarget& target) {
    std::string url;
    if (!cursor.take_ident("none")) {
        auto read = read_reference(cursor);
        if (!read) return false;
        url = std::move(*read);
    }
    ((svg_of(target).*Members = url), ...);
    return true;
}

void reset_marker(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    reset_svg<&SvgProperties::marker_start>(target, from, to);
    reset_svg<&SvgProperties::marker_mid>(target, from, to);
    reset_svg<&SvgProperties::marker_end>(target, from, to);
}

bool apply_baseline_shift(CssCursor& cursor, StyleTarget& target) {
    BaselineShift& shift = svg_of(target).baseline_shift.emplace();
    if (cursor.take_ident("baseline")) return true;
    if (cursor.take_ident("sub")) {
        shift.kind = BaselineShift::Kind::Sub;
        return true;
    }
    shift.kind = BaselineShift::Kind::Super;
    if (cursor.take_ident("super")) return true;
    const auto length = read_svg_length(cursor, target);
    if (length) shift = {BaselineShift::Kind::Length, *length};
    return length.has_value();
}

// Known, and without effect on paper.
bool accept_anything(CssCursor& cursor, StyleTarget&) {
    while (!cursor.done()) cursor.take_component();
    return true;
}
void reset_nothing(StyleTarget&, const ComputedStyle&, ResetTo) {}

using S = SvgProperties;

template <auto Member, const auto& Table>
constexpr PropertyRow word_row(PropertyId id) {
    return {id, apply_word<Member, Table>, reset_svg<Member>};
}
constexpr PropertyRow ignored_row(PropertyId id) {
    return {id, accept_anything, reset_nothing};
}

constexpr PropertyRow kRows[] = {
    {PropertyId::Fill, apply_paint<&S::fill>, reset_svg<&S::fill>},
    {PropertyId::FillOpacity, apply_alpha<&S::fill_opacity>, reset_svg<&S::fill_opacity>},
    word_row<&S::fill_rule, kFillRules>(PropertyId::FillRule),
    word_row<&S::clip_rule, kFillRules>(PropertyId::ClipRule),
    {PropertyId::Stroke, apply_paint<&S::stroke>, reset_svg<&S::stroke>},
    {PropertyId::StrokeOpacity, apply_alpha<&S::stroke_opacity>, reset_svg<&S::stroke_opacity>},
    {PropertyId::StrokeWidth, apply_svg_length<&S::stroke_width>, reset_svg<&S::stroke_width>},
    word_row<&S::line_cap, kCaps>(PropertyId::StrokeLinecap),
    word_row<&S::line_join, kJoins>(PropertyId::StrokeLinejoin),
    {PropertyId::StrokeMiterlimit, apply_miter_limit, reset_svg<&S::miter_limit>},
    {PropertyId::StrokeDasharray, apply_dashes, reset_svg<&S::dashes>},
    {PropertyId::StrokeDashoffset, apply_svg_length<&S::dash_offset>, reset_svg<&S::dash_offset>},
    {PropertyId::PaintOrder, apply_paint_order, reset_svg<&S::paint_order>},
    word_row<&S::vector_effect, kEffects>(PropertyId::VectorEffect),
    {PropertyId::MarkerStart, apply_reference<&S::marker_start>, reset_svg<&S::marker_start>},
    {PropertyId::MarkerMid, apply_reference<&S::marker_mid>, reset_svg<&S::marker_mid>},
    {PropertyId::MarkerEnd, apply_reference<&S::marker_end>, reset_svg<&S::marker_end>},
    {PropertyId::Marker, apply_reference<&S::marker_start, &S::marker_mid, &S::marker_end>, reset_marker},
    {PropertyId::StopColor, apply_paint<&S::stop_color>, reset_svg<&S::stop_color>},
    {PropertyId::StopOpacity, apply_alpha<&S::stop_opacity>, reset_svg<&S::stop_opacity>},
    word_row<&S::text_anchor, kAnchors>(PropertyId::TextAnchor),
    word_row<&S::dominant_baseline, kBaselines>(PropertyId::DominantBaseline),
    word_row<&S::alignment_baseline, kBaselines>(PropertyId::AlignmentBaseline),
    {PropertyId::BaselineShift, apply_baseline_shift, reset_svg<&S::baseline_shift>},
    {PropertyId::Mask, apply_reference<&S::mask>, reset_svg<&S::mask>},
    ignored_row(PropertyId::PointerEvents),
    ignored_row(PropertyId::TransformBox),
    ignored_row(PropertyId::ShapeRendering),
    ignored_row(PropertyId::TextRendering),
    ignored_row(PropertyId::ColorRendering),
    ignored_row(PropertyId::ColorInterpolation),
    ignored_row(PropertyId::ColorInterpolationFilters),
    ignored_row(PropertyId::EnableBackground),
    ignored_row(PropertyId::Isolation),
};

}  // namespace

bool apply_clip_reference(CssCursor& cursor, StyleTarget& target) {
    return apply_reference<&SvgProperties::clip_path>(cursor, target);
}

void reset_clip_reference(StyleTarget& target, const ComputedStyle& from, ResetTo to) {
    reset_svg<&SvgProperties::clip_path>(target, from, to);
}

std::span<const PropertyRow> svg_rows() {
    return kRows;
}

}  // namespace galley::document
