// src/document/svg/drawing.h — what an SVG image draws, in order, in px of its own area: nothing is left to look up.
//
// Shape    a flat list of operations. Shapes carry the matrix from their user units to the area; clips and groups
//          nest and are given in the area's px. Paint servers are shared between the operations that use them.
// Units    px from the area's top left corner, y downwards.
// Owner    the drawing owns all but faces (FontLibrary).
// Threads  built by one thread, then read-only.
// Source   SVG 2 §13–14.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/style/svg_properties.h"
#include "document/svg/path.h"
#include "document/text/face.h"
#include "document/text/shaper.h"

namespace galley::document {

struct VectorDrawing;

struct VectorGradient {
    struct Stop {
        double offset = 0;
        Color color;
    };
    bool radial = false;
    Point2 from, to;  // ends of the line, or focus and centre
    double from_radius = 0, radius = 0;
    Matrix matrix;             // from the gradient's space to the area
    std::vector<Stop> stops;   // ascending, at least two
    bool transparent() const;  // any stop is
};

struct VectorPattern {
    Bounds tile;    // in the pattern's space; repeated in both directions without gaps
    Matrix matrix;  // from the pattern's space to the area
    std::shared_ptr<const VectorDrawing> content;
};

// What fills or strokes: at most one of the pointers is set, else the colour counts.
struct VectorPaint {
    Color color = Color::none();
    std::shared_ptr<const VectorGradient> gradient;
    std::shared_ptr<const VectorPattern> pattern;
    double opacity = 1;  // of gradient or pattern; a colour has its own
    bool visible() const { return gradient || pattern || !color.transparent(); }
};

struct VectorStroke {
    VectorPaint paint;
    double width = 1;
    LineCap cap = LineCap::Butt;
    LineJoin join = LineJoin::Miter;
    double miter_limit = 4;
    std::vector<double> dashes;
    double dash_offset = 0;
};

struct VectorShape {
    PathData path;  // user units
    Matrix matrix;
    FillRule rule = FillRule::NonZero;
    VectorPaint fill;
    VectorStroke stroke;
    bool stroke_first = false;
};

// Glyphs of one face along one baseline.
struct VectorText {
    const Face* face = nullptr;
    double size = 0;   // user units
    Matrix matrix;     // its origin is the baseline's start
    std::string text;  // as DrawText in paint/display_list.h
    std::vector<Glyph> glyphs;
    double letter_spacing = 0;  // user units
    bool right_to_left = false;
    VectorPaint fill;
    VectorStroke stroke;
};

struct VectorPicture {
    std::shared_ptr<const ImageData> image;  // of pixels
    double width = 0, height = 0;            // user units, from the origin
    Matrix matrix;
    bool smooth = true;
};

// Another drawing in its own px, moved by the matrix and cut to its area.
struct VectorNested {
    std::shared_ptr<const VectorDrawing> drawing;
    Matrix matrix;
};

struct VectorClipBegin {
    PathData path;  // area px
    FillRule rule = FillRule::NonZero;
};
struct VectorClipEnd {};

struct VectorGroupBegin {
    double opacity = 1;
    std::shared_ptr<const VectorDrawing> mask;  // null = none; in area px
    bool mask_by_alpha = false;                 // else by luminance
};
struct VectorGroupEnd {};

using VectorOp = std::variant<VectorShape, VectorText, VectorPicture, VectorNested, VectorClipBegin, VectorClipEnd,
                              VectorGroupBegin, VectorGroupEnd>;

struct VectorLink {
    Bounds area;
    std::string target;
};

struct VectorDrawing {
    double width = 0, height = 0;
    bool clipped = true;  // nothing shows outside the area
    std::vector<VectorOp> ops;
    std::vector<VectorLink> links;
};

// One line per operation, numbers with two decimals: for golden tests.
std::string dump(const VectorDrawing& drawing);

}  // namespace galley::document
