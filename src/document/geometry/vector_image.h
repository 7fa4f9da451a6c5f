// src/document/geometry/vector_image.h — a picture made of paths and text, as layout and paint see it: what it measures
// by itself, and how it looks in a given size.
//
// Shape    natural(): what of width, height and proportion is known; draw(width, height) → the drawing for that area.
// Units    px.
// Errors   none: what cannot be drawn is left out, with warnings where the picture came from.
// Owner    drawings are kept by the image: equal sizes give the same drawing.
// Threads  one render, one thread.
// Source   CSS Images 3 §4.1 (natural dimensions).
#pragma once

#include <memory>

namespace galley::document {

struct VectorDrawing;  // svg/drawing.h

struct NaturalSize {
    double width_px = 0, height_px = 0;  // 0 = none
    double ratio = 0;                    // width / height; 0 = none
};

class VectorImage {
 public:
    virtual ~VectorImage() = default;
    virtual NaturalSize natural() const = 0;
    virtual std::shared_ptr<const VectorDrawing> draw(double width_px, double height_px) const = 0;

 protected:
    VectorImage() = default;
    VectorImage(const VectorImage&) = default;
    VectorImage& operator=(const VectorImage&) = default;
};

}  // namespace galley::document
