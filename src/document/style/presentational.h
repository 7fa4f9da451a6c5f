// src/document/style/presentational.h — attributes that are style: width=, align=, bgcolor=, dir=, lang= …
//
// Shape    presentational_css(element) = declarations as CSS text, "" for most elements. They count as author rules of
//          no specificity before all sheets.
// Threads  any.
// Source   https://html.spec.whatwg.org/multipage/rendering.html
#pragma once

#include <string>

#include "document/html/dom.h"

namespace galley::document {

std::string presentational_css(const Node& element);
// The same for an element of a drawing (svg_presentation.cpp).
std::string svg_presentation_css(const Node& element);

}  // namespace galley::document
