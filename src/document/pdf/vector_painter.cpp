#include "document/pdf/vector_painter.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/number_text.h"

namespace galley::document {

namespace {

std::uint8_t alpha_byte(double opacity) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(std::isfinite(opacity) ? opacity : 1, 0.0, 1.0) * 255));
}

// Without its scale, so that numbers in its space can be px.
Matrix unscaled(const Matrix& matrix, double scale) {
    return matrix * Matrix::scaling(1 / scale, 1 / scale);
}

void concatenate(ContentStream& out, const Matrix& m) {
    out.transform(m.a, m.b, m.c, m.d, m.e, m.f);
}

}  // namespace

std::string VectorPainter::paint(const VectorDrawing& drawing) {
    groups_.clear();
    groups_.emplace_back();
    open_.clear();
    box_ = form_box(drawing);
    for (const VectorOp& op : drawing.ops) std::visit([&](const auto& value) { draw(value); }, op);
    while (!open_.empty()) close();
    return out().take();
}

void VectorPainter::set_alpha(std::uint8_t alpha) {
    if (out().has_alpha(alpha)) return;
    out().alpha(alpha, forms_.resources().alpha(alpha));
}

bool VectorPainter::use(const VectorPaint& paint, Use use) {
    if (!paint.gradient && !paint.pattern) {
        use == Use::Fill ? out().fill_color(paint.color) : out().stroke_color(paint.color);
        set_alpha(paint.color.a);
        return false;
    }
    out().save();
    set_alpha(alpha_byte(paint.opacity));
    if (paint.gradient && paint.gradient->transparent()) {
        const std::string mask = "/Pattern cs /" + forms_.gradient(*paint.gradient, GradientChannel::Alpha) +
                                 " scn\n-32000 -32000 64000 64000 re f\n";
        out().raw("/" + forms_.resources().luminosity_mask(mask, "-32000 -32000 32000 32000") + " gs\n");
    }
    const std::string name =
        paint.gradient ? forms_.gradient(*paint.gradient, GradientChannel::Color) : forms_.pattern(paint.pattern);
    out().raw(use == Use::Fill ? "/Pattern cs /" + name + " scn\n" : "/Pattern CS /" + name + " SCN\n");
    return true;
}

void VectorPainter::draw(const VectorShape& shape) {
    const bool plain_fill = shape.fill.visible() && !shape.fill.gradient && !shape.fill.pattern;
    const VectorPaint& line = shape.stroke.paint;
    const bool plain_stroke = line.visible() && !line.gradient && !line.pattern;
    // Fill and stroke in one go where they share their alpha and nothing else is in the way.
    if (plain_fill && plain_stroke && !shape.stroke_first && shape.fill.color.a == 255 && line.color.a == 255 &&
        shape.matrix.similar()) {
        use(shape.fill, Use::Fill);
        use(line, Use::Stroke);
        const VectorStroke& s = shape.stroke;
        out().stroke_style({s.width, s.cap, s.join, s.miter_limit, s.dashes, s.dash_offset, shape.matrix.scale()});
        out().path(shape.path, shape.matrix);
        out().raw(shape.rule == FillRule::EvenOdd ? "B*\n" : "B\n");
        return;
    }
    if (shape.stroke_first) stroke_shape(shape);
    fill_shape(shape);
    if (!shape.stroke_first) stroke_shape(shape);
}

void VectorPainter::fill_shape(const VectorShape& shape) {
    if (!shape.fill.visible()) return;
    const bool saved = use(shape.fill, Use::Fill);
    out().path(shape.path, shape.matrix);
    out().raw(shape.rule == FillRule::EvenOdd ? "f*\n" : "f\n");
    if (saved) out().restore();
}

void VectorPainter::stroke_shape(const VectorShape& shape) {
    const VectorStroke& stroke = shape.stroke;
    if (!stroke.paint.visible()) return;
    const double scale = shape.matrix.scale();
    const bool saved = use(stroke.paint, Use::Stroke);
    const ContentStream::Stroke style{stroke.width,  stroke.cap,         stroke.join, stroke.miter_limit,
                                      stroke.dashes, stroke.dash_offset, scale};
    if (shape.matrix.similar()) {
        out().stroke_style(style);
        out().path(shape.path, shape.matrix);
        out().raw("S\n");
    } else {
        out().save();
        out().stroke_style(style);
        concatenate(out(), unscaled(shape.matrix, scale));
        out().path(shape.path, Matrix::scaling(scale, scale));
        out().raw("S\n");
        out().restore();
    }
    if (saved) out().restore();
}

void VectorPainter::draw(const VectorText& text) {
    const double scale = text.matrix.scale();
    DrawText run;
    run.face = text.face;
    run.size_px = text.size * scale;
    run.color = text.fill.visible() ? text.fill.color : text.stroke.paint.color;
    ShapedWord word;
    word.face = text.face;
    word.text = text.text;
    word.glyphs = text.glyphs;
    TextPart part;
    part.word = &word;
    part.glyph_end = static_cast<std::uint32_t>(text.glyphs.size());
    part.right_to_left = text.right_to_left;
    run.parts = {&part, 1};
    run.letter_spacing_px = text.letter_spacing * scale;
    run.right_to_left = text.right_to_left;
    const bool placed = !text.matrix.upright();
    if (!placed) run.origin = {LayoutUnit::from_px(text.matrix.e), LayoutUnit::from_px(text.matrix.f)};
    const auto show = [&](bool outlined) {
        if (placed || outlined) out().save();
        if (placed) concatenate(out(), unscaled(text.matrix, scale));
        if (outlined) {
            const VectorStroke& s = text.stroke;
            out().stroke_style({s.width, s.cap, s.join, s.miter_limit, s.dashes, s.dash_offset, scale});
            out().text_render_plain();
            out().raw("1 Tr\n");
        }
        encoder_.draw(run, out());
        if (placed || outlined) out().restore();
    };
    if (text.fill.visible()) {
        const bool saved = use(text.fill, Use::Fill);
        show(false);
        if (saved) out().restore();
    }
    if (text.stroke.paint.visible()) {
        const bool saved = use(text.stroke.paint, Use::Stroke);
        show(true);
        if (saved) out().restore();
    }
}

void VectorPainter::draw(const VectorPicture& picture) {
    const Result<ObjectId> image = forms_.images().embed(picture.image, picture.smooth);
    if (!image) return forms_.warn("image skipped: " + image.error().message);
    out().save();
    set_alpha(255);
    concatenate(out(), picture.matrix * Matrix{picture.width, 0, 0, picture.height, 0, picture.height});
    const std::string turn =
        picture.image->orientation != 1 ? orientation_operator(picture.image->orientation) : std::string();
    out().raw(turn + "/" + forms_.resources().image(*image) + " Do\n");
    out().restore();
}

void VectorPainter::draw(const VectorNested& nested) {
    if (nested.drawing->ops.empty()) return;
    const std::string name = forms_.form(nested.drawing);
    out().save();
    concatenate(out(), nested.matrix);
    out().raw("/" + name + " Do\n");
    out().restore();
}

bool VectorPainter::open(Open kind) {
    const bool fits = open_.size() < kVectorNestingMax;
    if (!fits) forms_.warn("clips and groups of a drawing are nested too deeply");
    open_.push_back(fits ? kind : Open::Ignored);
    return fits;
}

void VectorPainter::draw(const VectorClipBegin& clip) {
    if (!open(Open::Clip)) return;
    out().save();
    out().path(clip.path, Matrix{});
    if (clip.path.empty()) out().raw("0 0 0 0 re\n");
    out().raw(clip.rule == FillRule::EvenOdd ? "W* n\n" : "W n\n");
}

void VectorPainter::draw(const VectorGroupBegin& group) {
    if (!open(Open::Group)) return;
    groups_.emplace_back().begin = group;
}

void VectorPainter::close() {
    if (open_.empty()) return;
    const Open kind = open_.back();
    open_.pop_back();
    if (kind == Open::Group) return close_group();
    if (kind == Open::Clip) out().restore();
}

void VectorPainter::close_group() {
    Group group = std::move(groups_.back());
    groups_.pop_back();
    const std::string content = group.content.take();
    const std::uint8_t alpha = alpha_byte(group.begin.opacity);
    if (content.empty() || alpha == 0) return;
    const std::string name = forms_.resources().group(content, box_);
    out().save();
    set_alpha(alpha);
    if (group.begin.mask) {
        const std::string mask = VectorPainter(forms_).paint(*group.begin.mask);
        const auto by = group.begin.mask_by_alpha ? Resources::MaskBy::Alpha : Resources::MaskBy::Luminosity;
        out().raw("/" + forms_.resources().drawn_mask(mask, box_, by) + " gs\n");
    }
    out().raw("/" + name + " Do\n");
    out().restore();
}

}  // namespace galley::document
