// src/document/text/loaded_face.h — a face made from the bytes of a font file.
//
// Shape    LoadedFace::create(file, wish) reads the tables once; everything after is look-up.
// Errors   create: InvalidInput (no sfnt, no such index, no glyphs).
// Owner    shares the file's bytes with other faces of the same file.
// Threads  immutable after create.
// Source   OpenType head, hhea, OS/2 (USE_TYPO_METRICS as hb-ot applies it), post, fvar.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "document/text/face.h"

namespace galley::document {

struct FaceWish {
    unsigned index = 0;  // collection index; the upper 16 bits name an instance of a variable font, as fontconfig does
    std::string variations;  // "wght=700,wdth=80", empty = default instance
    bool synthetic_bold = false, synthetic_oblique = false;
};

// "wght=700,wdth=80": a later setting of an axis replaces an earlier one.
std::string variation_text(const std::vector<std::pair<std::string, double>>& axes);

// Stands in where the machine has no font at all: no glyphs, plausible metrics.
const Face& empty_face();

class LoadedFace final : public Face {
 public:
    static Result<std::shared_ptr<const LoadedFace>> create(SharedBytes file, const FaceWish& wish);
    ~LoadedFace() override;
    LoadedFace(const LoadedFace&) = delete;
    LoadedFace& operator=(const LoadedFace&) = delete;

    std::uint32_t id() const override { return id_; }
    const FaceMetrics& metrics() const override { return metrics_; }
    const std::string& postscript_name() const override { return postscript_name_; }
    std::string_view file_bytes() const override { return file_.view(); }
    unsigned face_index() const override { return wish_.index & 0xFFFFU; }
    hb_face_t* hb_face() const override { return hb_face_; }
    hb_font_t* hb_font() const override { return hb_font_; }
    std::uint32_t glyph(char32_t codepoint) const override;
    int advance(std::uint32_t glyph) const override {
        return glyph < advances_.size() ? advances_[glyph] : advances_.empty() ? 0 : advances_.back();
    }
    bool kerns_spaces() const override { return kerns_spaces_; }
    int kerning_before_space(char32_t c) const override { return c < 128 ? kerning_before_space_[c] : 0; }
    int kerning_after_space(char32_t c) const override { return c < 128 ? kerning_after_space_[c] : 0; }
    Outlines outlines() const override { return outlines_; }
    bool embeddable() const override { return embeddable_; }
    bool synthetic_bold() const override { return wish_.synthetic_bold; }
    bool synthetic_oblique() const override { return wish_.synthetic_oblique; }
    const std::string& variations() const override { return wish_.variations; }

 private:
    LoadedFace(SharedBytes file, FaceWish wish);
    bool load();
    void apply_variations();
    void read_metrics();
    void read_os2();
    void read_names();
    void read_glyphs();
    void read_space_kerning();

    SharedBytes file_;
    FaceWish wish_;
    std::uint32_t id_ = 0;
    hb_face_t* hb_face_ = nullptr;
    hb_font_t* hb_font_ = nullptr;
    FaceMetrics metrics_;
    std::string postscript_name_;
    Outlines outlines_ = Outlines::TrueType;
    bool embeddable_ = true;
    std::array<std::uint16_t, 256> low_glyphs_{};
    std::vector<int> advances_;
    bool kerns_spaces_ = false;
    std::array<std::int16_t, 128> kerning_before_space_{}, kerning_after_space_{};
};

}  // namespace galley::document
