#include "document/layout/layout_context.h"

namespace galley::document {

namespace {

LayoutUnit line_height_of(const InheritedStyle& style, LayoutUnit ascent, LayoutUnit descent, LayoutUnit gap) {
    using Kind = InheritedStyle::LineHeightKind;
    if (style.line_height_kind == Kind::Factor) return LayoutUnit::from_px(style.line_height * style.font_size_px);
    if (style.line_height_kind == Kind::Absolute) return LayoutUnit::from_px(style.line_height);
    return ascent + descent + gap;
}

FontFacts measure(TextShaper& shaper, const InheritedStyle& style) {
    const FontInstance& font = shaper.font(style);
    const FaceMetrics& metrics = font.primary().metrics();
    const double scale = style.font_size_px / std::max(1, metrics.units_per_em);
    FontFacts facts;
    facts.font = &font;
    facts.ascent = LayoutUnit::from_px(metrics.ascent * scale);
    facts.descent = LayoutUnit::from_px(metrics.descent * scale);
    facts.line_height =
        line_height_of(style, facts.ascent, facts.descent, LayoutUnit::from_px(metrics.line_gap * scale));
    facts.x_height = metrics.x_height > 0 ? LayoutUnit::from_px(metrics.x_height * scale)
                                          : LayoutUnit::from_px(style.font_size_px / 2);
    facts.space = LayoutUnit::from_px(font.primary().advance(font.primary().glyph(U' ')) * scale);
    return facts;
}

}  // namespace

const FontFacts& LayoutContext::font(const InheritedStyle& style) {
    if (&style == last_style_) return *last_font_;
    auto found = fonts_.find(&style);
    if (found == fonts_.end()) found = fonts_.emplace(&style, measure(shaper, style)).first;
    last_style_ = &style;
    last_font_ = &found->second;
    return found->second;
}

}  // namespace galley::document
