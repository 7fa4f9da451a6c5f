// src/document/pdf/cff_face.h — what the writer must know of a CFF font: is it CID-keyed, and which CID has each glyph?
//
// Shape    cff_glyph_to_cid(cff table, glyph count) → one CID per glyph for CID-keyed fonts, empty for name-keyed ones.
// Errors   a broken table counts as name-keyed.
// Threads  any.
// Source   Adobe Technical Note 5176 (CFF) §§ 7–13: a PDF viewer selects glyphs of a CID-keyed font by its charset.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace galley::document {

std::vector<std::uint16_t> cff_glyph_to_cid(std::string_view cff, std::size_t glyph_count);

}  // namespace galley::document
