// src/document/pdf/document_fonts.h — the faces one document uses, the glyphs it uses of each, and their font objects.
//
// Shape    use(face) → what the text encoder needs and notes: code tables, used blocks and glyphs, text of each glyph.
//          write(file, …) at the end embeds them all.
// Errors   none: a face that cannot be embedded becomes a warning; its text stays invisible.
// Owner    borrows the cache; faces are the library's.
// Threads  one.
// Source   ISO 32000-1 §9.6 (simple fonts), §9.7 (composite fonts), §9.10.3 (ToUnicode).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/pdf/drawn_glyphs.h"
#include "document/pdf/font_cache.h"
#include "document/pdf/pdf_file.h"

namespace galley::document {

struct FaceUse {
    const Face* face = nullptr;
    std::shared_ptr<const FaceCodes> codes;
    std::string simple_name, composite_name;  // names in the resources, without the slash
    std::uint8_t blocks = 0;                  // WinAnsiBlocks used of the simple font; 0 = not used at all
    std::map<std::uint32_t, std::string>
        glyph_text;  // glyphs used of the composite font, with the text each stands for

    bool pictures = false;             // some glyphs of the face are drawn: drawn_glyphs.h
    std::vector<std::uint32_t> drawn;  // in order of their codes
    std::map<std::uint32_t, std::size_t> drawn_codes;

    // Its number among the drawn ones; code and font follow from it.
    std::size_t note_drawn(std::uint32_t glyph);
    std::string drawn_name(std::size_t number) const;

    // Notes the glyph; false when it already stands for other text (then the run needs /ActualText).
    bool note_glyph(std::uint32_t glyph, std::string_view text);
};

class DocumentFonts {
 public:
    explicit DocumentFonts(FontCache& cache) : cache_(cache) {}
    FaceUse& use(const Face& face);
    // The entries of the resources' /Font dictionary.
    std::string write(PdfFile& file, DocumentImages& images, std::vector<std::string>& warnings);

 private:
    ObjectId simple_unicode(PdfFile& file);  // one map serves all simple fonts
    void write_simple(PdfFile& file, const FaceUse& use, std::string& entries, std::vector<std::string>& warnings);
    void write_composite(PdfFile& file, const FaceUse& use, std::string& entries, std::vector<std::string>& warnings);
    static void write_drawn(PdfFile& file, DocumentImages& images, const FaceUse& use, std::string& entries,
                            std::vector<std::string>& warnings);

    FontCache& cache_;
    std::vector<std::unique_ptr<FaceUse>> uses_;  // in order of first use
    FaceUse* last_ = nullptr;
    std::optional<ObjectId> simple_unicode_;
};

}  // namespace galley::document
