// src/document/style/font_face.h — @font-face rules, and loading the text of sheets.
//
// Errors   read_font_face: nothing without a family or a source. load_text: NotFound without a loader, or what it says.
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

// The text behind a URL; data: URLs need no loader.
Result<std::string> load_text(const std::string& url, const ResourceLoader* loader);

}  // namespace galley::document
