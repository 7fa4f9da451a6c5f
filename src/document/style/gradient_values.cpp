// Values of gradients.
// https://drafts.csswg.org/css-images-3/#gradients
// GAP: conic-gradient(), colour spaces for mixing (CSS Images 4); such values are dropped with a warning.
#include <algorithm>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr std::size_t kStopsMax = 256;

using Extent = BackgroundImage::Extent;
constexpr Keyword<Extent> kExtents[] = {{"closest-side", Extent::ClosestSide},
                                        {"farthest-side", Extent::FarthestSide},
                                        {"closest-corner", Extent::ClosestCorner},
                                        {"farthest-corner", Extent::FarthestCorner}};

// "to left top", or an angle; 180 degrees when absent. False: malformed.
bool read_gradient_line(CssCursor& cursor, BackgroundImage& out) {
    if (const auto given = read_angle(cursor)) {
        out.angle_degrees = *given;
        return cursor.take_comma();
    }
    if (!cursor.take_ident("to")) return true;
    int x = 0, y = 0;
    for (int i = 0; i < 2 && !cursor.peek().is(CssTokenType::Comma); ++i) {
        if (x == 0 && cursor.take_ident("left")) {
            x = -1;
        } else if (x == 0 && cursor.take_ident("right")) {
            x = 1;
        } else if (y == 0 && cursor.take_ident("top")) {
            y = -1;
        } else if (y == 0 && cursor.take_ident("bottom")) {
            y = 1;
        } else {
            return false;
        }
    }
    if (x == 0 && y == 0) return false;
    if (x != 0 && y != 0) {
        out.corner_x = x;
        out.corner_y = y;
    } else {
        out.angle_degrees = x != 0 ? 180 - 90 * x : 90 + 90 * y;
    }
    return cursor.take_comma();
}

// One or two lengths: a circle's has no percentage, an ellipse has both.
bool read_radii(CssCursor& cursor, const StyleTarget& target, BackgroundImage& out, bool& single) {
    const auto x = read_length_percentage(cursor, target, Negative::Refused);
    if (!x) return false;
    const auto y = read_length_percentage(cursor, target, Negative::Refused);
    single = !y;
    if (single && x->percent != 0) return false;
    out.extent = Extent::Lengths;
    out.radius_x = *x;
    out.radius_y = y.value_or(*x);
    return true;
}

// "circle closest-side at 20% 30%," – each part may be missing, all of them with the comma. False: malformed.
bool read_ending_shape(CssCursor& cursor, const StyleTarget& target, BackgroundImage& out) {
    CssCursor rest = cursor;
    CssCursor shape(rest.take_until_comma());
    if (CssCursor stop = shape; read_color(stop)) return true;
    if (CssCursor stop = shape; read_length_percentage(stop, target, Negative::Allowed) && read_color(stop))
        return true;
    cursor = rest;
    bool circle = false, ellipse = false, single = false, sized = false;
    while (!shape.done()) {
        if (!circle && !ellipse && shape.take_ident("circle")) {
            circle = true;
        } else if (!circle && !ellipse && shape.take_ident("ellipse")) {
            ellipse = true;
        } else if (!sized && take_keyword(shape, kExtents, out.extent)) {
            sized = true;
        } else if (shape.take_ident("at")) {
            if (!read_position(shape, target, out.center_x, out.center_y) || !shape.done()) return false;
        } else if (!sized && read_radii(shape, target, out, single)) {
            sized = true;
        } else {
            return false;
        }
    }
    const bool by_lengths = sized && out.extent == Extent::Lengths;
    out.circle = circle || (by_lengths && single);
    return !by_lengths || (single ? !ellipse : !circle);
}

// "red", "red 10%", "10% red", "red 10% 20%", which is two stops; or "30%", a hint.
bool read_stop(CssCursor& cursor, const StyleTarget& target, std::vector<GradientStop>& out) {
    auto position = read_length_percentage(cursor, target, Negative::Allowed);
    const auto color = read_resolved_color(cursor, target);
    if (!color) {
        if (!position || !cursor.done() || out.empty() || out.back().hint) return false;
        out.push_back({Color::none(), position, true});
        return true;
    }
    if (!position) position = read_length_percentage(cursor, target, Negative::Allowed);
    out.push_back({*color, position});
    if (cursor.done()) return true;
    const auto second = read_length_percentage(cursor, target, Negative::Allowed);
    if (!position || !second) return false;
    out.push_back({*color, second});
    return cursor.done();
}

bool read_stops(CssCursor& cursor, const StyleTarget& target, std::vector<GradientStop>& out) {
    while (!cursor.done() && out.size() < kStopsMax) {
        CssCursor stop(cursor.take_until_comma());
        if (!read_stop(stop, target, out)) return false;
    }
    return out.size() >= 2 && !out.back().hint && cursor.done();
}

}  // namespace

std::optional<BackgroundImage> read_gradient(CssCursor& cursor, const StyleTarget& target) {
    using Kind = BackgroundImage::Kind;
    constexpr struct {
        std::string_view name;
        Kind kind;
        bool repeating;
    } kFunctions[] = {{"linear-gradient", Kind::LinearGradient, false},
                      {"radial-gradient", Kind::RadialGradient, false},
                      {"repeating-linear-gradient", Kind::LinearGradient, true},
                      {"repeating-radial-gradient", Kind::RadialGradient, true}};
    for (const auto& function : kFunctions) {
        auto inner = cursor.take_function(function.name);
        if (!inner) continue;
        BackgroundImage image;
        image.kind = function.kind;
        image.repeating = function.repeating;
        const bool fits = image.kind == Kind::RadialGradient ? read_ending_shape(*inner, target, image)
                                                             : read_gradient_line(*inner, image);
        if (!fits || !read_stops(*inner, target, image.stops)) return std::nullopt;
        return image;
    }
    return std::nullopt;
}

}  // namespace galley::document
