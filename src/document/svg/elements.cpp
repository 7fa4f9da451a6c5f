#include "document/svg/elements.h"

#include <algorithm>

namespace galley::document {

namespace {

using Kind = SvgElementKind;
constexpr SvgElementInfo kElements[] = {
    {"a", Kind::Group, "its area is a link"},
    {"animate", Kind::Unsupported, "paper shows the first frame"},
    {"animateColor", Kind::Unsupported, ""},
    {"animateMotion", Kind::Unsupported, ""},
    {"animateTransform", Kind::Unsupported, ""},
    {"audio", Kind::Unsupported, ""},
    {"canvas", Kind::Unsupported, ""},
    {"circle", Kind::Shape, ""},
    {"clipPath", Kind::Referenced, "shapes and `use`; text in it is left out with a warning"},
    {"cursor", Kind::Quiet, ""},
    {"defs", Kind::Referenced, ""},
    {"desc", Kind::Quiet, ""},
    {"discard", Kind::Unsupported, ""},
    {"ellipse", Kind::Shape, ""},
    {"filter", Kind::Unsupported, "the element is drawn without it"},
    {"font", Kind::Unsupported, "fonts come from the document"},
    {"foreignObject", Kind::Unsupported, "a `switch` takes its next child"},
    {"g", Kind::Group, ""},
    {"hatch", Kind::Unsupported, ""},
    {"iframe", Kind::Unsupported, ""},
    {"image", Kind::Image, "pixels and drawings, by URL or `data:`"},
    {"line", Kind::Shape, ""},
    {"linearGradient", Kind::Referenced, ""},
    {"marker", Kind::Referenced, ""},
    {"mask", Kind::Referenced, "luminance, or alpha by `mask-type`"},
    {"mesh", Kind::Unsupported, ""},
    {"meshgradient", Kind::Unsupported, ""},
    {"metadata", Kind::Quiet, ""},
    {"mpath", Kind::Part, ""},
    {"path", Kind::Shape, ""},
    {"pattern", Kind::Referenced, "a PDF tiling pattern"},
    {"polygon", Kind::Shape, ""},
    {"polyline", Kind::Shape, ""},
    {"radialGradient", Kind::Referenced, ""},
    {"rect", Kind::Shape, ""},
    {"script", Kind::Unsupported, "nothing is run"},
    {"set", Kind::Unsupported, ""},
    {"solidcolor", Kind::Unsupported, ""},
    {"stop", Kind::Part, ""},
    {"style", Kind::Quiet, "read by the engine's cascade"},
    {"svg", Kind::Viewport, ""},
    {"switch", Kind::Switch, "the first child that can be drawn"},
    {"symbol", Kind::Referenced, ""},
    {"text", Kind::Text, "real text, shaped by the engine"},
    {"textPath", Kind::Part, ""},
    {"title", Kind::Quiet, ""},
    {"tspan", Kind::Part, ""},
    {"unknown", Kind::Quiet, ""},
    {"use", Kind::Use, "within the same document"},
    {"video", Kind::Unsupported, ""},
    {"view", Kind::Quiet, ""},
};
static_assert(std::ranges::is_sorted(kElements, {}, &SvgElementInfo::name));

}  // namespace

std::span<const SvgElementInfo> svg_elements() {
    return kElements;
}

const SvgElementInfo* find_svg_element(std::string_view tag) {
    const auto* found = std::ranges::lower_bound(kElements, tag, {}, &SvgElementInfo::name);
    return found != std::end(kElements) && found->name == tag ? found : nullptr;
}

}  // namespace galley::document
