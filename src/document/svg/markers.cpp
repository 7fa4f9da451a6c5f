// Markers at the vertices of paths. https://svgwg.org/specs/markers/
#include <algorithm>
#include <cmath>
#include <numbers>

#include "document/svg/renderer.h"

namespace galley::document {

namespace {

constexpr double kDegrees = 180 / std::numbers::pi;

// A vertex with the directions in which the path comes and goes; zero where it does not.
struct Vertex {
    Point2 at, in, out;
};

Point2 minus(Point2 a, Point2 b) {
    return {a.x - b.x, a.y - b.y};
}
bool is_zero(Point2 p) {
    return p.x == 0 && p.y == 0;
}
Point2 first_of(Point2 a, Point2 b, Point2 c) {
    return !is_zero(a) ? a : !is_zero(b) ? b : c;
}

std::vector<Vertex> vertices_of(const PathData& path) {
    std::vector<Vertex> out;
    std::size_t at = 0, start = 0;
    for (const PathVerb verb : path.verbs) {
        if (verb == PathVerb::Move) {
            start = out.size();
            out.push_back({path.points[at++], {}, {}});
            continue;
        }
        if (out.empty()) break;
        const Point2 from = out.back().at;
        if (verb == PathVerb::Close) {
            const Point2 to = out[start].at, way = minus(to, from);
            out.back().out = way;
            out.push_back({to, way, out[start].out});
            out[start].in = way;
            continue;
        }
        if (verb == PathVerb::Line) {
            const Point2 to = path.points[at++];
            out.back().out = minus(to, from);
            out.push_back({to, minus(to, from), {}});
            continue;
        }
        const Point2 c1 = path.points[at], c2 = path.points[at + 1], to = path.points[at + 2];
        at += 3;
        out.back().out = first_of(minus(c1, from), minus(c2, from), minus(to, from));
        out.push_back({to, first_of(minus(to, c2), minus(to, c1), minus(to, from)), {}});
    }
    return out;
}

// The middle between the two directions.
double angle_of(const Vertex& vertex) {
    const auto angle = [](Point2 way) { return std::atan2(way.y, way.x) * kDegrees; };
    if (is_zero(vertex.in)) return is_zero(vertex.out) ? 0 : angle(vertex.out);
    if (is_zero(vertex.out)) return angle(vertex.in);
    const double in = angle(vertex.in);
    double turn = angle(vertex.out) - in;
    if (turn > 180) turn -= 360;
    if (turn < -180) turn += 360;
    return in + turn / 2;
}

double reference(std::string_view text, SvgAxis axis, const SvgLengths& lengths) {
    if (text == "left" || text == "top") return 0;
    if (text == "center") return lengths.viewport.reference(axis) / 2;
    if (text == "right" || text == "bottom") return lengths.viewport.reference(axis);
    return read_svg_length(text, axis, lengths).value_or(0);
}

}  // namespace

void SvgRenderer::draw_markers(const Node& node, const SvgState& state, const PathData& path) {
    if (state.text->visibility != Visibility::Visible || reference_depth_ >= limits_.reference_depth_max) return;
    const SvgProperties& paint = *state.paint;
    const auto find = [&](const std::string& url) {
        const Node* marker = url.empty() ? nullptr : target_of(url);
        return marker != nullptr && marker->tag() == "marker" && marker != node.parent ? marker : nullptr;
    };
    const Node *start = find(*paint.marker_start), *middle = find(*paint.marker_mid), *end = find(*paint.marker_end);
    if (start == nullptr && middle == nullptr && end == nullptr) return;
    const std::vector<Vertex> vertices = vertices_of(path);
    for (std::size_t i = 0; i < vertices.size(); ++i) {
        if (!count_element()) return;
        const bool first = i == 0, last = i + 1 == vertices.size();
        if (first && start != nullptr) {
            const bool reversed = attribute_text(*start, "orient") == "auto-start-reverse";
            draw_marker(*start, state, vertices[i].at, angle_of(vertices[i]) + (reversed ? 180 : 0));
        }
        if (!first && !last && middle != nullptr) draw_marker(*middle, state, vertices[i].at, angle_of(vertices[i]));
        if (last && end != nullptr) draw_marker(*end, state, vertices[i].at, angle_of(vertices[i]));
    }
}

bool SvgRenderer::asks_for_context(const Node& marker) const {
    using Kind = SvgPaint::Kind;
    const auto asks = [](const std::optional<SvgPaint>& paint) {
        return paint && (paint->kind == Kind::ContextFill || paint->kind == Kind::ContextStroke);
    };
    const Node* node = &marker;
    while (node != nullptr) {
        const SvgProperties* own = style_of(*node).svg.get();
        if (own != nullptr && (asks(own->fill) || asks(own->stroke))) return true;
        if (node->first_child != nullptr) {
            node = node->first_child;
            continue;
        }
        while (node != &marker && node->next_sibling == nullptr) node = node->parent;
        node = node == &marker ? nullptr : node->next_sibling;
    }
    return false;
}

// Drawn at about its final size, so that its numbers are fine enough.
SvgRenderer::MarkerDrawing SvgRenderer::make_marker(const Node& marker, const SvgState& state, SvgViewport size,
                                                    double scale) {
    SvgLengths lengths = lengths_of(state);
    Matrix content;
    if (const auto box = read_view_box(attribute_text(marker, "viewBox"))) {
        content = view_box_matrix(*box, read_aspect_ratio(attribute_text(marker, "preserveAspectRatio")), size.width,
                                  size.height);
        lengths.viewport = {box->width, box->height};
    }
    const Point2 origin = content.apply({reference(attribute_text(marker, "refX"), SvgAxis::X, lengths),
                                         reference(attribute_text(marker, "refY"), SvgAxis::Y, lengths)});
    SvgState inner = root_state(marker);
    inner.viewport = lengths.viewport;
    inner.matrix = Matrix::scaling(scale, scale) * content;
    inner.context = std::make_shared<const std::pair<SvgPaint, SvgPaint>>(*state.paint->fill, *state.paint->stroke);
    auto drawing = draw_apart(marker, inner, size.width * scale, size.height * scale);
    drawing->clipped = !overflows(marker);
    return {std::move(drawing), Matrix::translation(-origin.x * scale, -origin.y * scale), state.paint};
}

void SvgRenderer::draw_marker(const Node& marker, const SvgState& state, Point2 at, double angle) {
    const double width = length(marker, "markerWidth", SvgAxis::X, state, 3),
                 height = length(marker, "markerHeight", SvgAxis::Y, state, 3);
    double unit = used_length(*state.paint->stroke_width, state.viewport.reference(SvgAxis::Diagonal));
    if (attribute_text(marker, "markerUnits") == "userSpaceOnUse") unit = 1;
    const double scale = unit * state.matrix.scale();
    if (!(width > 0) || !(height > 0) || !(scale > 0)) return;
    const std::string_view orient = attribute_text(marker, "orient");
    if (!orient.starts_with("auto")) {
        const auto turned = read_transforms("rotate(" + std::string(orient.empty() ? "0" : orient.substr(0, 40)) + ")");
        angle = turned ? std::atan2(turned->b, turned->a) * kDegrees : 0;
    }
    // OPTIMIZATION: a marker that does not ask for its path's paints looks the same everywhere.
    const SvgProperties* asked = asks_for_context(marker) ? state.paint.get() : nullptr;
    MarkerDrawing& made = markers_[{&marker, scale, asked}];
    if (!made.drawing) made = make_marker(marker, state, {width, height}, scale);
    // The path's own turning and scaling stay; its scale is in the drawing already.
    const double shrink = unit / scale;
    out_->ops.emplace_back(VectorNested{made.drawing, state.matrix * Matrix::translation(at.x, at.y) *
                                                          Matrix::rotation(angle) * Matrix::scaling(shrink, shrink) *
                                                          made.matrix});
}

}  // namespace galley::document
