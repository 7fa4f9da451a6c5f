// src/document/layout/text_transform.h — text-transform and white space collapsing for one stretch of text.
//
// Source   CSS Text 3 §2.1, §4.1.
#pragma once

#include <string>
#include <string_view>

#include "document/style/computed_style.h"

namespace galley::document {

// `previous`: the character before `text` in the line's text, 0 at the start: capitalize looks at it.
std::string transform_text(std::string_view text, TextTransform transform, char32_t previous);

// Appends `text` to `out`, runs of white space collapsed as `mode` says. `after_space`: a collapsible space precedes
// (true at the start of a block); updated.
void collapse_spaces(std::string_view text, WhiteSpace mode, bool& after_space, std::string& out);

bool preserves_spaces(WhiteSpace mode);
bool preserves_breaks(WhiteSpace mode);

}  // namespace galley::document
