#include "document/layout/block_layout.h"

#include <algorithm>

#include "document/layout/box_geometry.h"
#include "document/layout/break_rules.h"
#include "document/layout/columns_layout.h"
#include "document/layout/content_layout.h"
#include "document/layout/flex_layout.h"
#include "document/layout/table_layout.h"

namespace galley::document {

namespace {

bool top_adjoins_children(const Box& box, const Edges& edges) {
    return box.kind == BoxKind::Block && !box.new_context && !box.children_inline && edges.top() == LayoutUnit();
}

bool bottom_adjoins_children(const Box& box, const Edges& edges) {
    return box.kind == BoxKind::Block && !box.new_context && !box.children_inline && edges.bottom() == LayoutUnit() &&
           box.style->height.is_auto() &&
           !(box.style->min_height.is_value() && box.style->min_height.px > LayoutUnit());
}

class BlockBox {
 public:
    BlockBox(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token)
        : context_(context),
          box_(box),
          space_(space),
          token_(token),
          edges_(resolve_edges(box, space.container_width)),
          fragment_(context.make_fragment(FragmentKind::Box, box)) {
        if (space.borders != nullptr) edges_.border = *space.borders;
        if (token != nullptr && box.style->box_decoration_break == BoxDecorationBreak::Slice)
            edges_.border.top = edges_.padding.top = {};
        fragment_.has_start = token == nullptr;
        fragment_.size.width = space.width;
    }
    LayoutResult run();

 private:
    ContentSpace content_space(std::optional<LayoutUnit> height, LayoutUnit kept_below);
    bool may_go_on() const;
    bool may_hang_over() const;
    LayoutUnit rest_of(LayoutUnit height) const { return rest_of_height(height, consumed()); }
    bool fits_page(LayoutUnit height) const { return space_.fragmented() && height - edges_.bottom() <= space_.page; }
    ContentResult lay_content(const ContentSpace& inner);
    LayoutResult finish(const ContentResult& content, std::optional<LayoutUnit> height);
    void resume_floats(const ContentSpace& inner);
    void set_token(LayoutResult& result, const BreakToken& token, Appeal appeal) const;
    void add_marker();
    bool own_floats_used() const { return box_.new_context || space_.floats == nullptr; }
    LayoutUnit consumed() const { return token_ != nullptr ? token_->consumed : LayoutUnit(); }
    LayoutUnit with_floats(LayoutUnit height) const;

    LayoutContext& context_;
    const Box& box_;
    const Space& space_;
    const BreakToken* token_;
    Edges edges_;
    Fragment& fragment_;
    FloatContext own_floats_;
};

// The bottom edge takes room on the page only where the box ends there; most boxes do not reach that far. Boxes that do
// are laid out again with the edge kept free, a few levels deep.
bool BlockBox::may_go_on() const {
    constexpr int kRetriesMax = 3;
    return space_.fragmented() && edges_.bottom() > LayoutUnit() && context_.retries < kRetriesMax &&
           box_.style->box_decoration_break == BoxDecorationBreak::Slice && !may_hang_over();
}

// The bottom edge of a box of blocks that begins its page, as wrappers of a whole document do, makes no page of its
// own: it hangs over the page's end, as in WeasyPrint.
bool BlockBox::may_hang_over() const {
    return space_.fragmented() && space_.at_top && !box_.children_inline &&
           box_.style->box_decoration_break == BoxDecorationBreak::Slice;
}

ContentSpace BlockBox::content_space(std::optional<LayoutUnit> height, LayoutUnit kept_below) {
    ContentSpace inner;
    inner.width = std::max(LayoutUnit(), space_.width - edges_.inline_sum());
    if (height) inner.height = std::max(LayoutUnit(), *height - edges_.block_sum());
    // What stands out of a box of given height goes on at the next page, unless it is cut off anyway. Floats that fit
    // stay whole, as in WeasyPrint: most are cells of a grid.
    const bool fits = height && fits_page(rest_of(*height));
    inner.page = page_left(space_.page, edges_.top() + (fits ? LayoutUnit() : kept_below));
    if (fits && (box_.floating || box_.style->overflow != Overflow::Visible)) inner.page = LayoutUnit::max();
    inner.at_top = space_.at_top;
    inner.start_adjoins = token_ == nullptr && top_adjoins_children(box_, edges_);
    if (inner.start_adjoins && space_.start) {
        inner.start = space_.start;
        inner.start->before.add(edges_.margin.top);
    }
    inner.in_fragment = {edges_.left(), edges_.top()};
    const bool own = own_floats_used();
    inner.floats = own ? &own_floats_ : space_.floats;
    inner.in_context = own ? Point{} : space_.in_context + inner.in_fragment;
    return inner;
}

ContentResult BlockBox::lay_content(const ContentSpace& inner) {
    if (context_.depth >= kLayoutDepthMax) {
        context_.too_deep = true;
        return {};
    }
    const bool columns = has_columns(*box_.style);
    if (token_ != nullptr && !columns) resume_floats(inner);
    if (token_ != nullptr && token_->finished && !columns) return {};
    ++context_.depth;
    const ContentResult content = columns                ? layout_columns(context_, box_, fragment_, inner, token_)
                                  : box_.children_inline ? layout_lines(context_, box_, fragment_, inner, token_)
                                                         : layout_blocks(context_, box_, fragment_, inner, token_);
    --context_.depth;
    return content;
}

void BlockBox::resume_floats(const ContentSpace& inner) {
    for (const FloatRest& rest : token_->floats) {
        ContentSpace space = inner;
        space.width = rest.width;
        space.in_context.x += rest.left;
        space.in_fragment.x += rest.left;
        if (Fragment* placed = place_float(context_, *rest.box, space, {{}, false, rest.token}))
            fragment_.append(*placed);
    }
}

// Formatting contexts reach down to the end of their floats.
LayoutUnit BlockBox::with_floats(LayoutUnit height) const {
    return own_floats_.empty() ? height : std::max(height, own_floats_.bottom());
}

// https://www.w3.org/TR/css-lists-3/#list-style-position-outside
void BlockBox::add_marker() {
    if (box_.marker() == nullptr || token_ != nullptr) return;
    const Box& marker = *box_.marker();
    Space space;
    space.container_width = space_.width;
    space.width = intrinsic_widths(context_, marker).most;
    const LayoutResult result = layout_box(context_, marker, space, nullptr);
    if (result.fragment == nullptr) return;
    Fragment& placed = *result.fragment;
    const LayoutUnit gap = context_.font(marker.text_style()).space;
    const bool rtl = box_.text_style().direction == Direction::Rtl;
    placed.offset.x = rtl ? space_.width + gap : -space.width - gap;
    placed.offset.y = edges_.top();
    fragment_.append(placed);
    if (!fragment_.has_baseline) {
        fragment_.size.height = std::max(fragment_.size.height, edges_.block_sum() + placed.size.height);
        note_baseline(fragment_, placed);
    }
}

void BlockBox::set_token(LayoutResult& result, const BreakToken& token, Appeal appeal) const {
    result.token = &token;
    result.appeal = appeal;
    if (avoids_inside(box_) && !token.forced) result.appeal = Appeal::Violating;
}

LayoutResult BlockBox::finish(const ContentResult& content, std::optional<LayoutUnit> height) {
    LayoutResult result;
    result.fragment = &fragment_;
    BreakToken* token = content.token;
    if (const std::vector<FloatRest> rests = own_floats_.rests(); !rests.empty()) {
        if (token == nullptr) {
            token = &context_.make_token(box_);
            token->finished = true;
        }
        const std::span<FloatRest> kept = context_.box_span<FloatRest>(rests.size());
        std::ranges::copy(rests, kept.begin());
        token->floats = kept;
    }
    const bool broken = token != nullptr;
    if (broken && box_.style->box_decoration_break == BoxDecorationBreak::Slice)
        edges_.border.bottom = edges_.padding.bottom = {};
    fragment_.has_end = !broken;
    fragment_.border = edges_.border;
    fragment_.padding = edges_.padding;
    LayoutUnit inner = content.height;
    MarginStrut end;
    if (!broken && bottom_adjoins_children(box_, edges_)) {
        end = content.end_strut;
    } else if (!broken) {
        inner = std::max(LayoutUnit(), inner + content.end_strut.sum());
    }
    inner = with_floats(inner);
    LayoutUnit outer = inner + edges_.top() + edges_.bottom();
    const bool fits = height && fits_page(rest_of(*height));
    if (!broken && height)
        outer = std::max(edges_.top() + edges_.bottom(), rest_of(*height));
    else if (!broken)
        outer = clamp_height(box_, edges_, space_, std::max(outer + consumed(), ratio_height(box_, edges_, space_))) -
                consumed();
    else if (!height && space_.fragmented() && !box_.style->max_height.is_value())
        outer = std::max(outer, space_.page);  // what goes on fills the rest of the page
    else if (fits)
        outer = std::max(outer, rest_of(*height));
    fragment_.size.height = outer;
    end.add(broken ? LayoutUnit() : edges_.margin.bottom);
    result.end_strut = end;
    if (broken) {
        token->consumed = consumed() + (fits ? rest_of(*height) : content.height);
        set_token(result, *token, content.appeal);
    }
    add_marker();
    return result;
}

LayoutResult BlockBox::run() {
    const std::optional<LayoutUnit> height = definite_height(box_, edges_, space_);
    const std::size_t floats_before = space_.floats != nullptr ? space_.floats->mark() : 0;
    const bool tries = may_go_on();
    ContentResult content =
        lay_content(content_space(height, tries || may_hang_over() ? LayoutUnit() : edges_.bottom()));
    if (tries && !content.refused && content.token == nullptr && !height &&
        edges_.top() + content.height + content.end_strut.sum() + edges_.bottom() > space_.page) {
        fragment_.truncate(nullptr);
        fragment_.has_baseline = false;
        if (own_floats_used()) own_floats_.release(0);
        if (space_.floats != nullptr && !own_floats_used()) space_.floats->release(floats_before);
        ++context_.retries;
        content = lay_content(content_space(height, edges_.bottom()));
        --context_.retries;
    }
    if (content.refused) return {};
    return finish(content, height);
}

LayoutResult layout_replaced(LayoutContext& context, const Box& box, const Space& space) {
    Fragment& fragment = context.make_fragment(FragmentKind::Box, box);
    const Edges edges = resolve_edges(box, space.container_width);
    fragment.border = edges.border;
    fragment.padding = edges.padding;
    fragment.size = replaced_size(box, edges, space.container_width, space.container_height);
    if (space.width != fragment.size.width && fragment.size.width > LayoutUnit() && !space.height) {
        // The parent (flex) decided the width: keep the proportions where the height is free.
        if (box.style->height.is_auto() && box.style->width.is_auto())
            fragment.size.height = fragment.size.height.scaled(space.width.raw(), fragment.size.width.raw());
        fragment.size.width = space.width;
    }
    if (space.height) fragment.size = {space.width, *space.height};
    LayoutResult result;
    result.fragment = &fragment;
    result.end_strut.add(edges.margin.bottom);
    return result;
}

LayoutResult dispatch(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token) {
    switch (box.kind) {
        case BoxKind::Replaced:
            return layout_replaced(context, box, space);
        case BoxKind::Table:
            return layout_table(context, box, space, token);
        case BoxKind::Flex:
            return layout_flex(context, box, space, token);
        default:
            return layout_block(context, box, space, token);
    }
}

}  // namespace

void add_through_margins(const Box& root, LayoutUnit width, MarginStrut& strut) {
    for (const Box* box = &root; box != nullptr;) {
        if (box->in_flow() && !box->inline_level) {
            const Edges edges = resolve_edges(*box, width);
            strut.add(edges.margin.top);
            strut.add(edges.margin.bottom);
        }
        if (box->first_child != nullptr && box->in_flow() && !box->children_inline) {
            box = box->first_child;
            continue;
        }
        while (box != &root && box->next == nullptr) box = box->parent;
        box = box == &root ? nullptr : box->next;
    }
}

MarginStrut start_strut(const Box& root, LayoutUnit width) {
    MarginStrut strut;
    for (const Box* box = &root; box != nullptr;) {
        const Edges edges = resolve_edges(*box, width);
        strut.add(edges.margin.top);
        if (!top_adjoins_children(*box, edges)) break;
        const Box* child = box->first_child;
        // Clearance keeps the margin of what stands below a float from its parent's.
        bool floats = false, cleared = false;
        for (; child != nullptr && !cleared && (!child->in_flow() || child->empty_through); child = child->next) {
            floats = floats || child->floating;
            cleared = child->in_flow() && floats && child->style->clear != Clear::None;
            if (child->in_flow() && !cleared) add_through_margins(*child, width, strut);
        }
        cleared = cleared || (floats && child != nullptr && child->style->clear != Clear::None);
        box = cleared ? nullptr : child;
    }
    return strut;
}

namespace {

// Padding and border below a float's content may hang over the page's end: better than a page for them alone.
LayoutResult lay_float(LayoutContext& context, const Box& box, Space& space, const Edges& edges,
                       const BreakToken* token) {
    const LayoutResult result = layout_box(context, box, space, token);
    if (result.token == nullptr || edges.bottom() == LayoutUnit()) return result;
    Space whole = space;
    whole.page = LayoutUnit::max();
    const LayoutResult unbroken = layout_box(context, box, whole, token);
    const bool fits = unbroken.fragment != nullptr && unbroken.fragment->size.height - edges.bottom() <= space.page;
    return fits ? unbroken : result;
}

}  // namespace

// A float is broken where the page ends. One that avoids breaks, or finds its place further down, goes to the next page
// as a whole.
Fragment* place_float(LayoutContext& context, const Box& box, const ContentSpace& space, const FloatPlace& place) {
    const Edges edges = resolve_edges(box, space.width);
    const LayoutUnit margin_top = place.token == nullptr ? edges.margin.top : LayoutUnit();
    LayoutUnit start = space.in_context.y + place.top;
    if (box.style->clear != Clear::None && place.token == nullptr)
        start = std::max(start, space.floats->clear_edge(box.style->clear));
    Space inner;
    inner.container_width = space.width;
    inner.container_height = space.height;
    inner.width = used_width(context, box, space.width, edges, AutoWidth::Fit);
    inner.page = page_left(space.page, start - space.in_context.y + margin_top);
    const LayoutResult result = lay_float(context, box, inner, edges, place.token);
    if (result.fragment == nullptr) return nullptr;
    Fragment& fragment = *result.fragment;
    const bool broken = result.token != nullptr;
    if (broken && place.may_refuse && avoids_inside(box)) return nullptr;
    if (broken) fragment.size.height = std::max(fragment.size.height, inner.page);
    const Size outer{edges.margin.left + fragment.size.width + edges.margin.right,
                     margin_top + fragment.size.height + (broken ? LayoutUnit() : edges.margin.bottom)};
    const Point at = space.floats->find_place(box.style->float_side, outer, start, space.in_context.x,
                                              space.in_context.x + space.width);
    const LayoutUnit bottom =
        at.y - space.in_context.y + margin_top + fragment.size.height - (broken ? LayoutUnit() : edges.bottom());
    if (place.may_refuse && space.page != LayoutUnit::max() && bottom > space.page) return nullptr;
    space.floats->add(box.style->float_side, {at.x, at.y, outer.width, outer.height},
                      {&box, result.token, space.in_context.x, space.width});
    fragment.offset = space.in_fragment +
                      Point{at.x - space.in_context.x + edges.margin.left, at.y - space.in_context.y + margin_top};
    if (box.style->position == Position::Relative) fragment.offset += relative_offset(box, space.width, space.height);
    return &fragment;
}

LayoutResult layout_block(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token) {
    return BlockBox(context, box, space, token).run();
}

LayoutResult layout_box(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token) {
    context.tick();
    if (context.stopped || context.depth >= kLayoutDepthMax) {
        context.too_deep |= !context.stopped;
        Fragment& fragment = context.make_fragment(FragmentKind::Box, box);
        fragment.size.width = space.width;
        return {&fragment, nullptr, Appeal::Perfect, {}};
    }
    ++context.depth;
    const LayoutResult result = dispatch(context, box, space, token);
    --context.depth;
    return result;
}

}  // namespace galley::document
