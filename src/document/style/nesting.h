// src/document/style/nesting.h — the selectors of a nested rule, as those of a rule that stands by itself.
//
// Shape    nested_selectors(parent, prelude, most): the tokens of `prelude` with the parent's selectors for each `&`,
//          and before those that have none. Not for reading but for parse_selectors().
// Errors   nothing where there would be more than `most` tokens: a few bytes can ask for billions.
// Owner    the tokens point into the texts that both arguments point into.
// Threads  any.
// Source   https://drafts.csswg.org/css-nesting-1/#nest-selector
#pragma once

#include <optional>
#include <vector>

#include "document/css/token.h"

namespace galley::document {

std::optional<std::vector<CssToken>> nested_selectors(CssTokens parent, CssTokens prelude, std::size_t most);

}  // namespace galley::document
