// src/document/svg/elements.h — the one table of SVG elements: what each is, and how far it is drawn.
//
// Shape    find_svg_element(tag) → its row, or null. docs/svg-support.md is made from svg_elements().
// Threads  any; constant data.
// Source   SVG 2 element index, SVG 1.1 for what 2 dropped.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace galley::document {

enum class SvgElementKind : std::uint8_t {
    Shape,
    Group,     // g, a
    Viewport,  // svg
    Switch,
    Use,
    Image,
    Text,
    Referenced,   // drawn only where something refers to it: defs, symbol, gradients …
    Part,         // has a meaning only within its parent: stop, tspan, textPath
    Quiet,        // nothing to draw: title, desc, metadata, style
    Unsupported,  // left out with a warning
};

struct SvgElementInfo {
    std::string_view name;
    SvgElementKind kind;
    std::string_view note;  // for the documentation
};

std::span<const SvgElementInfo> svg_elements();  // sorted by name
const SvgElementInfo* find_svg_element(std::string_view tag);

}  // namespace galley::document
