#include "document/pdf/vector_forms.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/gradient.h"
#include "document/pdf/number_text.h"
#include "document/pdf/vector_painter.h"

namespace galley::document {

namespace {

constexpr int kDecimals = 6;
constexpr std::size_t kWarningsMax = 200;

std::string list_of(std::initializer_list<double> values) {
    std::string out = "[";
    for (const double value : values) {
        if (out.size() > 1) out += ' ';
        append_real(out, value, kDecimals);
    }
    return out + "]";
}

// With y negated on both sides.
std::string flipped(const Matrix& m) {
    return list_of({m.a, -m.b, -m.c, m.d, m.e, -m.f});
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

std::string VectorForms::gradient(const VectorGradient& gradient, GradientChannel channel) {
    std::string out = "<</PatternType 2/Matrix" + flipped(gradient.matrix) + "/Shading<</ShadingType ";
    out += gradient.radial ? '3' : '2';
    out += channel == GradientChannel::Alpha ? "/ColorSpace/DeviceGray/Coords" : "/ColorSpace/DeviceRGB/Coords";
    out += gradient.radial ? list_of({gradient.from.x, -gradient.from.y, gradient.from_radius, gradient.to.x,
                                      -gradient.to.y, gradient.radius})
                           : list_of({gradient.from.x, -gradient.from.y, gradient.to.x, -gradient.to.y});
    return resources_.pattern(out + "/Extend[true true]/Function" + stop_function(gradient.stops, channel) + ">>>>");
}

std::string VectorForms::pattern(const std::shared_ptr<const VectorPattern>& pattern) {
    if (const auto found = patterns_.find(pattern.get()); found != patterns_.end()) return found->second.name;
    const Bounds& tile = pattern->tile;
    std::string entries = "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox" +
                          list_of({tile.left, -tile.bottom, tile.right, -tile.top}) + "/XStep ";
    append_real(entries, tile.width(), kDecimals);
    entries += "/YStep ";
    append_real(entries, tile.height(), kDecimals);
    entries += "/Matrix" + flipped(pattern->matrix);
    const std::string content = VectorPainter(*this).paint(*pattern->content);
    std::string name = resources_.tiling_pattern(entries, content);
    patterns_.emplace(pattern.get(), Seen<VectorPattern>{pattern, name});
    return name;
}

}  // namespace galley::document
