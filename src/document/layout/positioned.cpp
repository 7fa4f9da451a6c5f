#include "document/layout/positioned.h"

#include <algorithm>

#include "document/layout/box_geometry.h"

namespace galley::document {

namespace {

struct Visit {
    Fragment* fragment;
    Point corner;  // of its border box
    Rect block;    // containing block for positioned descendants
};

bool establishes_block(const Fragment& fragment) {
    return fragment.kind == FragmentKind::Box &&
           (fragment.box->style->position != Position::Static || fragment.box->style->transform.has_value());
}

Rect padding_box(const Fragment& fragment, Point corner) {
    const Sides<LayoutUnit>& border = fragment.border;
    return {corner.x + border.left, corner.y + border.top, fragment.size.width - border.left - border.right,
            fragment.size.height - border.top - border.bottom};
}

// Space left for margins when both insets and the size are given: auto margins share it.
LayoutUnit auto_share(LayoutUnit rest, bool before_auto, bool after_auto) {
    if (!before_auto || rest <= LayoutUnit()) return {};
    return after_auto ? rest / 2 : rest;
}

// https://www.w3.org/TR/CSS21/visudet.html#abs-non-replaced-width — the direction of the block that would hold the box.
bool flows_right_to_left(const Box& box) {
    const Box* parent = box.parent;
    while (parent != nullptr && parent->kind == BoxKind::Inline) parent = parent->parent;
    return parent != nullptr && parent->text_style().direction == Direction::Rtl;
}

}  // namespace

Fragment* layout_positioned(LayoutContext& context, const Box& box, const Rect& block, Point static_place,
                            bool right_to_left) {
    const ComputedStyle& style = *box.style;
    const Edges edges = resolve_edges(box, block.width);
    const Sides<Length>& inset = style.inset;
    const LayoutUnit left = inset.left.is_value() ? inset.left.resolve(block.width) : LayoutUnit();
    const LayoutUnit right = inset.right.is_value() ? inset.right.resolve(block.width) : LayoutUnit();
    const LayoutUnit top = inset.top.is_value() ? inset.top.resolve(block.height) : LayoutUnit();
    const LayoutUnit bottom = inset.bottom.is_value() ? inset.bottom.resolve(block.height) : LayoutUnit();
    const bool both_x = inset.left.is_value() && inset.right.is_value(),
               both_y = inset.top.is_value() && inset.bottom.is_value();
    Space space;
    space.container_width = block.width;
    space.container_height = block.height;
    const bool fills = both_x && style.width.is_auto() && box.kind != BoxKind::Replaced && box.kind != BoxKind::Table;
    const LayoutUnit room = std::max(LayoutUnit(), block.width - left - right);
    space.width = style.width.is_auto()
                      ? used_width(context, box, room, edges, fills ? AutoWidth::Fill : AutoWidth::Fit)
                      : used_width(context, box, block.width, edges, AutoWidth::Fit);
    if (both_y && style.height.is_auto() && box.kind != BoxKind::Replaced)
        space.height =
            clamp_height(box, edges, space, block.height - top - bottom - edges.margin.top - edges.margin.bottom);
    const LayoutResult result = layout_box(context, box, space, nullptr);
    if (result.fragment == nullptr) return nullptr;
    Fragment& fragment = *result.fragment;
    const Size outer{fragment.size.width + edges.margin.left + edges.margin.right,
                     fragment.size.height + edges.margin.top + edges.margin.bottom};
    Point at = static_place;
    const bool counts_right = right_to_left && both_x && !style.margin.left.is_auto() && !style.margin.right.is_auto();
    if (inset.left.is_value() && !counts_right)
        at.x = block.x + left;
    else if (inset.right.is_value())
        at.x = block.right() - right - outer.width;
    else if (right_to_left)
        at.x -= outer.width;
    if (inset.top.is_value())
        at.y = block.y + top;
    else if (inset.bottom.is_value())
        at.y = block.bottom() - bottom - outer.height;
    if (both_x)
        at.x += auto_share(block.width - left - right - outer.width, style.margin.left.is_auto(),
                           style.margin.right.is_auto());
    if (both_y)
        at.y += auto_share(block.height - top - bottom - outer.height, style.margin.top.is_auto(),
                           style.margin.bottom.is_auto());
    fragment.offset = {at.x + edges.margin.left, at.y + edges.margin.top};
    return &fragment;
}

void resolve_positioned(LayoutContext& context, Fragment& root, Point corner, const Rect& page_area) {
    std::vector<Visit> stack{{&root, corner, page_area}};
    while (!stack.empty() && !context.stopped) {
        const Visit visit = stack.back();
        stack.pop_back();
        Fragment& fragment = *visit.fragment;
        if (fragment.kind == FragmentKind::Placeholder && fragment.box->style->position == Position::Running) continue;
        if (fragment.kind == FragmentKind::Placeholder && fragment.first_child == nullptr) {
            Fragment* made = layout_positioned(context, *fragment.box, visit.block, visit.corner,
                                               flows_right_to_left(*fragment.box));
            if (made == nullptr) continue;
            made->offset = {made->offset.x - visit.corner.x, made->offset.y - visit.corner.y};
            fragment.append(*made);
        }
        const Rect block = establishes_block(fragment) ? padding_box(fragment, visit.corner) : visit.block;
        for (Fragment* child = fragment.first_child; child != nullptr; child = child->next)
            if (child->kind != FragmentKind::Text) stack.push_back({child, visit.corner + child->offset, block});
    }
}

}  // namespace galley::document
