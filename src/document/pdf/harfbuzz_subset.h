// src/document/pdf/harfbuzz_subset.h — subsets of the fonts that our own subsetter does not know: CFF and variable
// ones.
//
// Shape    subset_by_harfbuzz(face, glyphs) → an sfnt with the same glyph numbers (CID-keyed CFF: renumbered, same
//          CIDs), all axes pinned at the face's place, no layout tables. table_of(sfnt, tag) → one table's bytes.
// Errors   InvalidInput: HarfBuzz cannot subset the face (CFF2, broken tables).
// Threads  any.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "document/text/face.h"

namespace galley::document {

enum class GlyphNumbers : std::uint8_t { Keep, Renumber };

Result<Bytes> subset_by_harfbuzz(const Face& face, std::span<const std::uint32_t> glyphs, GlyphNumbers numbers);
Bytes table_of(std::string_view sfnt, std::uint32_t tag);

}  // namespace galley::document
