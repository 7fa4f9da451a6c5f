// src/document/text/scaled_face.h — a face at a part of its size: small capitals made of capitals.
//
// Shape    all but the units per em is the other face's; unscaled() is that face.
// Owner    borrows the face.
// Threads  immutable.
#pragma once

#include "document/text/face.h"

namespace galley::document {

class ScaledFace final : public Face {
 public:
    ScaledFace(const Face& face, double scale) : face_(face), scale_(scale), metrics_(face.metrics()) {
        metrics_.units_per_em = static_cast<int>(metrics_.units_per_em / scale + 0.5);
    }

    std::uint32_t id() const override { return face_.id(); }
    const FaceMetrics& metrics() const override { return metrics_; }
    const std::string& postscript_name() const override { return face_.postscript_name(); }
    std::string_view file_bytes() const override { return face_.file_bytes(); }
    unsigned face_index() const override { return face_.face_index(); }
    hb_face_t* hb_face() const override { return face_.hb_face(); }
    hb_font_t* hb_font() const override { return face_.hb_font(); }
    std::uint32_t glyph(char32_t codepoint) const override { return face_.glyph(codepoint); }
    int advance(std::uint32_t glyph) const override { return face_.advance(glyph); }
    bool kerns_spaces() const override { return false; }
    int kerning_before_space(char32_t /*c*/) const override { return 0; }
    int kerning_after_space(char32_t /*c*/) const override { return 0; }
    Outlines outlines() const override { return face_.outlines(); }
    bool embeddable() const override { return face_.embeddable(); }
    bool synthetic_bold() const override { return face_.synthetic_bold(); }
    bool synthetic_oblique() const override { return face_.synthetic_oblique(); }
    const std::string& variations() const override { return face_.variations(); }
    const Face& unscaled() const override { return face_; }
    double scale() const override { return scale_; }

 private:
    const Face& face_;
    double scale_;
    FaceMetrics metrics_;
};

}  // namespace galley::document
