#include "document/paint/text_painter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace galley::document {

namespace {

// Words of one face follow each other in one item; another face, and each right-to-left part, starts a new one.
void paint_parts(const Fragment& fragment, Point corner, Color color, bool shadow, DisplayItems& out) {
    const TextRun& run = *fragment.text;
    if (color.transparent()) return;
    const std::span<const TextPart> parts = run.parts;
    for (std::size_t begin = 0; begin < parts.size();) {
        const TextPart& first = parts[begin];
        if (first.glyph_begin == first.glyph_end) {
            ++begin;
            continue;
        }
        std::size_t end = begin + 1;
        while (end < parts.size() && !first.right_to_left && !parts[end].right_to_left &&
               parts[end].word->face == first.word->face)
            ++end;
        DrawText text;
        text.face = &first.word->face->unscaled();
        text.size_px = run.style->font_size_px * first.word->face->scale();
        text.color = color;
        text.shadow = shadow;
        text.origin = {corner.x + first.x, corner.y + fragment.baseline};
        text.parts = parts.subspan(begin, end - begin);
        text.letter_spacing_px = run.style->letter_spacing_px + run.letter_extra.px();
        text.word_spacing = run.style->word_spacing + run.space_extra;
        text.right_to_left = first.right_to_left;
        out.emplace_back(text);
        begin = end;
    }
}

// https://www.w3.org/TR/css-text-decor-3/#text-shadow-property
// DEVIATION: a blur is five faint copies around the place; PDF has no blurred text.
void paint_shadow(const Fragment& fragment, Point corner, const TextShadow& shadow, DisplayItems& out) {
    Color color = shadow.color.value_or(fragment.text->style->color);
    const Point at = corner + Point{shadow.x, shadow.y};
    if (shadow.blur <= LayoutUnit()) return paint_parts(fragment, at, color, true, out);
    constexpr int kCopies = 5;
    color.a = static_cast<std::uint8_t>(color.a / (kCopies - 2));
    const LayoutUnit step = shadow.blur / 4;
    for (const Point& offset : {Point{}, Point{step, {}}, Point{-step, {}}, Point{{}, step}, Point{{}, -step}})
        paint_parts(fragment, at + offset, color, true, out);
}

// A band that swings around the line's middle.
void paint_wave(Rect line, Color color, DisplayItems& out) {
    constexpr int kPointsMax = 4000, kPerWave = 8;
    const double thickness = std::max(0.5, line.height.px()), height = thickness * 1.2, length = thickness * 6;
    const double width = line.width.px(), middle = line.y.px() + thickness / 2 + height;
    const int count = std::clamp(static_cast<int>(std::ceil(width / length * kPerWave)), 1, kPointsMax);
    FillPolygon band;
    band.color = color;
    const auto add = [&](int i, double offset) {
        const double x = width * i / count;
        const double y = middle + height * std::sin(x / length * 2 * std::numbers::pi) + offset;
        band.points.push_back({line.x + LayoutUnit::from_px(x), LayoutUnit::from_px(y)});
    };
    for (int i = 0; i <= count; ++i) add(i, -thickness / 2);
    for (int i = count; i >= 0; --i) add(i, thickness / 2);
    out.emplace_back(std::move(band));
}

void paint_rule(const TextDecoration& decoration, const InheritedStyle& style, Rect line, DisplayItems& out) {
    if (decoration.wavy) return paint_wave(line, decoration.color.value_or(style.color), out);
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
        if (!over && decoration.underline) {
            const LayoutUnit usual = decoration.under
                                         ? LayoutUnit::from_px(metrics.descent * scale)
                                         : LayoutUnit::from_px(metrics.underline_position * scale) - thickness / 2;
            const LayoutUnit base = decoration.under ? usual : LayoutUnit();
            rule(baseline + (decoration.offset ? base + *decoration.offset : usual));
        }
        if (!over && decoration.overline) rule(baseline - fragment.baseline);
        if (over && decoration.line_through) rule(baseline - LayoutUnit::from_px(metrics.strikeout_position * scale));
    }
}

}  // namespace

void paint_text_run(const Fragment& fragment, Point corner, DisplayItems& out) {
    const InheritedStyle& style = *fragment.text->style;
    if (!style.rare.is_initial())
        for (auto shadow = style.rare->shadows.rbegin(); shadow != style.rare->shadows.rend(); ++shadow)
            paint_shadow(fragment, corner, *shadow, out);
    paint_decorations(fragment, corner, false, out);
    paint_parts(fragment, corner, style.color, false, out);
    paint_decorations(fragment, corner, true, out);
}

}  // namespace galley::document
