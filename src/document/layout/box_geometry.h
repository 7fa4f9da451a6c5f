// src/document/layout/box_geometry.h — used edges, widths and heights of boxes, and their intrinsic widths.
//
// Source   CSS 2.1 §10; CSS Sizing 3 §5.
#pragma once

#include "document/layout/layout_context.h"

namespace galley::document {

struct Edges {
    Sides<LayoutUnit> margin, border, padding;  // auto margins are 0
    LayoutUnit inline_sum() const { return border.left + border.right + padding.left + padding.right; }
    LayoutUnit block_sum() const { return border.top + border.bottom + padding.top + padding.bottom; }
    LayoutUnit top() const { return border.top + padding.top; }
    LayoutUnit bottom() const { return border.bottom + padding.bottom; }
    LayoutUnit left() const { return border.left + padding.left; }
};

Edges resolve_edges(const Box& box, LayoutUnit container_width);

// Border box widths that content asks for, without margins.
struct IntrinsicWidths {
    LayoutUnit least, most;  // min-content, max-content
};
IntrinsicWidths intrinsic_widths(LayoutContext& context, const Box& box);
// Of the contents alone, whatever sizes the box asks for.
IntrinsicWidths content_intrinsic_widths(LayoutContext& context, const Box& box);
// The least width that the contents allow, whatever width the box asks for.
LayoutUnit content_least(LayoutContext& context, const Box& box);
// The same with margins (percentages and auto as 0): what a container adds up.
IntrinsicWidths outer_intrinsic_widths(LayoutContext& context, const Box& box);

enum class AutoWidth : std::uint8_t { Fill, Fit };

// Border box width in a container: specified, filling or shrunk to fit, clamped by min- and max-width.
LayoutUnit used_width(LayoutContext& context, const Box& box, LayoutUnit container, const Edges& edges, AutoWidth mode);
// Width with margins: the auto ones share what is left (block level boxes).
struct BlockPlacement {
    LayoutUnit width, left;  // left: from the container's content edge to the border box
};
BlockPlacement place_block(LayoutContext& context, const Box& box, LayoutUnit container, const Edges& edges);

// What a given height leaves where `consumed` of it stands on earlier pages. Used up, it begins anew, as in WeasyPrint:
// what follows stands below content that stood out.
constexpr LayoutUnit rest_of_height(LayoutUnit height, LayoutUnit consumed) {
    return consumed < height ? height - consumed : height;
}

// A definite border box height, or nothing for auto. Percentages need a definite container.
std::optional<LayoutUnit> definite_height(const Box& box, const Edges& edges, const Space& space);
// The border box height that aspect-ratio gives an automatic height; 0 without one. Contents may make it higher.
LayoutUnit ratio_height(const Box& box, const Edges& edges, const Space& space);
// Applies min-height and max-height to a border box height.
LayoutUnit clamp_height(const Box& box, const Edges& edges, const Space& space, LayoutUnit height);
LayoutUnit clamp_width(const Box& box, const Edges& edges, LayoutUnit container, LayoutUnit width);

// Border box size of an image (Replaced), proportions kept.
Size replaced_size(const Box& box, const Edges& edges, LayoutUnit container_width,
                   std::optional<LayoutUnit> container_height);

// How far position: relative moves a box.
Point relative_offset(const Box& box, LayoutUnit container_width, std::optional<LayoutUnit> container_height);

// Of an inline-level box on its line: of inline tables the first row's, of others the last line's (CSS 2.1 §10.8.1).
LayoutUnit baseline_of_atomic(const Fragment& fragment);

}  // namespace galley::document
