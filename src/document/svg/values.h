// src/document/svg/values.h — what SVG attributes say: lengths, transforms, view boxes.
//
// Shape    each reader takes an attribute's text and gives its meaning, or nothing when it is not understood.
// Units    user units (px); percentages are of the viewport that the context gives.
// Threads  any.
// Source   SVG 2 §8 (coordinate systems), CSS Transforms 1 §8 (the transform attribute).
//          GAP: calc() in attributes.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "document/css/values.h"
#include "document/geometry/matrix.h"

namespace galley::document {

enum class SvgAxis : std::uint8_t { X, Y, Diagonal };

struct SvgViewport {
    double width = 0, height = 0;
    double reference(SvgAxis axis) const {
        if (axis == SvgAxis::X) return width;
        if (axis == SvgAxis::Y) return height;
        return std::sqrt((width * width + height * height) / 2);
    }
};

struct SvgLengths {
    SvgViewport viewport;
    double font_size_px = 16;
};

std::optional<double> read_svg_length(std::string_view text, SvgAxis axis, const SvgLengths& lengths);
// A list of lengths, as x="10 20,30" of text.
std::vector<double> read_svg_lengths(std::string_view text, SvgAxis axis, const SvgLengths& lengths);
// "50%" → 0.5, "0.5" → 0.5.
std::optional<double> read_share(std::string_view text);
double used_length(const LengthValue& value, double reference);

// An attribute's list of transforms; nothing when there is an error in it.
std::optional<Matrix> read_transforms(std::string_view text);

struct ViewBox {
    double x = 0, y = 0, width = 0, height = 0;
};
// Nothing for boxes without an area.
std::optional<ViewBox> read_view_box(std::string_view text);

struct AspectRatio {
    bool stretch = false;     // none
    bool slice = false;       // cover instead of fit
    double x = 0.5, y = 0.5;  // share of the free space before the picture
};
AspectRatio read_aspect_ratio(std::string_view text);
// From the view box to an area of that size at the origin.
Matrix view_box_matrix(const ViewBox& box, const AspectRatio& ratio, double width, double height);

}  // namespace galley::document
