// src/document/css/color_spaces.h — colours given in spaces other than sRGB, brought into it.
//
// Shape    channels as CSS writes them (lightness of lab 0–100, of oklab 0–1; hues in degrees) → red, green, blue, 0–1,
//          which may lie outside: the caller clamps.
// Threads  any.
// Source   CSS Color 4 §8, §9, §10, §17 (sample code's matrices).
#pragma once

#include <array>
#include <string_view>

namespace galley::document {

using Channels = std::array<double, 3>;

Channels from_hwb(double hue, double white, double black);  // white and black 0–1
Channels from_lab(const Channels& lab);
Channels from_oklab(const Channels& oklab);
// Lightness, chroma, hue → lightness, a, b.
Channels from_polar(const Channels& lch);
// color() of a space by its name in lower case; false when the space is not known.
bool from_named_space(std::string_view name, const Channels& value, Channels& srgb);

}  // namespace galley::document
