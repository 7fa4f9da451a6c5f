// src/document/css/media.h — does a media query list or a @supports condition hold for this document?
//
// Shape    matches_media(prelude, medium) for @media, @import and <link media>; matches_supports(prelude).
// Threads  any.
// Source   Media Queries 4 (types, and/not/only, width, height, orientation, color), CSS Conditional 3.
//          GAP: `or`, ranges ("width > 1px") and nested brackets do not match.
#pragma once

#include <functional>
#include <string_view>

#include "document/css/token.h"
#include "document/geometry/units.h"

namespace galley::document {

struct MediaContext {
    Size page;
    std::string_view type = "print";  // that the document is made for
};
bool matches_media(CssTokens prelude, const MediaContext& medium);
// `knows` says whether a declaration is valid.
bool matches_supports(CssTokens prelude, const std::function<bool(CssTokens name_and_value)>& knows);

}  // namespace galley::document
