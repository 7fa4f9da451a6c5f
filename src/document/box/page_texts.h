// src/document/box/page_texts.h — texts that are known only once pages are: page counters and where targets stand.
//
// Shape    with the facts of the pass before, or placeholders without them.
// Source   CSS Generated Content 3; CSS GCPM 3.
#pragma once

#include <string>
#include <string_view>

#include "document/box/box_builder.h"

namespace galley::document {

bool depends_on_pages(const ContentItem& item);
int page_count(const PageFacts* facts);
std::string target_page(std::string_view target, std::string_view name, std::string_view style, const PageFacts* facts,
                        const CounterStyles& styles);
// Does the text decide about nothing but the lines of its own block? (Not about widths of columns, floats or items.)
bool stays_in_lines(const Box& text);

}  // namespace galley::document
