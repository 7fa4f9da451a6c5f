// src/document/pdf/gradient.h — gradients of the display list as PDF shadings, or as plain fills where each colour has
// its own band: those are sharp in every viewer, of which some take no more than 256 samples of a shading.
//
// Shape    gradient_operators(gradient, area) → what paints a clip that `area` holds; stop_function(stops, channel) → a
//          function dictionary, of drawings too.
// Units    page px, y negated (content_stream.h); shadings lie along a line from 0 to 1, which the matrix places, so
//          that gradients with equal stops share one.
// Threads  one.
// Limits   kPieces shadings a gradient, kBandsMax bands: what repeats more often has several periods in each shading.
// Source   ISO 32000-1 §8.7.4.5.3–4, §7.10.3–4.
#pragma once

#include <span>
#include <string>

#include "document/paint/display_list.h"
#include "document/pdf/resources.h"

namespace galley::document {

enum class GradientChannel : std::uint8_t { Color, Alpha };

std::string stop_function(std::span<const VectorGradient::Stop> stops, GradientChannel channel);

struct GradientOperators {
    std::string color;
    std::string mask;  // what the luminosity mask is drawn of; empty: none is needed
};
GradientOperators gradient_operators(const Gradient& gradient, const Rect& area, Resources& resources);

}  // namespace galley::document
