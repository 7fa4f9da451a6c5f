#include "document/pdf/vector_forms.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/number_text.h"
#include "document/pdf/vector_painter.h"

namespace galley::document {

namespace {

constexpr double kStopStep = 0.00005;  // least distance of two stops, as bounds must ascend
constexpr std::size_t kWarningsMax = 200;

void append_fine(std::string& out, double value) {
    constexpr int kDecimals = 6;
    constexpr double kScale = 1e6;
    if (!(std::abs(value) < 1e9)) value = 0;
    append_scaled(out, std::llround(value * kScale), kDecimals);
}

std::string list_of(std::initializer_list<double> values) {
    std::string out = "[";
    for (const double value : values) {
        if (out.size() > 1) out += ' ';
        append_fine(out, value);
    }
    return out + "]";
}

// With y negated on both sides.
std::string flipped(const Matrix& m) {
    return list_of({m.a, -m.b, -m.c, m.d, m.e, -m.f});
}

std::string color_text(Color color, VectorForms::Channel channel) {
    if (channel == VectorForms::Channel::Alpha) return list_of({color.a / 255.0});
    return list_of({color.r / 255.0, color.g / 255.0, color.b / 255.0});
}

std::string between(const VectorGradient::Stop& from, const VectorGradient::Stop& to, VectorForms::Channel channel) {
    return "<</FunctionType 2/Domain[0 1]/N 1/C0" + color_text(from.color, channel) + "/C1" +
           color_text(to.color, channel) + ">>";
}

std::string function_of(const VectorGradient& gradient, VectorForms::Channel channel) {
    std::vector<VectorGradient::Stop> stops = gradient.stops;
    if (stops.front().offset > 0) stops.insert(stops.begin(), {0, stops.front().color});
    if (stops.back().offset < 1) stops.push_back({1, stops.back().color});
    if (stops.size() == 2) return between(stops[0], stops[1], channel);
    std::string functions, bounds = "[", encode;
    double bound = 0;
    for (std::size_t i = 0; i + 1 < stops.size(); ++i) {
        functions += between(stops[i], stops[i + 1], channel);
        encode += encode.empty() ? "0 1" : " 0 1";
        if (i == 0) continue;
        bound = std::max(stops[i].offset, bound + kStopStep);
        if (bounds.size() > 1) bounds += ' ';
        append_fine(bounds, std::min(bound, 1.0));
    }
    return "<</FunctionType 3/Domain[0 1]/Functions[" + functions + "]/Bounds" + bounds + "]/Encode[" + encode + "]>>";
}

}  // namespace

std::string form_box(const VectorDrawing& drawing) {
    if (!drawing.clipped) return "-32000 -32000 32000 32000";
    std::string out = "0 ";
    append_hundredths(out, -std::llround(std::min(drawing.height, 1e6) * 100));
    out += ' ';
    append_hundredths(out, std::llround(std::min(drawing.width, 1e6) * 100));
    return out + " 0";
}

void VectorForms::warn(std::string text) {
    if (warnings_.size() < kWarningsMax && std::ranges::find(warnings_, text) == warnings_.end())
        warnings_.push_back(std::move(text));
}

std::string VectorForms::form(const std::shared_ptr<const VectorDrawing>& drawing) {
    if (const auto found = forms_.find(drawing.get()); found != forms_.end()) return found->second.name;
    const std::string content = VectorPainter(*this).paint(*drawing);
    std::string name = resources_.form(content, form_box(*drawing));
    forms_.emplace(drawing.get(), Seen<VectorDrawing>{drawing, name});
    return name;
}

std::string VectorForms::gradient(const VectorGradient& gradient, Channel channel) {
    std::string out = "<</PatternType 2/Matrix" + flipped(gradient.matrix) + "/Shading<</ShadingType ";
    out += gradient.radial ? '3' : '2';
    out += channel == Channel::Alpha ? "/ColorSpace/DeviceGray/Coords" : "/ColorSpace/DeviceRGB/Coords";
    out += gradient.radial ? list_of({gradient.from.x, -gradient.from.y, gradient.from_radius, gradient.to.x,
                                      -gradient.to.y, gradient.radius})
                           : list_of({gradient.from.x, -gradient.from.y, gradient.to.x, -gradient.to.y});
    return resources_.pattern(out + "/Extend[true true]/Function" + function_of(gradient, channel) + ">>>>");
}

std::string VectorForms::pattern(const std::shared_ptr<const VectorPattern>& pattern) {
    if (const auto found = patterns_.find(pattern.get()); found != patterns_.end()) return found->second.name;
    const Bounds& tile = pattern->tile;
    std::string entries = "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox" +
                          list_of({tile.left, -tile.bottom, tile.right, -tile.top}) + "/XStep ";
    append_fine(entries, tile.width());
    entries += "/YStep ";
    append_fine(entries, tile.height());
    entries += "/Matrix" + flipped(pattern->matrix);
    const std::string content = VectorPainter(*this).paint(*pattern->content);
    std::string name = resources_.tiling_pattern(entries, content);
    patterns_.emplace(pattern.get(), Seen<VectorPattern>{pattern, name});
    return name;
}

}  // namespace galley::document
