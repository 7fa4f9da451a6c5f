// src/document/html/link_types.h — what a link is for: the words of its attribute `rel`.
//
// Threads  any.
// Source   https://html.spec.whatwg.org/multipage/links.html#linkTypes
#pragma once

#include <string_view>

#include "document/html/dom.h"

namespace galley::document {

// `type` in lower case.
bool has_link_type(const Node& element, std::string_view type);

}  // namespace galley::document
