// src/document/style/dump.h — computed styles as text, for tests and for looking: only what differs from the initial.
//
// Shape    dump(style) = "name: value; name: value" in the order of computed_style.h.
#pragma once

#include <string>

#include "document/style/computed_style.h"

namespace galley::document {

std::string dump(const Length& length);
std::string dump(const Color& color);  // #rrggbb or #rrggbbaa
std::string dump(const ComputedStyle& style);

}  // namespace galley::document
