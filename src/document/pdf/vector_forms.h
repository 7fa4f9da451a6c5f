// src/document/pdf/vector_forms.h — drawings, gradients and tiling patterns as objects of the file, each once.
//
// Shape    form(drawing) → the name of a form XObject; gradient(…), pattern(…) → names of patterns.
// Units    a drawing's px, y negated as in content_stream.h; its top left corner is the form's origin.
// Errors   none: what cannot be drawn becomes a warning.
// Owner    borrows resources, fonts and images; keeps the drawings that it has seen, so that addresses stay unique.
// Threads  one.
// Source   ISO 32000-1 §8.7 (patterns), §8.10 (form XObjects), §11.6.5.3 (soft masks).
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "document/pdf/document_fonts.h"
#include "document/pdf/document_images.h"
#include "document/pdf/gradient.h"
#include "document/pdf/resources.h"
#include "document/svg/drawing.h"

namespace galley::document {

class VectorForms {
 public:
    VectorForms(Resources& resources, DocumentFonts& fonts, DocumentImages& images, std::vector<std::string>& warnings)
        : resources_(resources), fonts_(fonts), images_(images), warnings_(warnings) {}

    std::string form(const std::shared_ptr<const VectorDrawing>& drawing);
    // A shading pattern of the gradient's colours, or of its alpha as grey.
    std::string gradient(const VectorGradient& gradient, GradientChannel channel);
    std::string pattern(const std::shared_ptr<const VectorPattern>& pattern);

    Resources& resources() { return resources_; }
    DocumentFonts& fonts() { return fonts_; }
    DocumentImages& images() { return images_; }
    void warn(std::string text);

 private:
    Resources& resources_;
    DocumentFonts& fonts_;
    DocumentImages& images_;
    std::vector<std::string>& warnings_;
    template <typename T>
    struct Seen {
        std::shared_ptr<const T> kept;
        std::string name;
    };
    std::unordered_map<const VectorDrawing*, Seen<VectorDrawing>> forms_;
    std::unordered_map<const VectorPattern*, Seen<VectorPattern>> patterns_;
};

// "left bottom right top" of the drawing's area; generous where nothing is cut off.
std::string form_box(const VectorDrawing& drawing);

}  // namespace galley::document
