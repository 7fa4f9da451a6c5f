// src/document/box/counter_text.h — how a counter's value is written in any style, the document's own ones included.
//
// Shape    counter_text(value, style, own); unknown styles, and values that no fallback can write, are decimal.
// Threads  any.
// Limits   a value takes at most kCounterTextMax symbols; longer ones are written in the style's fallback.
// Source   CSS Counter Styles 3 §2–3.
#pragma once

#include <string>
#include <string_view>

#include "document/style/counter_style.h"

namespace galley::document {

inline constexpr int kCounterTextMax = 200;

std::string counter_text(int value, std::string_view style, const CounterStyles& own);
// The same with what stands before and after it in a marker.
std::string marker_text(int value, std::string_view style, const CounterStyles& own);

}  // namespace galley::document
