#include "document/paint/text_painter.h"

#include <algorithm>

namespace galley::document {

namespace {

// Words of one face follow each other in one item; another face starts a new one.
class RunPainter {
 public:
    RunPainter(const Fragment& fragment, Point corner, DisplayItems& out)
        : fragment_(fragment),
          style_(*fragment.text->style),
          baseline_(corner.y + fragment.baseline),
          left_(corner.x),
          out_(out) {}

    void paint() {
        std::size_t glyphs = 0, bytes = 0;
        for (const TextPart& part : fragment_.text->parts) {
            glyphs += part.glyph_end - part.glyph_begin;
            bytes += part.word->text.size();
        }
        current_.glyphs.reserve(glyphs);
        current_.text.reserve(bytes);
        for (const TextPart& part : fragment_.text->parts) add(part);
        flush();
    }

 private:
    void add(const TextPart& part) {
        if (part.glyph_begin == part.glyph_end) return;
        if (current_.face != part.word->face || current_.right_to_left != part.right_to_left || part.right_to_left) {
            flush();
            current_.face = part.word->face;
            current_.size_px = style_.font_size_px;
            current_.color = style_.color;
            current_.origin = {left_ + part.x, baseline_};
            current_.letter_spacing = style_.letter_spacing;
            current_.word_spacing = style_.word_spacing + fragment_.text->space_extra;
            current_.right_to_left = part.right_to_left;
        }
        append_glyphs(part);
    }

    // The text of the glyphs: their clusters' bytes, up to the next cluster in the word.
    void append_glyphs(const TextPart& part) {
        const ShapedWord& word = *part.word;
        std::uint32_t low = static_cast<std::uint32_t>(word.text.size()), high = 0;
        for (std::uint32_t i = part.glyph_begin; i < part.glyph_end; ++i) {
            low = std::min(low, word.glyphs[i].cluster);
            high = std::max(high, word.glyphs[i].cluster);
        }
        std::uint32_t end = static_cast<std::uint32_t>(word.text.size());
        for (const Glyph& glyph : word.glyphs)
            if (glyph.cluster > high) end = std::min(end, glyph.cluster);
        const auto base = static_cast<std::uint32_t>(current_.text.size());
        current_.text += word.text.substr(low, end - low);
        for (std::uint32_t i = part.glyph_begin; i < part.glyph_end; ++i) {
            Glyph glyph = word.glyphs[i];
            glyph.cluster = base + glyph.cluster - low;
            current_.glyphs.push_back(glyph);
        }
    }

    void flush() {
        if (!current_.glyphs.empty() && !current_.color.transparent()) out_.emplace_back(std::move(current_));
        current_ = {};
    }

    const Fragment& fragment_;
    const InheritedStyle& style_;
    LayoutUnit baseline_, left_;
    DisplayItems& out_;
    DrawText current_;
};

void paint_rule(const TextDecoration& decoration, const InheritedStyle& style, Rect line, DisplayItems& out) {
    Border border;
    border.style = decoration.style;
    border.width = line.height;
    border.color = decoration.color.value_or(style.color);
    const LayoutUnit middle = line.y + line.height / 2;
    paint_line_segment(border, {line.x, middle}, {line.right(), middle}, out);
}

// Underlines lie below the text, lines through it above; `over` selects.
void paint_decorations(const Fragment& fragment, Point corner, bool over, DisplayItems& out) {
    const InheritedStyle& style = *fragment.text->style;
    if (style.decorations.empty() || fragment.text->parts.empty()) return;
    const FaceMetrics& metrics = fragment.text->parts.front().word->face->metrics();
    const double scale = style.font_size_px / std::max(1, metrics.units_per_em);
    const LayoutUnit baseline = corner.y + fragment.baseline;
    for (const TextDecoration& decoration : style.decorations) {
        const LayoutUnit own = LayoutUnit::from_px(std::max(0.5, metrics.underline_thickness * scale));
        const LayoutUnit thickness = decoration.thickness > LayoutUnit() ? decoration.thickness : own;
        const auto rule = [&](LayoutUnit y) {
            paint_rule(decoration, style, {corner.x, y, fragment.size.width, thickness}, out);
        };
        if (!over && decoration.underline)
            rule(baseline + LayoutUnit::from_px(metrics.underline_position * scale) - thickness / 2);
        if (!over && decoration.overline) rule(baseline - fragment.baseline);
        if (over && decoration.line_through) rule(baseline - LayoutUnit::from_px(metrics.strikeout_position * scale));
    }
}

}  // namespace

void paint_text_run(const Fragment& fragment, Point corner, DisplayItems& out) {
    paint_decorations(fragment, corner, false, out);
    RunPainter(fragment, corner, out).paint();
    paint_decorations(fragment, corner, true, out);
}

}  // namespace galley::document
