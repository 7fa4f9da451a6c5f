// Basic shapes and paths. https://www.w3.org/TR/SVG2/shapes.html, https://www.w3.org/TR/SVG2/paths.html
#include <algorithm>
#include <cmath>

#include "document/svg/number_reader.h"
#include "document/svg/renderer.h"

namespace galley::document {

namespace {

PathData polyline(std::string_view text, bool closed) {
    PathData out;
    NumberReader reader(text);
    while (out.verbs.size() < kPathSegmentsMax) {
        const auto x = reader.number();
        const auto y = x ? reader.number() : std::nullopt;
        if (!y) break;
        if (out.empty())
            out.move_to({*x, *y});
        else
            out.line_to({*x, *y});
    }
    if (closed) out.close();
    return out;
}

bool takes_markers(const Node& node) {
    return node.tag() == "path" || node.tag() == "line" || node.tag() == "polyline" || node.tag() == "polygon";
}

}  // namespace

// In user units of the element; empty where nothing is drawn.
PathData SvgRenderer::outline_of(const Node& node, const SvgState& state) {
    const auto x = [&](std::string_view name, double fallback = 0) {
        return length(node, name, SvgAxis::X, state, fallback);
    };
    const auto y = [&](std::string_view name, double fallback = 0) {
        return length(node, name, SvgAxis::Y, state, fallback);
    };
    if (node.tag() == "path") return parse_path_data(attribute_text(node, "d"));
    if (node.tag() == "polyline" || node.tag() == "polygon")
        return polyline(attribute_text(node, "points"), node.tag() == "polygon");
    PathData out;
    if (node.tag() == "line") {
        out.move_to({x("x1"), y("y1")});
        out.line_to({x("x2"), y("y2")});
    } else if (node.tag() == "rect") {
        const double width = x("width"), height = y("height");
        double rx = x("rx", -1), ry = y("ry", -1);
        if (rx < 0) rx = ry;
        if (ry < 0) ry = rx;
        if (width > 0 && height > 0) out = rectangle(x("x"), y("y"), width, height, rx, ry);
    } else if (node.tag() == "circle") {
        const double r = length(node, "r", SvgAxis::Diagonal, state);
        if (r > 0) out = ellipse(x("cx"), y("cy"), r, r);
    } else if (node.tag() == "ellipse") {
        double rx = x("rx", -1), ry = y("ry", -1);
        if (rx < 0) rx = ry;
        if (ry < 0) ry = rx;
        if (rx > 0 && ry > 0) out = ellipse(x("cx"), y("cy"), rx, ry);
    }
    return out;
}

void SvgRenderer::add_shape(VectorShape shape) {
    segments_ += shape.path.verbs.size();
    out_->ops.emplace_back(std::move(shape));
}

VectorStroke SvgRenderer::stroke_of(const SvgState& state, const Bounds& bounds) {
    const SvgProperties& paint = *state.paint;
    VectorStroke stroke;
    stroke.paint = paint_of(*paint.stroke, *paint.stroke_opacity, state, bounds);
    if (!stroke.paint.visible()) return stroke;
    const double whole = state.viewport.reference(SvgAxis::Diagonal);
    stroke.width = used_length(*paint.stroke_width, whole);
    if (paint.vector_effect == VectorEffect::NonScalingStroke) stroke.width /= std::max(1e-9, state.matrix.scale());
    stroke.cap = *paint.line_cap;
    stroke.join = *paint.line_join;
    stroke.miter_limit = *paint.miter_limit;
    double sum = 0;
    for (const LengthValue& dash : *paint.dashes) {
        stroke.dashes.push_back(used_length(dash, whole));
        sum += stroke.dashes.back();
    }
    if (!(sum > 0)) stroke.dashes.clear();
    stroke.dash_offset = used_length(*paint.dash_offset, whole);
    if (!(stroke.width > 0)) stroke.paint = {};
    return stroke;
}

void SvgRenderer::draw_shape(const Node& node, const SvgState& state) {
    VectorShape shape;
    shape.path = outline_of(node, state);
    if (shape.path.empty()) return;
    if (shape.path.cut)
        warn_once("an SVG path has more than " + std::to_string(kPathSegmentsMax) + " segments: the rest is left out");
    const SvgProperties& paint = *state.paint;
    const bool marks = takes_markers(node) &&
                       (!paint.marker_start->empty() || !paint.marker_mid->empty() || !paint.marker_end->empty());
    const double opacity = style_of(node).opacity;
    if (state.text->visibility == Visibility::Visible) {
        const Bounds bounds = shape.path.bounds();
        shape.matrix = state.matrix;
        shape.rule = *paint.fill_rule;
        shape.fill = paint_of(*paint.fill, *paint.fill_opacity, state, bounds);
        shape.stroke = stroke_of(state, bounds);
        shape.stroke_first = paint.paint_order == PaintOrder::StrokeFirst;
        if (node.tag() == "line") shape.fill = {};
    }
    // Opacity of one colour alone needs no group.
    const bool both = shape.fill.visible() && shape.stroke.paint.visible();
    const bool grouped = opacity < 1 && (both || marks);
    if (grouped) out_->ops.emplace_back(VectorGroupBegin{opacity, nullptr, false});
    if (opacity < 1 && !grouped)
        for (VectorPaint* one : {&shape.fill, &shape.stroke.paint}) {
            one->opacity *= opacity;
            one->color.a = static_cast<std::uint8_t>(std::lround(one->color.a * opacity));
        }
    const PathData path = marks ? shape.path : PathData{};
    if (shape.fill.visible() || shape.stroke.paint.visible()) add_shape(std::move(shape));
    if (marks) draw_markers(node, state, path);
    if (grouped) out_->ops.emplace_back(VectorGroupEnd{});
}

namespace {

void add_transformed(Bounds& out, const Bounds& bounds, const Matrix& matrix) {
    if (bounds.empty) return;
    for (const Point2 p : {Point2{bounds.left, bounds.top}, Point2{bounds.right, bounds.top},
                           Point2{bounds.right, bounds.bottom}, Point2{bounds.left, bounds.bottom}})
        out.add(matrix.apply(p));
}

struct OpBounds {
    Bounds operator()(const VectorShape& shape) const {
        PathData path = shape.path;
        path.transform(shape.matrix);
        return path.bounds();
    }
    Bounds operator()(const VectorText& text) const {
        std::int64_t advance = 0;
        for (const Glyph& glyph : text.glyphs) advance += glyph.advance;
        const FaceMetrics& metrics = text.face->metrics();
        const double scale = text.size / std::max(1, metrics.units_per_em);
        Bounds out;
        add_transformed(
            out, {0, -metrics.ascent * scale, static_cast<double>(advance) * scale, metrics.descent * scale, false},
            text.matrix);
        return out;
    }
    Bounds operator()(const VectorPicture& picture) const {
        Bounds out;
        add_transformed(out, {0, 0, picture.width, picture.height, false}, picture.matrix);
        return out;
    }
    Bounds operator()(const VectorNested& nested) const {
        Bounds out;
        add_transformed(out, {0, 0, nested.drawing->width, nested.drawing->height, false}, nested.matrix);
        return out;
    }
    template <typename Other>
    Bounds operator()(const Other&) const {
        return {};
    }
};

}  // namespace

Bounds bounds_of_ops(const VectorDrawing& drawing, std::size_t first) {
    Bounds out;
    for (std::size_t i = first; i < drawing.ops.size(); ++i) out.add(std::visit(OpBounds{}, drawing.ops[i]));
    return out;
}

// The object bounding box (SVG 2 §8.10): without strokes.
Bounds SvgRenderer::bounds_of(const Node& node, const SvgState& state) {
    const SvgElementInfo* info = find_svg_element(node.tag());
    if (info != nullptr && info->kind == SvgElementKind::Shape) return outline_of(node, state).bounds();
    // What it draws in its own units.
    auto drawing = std::make_shared<VectorDrawing>();
    if (reference_depth_ >= limits_.reference_depth_max) return {};
    ++reference_depth_;
    std::swap(out_, drawing);
    SvgState apart = state;
    apart.matrix = {};
    if (info != nullptr && info->kind == SvgElementKind::Text)
        draw_text(node, apart);
    else if (info != nullptr && info->kind == SvgElementKind::Image)
        draw_image(node, apart);
    else
        draw_children(node, apart);
    std::swap(out_, drawing);
    --reference_depth_;
    return bounds_of_ops(*drawing, 0);
}

}  // namespace galley::document
