#include "document/layout/box_geometry.h"

#include <algorithm>
#include <charconv>

#include "document/layout/flex_layout.h"
#include "document/layout/inline_content.h"
#include "document/layout/layout_cache.h"
#include "document/layout/table_layout.h"

namespace galley::document {

namespace {

LayoutUnit resolved(const Length& length, LayoutUnit base) {
    return length.is_value() ? length.resolve(base) : LayoutUnit();
}

LayoutUnit at_least_zero(LayoutUnit value) {
    return std::max(value, LayoutUnit());
}

// A specified width as a border box width.
LayoutUnit border_box(const Box& box, const Edges& edges, LayoutUnit value) {
    if (box.style->box_sizing == BoxSizing::BorderBox) return std::max(value, edges.inline_sum());
    return at_least_zero(value) + edges.inline_sum();
}

LayoutUnit border_box_height(const Box& box, const Edges& edges, LayoutUnit value) {
    if (box.style->box_sizing == BoxSizing::BorderBox) return std::max(value, edges.block_sum());
    return at_least_zero(value) + edges.block_sum();
}

IntrinsicWidths block_children_widths(LayoutContext& context, const Box& box) {
    IntrinsicWidths result;
    LayoutUnit floats;
    for (const Box* child = box.first_child; child != nullptr; child = child->next) {
        if (child->positioned) continue;
        const IntrinsicWidths widths = outer_intrinsic_widths(context, *child);
        result.least = std::max(result.least, widths.least);
        if (child->floating) {
            floats += widths.most;
            result.most = std::max(result.most, floats);
        } else {
            floats = {};
            result.most = std::max(result.most, widths.most);
        }
    }
    return result;
}

IntrinsicWidths content_widths(LayoutContext& context, const Box& box) {
    if (context.depth >= kLayoutDepthMax) return {};
    ++context.depth;
    IntrinsicWidths widths;
    if (box.kind == BoxKind::Flex)
        widths = flex_widths(context, box);
    else if (box.children_inline)
        widths = inline_widths(context, box);
    else
        widths = block_children_widths(context, box);
    --context.depth;
    return widths;
}

// Fixed lengths override the content; percentages of an unknown base count as auto.
void apply_sizes(const Box& box, const Edges& edges, IntrinsicWidths& widths) {
    const ComputedStyle& style = *box.style;
    const bool of_column = box.kind == BoxKind::Cell;  // a cell's width goes to its column
    if (!of_column && style.width.is_value() && !style.width.has_percent())
        widths.least = widths.most = border_box(box, edges, style.width.px);
    if (style.max_width.is_value() && !style.max_width.has_percent()) {
        const LayoutUnit most = border_box(box, edges, style.max_width.px);
        widths.least = std::min(widths.least, most);
        widths.most = std::min(widths.most, most);
    }
    if (style.min_width.is_value() && !style.min_width.has_percent()) {
        const LayoutUnit least = border_box(box, edges, style.min_width.px);
        widths.least = std::max(widths.least, least);
        widths.most = std::max(widths.most, least);
    }
    widths.most = std::max(widths.most, widths.least);
}

LayoutUnit number_attribute(const Node* node, std::string_view name) {
    const std::string_view* value = node != nullptr ? node->attribute(name) : nullptr;
    double number = 0;
    if (value != nullptr) std::from_chars(value->data(), value->data() + value->size(), number);
    return LayoutUnit::from_px(std::max(0.0, number));
}

// https://www.w3.org/TR/css-images-3/#default-sizing — of a drawing, in `available` px where it has no width.
Size natural_size(const NaturalSize& natural, LayoutUnit available) {
    constexpr double kDefaultWidth = 300, kDefaultHeight = 150;
    double width = natural.width_px, height = natural.height_px;
    if (width <= 0 && height > 0) width = natural.ratio > 0 ? height * natural.ratio : kDefaultWidth;
    if (width <= 0 && natural.ratio > 0) width = available < LayoutUnit::max() ? available.px() : kDefaultWidth;
    if (width <= 0) width = kDefaultWidth;
    if (height <= 0) height = natural.ratio > 0 ? width / natural.ratio : kDefaultHeight;
    return {LayoutUnit::from_px(width), LayoutUnit::from_px(height)};
}

bool is_drawing(const Box& box) {
    return box.image() != nullptr && (*box.image())->vector;
}

// What an image measures by itself: its pixels, or what its attributes say.
Size natural_size(const Box& box, LayoutUnit available) {
    if (is_drawing(box)) return natural_size((*box.image())->vector->natural(), available);
    Size size;
    if (box.image() != nullptr)
        size = {LayoutUnit::from_px((*box.image())->width_px), LayoutUnit::from_px((*box.image())->height_px)};
    const LayoutUnit width = number_attribute(box.node, "width"), height = number_attribute(box.node, "height");
    if (box.image() == nullptr) return {width, height};
    if (width > LayoutUnit()) {
        const LayoutUnit scaled = size.height.scaled(width.raw(), size.width.raw());
        return {width, height > LayoutUnit() ? height : scaled};
    }
    if (height > LayoutUnit()) return {size.width.scaled(height.raw(), size.height.raw()), height};
    return size;
}

// True when the width that the box asks for is that of a column in a table of given width.
bool asks_for_column_width(const Box& box) {
    for (const Box* at = &box; at != nullptr; at = at->parent) {
        if (at->kind == BoxKind::Table) return at->style->width.is_value();
        const bool shrinks = at->floating || at->positioned || at->style->display == Display::InlineBlock ||
                             (at->parent != nullptr && at->parent->kind == BoxKind::Flex);
        if (shrinks) return false;
    }
    return false;
}

}  // namespace

Edges resolve_edges(const Box& box, LayoutUnit container) {
    const ComputedStyle& style = *box.style;
    Edges edges;
    edges.margin = {resolved(style.margin.top, container), resolved(style.margin.right, container),
                    resolved(style.margin.bottom, container), resolved(style.margin.left, container)};
    edges.border = {style.border.top.width, style.border.right.width, style.border.bottom.width,
                    style.border.left.width};
    edges.padding = {resolved(style.padding.top, container), resolved(style.padding.right, container),
                     resolved(style.padding.bottom, container), resolved(style.padding.left, container)};
    return edges;
}

IntrinsicWidths intrinsic_widths(LayoutContext& context, const Box& box) {
    LayoutCache& cache = cache_of(context, box);
    if (cache.widths_known) return cache.widths;
    context.tick();
    const Edges edges = resolve_edges(box, {});
    IntrinsicWidths widths;
    if (box.kind == BoxKind::Replaced) {
        const Size size = replaced_size(box, edges, LayoutUnit::max(), std::nullopt);
        // A percentage lets the image shrink with its container.
        const bool fills =
            is_drawing(box) && (*box.image())->vector->natural().width_px <= 0 && box.style->width.is_auto();
        const bool shrinks = fills || box.style->width.has_percent() || box.style->max_width.has_percent();
        // In a column it takes what is left, as in WeasyPrint; alone in a float it would vanish there.
        const bool takes_rest = box.style->width.has_percent() && asks_for_column_width(box);
        widths = {shrinks ? LayoutUnit() : size.width, takes_rest ? LayoutUnit() : size.width};
    } else if (box.kind == BoxKind::Table) {
        if (context.depth < kLayoutDepthMax) {
            ++context.depth;
            widths = table_widths(context, box);
            --context.depth;
        }
    } else {
        widths = content_widths(context, box);
        widths.least += edges.inline_sum();
        widths.most += edges.inline_sum();
        apply_sizes(box, edges, widths);
    }
    cache.widths = widths;
    cache.widths_known = true;
    return widths;
}

IntrinsicWidths content_intrinsic_widths(LayoutContext& context, const Box& box) {
    return content_widths(context, box);
}

LayoutUnit content_least(LayoutContext& context, const Box& box) {
    if (box.kind == BoxKind::Replaced || box.kind == BoxKind::Table) return intrinsic_widths(context, box).least;
    return content_widths(context, box).least + resolve_edges(box, {}).inline_sum();
}

IntrinsicWidths outer_intrinsic_widths(LayoutContext& context, const Box& box) {
    IntrinsicWidths widths = intrinsic_widths(context, box);
    const ComputedStyle& style = *box.style;
    const auto fixed = [](const Length& length) {
        return length.is_value() && !length.has_percent() ? length.px : LayoutUnit();
    };
    const LayoutUnit margins = fixed(style.margin.left) + fixed(style.margin.right);
    return {at_least_zero(widths.least + margins), at_least_zero(widths.most + margins)};
}

LayoutUnit clamp_width(const Box& box, const Edges& edges, LayoutUnit container, LayoutUnit width) {
    const ComputedStyle& style = *box.style;
    if (style.max_width.is_value()) width = std::min(width, border_box(box, edges, style.max_width.resolve(container)));
    if (style.min_width.is_value()) width = std::max(width, border_box(box, edges, style.min_width.resolve(container)));
    return std::max(width, edges.inline_sum());
}

LayoutUnit used_width(LayoutContext& context, const Box& box, LayoutUnit container, const Edges& edges,
                      AutoWidth mode) {
    const Length& width = box.style->width;
    if (box.kind == BoxKind::Replaced) return replaced_size(box, edges, container, std::nullopt).width;
    if (box.kind == BoxKind::Table)
        return table_used_width(context, box, container, container - edges.margin.left - edges.margin.right);
    if (width.is_value()) return clamp_width(box, edges, container, border_box(box, edges, width.resolve(container)));
    const LayoutUnit free = at_least_zero(container - edges.margin.left - edges.margin.right);
    if (width.kind == Length::Kind::MinContent)
        return clamp_width(box, edges, container, intrinsic_widths(context, box).least);
    if (width.kind == Length::Kind::MaxContent)
        return clamp_width(box, edges, container, intrinsic_widths(context, box).most);
    if (mode == AutoWidth::Fit && box.style->rare && box.style->rare->aspect_ratio > 0 &&
        box.style->height.is_value() && !box.style->height.has_percent()) {
        const bool border_sized = box.style->box_sizing == BoxSizing::BorderBox;
        const LayoutUnit across = box.style->height.px.scaled(box.style->rare->aspect_ratio);
        return clamp_width(box, edges, container, border_sized ? across : across + edges.inline_sum());
    }
    if (mode == AutoWidth::Fill && width.kind != Length::Kind::FitContent)
        return clamp_width(box, edges, container, free);
    const IntrinsicWidths widths = intrinsic_widths(context, box);
    return clamp_width(box, edges, container, std::min(std::max(widths.least, free), widths.most));
}

BlockPlacement place_block(LayoutContext& context, const Box& box, LayoutUnit container, const Edges& edges) {
    const ComputedStyle& style = *box.style;
    const LayoutUnit width = used_width(context, box, container, edges, AutoWidth::Fill);
    const LayoutUnit rest = container - width - edges.margin.left - edges.margin.right;
    LayoutUnit left = edges.margin.left;
    const bool auto_left = style.margin.left.is_auto(), auto_right = style.margin.right.is_auto();
    if (rest > LayoutUnit() && auto_left) left = auto_right ? rest / 2 : rest;
    const bool rtl = box.parent != nullptr && box.parent->text_style().direction == Direction::Rtl;
    if (rtl && !auto_left && !auto_right) left = container - width - edges.margin.right;
    return {width, left};
}

std::optional<LayoutUnit> definite_height(const Box& box, const Edges& edges, const Space& space) {
    if (space.height) return space.height;
    if (box.kind == BoxKind::Cell) return std::nullopt;  // its height is its row's least
    const Length& height = box.style->height;
    if (!height.is_value()) return std::nullopt;
    if (height.has_percent() && !space.container_height) return std::nullopt;
    const LayoutUnit base = space.container_height.value_or(LayoutUnit());
    return clamp_height(box, edges, space, border_box_height(box, edges, height.resolve(base)));
}

// https://drafts.csswg.org/css-sizing-4/#aspect-ratio-minimum
LayoutUnit ratio_height(const Box& box, const Edges& edges, const Space& space) {
    if (!box.style->rare || box.style->rare->aspect_ratio <= 0 || !box.style->height.is_auto()) return {};
    const double ratio = box.style->rare->aspect_ratio;
    if (box.style->box_sizing == BoxSizing::BorderBox) return space.width.scaled(1 / ratio);
    return at_least_zero(space.width - edges.inline_sum()).scaled(1 / ratio) + edges.block_sum();
}

LayoutUnit clamp_height(const Box& box, const Edges& edges, const Space& space, LayoutUnit height) {
    const ComputedStyle& style = *box.style;
    const LayoutUnit base = space.container_height.value_or(LayoutUnit());
    const auto usable = [&](const Length& length) {
        return length.is_value() && (!length.has_percent() || space.container_height.has_value());
    };
    if (usable(style.max_height))
        height = std::min(height, border_box_height(box, edges, style.max_height.resolve(base)));
    if (usable(style.min_height))
        height = std::max(height, border_box_height(box, edges, style.min_height.resolve(base)));
    return std::max(height, edges.block_sum());
}

// https://www.w3.org/TR/CSS21/visudet.html#inline-replaced-width and #min-max-widths
Size replaced_size(const Box& box, const Edges& edges, LayoutUnit container,
                   std::optional<LayoutUnit> container_height) {
    const ComputedStyle& style = *box.style;
    const LayoutUnit available =
        container == LayoutUnit::max()
            ? container
            : at_least_zero(container - edges.margin.left - edges.margin.right - edges.inline_sum());
    Size natural = natural_size(box, available);
    if (const RareStyle* rare = style.rare.get(); rare != nullptr && rare->aspect_ratio > 0) {
        const bool own = natural.width > LayoutUnit() && natural.height > LayoutUnit() && rare->aspect_auto;
        if (!own) natural.height = natural.width.scaled(1 / rare->aspect_ratio);
    }
    const bool border_sized = style.box_sizing == BoxSizing::BorderBox;
    const LayoutUnit extra_width = border_sized ? edges.inline_sum() : LayoutUnit();
    const LayoutUnit extra_height = border_sized ? edges.block_sum() : LayoutUnit();
    const auto known = [&](const Length& length, bool base_known) {
        return length.is_value() && (!length.has_percent() || base_known);
    };
    const bool width_base = container != LayoutUnit::max();
    const LayoutUnit height_base = container_height.value_or(LayoutUnit());
    const bool has_width = known(style.width, width_base),
               has_height = known(style.height, container_height.has_value());
    LayoutUnit width = has_width ? at_least_zero(style.width.resolve(container) - extra_width) : natural.width;
    LayoutUnit height = has_height ? at_least_zero(style.height.resolve(height_base) - extra_height) : natural.height;
    const bool ratio = natural.width > LayoutUnit() && natural.height > LayoutUnit() &&
                       (!is_drawing(box) || (*box.image())->vector->natural().ratio > 0);
    if (ratio && has_width && !has_height) height = natural.height.scaled(width.raw(), natural.width.raw());
    if (ratio && has_height && !has_width) width = natural.width.scaled(height.raw(), natural.height.raw());
    const auto limit_width = [&](LayoutUnit wanted) {
        if (ratio && !has_height) height = height.scaled(wanted.raw(), std::max(1, width.raw()));
        width = wanted;
    };
    if (known(style.max_width, width_base))
        if (const LayoutUnit most = at_least_zero(style.max_width.resolve(container) - extra_width); width > most)
            limit_width(most);
    if (known(style.min_width, width_base))
        if (const LayoutUnit least = style.min_width.resolve(container) - extra_width; width < least)
            limit_width(least);
    const auto limit_height = [&](LayoutUnit wanted) {
        if (ratio && !has_width) width = width.scaled(wanted.raw(), std::max(1, height.raw()));
        height = wanted;
    };
    if (known(style.max_height, container_height.has_value()))
        if (const LayoutUnit most = at_least_zero(style.max_height.resolve(height_base) - extra_height); height > most)
            limit_height(most);
    if (known(style.min_height, container_height.has_value()))
        if (const LayoutUnit least = style.min_height.resolve(height_base) - extra_height; height < least)
            limit_height(least);
    return {width + edges.inline_sum(), height + edges.block_sum()};
}

// https://www.w3.org/TR/CSS21/visuren.html#relative-positioning
Point relative_offset(const Box& box, LayoutUnit container_width, std::optional<LayoutUnit> container_height) {
    const Sides<Length>& inset = box.style->inset;
    const auto usable = [&](const Length& length) {
        return length.is_value() && (!length.has_percent() || container_height.has_value());
    };
    const LayoutUnit height = container_height.value_or(LayoutUnit());
    Point offset;
    const bool rtl = box.parent != nullptr && box.parent->text_style().direction == Direction::Rtl;
    if (inset.left.is_value() && !(rtl && inset.right.is_value()))
        offset.x = inset.left.resolve(container_width);
    else if (inset.right.is_value())
        offset.x = -inset.right.resolve(container_width);
    if (usable(inset.top))
        offset.y = inset.top.resolve(height);
    else if (usable(inset.bottom))
        offset.y = -inset.bottom.resolve(height);
    return offset;
}

LayoutUnit baseline_of_atomic(const Fragment& fragment) {
    return fragment.box->kind == BoxKind::Table ? fragment.first_baseline : fragment.baseline;
}

}  // namespace galley::document
