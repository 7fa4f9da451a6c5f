// src/document/style/font_face.h — @font-face rules.
//
// Errors   nothing without a family or a source.
// Threads  any.
// Source   CSS Fonts 4 §4. GAP: feature and variation descriptors, metric overrides and font-display are
//          not kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "document/css/token.h"
#include "document/resource_loader.h"
#include "document/style/style_engine.h"

namespace galley::document {

std::optional<FontFaceRule> read_font_face(CssTokens block, std::string_view base_url);

}  // namespace galley::document
