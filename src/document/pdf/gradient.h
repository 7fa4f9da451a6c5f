// src/document/pdf/gradient.h — gradients of the display list as PDF shadings.
//
// Shape    color_shading(gradient), alpha_shading(gradient) → shading dictionaries in page px, y negated
//          (content_stream.h).
// Threads  any.
// Source   ISO 32000-1 §8.7.4.5.3–4, §7.10.3–4. DEVIATION: colour and alpha are mixed apart, not premultiplied (CSS
//          Images 3 §3.4.2).
#pragma once

#include <string>

#include "document/paint/display_list.h"

namespace galley::document {

bool has_transparency(const FillGradient& gradient);
std::string color_shading(const FillGradient& gradient);
std::string alpha_shading(const FillGradient& gradient);

}  // namespace galley::document
