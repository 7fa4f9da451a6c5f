// src/document/paint/gradients.h — gradients of style as gradients of the display list.
//
// Shape    used_gradient(image, box) → where its line or its ending shape lies in `box`, and stops that are mixed
//          plainly: colour hints and the premultiplied mixing of CSS have become stops of their own.
// Threads  any.
// Source   CSS Images 3 §3.
#pragma once

#include "document/paint/display_list.h"
#include "document/style/computed_style.h"

namespace galley::document {

// Precondition: the image is a gradient, the box is not empty.
Gradient used_gradient(const BackgroundImage& image, const Rect& box);

// The colours between two offsets, which become 0 and 1.
std::vector<Gradient::Stop> cut_stops(const std::vector<Gradient::Stop>& stops, double from, double to);

// The colour that all stops have, if they do.
std::optional<Color> only_color(const Gradient& gradient);

}  // namespace galley::document
