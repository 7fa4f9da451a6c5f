// src/document/pdf/drawn_glyphs.h — glyphs that are pictures: bitmaps of colour fonts (CBDT, sbix) and coloured layers
// (COLR 0), as the procedures of Type 3 fonts, so that they are text to readers.
//
// Shape    is_drawn(face, glyph) → whether the glyph has a picture. write_drawn_font(…) → the font object of up to 256
//          of them.
// Errors   none: a picture that cannot be read becomes a warning and an empty glyph.
// Threads  is_drawn: any.
// Source   ISO 32000-1 §9.6.5; OpenType CBDT, sbix, COLR, CPAL by HarfBuzz. GAP: SVG glyphs and COLR 1 are not drawn.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "document/pdf/document_images.h"
#include "document/pdf/pdf_file.h"
#include "document/text/face.h"

namespace galley::document {

inline constexpr std::size_t kDrawnGlyphsPerFont = 256;

struct DrawnGlyph {
    std::uint32_t glyph = 0;
    std::string text;  // what it stands for
};

bool has_pictures(const Face& face);
bool is_drawn(const Face& face, std::uint32_t glyph);
ObjectId write_drawn_font(PdfFile& file, DocumentImages& images, const Face& face, std::span<const DrawnGlyph> glyphs,
                          std::vector<std::string>& warnings);

}  // namespace galley::document
