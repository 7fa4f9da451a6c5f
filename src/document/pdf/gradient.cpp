#include "document/pdf/gradient.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/number_text.h"

namespace galley::document {
namespace {

constexpr double kStopStep = 0.00005;  // least distance of two stops, as bounds must ascend

enum class Channel : std::uint8_t { Color, Alpha };

std::string color_text(Color color, Channel channel) {
    std::string out = "[";
    const auto add = [&](std::uint8_t value) {
        if (out.size() > 1) out += ' ';
        append_scaled(out, (value * 1000 + 127) / 255, 3);
    };
    if (channel == Channel::Alpha) {
        add(color.a);
    } else {
        add(color.r);
        add(color.g);
        add(color.b);
    }
    return out + ']';
}

// Ascending offsets from 0 to 1, at least two.
std::vector<FillGradient::Stop> normalised(const std::vector<FillGradient::Stop>& given) {
    std::vector<FillGradient::Stop> stops;
    double last = 0;
    for (const FillGradient::Stop& stop : given) {
        last = std::clamp(std::isfinite(stop.offset) ? stop.offset : last, last, 1.0);
        stops.push_back({last, stop.color});
    }
    if (stops.empty()) stops.push_back({0, Color::none()});
    if (stops.front().offset > 0) stops.insert(stops.begin(), {0, stops.front().color});
    if (stops.back().offset < 1 || stops.size() == 1) stops.push_back({1, stops.back().color});
    return stops;
}

std::string segment(const FillGradient::Stop& from, const FillGradient::Stop& to, Channel channel) {
    return "<</FunctionType 2/Domain[0 1]/N 1/C0" + color_text(from.color, channel) + "/C1" +
           color_text(to.color, channel) + ">>";
}

std::string function(const FillGradient& gradient, Channel channel) {
    const std::vector<FillGradient::Stop> stops = normalised(gradient.stops);
    if (stops.size() == 2) return segment(stops[0], stops[1], channel);
    std::string functions, bounds, encode;
    double bound = 0;
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
        functions += segment(stops[i], stops[i + 1], channel);
        encode += encode.empty() ? "0 1" : " 0 1";
        if (i == 0) continue;
        bound = std::max(stops[i].offset, bound + kStopStep);
        if (!bounds.empty()) bounds += ' ';
        append_real(bounds, std::min(bound, 1.0), 4);
    }
    return "<</FunctionType 3/Domain[0 1]/Functions[" + functions + "]/Bounds[" + bounds + "]/Encode[" + encode + "]>>";
}

std::string shading(const FillGradient& gradient, Channel channel) {
    std::string out = gradient.radial ? "<</ShadingType 3" : "<</ShadingType 2";
    out += channel == Channel::Alpha ? "/ColorSpace/DeviceGray/Coords[" : "/ColorSpace/DeviceRGB/Coords[";
    const auto add = [&](std::int64_t hundredths) {
        append_hundredths(out, hundredths);
        out += ' ';
    };
    add(to_hundredths(gradient.from.x));
    add(-to_hundredths(gradient.from.y));
    if (gradient.radial) {
        const double radius =
            std::hypot((gradient.to.x - gradient.from.x).px(), (gradient.to.y - gradient.from.y).px());
        add(0);
        add(to_hundredths(gradient.from.x));
        add(-to_hundredths(gradient.from.y));
        add(std::llround(radius * 100));
    } else {
        add(to_hundredths(gradient.to.x));
        add(-to_hundredths(gradient.to.y));
    }
    out.back() = ']';
    return out + "/Extend[true true]/Function" + function(gradient, channel) + ">>";
}

}  // namespace

bool has_transparency(const FillGradient& gradient) {
    return std::ranges::any_of(gradient.stops, [](const FillGradient::Stop& stop) { return stop.color.a != 255; });
}

std::string color_shading(const FillGradient& gradient) {
    return shading(gradient, Channel::Color);
}
std::string alpha_shading(const FillGradient& gradient) {
    return shading(gradient, Channel::Alpha);
}

}  // namespace galley::document
