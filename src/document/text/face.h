// src/document/text/face.h — one font face, loaded once, immutable, shared by all renders of the process.
//
// Shape    bytes of the font file, HarfBuzz face and font at scale = units per em, metrics in font units.
// Units    font units unless a name says px; px = units × font_size_px / units_per_em.
// Owner    FontLibrary owns system faces for its life, a TextShaper the faces of its document's @font-face rules: plain
//          pointers to const Face are safe while the TextShaper of the render lives.
// Threads  all methods from any thread.
// Source   OpenType head, hhea, OS/2, post; HarfBuzz hb-ot.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

struct hb_face_t;
struct hb_font_t;

namespace galley::document {

struct FaceMetrics {
    int units_per_em = 1000;
    int ascent = 0, descent = 0, line_gap = 0;  // descent is positive downwards
    int x_height = 0, cap_height = 0;
    int underline_position = 0, underline_thickness = 0;  // position: below the baseline, positive
    int strikeout_position = 0, strikeout_thickness = 0;  // above the baseline
    int bbox[4] = {0, 0, 0, 0};
    int italic_angle_degrees = 0;
    int weight = 400;
    bool fixed_pitch = false, italic = false;
};

class Face {
 public:
    virtual ~Face() = default;
    virtual std::uint32_t id() const = 0;  // dense, stable within the process; never part of output bytes
    virtual const FaceMetrics& metrics() const = 0;
    virtual const std::string& postscript_name() const = 0;
    virtual std::string_view file_bytes() const = 0;  // the whole sfnt (collection index in face_index)
    virtual unsigned face_index() const = 0;
    virtual hb_face_t* hb_face() const = 0;
    virtual hb_font_t* hb_font() const = 0;
    virtual std::uint32_t glyph(char32_t codepoint) const = 0;  // 0 = missing
    virtual int advance(std::uint32_t glyph) const = 0;
    // What the font moves between a printable ASCII character and a space beside it, font units.
    virtual bool kerns_spaces() const = 0;
    virtual int kerning_before_space(char32_t c) const = 0;
    virtual int kerning_after_space(char32_t c) const = 0;
    enum class Outlines : std::uint8_t { TrueType, Cff, Bitmap };
    virtual Outlines outlines() const = 0;
    virtual bool embeddable() const = 0;
    // Synthesis that the caller asked for and the family lacks.
    virtual bool synthetic_bold() const = 0;
    virtual bool synthetic_oblique() const = 0;
    virtual const std::string& variations() const = 0;  // "wght=700,wdth=80" of a variable font; empty = default
    // Small capitals made of capitals: another face drawn at a part of the size. The units per em are so many more that
    // widths come out right at the whole size.
    virtual const Face& unscaled() const { return *this; }
    virtual double scale() const { return 1; }
};

}  // namespace galley::document
