// src/document/html/xml_parser.h — from XML text to a Dom, as far as pictures need XML.
//
// Shape    parse_xml(text, limits) → Dom whose first element is the document's root; all elements are foreign. Names
//          keep their case; the prefix that stands for the SVG namespace is taken off. html(), head() and body() are
//          null. Strict in what it knows, forgiving in what it finds: an end tag closes the nearest element of its
//          name or is dropped; what is cut off is what was there.
// Errors   InvalidInput: no element at all, or not UTF-8. LimitExceeded: more than nodes_max nodes.
// Owner    the Dom owns a copy of the text.
// Threads  any.
// Limits   ParseLimits; elements deeper than depth_max are left out. A document type is skipped whole: no entity is
//          ever declared, so none can expand; references but to characters and to the five of XML stay as they are.
// Source   https://www.w3.org/TR/xml/, https://www.w3.org/TR/xml-names/. GAP: other encodings than UTF-8.
#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "document/html/dom.h"
#include "document/html/parser.h"

namespace galley::document {

Result<std::unique_ptr<Dom>> parse_xml(std::string_view text, const ParseLimits& limits);

}  // namespace galley::document
