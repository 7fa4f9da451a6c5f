#include "document/pdf/gradient.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "document/pdf/number_text.h"

namespace galley::document {
namespace {

using Stop = VectorGradient::Stop;

constexpr int kDecimals = 6;
constexpr double kStopStep = 1e-6;  // stops that are nearer to each other are an edge
constexpr double kLeastPx = 1e-3;   // shorter lines and smaller circles show the last colour only
constexpr int kPieces = 64;
constexpr double kPeriodsMax = 1e6;
constexpr std::size_t kBandsMax = 256;

void add_numbers(std::string& out, std::initializer_list<double> values) {
    for (const double value : values) {
        append_real(out, value, kDecimals);
        out += ' ';
    }
}

void add_color(std::string& out, Color color, GradientChannel channel) {
    const auto add = [&out](std::uint8_t value) {
        append_scaled(out, (value * 1000 + 127) / 255, 3);
        out += ' ';
    };
    if (channel == GradientChannel::Alpha) return add(color.a);
    add(color.r);
    add(color.g);
    add(color.b);
}

std::string color_array(Color color, GradientChannel channel) {
    std::string out = "[";
    add_color(out, color, channel);
    out.back() = ']';
    return out;
}

// Ascending offsets from 0 to 1, at least two.
std::vector<Stop> normalised(std::span<const Stop> given) {
    std::vector<Stop> stops;
    double last = 0;
    for (const Stop& stop : given) {
        last = std::clamp(std::isfinite(stop.offset) ? stop.offset : last, last, 1.0);
        stops.push_back({last, stop.color});
    }
    if (stops.empty()) stops.push_back({0, Color::none()});
    if (stops.front().offset > 0) stops.insert(stops.begin(), {0, stops.front().color});
    if (stops.back().offset < 1 || stops.size() == 1) stops.push_back({1, stops.back().color});
    return stops;
}

bool transparent(const Gradient& gradient) {
    return std::ranges::any_of(gradient.stops, [](const Stop& stop) { return stop.color.a != 255; });
}

// From the unit line or the unit circle to the page.
Matrix matrix_of(const Gradient& gradient) {
    if (gradient.radial) return {gradient.radius.x, 0, 0, gradient.radius.y, gradient.center.x, gradient.center.y};
    const double x = gradient.to.x - gradient.from.x, y = gradient.to.y - gradient.from.y;
    return {x, y, -y, x, gradient.from.x, gradient.from.y};
}

// What of the unit line is seen, and how far to both of its sides.
struct Extent {
    double from = 0, to = 0, aside_from = 0, aside_to = 0;
};

Extent seen(const Gradient& gradient, const Matrix& matrix, const Rect& area) {
    const Matrix back = matrix.inverse();
    const double left = area.x.px(), top = area.y.px(), right = area.right().px(), bottom = area.bottom().px();
    Extent out{1e300, -1e300, 1e300, -1e300};
    double farthest = 0;
    for (const Point2& corner : {Point2{left, top}, Point2{right, top}, Point2{left, bottom}, Point2{right, bottom}}) {
        const Point2 at = back.apply(corner);
        out = {std::min(out.from, at.x), std::max(out.to, at.x), std::min(out.aside_from, -at.y),
               std::max(out.aside_to, -at.y)};
        farthest = std::max(farthest, std::hypot(at.x, at.y));
    }
    if (gradient.radial) {
        out.from = 0;
        out.to = farthest;
    }
    return out;
}

// ---- Bands of one colour each

struct Band {
    double from, to;
    Color color;
};

// Nothing where colours flow into each other, or where the bands would be too many.
std::vector<Band> bands_of(const Gradient& gradient, const Extent& extent) {
    const std::vector<Stop>& stops = gradient.stops;
    std::vector<Band> period;
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
        if (stops[i + 1].offset - stops[i].offset < kStopStep) continue;
        if (stops[i].color != stops[i + 1].color) return {};
        period.push_back({stops[i].offset, stops[i + 1].offset, stops[i].color});
    }
    if (!gradient.repeating) {
        period.front().from = std::min(period.front().from, extent.from);
        period.back().to = std::max(period.back().to, extent.to);
    }
    const double first = gradient.repeating ? std::floor(extent.from) : 0;
    const double count = gradient.repeating ? std::ceil(extent.to) - first : 1;
    if (count * static_cast<double>(period.size()) > kBandsMax) return {};
    std::vector<Band> out;
    for (int k = 0; k < static_cast<int>(count); ++k) {
        for (const Band& band : period) {
            const double from = first + k + band.from, to = first + k + band.to;
            if (to <= extent.from || from >= extent.to) continue;
            if (!out.empty() && out.back().color == band.color)
                out.back().to = to;
            else
                out.push_back({from, to, band.color});
        }
    }
    return out;
}

void add_circle(std::string& out, double radius) {
    constexpr double kArc = 0.5522847498;
    const double r = radius, k = radius * kArc;
    add_numbers(out, {r, 0});
    out += "m\n";
    for (const std::array<double, 6>& curve : {std::array{r, k, k, r, 0.0, r}, std::array{-k, r, -r, k, -r, 0.0},
                                               std::array{-r, -k, -k, -r, 0.0, -r}, std::array{k, -r, r, -k, r, 0.0}}) {
        add_numbers(out, {curve[0], curve[1], curve[2], curve[3], curve[4], curve[5]});
        out += "c\n";
    }
}

void add_strip(std::string& out, const Extent& extent, double from, double to) {
    add_numbers(out, {from, extent.aside_from, to - from, extent.aside_to - extent.aside_from});
    out += "re\n";
}

// All that is seen; a circle's square holds it.
void add_all(std::string& out, const Gradient& gradient, const Extent& extent) {
    if (!gradient.radial) return add_strip(out, extent, extent.from, extent.to);
    const double edge = extent.to + 1;
    add_numbers(out, {-edge, -edge, edge * 2, edge * 2});
    out += "re\n";
}

// The colour that most of the bands have, if nothing shines through any of them.
std::optional<Color> ground_of(const std::vector<Band>& bands) {
    std::vector<Band> sums;
    for (const Band& band : bands) {
        if (band.color.a != 255) return std::nullopt;
        const auto found = std::ranges::find(sums, band.color, &Band::color);
        if (found == sums.end())
            sums.push_back({0, band.to - band.from, band.color});
        else
            found->to += band.to - band.from;
    }
    return std::ranges::max_element(sums, {}, &Band::to)->color;
}

void add_fill_color(std::string& out, Color color) {
    add_color(out, color, GradientChannel::Color);
    out += "rg\n";
}

// Neighbours meet on the ground's colour, or lie on one another, so that nothing shines through between them.
void add_bands(std::string& out, const Gradient& gradient, std::vector<Band> bands, const Extent& extent,
               Resources& resources) {
    const std::optional<Color> ground = ground_of(bands);
    if (ground) {
        add_fill_color(out, *ground);
        add_all(out, gradient, extent);
        out += "f\n";
    }
    const auto joins = [&](const Band& band) { return band.color.a == 255 && band.color != ground; };
    // Lines go from the start on, each band to the end of its run; circles from outside, each from its run's start.
    if (gradient.radial) {
        for (std::size_t i = 1; i < bands.size(); ++i)
            if (joins(bands[i - 1]) && joins(bands[i])) bands[i].from = bands[i - 1].from;
        std::ranges::reverse(bands);
    } else {
        for (std::size_t i = bands.size() - 1; i > 0; --i)
            if (joins(bands[i - 1]) && joins(bands[i])) bands[i - 1].to = bands[i].to;
    }
    int alpha = 255;
    for (const Band& band : bands) {
        if (band.color.a == 0 || band.color == ground) continue;
        if (band.color.a != alpha) out += "/" + resources.alpha(band.color.a) + " gs\n";
        alpha = band.color.a;
        add_fill_color(out, band.color);
        if (!gradient.radial) {
            add_strip(out, extent, band.from, band.to);
        } else {
            band.to >= extent.to ? add_all(out, gradient, extent) : add_circle(out, band.to);
            if (band.from > 0) add_circle(out, band.from);
        }
        out += "f*\n";
    }
}

// ---- Shadings

enum class Ends : std::uint8_t { Both, Outer, None };  // whose colours go on

std::string shading(const Gradient& gradient, GradientChannel channel, const std::string& function, double from,
                    double to, Ends ends) {
    std::string out = gradient.radial ? "<</ShadingType 3" : "<</ShadingType 2";
    out += channel == GradientChannel::Alpha ? "/ColorSpace/DeviceGray/Coords[" : "/ColorSpace/DeviceRGB/Coords[";
    if (gradient.radial)
        add_numbers(out, {0, 0, from, 0, 0, to});
    else
        add_numbers(out, {from, 0, to, 0});
    out.back() = ']';
    out += ends == Ends::Both ? "/Extend[true true]" : ends == Ends::Outer ? "/Extend[false true]" : "";
    return out + "/Function " + function + ">>";
}

// `count` periods one after the other.
std::string repeated_function(const std::string& period, int count) {
    if (count == 1) return period;
    std::string out = "<</FunctionType 3/Domain[0 1]/Functions[", bounds, encode;
    for (int i = 0; i < count; ++i) {
        out += period + ' ';
        encode += "0 1 ";
        if (i > 0) add_numbers(bounds, {static_cast<double>(i) / count});
    }
    return out + "]/Bounds[" + bounds + "]/Encode[" + encode + "]>>";
}

void add_shadings(std::string& out, const Gradient& gradient, const Extent& extent, GradientChannel channel,
                  Resources& resources) {
    std::string function = stop_function(gradient.stops, channel);
    const auto draw = [&](double from, double to, Ends ends) {
        out += "/" + resources.shading(shading(gradient, channel, function, from, to, ends)) + " sh\n";
    };
    if (!gradient.repeating) return draw(0, 1, Ends::Both);
    const double first = std::floor(extent.from);
    const auto periods = static_cast<int>(std::clamp(std::ceil(extent.to) - first, 1.0, kPeriodsMax));
    const int each = (periods + kPieces - 1) / kPieces, pieces = (periods + each - 1) / each;
    function = resources.function(function);
    if (each > 1) function = resources.function(repeated_function(function, each));
    // Where two pieces meet some viewers let the ground shine through: it has a colour of theirs. Not below colours
    // that a mask makes transparent: it counts for each fill by itself.
    if (channel == GradientChannel::Alpha || !transparent(gradient)) {
        add_color(out, gradient.stops.front().color, channel);
        out += channel == GradientChannel::Alpha ? "g\n" : "rg\n";
        add_all(out, gradient, extent);
        out += "f\n";
    }
    if (gradient.radial) {
        for (int i = 0; i < pieces; ++i) draw(i * each, (i + 1) * each, i + 1 == pieces ? Ends::Outer : Ends::None);
        return;
    }
    for (int i = 0; i < pieces; ++i) {
        add_numbers(out, {1, 0, 0, 1, i == 0 ? first : each, 0});
        out += "cm\n";
        draw(0, each, Ends::None);
    }
}

}  // namespace

std::string stop_function(std::span<const VectorGradient::Stop> given, GradientChannel channel) {
    const std::vector<Stop> stops = normalised(given);
    std::string functions, bounds, encode;
    int parts = 0;
    double end = 0;  // of the parts so far
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
        if (stops[i + 1].offset - end < kStopStep) continue;
        if (parts++ > 0) add_numbers(bounds, {end});
        end = stops[i + 1].offset;
        encode += "0 1 ";
        functions += "<</FunctionType 2/Domain[0 1]/N 1/C0" + color_array(stops[i].color, channel) + "/C1" +
                     color_array(stops[i + 1].color, channel) + ">>";
    }
    if (parts == 1) return functions;
    return "<</FunctionType 3/Domain[0 1]/Functions[" + functions + "]/Bounds[" + bounds + "]/Encode[" + encode + "]>>";
}

GradientOperators gradient_operators(const Gradient& gradient, const Rect& area, Resources& resources) {
    Gradient used = gradient;
    used.stops = normalised(gradient.stops);
    Matrix matrix = matrix_of(gradient);
    const bool small = gradient.radial ? gradient.radius.x < kLeastPx || gradient.radius.y < kLeastPx
                                       : std::hypot(matrix.a, matrix.b) < kLeastPx;
    if (small || !matrix.usable()) {
        const Color last = used.stops.back().color;
        used = Gradient();
        used.stops = {{0, last}, {1, last}};
        matrix = {1, 0, 0, 1, area.x.px(), area.y.px()};
    }
    const Extent extent = seen(used, matrix, area);
    std::string start;
    add_numbers(start, {matrix.a, -matrix.b, -matrix.c, matrix.d, matrix.e, -matrix.f});
    start += "cm\n";
    GradientOperators out;
    if (const std::vector<Band> bands = bands_of(used, extent); !bands.empty()) {
        out.color = start;
        add_bands(out.color, used, bands, extent, resources);
        return out;
    }
    out.color = start;
    add_shadings(out.color, used, extent, GradientChannel::Color, resources);
    if (!transparent(used)) return out;
    out.mask = start;
    add_shadings(out.mask, used, extent, GradientChannel::Alpha, resources);
    return out;
}

}  // namespace galley::document
