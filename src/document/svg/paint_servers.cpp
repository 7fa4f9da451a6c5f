// Gradients and patterns. https://www.w3.org/TR/SVG2/pservers.html
#include <algorithm>
#include <cmath>

#include "document/svg/renderer.h"

namespace galley::document {

namespace {

constexpr std::size_t kChainMax = 16;
constexpr std::size_t kStopsMax = 256;
constexpr int kSpreadRepeatsMax = 64;
constexpr double kTileSideMin = 0.05;  // px: smaller tiles are not drawn

enum class Spread : std::uint8_t { Pad, Reflect, Repeat };

// The attribute of the first element of the chain that has it.
const std::string_view* chained(const std::vector<const Node*>& chain, std::string_view name) {
    for (const Node* node : chain)
        if (const std::string_view* value = node->attribute(name)) return value;
    return nullptr;
}

bool says(const std::vector<const Node*>& chain, std::string_view name, std::string_view word) {
    const std::string_view* value = chained(chain, name);
    return value != nullptr && *value == word;
}

Matrix box_matrix(const Bounds& bounds) {
    return {bounds.width(), 0, 0, bounds.height(), bounds.left, bounds.top};
}

// A gradient's coordinate: a share of the box, or a length of the viewport.
double coordinate(const std::vector<const Node*>& chain, std::string_view name, SvgAxis axis, bool of_box,
                  const SvgLengths& lengths, double share) {
    const std::string_view* text = chained(chain, name);
    SvgLengths used = lengths;
    if (of_box) used.viewport = {1, 1};
    const double fallback = share * used.viewport.reference(axis);
    return text == nullptr ? fallback : read_svg_length(*text, axis, used).value_or(fallback);
}

std::uint8_t scaled_alpha(std::uint8_t alpha, double opacity) {
    return static_cast<std::uint8_t>(std::lround(alpha * std::clamp(opacity, 0.0, 1.0)));
}

// How far along the gradient the box reaches, in gradient lengths.
void reach_of(const VectorGradient& gradient, const Bounds& box, const Matrix& to_gradient, double& least,
              double& most) {
    least = 0;
    most = 1;
    const double dx = gradient.to.x - gradient.from.x, dy = gradient.to.y - gradient.from.y;
    const double square = dx * dx + dy * dy;
    for (const Point2 corner : {Point2{box.left, box.top}, Point2{box.right, box.top}, Point2{box.right, box.bottom},
                                Point2{box.left, box.bottom}}) {
        const Point2 p = to_gradient.apply(corner);
        const double t =
            gradient.radial ? std::hypot(p.x - gradient.to.x, p.y - gradient.to.y) / std::max(1e-9, gradient.radius) + 1
                            : ((p.x - gradient.from.x) * dx + (p.y - gradient.from.y) * dy) / std::max(1e-18, square);
        if (!std::isfinite(t)) continue;
        least = std::min(least, t);
        most = std::max(most, t);
    }
    if (gradient.radial) least = 0;
}

// PDF knows no spread: the stops are written as often as the box needs them.
void repeat_stops(VectorGradient& gradient, Spread spread, const Bounds& box, const Matrix& to_gradient) {
    double least = 0, most = 1;
    reach_of(gradient, box, to_gradient, least, most);
    const int first = std::max(-kSpreadRepeatsMax, static_cast<int>(std::floor(least)));
    const int last = std::min(kSpreadRepeatsMax, static_cast<int>(std::ceil(most)));
    if (last - first <= 1) return;
    const double count = last - first;
    std::vector<VectorGradient::Stop> stops;
    for (int i = first; i < last; ++i) {
        const bool mirrored = spread == Spread::Reflect && (i & 1) != 0;
        const std::size_t n = gradient.stops.size();
        for (std::size_t s = 0; s < n; ++s) {
            const VectorGradient::Stop& stop = gradient.stops[mirrored ? n - 1 - s : s];
            const double offset = mirrored ? 1 - stop.offset : stop.offset;
            stops.push_back({(i - first + offset) / count, stop.color});
        }
    }
    const auto along = [&](double t) {
        return Point2{gradient.from.x + (gradient.to.x - gradient.from.x) * t,
                      gradient.from.y + (gradient.to.y - gradient.from.y) * t};
    };
    const Point2 from = along(first), to = along(last);
    gradient.radius = gradient.from_radius + (gradient.radius - gradient.from_radius) * last;
    gradient.from = from;
    gradient.to = to;
    gradient.stops = std::move(stops);
}

}  // namespace

VectorPaint SvgRenderer::plain_paint(SvgPaint::Kind kind, Color color, double opacity, const SvgState& state) const {
    if (kind == SvgPaint::Kind::CurrentColor) color = state.text->color;
    if (kind == SvgPaint::Kind::None) return {};
    color.a = scaled_alpha(color.a, opacity);
    return {color, nullptr, nullptr, 1};
}

VectorPaint SvgRenderer::paint_of(const SvgPaint& paint, double opacity, const SvgState& state, const Bounds& bounds) {
    using Kind = SvgPaint::Kind;
    if (paint.kind == Kind::ContextFill || paint.kind == Kind::ContextStroke) {
        if (!state.context) return {};
        const SvgPaint& given = paint.kind == Kind::ContextFill ? state.context->first : state.context->second;
        if (given.kind == Kind::ContextFill || given.kind == Kind::ContextStroke) return {};
        return paint_of(given, opacity, state, bounds);
    }
    if (paint.kind != Kind::Url) return plain_paint(paint.kind, paint.color, opacity, state);
    if (const Node* server = target_of(paint.url))
        if (auto made = server_paint(*server, opacity, state, bounds)) return *made;
    return plain_paint(paint.fallback_kind, paint.fallback, opacity, state);
}

std::optional<VectorPaint> SvgRenderer::server_paint(const Node& server, double opacity, const SvgState& state,
                                                     const Bounds& bounds) {
    if (server.tag() == "linearGradient" || server.tag() == "radialGradient")
        return gradient_paint(server, opacity, state, bounds);
    if (server.tag() == "pattern") return pattern_paint(server, opacity, state, bounds);
    warn_once("an SVG image paints with <" + std::string(server.tag().substr(0, 40)) + ">, which is no paint server");
    return std::nullopt;
}

// The element and what its href leads to, cycles cut.
std::vector<const Node*> SvgRenderer::reference_chain(const Node& first) {
    std::vector<const Node*> chain;
    for (const Node* node = &first; node != nullptr && chain.size() < kChainMax; node = href_target(*node)) {
        if (std::ranges::find(chain, node) != chain.end()) break;
        chain.push_back(node);
    }
    return chain;
}

std::vector<VectorGradient::Stop> SvgRenderer::stops_of(const std::vector<const Node*>& chain) {
    std::vector<VectorGradient::Stop> stops;
    for (const Node* server : chain) {
        double last = 0;
        for (const Node* node = server->first_child; node != nullptr; node = node->next_sibling) {
            if (!node->is("stop") || stops.size() >= kStopsMax) continue;
            const double offset = read_share(attribute_text(*node, "offset")).value_or(0);
            last = std::clamp(offset, last, 1.0);
            const ComputedStyle& style = style_of(*node);
            Color color = Color::black();
            double opacity = 1;
            if (style.svg && style.svg->stop_color)
                color = style.svg->stop_color->kind == SvgPaint::Kind::CurrentColor ? style.text->color
                                                                                    : style.svg->stop_color->color;
            if (style.svg && style.svg->stop_opacity) opacity = *style.svg->stop_opacity;
            color.a = scaled_alpha(color.a, opacity);
            stops.push_back({last, color});
        }
        if (!stops.empty()) break;
    }
    return stops;
}

// Nothing: the paint falls back. A paint that is not visible: nothing is painted.
std::optional<VectorPaint> SvgRenderer::gradient_paint(const Node& server, double opacity, const SvgState& state,
                                                       const Bounds& bounds) {
    const std::vector<const Node*> chain = reference_chain(server);
    std::vector<VectorGradient::Stop> stops = stops_of(chain);
    if (stops.empty()) return VectorPaint{};
    const auto flat = [&](Color color) {
        color.a = scaled_alpha(color.a, opacity);
        return VectorPaint{color, nullptr, nullptr, 1};
    };
    if (stops.size() == 1) return flat(stops.front().color);
    const bool of_box = !says(chain, "gradientUnits", "userSpaceOnUse");
    if (of_box && (bounds.empty || bounds.width() <= 0 || bounds.height() <= 0)) return std::nullopt;
    auto gradient = std::make_shared<VectorGradient>();
    const SvgLengths lengths = lengths_of(state);
    const auto at = [&](std::string_view name, SvgAxis axis, double share) {
        return coordinate(chain, name, axis, of_box, lengths, share);
    };
    gradient->radial = server.tag() == "radialGradient";
    if (gradient->radial) {
        gradient->to = {at("cx", SvgAxis::X, 0.5), at("cy", SvgAxis::Y, 0.5)};
        gradient->radius = at("r", SvgAxis::Diagonal, 0.5);
        gradient->from_radius = std::max(0.0, at("fr", SvgAxis::Diagonal, 0));
        gradient->from = gradient->to;
        if (chained(chain, "fx") != nullptr) gradient->from.x = at("fx", SvgAxis::X, 0.5);
        if (chained(chain, "fy") != nullptr) gradient->from.y = at("fy", SvgAxis::Y, 0.5);
        // A focus outside moves to the circle's edge.
        const double distance = std::hypot(gradient->from.x - gradient->to.x, gradient->from.y - gradient->to.y);
        if (const double inside = gradient->radius * 0.999; distance > inside && distance > 0)
            gradient->from = {gradient->to.x + (gradient->from.x - gradient->to.x) * inside / distance,
                              gradient->to.y + (gradient->from.y - gradient->to.y) * inside / distance};
        if (!(gradient->radius > 0)) return flat(stops.back().color);
    } else {
        gradient->from = {at("x1", SvgAxis::X, 0), at("y1", SvgAxis::Y, 0)};
        gradient->to = {at("x2", SvgAxis::X, 1), at("y2", SvgAxis::Y, 0)};
        if (gradient->from == gradient->to) return flat(stops.back().color);
    }
    Matrix own = of_box ? box_matrix(bounds) : Matrix{};
    if (const std::string_view* transform = chained(chain, "gradientTransform"))
        own = own * read_transforms(*transform).value_or(Matrix{});
    gradient->matrix = state.matrix * own;
    if (!gradient->matrix.usable()) return std::nullopt;
    gradient->stops = std::move(stops);
    const Spread spread = says(chain, "spreadMethod", "reflect")  ? Spread::Reflect
                          : says(chain, "spreadMethod", "repeat") ? Spread::Repeat
                                                                  : Spread::Pad;
    if (spread != Spread::Pad && own.usable() && !bounds.empty) repeat_stops(*gradient, spread, bounds, own.inverse());
    return VectorPaint{Color::black(), std::move(gradient), nullptr, opacity};
}

std::optional<VectorPaint> SvgRenderer::pattern_paint(const Node& server, double opacity, const SvgState& state,
                                                      const Bounds& bounds) {
    const std::vector<const Node*> chain = reference_chain(server);
    const auto content = std::ranges::find_if(chain, [](const Node* node) { return node->first_child != nullptr; });
    if (content == chain.end()) return VectorPaint{};
    const bool of_box = !says(chain, "patternUnits", "userSpaceOnUse");
    const bool content_of_box = says(chain, "patternContentUnits", "objectBoundingBox");
    if ((of_box || content_of_box) && (bounds.empty || bounds.width() <= 0 || bounds.height() <= 0))
        return std::nullopt;
    const SvgLengths lengths = lengths_of(state);
    ViewBox tile{coordinate(chain, "x", SvgAxis::X, of_box, lengths, 0),
                 coordinate(chain, "y", SvgAxis::Y, of_box, lengths, 0),
                 coordinate(chain, "width", SvgAxis::X, of_box, lengths, 0),
                 coordinate(chain, "height", SvgAxis::Y, of_box, lengths, 0)};
    if (of_box)
        tile = {bounds.left + tile.x * bounds.width(), bounds.top + tile.y * bounds.height(),
                tile.width * bounds.width(), tile.height * bounds.height()};
    Matrix own;
    if (const std::string_view* transform = chained(chain, "patternTransform"))
        own = read_transforms(*transform).value_or(Matrix{});
    const Matrix to_area = state.matrix * own;
    const double scale = to_area.scale();
    if (!to_area.usable() || !(tile.width * scale > kTileSideMin) || !(tile.height * scale > kTileSideMin)) {
        warn_once("an SVG pattern has tiles that are too small to be drawn (svg_tile_side_min)");
        return VectorPaint{};
    }
    // The tile is drawn in px of its own at about the size of the area, so that its numbers are fine enough.
    SvgState inner = root_state(**content);
    inner.viewport = state.viewport;
    inner.matrix = Matrix::scaling(scale, scale);
    if (const std::string_view* box_text = chained(chain, "viewBox")) {
        if (const auto box = read_view_box(*box_text)) {
            const std::string_view* ratio = chained(chain, "preserveAspectRatio");
            inner.matrix = inner.matrix * Matrix::translation(tile.x, tile.y) *
                           view_box_matrix(*box, read_aspect_ratio(ratio != nullptr ? *ratio : std::string_view()),
                                           tile.width, tile.height);
        }
    } else if (content_of_box) {
        inner.matrix = inner.matrix * box_matrix(bounds);
    }
    auto pattern = std::make_shared<VectorPattern>();
    pattern->tile = {tile.x * scale, tile.y * scale, (tile.x + tile.width) * scale, (tile.y + tile.height) * scale,
                     false};
    pattern->matrix = to_area * Matrix::scaling(1 / scale, 1 / scale);
    pattern->content = draw_apart(**content, inner, pattern->tile.width(), pattern->tile.height());
    return VectorPaint{Color::black(), nullptr, std::move(pattern), opacity};
}

}  // namespace galley::document
