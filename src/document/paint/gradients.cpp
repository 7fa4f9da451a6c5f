#include "document/paint/gradients.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace galley::document {

namespace {

using Stops = std::vector<Gradient::Stop>;

// What repeats more often than that is its mean colour.
constexpr double kLeastPeriodPx = 0.25, kPeriodsMax = 16'384;
constexpr double kLeastRadiusPx = 1e-3;
constexpr double kFarPx = 1e5;  // farther than any page reaches
constexpr int kMixSteps = 8, kHintSteps = 16;

double resolved(const Length& length, double base) {
    return length.is_value() ? length.px.px() + length.percent / 100 * base : 0;
}

std::uint8_t channel_of(double value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

// https://www.w3.org/TR/css-images-3/#coloring-gradient-line — premultiplied.
Color mixed(Color from, Color to, double share) {
    const double a = from.a * (1 - share), b = to.a * share, alpha = a + b;
    if (alpha <= 0) return {to.r, to.g, to.b, 0};
    const auto channel = [&](std::uint8_t x, std::uint8_t y) { return channel_of((x * a + y * b) / alpha); };
    return {channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b), channel_of(alpha)};
}

Color mixed_plainly(Color from, Color to, double share) {
    const auto channel = [&](std::uint8_t x, std::uint8_t y) { return channel_of(x + (y - x) * share); };
    return {channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b), channel(from.a, to.a)};
}

// https://www.w3.org/TR/css-images-3/#color-stop-fixup — offsets in px.
std::vector<double> used_positions(const std::vector<GradientStop>& stops, double length) {
    std::vector<std::optional<double>> given;
    given.reserve(stops.size());
    for (const GradientStop& stop : stops)
        given.push_back(stop.position ? std::optional(resolved(*stop.position, length)) : std::nullopt);
    if (!given.front()) given.front() = 0;
    if (!given.back()) given.back() = length;
    double highest = *given.front();
    for (std::optional<double>& at : given)
        if (at) highest = *(at = std::max(highest, *at));
    std::vector<double> used;
    used.reserve(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i]) {
            used.push_back(*given[i]);
            continue;
        }
        std::size_t next = i;
        while (!given[next]) ++next;
        used.push_back(used.back() + (*given[next] - used.back()) / static_cast<double>(next - i + 1));
    }
    return used;
}

void add_stop(Stops& out, double at, Color color) {
    if (out.empty() || out.back().offset != at || out.back().color != color) out.push_back({at, color});
}

struct Segment {
    double from, to;
    Color start, end;
    std::optional<double> hint;
};

// Stops between which plain mixing, colours and alpha apart, gives what CSS asks for.
void add_segment(const Segment& part, Stops& out) {
    const auto& [from, to, start, end, hint] = part;
    const bool same_color = start.r == end.r && start.g == end.g && start.b == end.b;
    int steps = 1;
    if (from < to && start.a != end.a && start.a != 0 && end.a != 0 && !same_color) steps = kMixSteps;
    double exponent = 1;
    if (hint && from < to) {
        // https://www.w3.org/TR/css-images-3/#color-interpolation-hint
        const double share = (*hint - from) / (to - from);
        if (share <= 0 || share >= 1) {
            const Color all = share <= 0 ? end : start;
            add_stop(out, from, start);
            add_stop(out, from, all);
            add_stop(out, to, all);
            return add_stop(out, to, end);
        }
        exponent = std::log(0.5) / std::log(share);
        if (std::abs(exponent - 1) > 1e-9) steps = kHintSteps;
    }
    const auto beside = [](Color color, Color other) {  // what is transparent takes the other's colour
        return color.a == 0 ? Color{other.r, other.g, other.b, 0} : color;
    };
    add_stop(out, from, beside(start, end));
    for (int i = 1; i < steps; ++i) {
        const double share = static_cast<double>(i) / steps;
        add_stop(out, from + (to - from) * share, mixed(start, end, std::pow(share, exponent)));
    }
    add_stop(out, to, beside(end, start));
}

// Offsets in px.
Stops plain_stops(const std::vector<GradientStop>& given, const std::vector<double>& at) {
    Stops out;
    for (std::size_t i = 0; i + 1 < given.size();) {
        const bool hinted = given[i + 1].hint && i + 2 < given.size();
        const std::size_t next = i + (hinted ? 2 : 1);
        add_segment(
            {at[i], at[next], given[i].color, given[next].color, hinted ? std::optional(at[i + 1]) : std::nullopt},
            out);
        i = next;
    }
    return out;
}

Color color_at(const Gradient::Stop& a, const Gradient::Stop& b, double at) {
    return b.offset > a.offset ? mixed_plainly(a.color, b.color, (at - a.offset) / (b.offset - a.offset)) : b.color;
}

// https://www.w3.org/TR/css-images-3/#repeating-gradients
Color mean_color(Stops stops) {
    const double first = stops.front().offset, length = stops.back().offset - first;
    for (std::size_t i = 0; i < stops.size(); ++i)
        stops[i].offset = length > 0 ? (stops[i].offset - first) / length
                                     : static_cast<double>(i) / static_cast<double>(stops.size() - 1);
    double r = 0, g = 0, b = 0, alpha = 0;
    const auto add = [&](Color color, double weight) {
        alpha += color.a * weight;
        r += color.r * color.a * weight;
        g += color.g * color.a * weight;
        b += color.b * color.a * weight;
    };
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
        const double half = (stops[i + 1].offset - stops[i].offset) / 2;
        add(stops[i].color, half);
        add(stops[i + 1].color, half);
    }
    if (alpha <= 0) return Color::none();
    return {channel_of(r / alpha), channel_of(g / alpha), channel_of(b / alpha), channel_of(alpha)};
}

Stops flat(Color color) {
    return {{0, color}, {1, color}};
}

// The repeated stops from `start` on, for one period.
Stops rotated(const Stops& stops, double start) {
    const double first = stops.front().offset, period = stops.back().offset - first;
    Stops twice;
    twice.reserve(stops.size() * 2);
    const double shift = std::floor((start - first) / period) * period;
    for (const double more : {0.0, period})
        for (const Gradient::Stop& stop : stops) twice.push_back({stop.offset + shift + more, stop.color});
    return cut_stops(twice, start, start + period);
}

Gradient linear(const BackgroundImage& image, const Rect& box) {
    const double width = box.width.px(), height = box.height.px();
    Point2 direction;
    if (image.corner_x != 0) {
        // The line of the mean colour goes through the other two corners.
        const double diagonal = std::hypot(width, height);
        direction = {image.corner_x * height / diagonal, image.corner_y * width / diagonal};
    } else {
        const double angle = image.angle_degrees * std::numbers::pi / 180;
        direction = {std::sin(angle), -std::cos(angle)};
    }
    const double length = std::abs(width * direction.x) + std::abs(height * direction.y);
    const Point2 middle{box.x.px() + width / 2, box.y.px() + height / 2};
    const auto along = [&](double at) {
        return Point2{middle.x + direction.x * (at - length / 2), middle.y + direction.y * (at - length / 2)};
    };
    const Stops stops = plain_stops(image.stops, used_positions(image.stops, length));
    const double first = stops.front().offset, last = stops.back().offset;
    Gradient out;
    out.from = along(0);
    out.to = along(length);
    if (!image.repeating) {
        out.stops = cut_stops(stops, 0, length);
    } else if (last - first < std::max(kLeastPeriodPx, length / kPeriodsMax)) {
        out.stops = flat(mean_color(stops));
    } else {
        out.repeating = true;
        out.from = along(first);
        out.to = along(last);
        out.stops = cut_stops(stops, first, last);
    }
    return out;
}

// https://www.w3.org/TR/css-images-3/#radial-size
Point2 ending_shape(const BackgroundImage& image, Point2 center, double width, double height) {
    using Extent = BackgroundImage::Extent;
    if (image.extent == Extent::Lengths)
        return {std::max(0.0, resolved(image.radius_x, width)), std::max(0.0, resolved(image.radius_y, height))};
    const bool closest = image.extent == Extent::ClosestSide || image.extent == Extent::ClosestCorner;
    const bool corner = image.extent == Extent::ClosestCorner || image.extent == Extent::FarthestCorner;
    const auto chosen = [closest](double a, double b) { return closest ? std::min(a, b) : std::max(a, b); };
    const double x = chosen(std::abs(center.x), std::abs(width - center.x)),
                 y = chosen(std::abs(center.y), std::abs(height - center.y));
    if (image.circle) {
        const double radius = corner ? std::hypot(x, y) : chosen(x, y);
        return {radius, radius};
    }
    // An ellipse through the corner has the proportions of the one that touches the sides.
    return corner ? Point2{x * std::numbers::sqrt2, y * std::numbers::sqrt2} : Point2{x, y};
}

Gradient radial(const BackgroundImage& image, const Rect& box) {
    const double width = box.width.px(), height = box.height.px();
    const Point2 center{resolved(image.center_x, width), resolved(image.center_y, height)};
    Point2 shape = ending_shape(image, center, width, height);
    // https://www.w3.org/TR/css-images-3/#degenerate-radials
    const bool narrow = shape.x < kLeastRadiusPx, low = shape.y < kLeastRadiusPx;
    if (narrow) shape = {kLeastRadiusPx, image.circle ? kLeastRadiusPx : kFarPx};
    const Stops stops = plain_stops(image.stops, used_positions(image.stops, shape.x));
    const double first = stops.front().offset, last = stops.back().offset, period = last - first;
    Gradient out;
    out.radial = true;
    out.center = {box.x.px() + center.x, box.y.px() + center.y};
    double reach = shape.x;
    const double least = std::max(kLeastPeriodPx, std::hypot(width, height) / kPeriodsMax);
    if (image.repeating && (period < least || (low && !narrow))) {
        out.stops = flat(mean_color(stops));
    } else if (image.repeating) {
        out.repeating = true;
        reach = period;
        out.stops = rotated(stops, 0);
    } else if (last <= 0 || (low && !narrow)) {
        out.stops = flat(stops.back().color);
    } else {
        reach = std::min(last, kFarPx);
        out.stops = cut_stops(stops, 0, reach);
    }
    out.radius = {reach, std::min(reach * shape.y / shape.x, kFarPx)};
    return out;
}

}  // namespace

std::vector<Gradient::Stop> cut_stops(const std::vector<Gradient::Stop>& stops, double from, double to) {
    if (stops.back().offset <= from) return flat(stops.back().color);
    if (stops.front().offset >= to) return flat(stops.front().color);
    Stops out;
    const auto add = [&](double at, Color color) {
        add_stop(out, std::clamp((at - from) / (to - from), 0.0, 1.0), color);
    };
    if (stops.front().offset > from) add(from, stops.front().color);
    for (std::size_t i = 0; i < stops.size(); ++i) {
        const Gradient::Stop& stop = stops[i];
        const bool more = i + 1 < stops.size();
        if (more && stop.offset < from && stops[i + 1].offset > from) add(from, color_at(stop, stops[i + 1], from));
        if (stop.offset >= from && stop.offset <= to) add(stop.offset, stop.color);
        if (more && stop.offset < to && stops[i + 1].offset > to) add(to, color_at(stop, stops[i + 1], to));
    }
    if (stops.back().offset < to) add(to, stops.back().color);
    // An edge at an end is not seen.
    while (out[1].offset <= 0) out.erase(out.begin());
    while (out[out.size() - 2].offset >= 1) out.pop_back();
    return out;
}

std::optional<Color> only_color(const Gradient& gradient) {
    const Color first = gradient.stops.front().color;
    const auto same = [&](const Gradient::Stop& stop) { return stop.color == first; };
    return std::ranges::all_of(gradient.stops, same) ? std::optional(first) : std::nullopt;
}

Gradient used_gradient(const BackgroundImage& image, const Rect& box) {
    return image.kind == BackgroundImage::Kind::RadialGradient ? radial(image, box) : linear(image, box);
}

}  // namespace galley::document
