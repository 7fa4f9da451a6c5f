#include "document/layout/margin_boxes.h"

#include <algorithm>
#include <array>

#include "document/box/box_builder.h"
#include "document/box/box_fixup.h"
#include "document/box/image_store.h"
#include "document/layout/box_geometry.h"
#include "document/layout/page_sources.h"

namespace galley::document {

namespace {

// https://www.w3.org/TR/css-gcpm-3/#funcdef-element
Box* running_box(const PageElements* elements, std::string_view name, std::string_view keyword) {
    if (elements == nullptr) return nullptr;
    const auto found = elements->find(name);
    if (found == elements->end()) return nullptr;
    const PageElement& element = found->second;
    if (keyword == "last") return element.last;
    if (keyword == "start") return element.at_start ? element.first : element.entry;
    if (keyword == "first-except") return element.assigned ? nullptr : element.entry;
    return element.first;
}

void add_image(LayoutContext& context, const ComputedStyle& style, std::string_view url, ImageStore* images, Box& box) {
    std::shared_ptr<const ImageData> image = images != nullptr ? images->get(url) : nullptr;
    if (image == nullptr) return;
    Box& picture =
        context.tree.make(BoxKind::Replaced, *context.styled.anonymous_style(style, Display::Inline), nullptr);
    context.tree.extras(picture).image = context.tree.keep(std::move(image));
    picture.inline_level = picture.line_content = picture.generated = true;
    append_child(box, picture);
}

// The margin box with its content as boxes; null when nothing is to be shown.
Box* make_box(LayoutContext& context, const ComputedStyle& style, MarginContent& content) {
    if (!style.content || style.display == Display::None) return nullptr;
    PageSources sources(*content.counters, content.page_count, context.styled.counter_styles(), content.strings);
    Box& box = context.tree.make(BoxKind::Block, style, nullptr);
    box.generated = box.new_context = true;
    for (const ContentPart& part : evaluate_content(*style.content, style.text->quotes, sources)) {
        if (part.kind == ContentPart::Kind::Element) {
            Box* running = running_box(content.elements, part.text, part.keyword);
            if (running == nullptr) continue;
            if (!context.tree.page_contents.empty()) refresh_page_contents(context.tree, *running, sources);
            append_child(box, *running);
            continue;
        }
        if (part.kind == ContentPart::Kind::Image) {
            add_image(context, style, part.text, content.images, box);
            continue;
        }
        Box& text =
            context.tree.make(part.kind == ContentPart::Kind::Leader ? BoxKind::Leader : BoxKind::Text, style, nullptr);
        text.set_text(context.tree.keep(part.text));
        text.inline_level = text.line_content = true;
        append_child(box, text);
    }
    finish_box({context.tree, context.styled}, box);
    return &box;
}

struct Slot {
    Box* box = nullptr;
    Edges edges;
};

MarginBoxSize width_wish(LayoutContext& context, const Slot& slot, LayoutUnit available) {
    if (slot.box == nullptr) return {};
    const LayoutUnit margins = slot.edges.margin.left + slot.edges.margin.right;
    const Length& width = slot.box->style->width;
    if (width.is_value()) {
        const LayoutUnit fixed = used_width(context, *slot.box, available, slot.edges, AutoWidth::Fit) + margins;
        return {true, fixed, fixed, true};
    }
    const IntrinsicWidths widths = intrinsic_widths(context, *slot.box);
    return {true, widths.least + margins, widths.most + margins, false};
}

// Boxes in the left and right margins: their text's height at the margin's width.
MarginBoxSize height_wish(LayoutContext& context, const Slot& slot, LayoutUnit width, LayoutUnit available) {
    if (slot.box == nullptr) return {};
    Space space;
    space.container_width = width;
    space.container_height = available;
    space.width = std::max(LayoutUnit(), width - slot.edges.margin.left - slot.edges.margin.right);
    const LayoutResult result = layout_box(context, *slot.box, space, nullptr);
    const LayoutUnit height = (result.fragment != nullptr ? result.fragment->size.height : LayoutUnit()) +
                              slot.edges.margin.top + slot.edges.margin.bottom;
    return {true, height, height, slot.box->style->height.is_value()};
}

// https://www.w3.org/TR/css-page-3/#margin-text-alignment — the content moves within the box's height.
void align_block(Fragment& fragment) {
    LayoutUnit end;
    for (const Fragment* child = fragment.first_child; child != nullptr; child = child->next)
        end = std::max(end, child->offset.y + child->size.height);
    const LayoutUnit rest = fragment.size.height - fragment.border.bottom - fragment.padding.bottom - end;
    LayoutUnit down;
    if (fragment.box->style->vertical_align == VerticalAlign::Middle) down = rest / 2;
    if (fragment.box->style->vertical_align == VerticalAlign::Bottom) down = rest;
    for (Fragment* child = fragment.first_child; child != nullptr; child = child->next) child->offset.y += down;
}

class MarginLayout {
 public:
    MarginLayout(LayoutContext& context, const PageBox& page, MarginContent& content) : context_(context), page_(page) {
        for (std::size_t i = 0; i < kMarginBoxCount; ++i) {
            const ComputedStyle* style = page.style.margin_boxes[i];
            if (style == nullptr) continue;
            slots_[i].box = make_box(context, *style, content);
            if (slots_[i].box != nullptr) slots_[i].edges = resolve_edges(*slots_[i].box, page.style.size.width);
        }
    }
    std::vector<Fragment*> run() {
        const Sides<LayoutUnit>& margin = page_.margin;
        const LayoutUnit width = page_.style.size.width, height = page_.style.size.height;
        const LayoutUnit right = width - margin.right, bottom = height - margin.bottom;
        place(MarginBox::TopLeftCorner, {{}, {}, margin.left, margin.top});
        place(MarginBox::TopRightCorner, {right, {}, margin.right, margin.top});
        place(MarginBox::BottomLeftCorner, {{}, bottom, margin.left, margin.bottom});
        place(MarginBox::BottomRightCorner, {right, bottom, margin.right, margin.bottom});
        const LayoutUnit inner_width = right - margin.left, inner_height = bottom - margin.top;
        row(MarginBox::TopLeft, MarginBox::TopCenter, MarginBox::TopRight, {margin.left, {}, inner_width, margin.top});
        row(MarginBox::BottomLeft, MarginBox::BottomCenter, MarginBox::BottomRight,
            {margin.left, bottom, inner_width, margin.bottom});
        column(MarginBox::LeftTop, MarginBox::LeftMiddle, MarginBox::LeftBottom,
               {{}, margin.top, margin.left, inner_height});
        column(MarginBox::RightTop, MarginBox::RightMiddle, MarginBox::RightBottom,
               {right, margin.top, margin.right, inner_height});
        return std::move(made_);
    }

 private:
    Slot& slot(MarginBox which) { return slots_[static_cast<std::size_t>(which)]; }
    void place(MarginBox which, const Rect& rect);
    void row(MarginBox start, MarginBox center, MarginBox end, const Rect& rect);
    void column(MarginBox start, MarginBox center, MarginBox end, const Rect& rect);

    LayoutContext& context_;
    const PageBox& page_;
    std::array<Slot, kMarginBoxCount> slots_;
    std::vector<Fragment*> made_;
};

bool is_top(MarginBox which) {
    return which <= MarginBox::TopRightCorner;
}
bool is_left(MarginBox which) {
    return which == MarginBox::TopLeftCorner || which >= MarginBox::BottomLeftCorner;
}
bool is_side(MarginBox which) {  // the margin's width is given, not shared
    return which == MarginBox::TopLeftCorner || which == MarginBox::BottomLeftCorner || which > MarginBox::BottomLeft ||
           (which >= MarginBox::TopRightCorner && which <= MarginBox::BottomRightCorner);
}
bool is_shared_height(MarginBox which) {
    return (which >= MarginBox::RightTop && which <= MarginBox::RightBottom) || which >= MarginBox::LeftBottom;
}

// https://www.w3.org/TR/css-page-3/#margin-dimension — across its margin a box of given size lies at the page's area,
// the margin on the paper's side taking what is left; auto margins share it.
void fit_across(LayoutUnit& start, LayoutUnit& length, LayoutUnit wanted, bool at_end, bool auto_start, bool auto_end) {
    const LayoutUnit rest = length - wanted;
    if (rest < LayoutUnit())
        start += at_end ? rest : LayoutUnit();  // over-constrained: out of the page's margin
    else if (auto_start && auto_end)
        start += rest / 2;
    else if (auto_start || (!auto_end && at_end))
        start += rest;
    length = wanted;
}

void MarginLayout::place(MarginBox which, const Rect& whole) {
    const Slot& slot = this->slot(which);
    if (slot.box == nullptr) return;
    const Edges& edges = slot.edges;
    const ComputedStyle& style = *slot.box->style;
    Rect rect = whole;
    Space outer;
    outer.container_width = whole.width;
    outer.container_height = whole.height;
    if (!is_shared_height(which))
        if (const auto height = definite_height(*slot.box, edges, outer))
            fit_across(rect.y, rect.height, *height + edges.margin.top + edges.margin.bottom, is_top(which),
                       style.margin.top.is_auto(), style.margin.bottom.is_auto());
    if (is_side(which) && style.width.is_value())
        fit_across(rect.x, rect.width,
                   used_width(context_, *slot.box, whole.width, edges, AutoWidth::Fit) + edges.margin.left +
                       edges.margin.right,
                   is_left(which), style.margin.left.is_auto(), style.margin.right.is_auto());
    Space space;
    space.container_width = rect.width;
    space.container_height = rect.height;
    space.width = std::max(LayoutUnit(), rect.width - edges.margin.left - edges.margin.right);
    space.height = std::max(LayoutUnit(), rect.height - edges.margin.top - edges.margin.bottom);
    const LayoutResult result = layout_box(context_, *slot.box, space, nullptr);
    if (result.fragment == nullptr) return;
    result.fragment->offset = {rect.x + edges.margin.left, rect.y + edges.margin.top};
    align_block(*result.fragment);
    made_.push_back(result.fragment);
}

void MarginLayout::row(MarginBox start, MarginBox center, MarginBox end, const Rect& rect) {
    const auto wish = [&](MarginBox which) { return width_wish(context_, slot(which), rect.width); };
    const MarginBoxSizes sizes = fit_margin(wish(start), wish(center), wish(end), rect.width);
    place(start, {rect.x, rect.y, sizes.start, rect.height});
    place(center, {rect.x + (rect.width - sizes.center) / 2, rect.y, sizes.center, rect.height});
    place(end, {rect.right() - sizes.end, rect.y, sizes.end, rect.height});
}

void MarginLayout::column(MarginBox start, MarginBox center, MarginBox end, const Rect& rect) {
    const auto wish = [&](MarginBox which) { return height_wish(context_, slot(which), rect.width, rect.height); };
    const MarginBoxSizes sizes = share_margin(wish(start), wish(center), wish(end), rect.height);
    place(start, {rect.x, rect.y, rect.width, sizes.start});
    place(center, {rect.x, rect.y + (rect.height - sizes.center) / 2, rect.width, sizes.center});
    place(end, {rect.x, rect.bottom() - sizes.end, rect.width, sizes.end});
}

// §5.3.2.1: two boxes share a length by what their contents ask for.
std::pair<LayoutUnit, LayoutUnit> share_two(const MarginBoxSize& a, const MarginBoxSize& b, LayoutUnit available) {
    if (a.fixed && b.fixed) return {a.most, b.most};
    if (a.fixed) return {a.most, std::max(b.least, available - a.most)};
    if (b.fixed) return {std::max(a.least, available - b.most), b.most};
    const LayoutUnit most = a.most + b.most, least = a.least + b.least;
    const auto part = [&](LayoutUnit base, LayoutUnit rest, LayoutUnit weight, LayoutUnit weights) {
        return weights > LayoutUnit() ? base + rest.scaled(weight.raw(), weights.raw()) : base + rest / 2;
    };
    LayoutUnit first;
    if (most <= available)
        first = part(a.most, available - most, a.most, most);
    else if (least <= available)
        first = part(a.least, available - least, a.most - a.least, most - least);
    else
        first = part(a.least, available - least, a.least, least);
    return {first, available - first};
}

LayoutUnit fitted(const MarginBoxSize& box, LayoutUnit room) {
    return box.fixed ? box.most : std::min(std::max(box.least, room), box.most);
}

// Beside another one, for whose contents there is no room on one line.
LayoutUnit squeezed(const MarginBoxSize& box, LayoutUnit other_least, LayoutUnit other_most, LayoutUnit available) {
    const LayoutUnit rest = available - box.least - other_least;
    const LayoutUnit weight = box.most - box.least, weights = weight + other_most - other_least;
    if (rest <= LayoutUnit() || weights <= LayoutUnit()) return box.least;
    return box.least + rest.scaled(weight.raw(), weights.raw());
}

}  // namespace

MarginBoxSizes fit_margin(const MarginBoxSize& start, const MarginBoxSize& center, const MarginBoxSize& end,
                          LayoutUnit available) {
    if (center.present) {
        const LayoutUnit least = std::max(start.least, end.least) * 2, most = std::max(start.most, end.most) * 2;
        const bool whole = center.fixed || center.most + most <= available;
        const LayoutUnit middle = whole ? center.most : squeezed(center, least, most, available);
        const LayoutUnit side = (available - middle) / 2;
        return {fitted(start, side), middle, fitted(end, side)};
    }
    if (start.fixed || end.fixed || !start.present || !end.present)
        return {fitted(start, end.fixed ? available - end.most : available),
                {},
                fitted(end, start.fixed ? available - start.most : available)};
    if (start.most + end.most <= available) return {start.most, {}, end.most};
    return {squeezed(start, end.least, end.most, available), {}, squeezed(end, start.least, start.most, available)};
}

MarginBoxSizes share_margin(const MarginBoxSize& start, const MarginBoxSize& center, const MarginBoxSize& end,
                            LayoutUnit available) {
    MarginBoxSizes sizes;
    if (!center.present) {
        if (start.present && end.present)
            std::tie(sizes.start, sizes.end) = share_two(start, end, available);
        else if (start.present)
            sizes.start = start.fixed ? start.most : available;
        else if (end.present)
            sizes.end = end.fixed ? end.most : available;
        return sizes;
    }
    MarginBoxSize sides;  // the centre stays in the middle: both sides count as the larger one
    sides.present = start.present || end.present;
    sides.least = std::max(start.least, end.least) * 2;
    sides.most = std::max(start.most, end.most) * 2;
    sides.fixed = sides.present && (!start.present || start.fixed) && (!end.present || end.fixed);
    sizes.center = center.fixed ? center.most : sides.present ? share_two(center, sides, available).first : available;
    const LayoutUnit side = std::max(LayoutUnit(), (available - sizes.center) / 2);
    if (start.present) sizes.start = start.fixed ? start.most : side;
    if (end.present) sizes.end = end.fixed ? end.most : side;
    return sizes;
}

bool margin_boxes_need_page_count(const PageStyle& style, const BoxTree& tree) {
    for (const ComputedStyle* box : style.margin_boxes) {
        if (box == nullptr || !box->content) continue;
        for (const ContentItem& item : *box->content) {
            if (item.kind == ContentItem::Kind::Element && tree.running_shows_pages) return true;
            if (item.name == "pages" &&
                (item.kind == ContentItem::Kind::Counter || item.kind == ContentItem::Kind::Counters))
                return true;
        }
    }
    return false;
}

std::vector<Fragment*> lay_margin_boxes(LayoutContext& context, const PageBox& page, MarginContent& content) {
    return MarginLayout(context, page, content).run();
}

}  // namespace galley::document
