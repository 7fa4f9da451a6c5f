// src/document/pdf/vector_painter.h — one drawing as the operators of its form.
//
// Shape    paint(drawing) → the operators.
// Owner    borrows the forms, which find names for everything that is drawn by name.
// Threads  one.
// Limits   kVectorNestingMax open clips and groups; deeper ones are drawn without.
// Source   ISO 32000-1 §8.5, §8.7, §9, §11.
#pragma once

#include <string>
#include <vector>

#include "document/pdf/content_stream.h"
#include "document/pdf/text_encoder.h"
#include "document/pdf/vector_forms.h"

namespace galley::document {

inline constexpr std::size_t kVectorNestingMax = 1000;

class VectorPainter {
 public:
    explicit VectorPainter(VectorForms& forms) : forms_(forms), encoder_(forms.fonts()) {}
    std::string paint(const VectorDrawing& drawing);

 private:
    enum class Open : std::uint8_t { Clip, Group, Ignored };
    struct Group {
        ContentStream content;
        VectorGroupBegin begin;
    };
    enum class Use : std::uint8_t { Fill, Stroke };

    void draw(const VectorShape& shape);
    void draw(const VectorText& text);
    void draw(const VectorPicture& picture);
    void draw(const VectorNested& nested);
    void draw(const VectorClipBegin& clip);
    void draw(const VectorClipEnd& /*op*/) { close(); }
    void draw(const VectorGroupBegin& group);
    void draw(const VectorGroupEnd& /*op*/) { close(); }

    void fill_shape(const VectorShape& shape);
    void stroke_shape(const VectorShape& shape);
    bool open(Open kind);
    void close();
    void close_group();
    ContentStream& out() { return groups_.back().content; }
    void set_alpha(std::uint8_t alpha);
    // True: the state was saved for a paint that is no colour, and must be restored.
    bool use(const VectorPaint& paint, Use use);

    VectorForms& forms_;
    TextEncoder encoder_;
    std::vector<Group> groups_;  // the drawing itself first
    std::vector<Open> open_;
    std::string box_;
};

}  // namespace galley::document
