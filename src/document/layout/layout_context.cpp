#include "document/layout/layout_context.h"

#include "document/layout/inline_content.h"
#include "document/layout/row_store.h"

namespace galley::document {

namespace {

// The height `normal` is that of the letters: the face's line gap is left out, as in WeasyPrint (CSS leaves it open).
LayoutUnit line_height_of(const InheritedStyle& style, LayoutUnit ascent, LayoutUnit descent) {
    using Kind = InheritedStyle::LineHeightKind;
    if (style.line_height_kind == Kind::Factor) return LayoutUnit::from_px(style.line_height * style.font_size_px);
    if (style.line_height_kind == Kind::Absolute) return LayoutUnit::from_px(style.line_height);
    return ascent + descent;
}

FontFacts measure(TextShaper& shaper, const InheritedStyle& style) {
    const FontInstance& font = shaper.font(style);
    const FaceMetrics& metrics = font.primary().metrics();
    const double scale = style.font_size_px / std::max(1, metrics.units_per_em);
    FontFacts facts;
    facts.font = &font;
    facts.ascent = LayoutUnit::from_px(metrics.ascent * scale);
    facts.descent = LayoutUnit::from_px(metrics.descent * scale);
    facts.line_height = line_height_of(style, facts.ascent, facts.descent);
    facts.x_height = metrics.x_height > 0 ? LayoutUnit::from_px(metrics.x_height * scale)
                                          : LayoutUnit::from_px(style.font_size_px / 2);
    facts.space = LayoutUnit::from_px(font.primary().advance(font.primary().glyph(U' ')) * scale);
    return facts;
}

}  // namespace

LayoutContext::LayoutContext(BoxTree& tree, StyledDocument& styled, TextShaper& shaper)
    : tree(tree),
      styled(styled),
      shaper(shaper),
      box_arena(&tree.arena()),
      inline_scratch(std::make_unique<InlineScratch>()) {}
LayoutContext::~LayoutContext() = default;

const FontFacts& LayoutContext::font(const InheritedStyle& style) {
    if (&style == last_style_) return *last_font_;
    auto found = fonts_.find(&style);
    if (found == fonts_.end()) found = fonts_.emplace(&style, measure(shaper, style)).first;
    last_style_ = &style;
    last_font_ = &found->second;
    return found->second;
}

}  // namespace galley::document
