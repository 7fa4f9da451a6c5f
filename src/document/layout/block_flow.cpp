#include <algorithm>

#include "document/layout/block_layout.h"
#include "document/layout/box_geometry.h"
#include "document/layout/break_rules.h"
#include "document/layout/content_layout.h"

namespace galley::document {

namespace {

// A place between two children where the page may end.
struct BreakPoint {
    const Box* child = nullptr;  // begins the next page
    Fragment* last = nullptr;
    LayoutUnit end;
    std::size_t floats = 0;
};

// The last child that was placed, with all that it takes to lay it out again.
struct PlacedChild {
    const Box* child = nullptr;
    const BreakToken* token = nullptr;
    Fragment *fragment = nullptr, *before = nullptr;
    Space space;
    Point corner;
    Edges edges;
    std::size_t floats = 0;
};

// Where the last line of a block ends, from the block's top; nothing where it does not end in lines.
std::optional<LayoutUnit> last_line_end(const Fragment& fragment) {
    LayoutUnit top;
    const Fragment* at = &fragment;
    while (at->kind != FragmentKind::Line) {
        if (at->kind != FragmentKind::Box || at->box->kind != BoxKind::Block) return std::nullopt;
        const Fragment* last = nullptr;
        for (const Fragment* child = at->first_child; child != nullptr; child = child->next)
            if (child->kind == FragmentKind::Line || (child->box->in_flow() && child->box != at->box->marker()))
                last = child;
        if (last == nullptr) return std::nullopt;
        top += last->offset.y;
        at = last;
    }
    return top + at->size.height;
}

class BlockFlow {
 public:
    BlockFlow(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
              const BreakToken* token)
        : context_(context),
          box_(box),
          fragment_(fragment),
          space_(space),
          token_(token),
          adjoins_(space.start_adjoins),
          placed_(token != nullptr && !token->floats.empty()) {}
    ContentResult run();

 private:
    enum class Step : std::uint8_t { Placed, Broken };
    Step add(const Box& child, const BreakToken* child_token);
    Step add_in_flow(const Box& child, const BreakToken* child_token);
    Step add_float(const Box& child);
    void add_placeholder(const Box& child);
    Step add_empty(const Box& child, const BreakToken* child_token);
    bool forced_before(const Box& child);
    bool margins_stay() const;
    std::optional<StartMargins> start_margins(LayoutUnit top) const;
    LayoutUnit rise_of_float(const Box& child) const;
    LayoutUnit top_of(const Box& child, const BreakToken* child_token) const;
    bool waits_for_floats(const Box& child) const;
    LayoutUnit clear_floats(const Box& child, const Edges& edges, const BlockPlacement& natural, Space& inner,
                            Point& corner) const;
    std::optional<BlockPlacement> place_in_band(const Box& child, const Edges& edges, const BlockPlacement& natural,
                                                const FloatContext::Band& band) const;
    static LayoutUnit height_asked(const Box& child, const Fragment& placed);
    void accept(const Box& child, const LayoutResult& result, Point corner, const Edges& edges);
    Step break_before(const Box& child);
    bool break_in_last_child();
    Step break_at(const BreakPoint& point, Appeal appeal);
    Step handle_token(const Box& child, const LayoutResult& result, Point corner, const Edges& edges, bool at_top);
    BreakPoint point_before(const Box& child) const {
        return {&child, fragment_.last_child, y_, space_.floats != nullptr ? space_.floats->mark() : 0};
    }
    bool fits(LayoutUnit bottom) const { return space_.page == LayoutUnit::max() || bottom <= space_.page; }

    LayoutContext& context_;
    const Box& box_;
    Fragment& fragment_;
    const ContentSpace& space_;
    const BreakToken* token_;
    ContentResult result_;
    bool adjoins_;
    bool placed_;                    // something on this page stands above
    const Box* previous_ = nullptr;  // last in-flow child seen in this fragment
    LayoutUnit y_;
    MarginStrut strut_;
    std::optional<BreakPoint> best_;  // the last one that violates nothing
    std::optional<BreakPoint> current_;
    std::optional<PlacedChild> last_;
    bool avoided_ = false;  // a break at current_
};

bool BlockFlow::forced_before(const Box& child) {
    if (previous_ == nullptr || space_.page == LayoutUnit::max()) return false;
    const BreakBetween between = meet(break_after_of(*previous_), break_before_of(child));
    const bool renamed = context_.tree.uses_page_names && changes_page_name(*previous_, child);
    const bool next_column = context_.in_columns && between == BreakBetween::Column;
    if (!is_forced(between) && !next_column && !renamed) return false;
    break_at(point_before(child), Appeal::Perfect);
    result_.token->forced = true;
    result_.token->side = between;
    return true;
}

// CSS cuts margins off at every unforced break. WeasyPrint does so where they would adjoin the page's top: those of
// what stands in cells, columns and other formatting contexts stay, so that columns of paragraphs begin at one height;
// and all of them where a column of the first page begins.
bool BlockFlow::margins_stay() const {
    return context_.margins_stay || (box_.new_context && &box_ != context_.tree.root);
}

LayoutUnit BlockFlow::top_of(const Box& child, const BreakToken* child_token) const {
    if (child_token != nullptr || adjoins_) return {};
    const bool resumed_here = token_ != nullptr && token_->child == &child;
    if (resumed_here && !margins_stay()) {  // a margin at an unforced break is cut off, at a forced one it stays
        const MarginBreak wanted = child.style->rare ? child.style->rare->margin_break : MarginBreak::Auto;
        const bool keeps = wanted == MarginBreak::Auto ? token_->forced : wanted == MarginBreak::Keep;
        if (!keeps) return {};
    }
    MarginStrut strut = strut_;
    strut.add(start_strut(child, space_.width));
    return y_ + strut.sum();
}

// What stands below a float that goes on at the next page stands there too.
bool BlockFlow::waits_for_floats(const Box& child) const {
    return child.style->clear != Clear::None && space_.floats != nullptr && (placed_ || !space_.at_top) &&
           space_.floats->goes_on(child.style->clear);
}

// Beside floats: a box whose width is `auto` fills what they leave. One that has a width, and any table (as in
// WeasyPrint; CSS 2.1 §9.5 leaves it open), keeps the width that it would have without them, where that fits.
std::optional<BlockPlacement> BlockFlow::place_in_band(const Box& child, const Edges& edges,
                                                       const BlockPlacement& natural,
                                                       const FloatContext::Band& band) const {
    const LayoutUnit edge = space_.in_context.x;
    const bool keeps_width = child.kind == BoxKind::Table || child.style->width.is_value();
    if (!keeps_width) {
        const LayoutUnit free = band.right - band.left;
        const BlockPlacement placement = place_block(context_, child, free, edges);
        if (placement.width > free) return std::nullopt;
        return BlockPlacement{placement.width, band.left - edge + placement.left};
    }
    const LayoutUnit after =
        child.style->margin.right.is_auto() ? space_.width - natural.left - natural.width : edges.margin.right;
    const FloatContext::Band free{std::max(band.left - edge, natural.left),
                                  std::min(band.right - edge, space_.width - after)};
    if (!free.fits(natural.width)) return std::nullopt;
    const bool rtl = box_.text_style().direction == Direction::Rtl;
    return BlockPlacement{natural.width, rtl ? free.right - natural.width : free.left};
}

// Moves below cleared floats; formatting contexts keep out of floats' way.
LayoutUnit BlockFlow::clear_floats(const Box& child, const Edges& edges, const BlockPlacement& natural, Space& inner,
                                   Point& corner) const {
    LayoutUnit top = corner.y;
    FloatContext* floats = space_.floats;
    if (floats == nullptr || floats->empty()) return top;
    if (child.style->clear != Clear::None)
        top = std::max(top, floats->clear_edge(child.style->clear) - space_.in_context.y);
    if (!child.new_context) return top;
    const LayoutUnit edge = space_.in_context.x;
    for (;;) {
        const LayoutUnit context_top = space_.in_context.y + top;
        const FloatContext::Band band = floats->band(context_top, LayoutUnit::from_px(1), edge, edge + space_.width);
        if (band.left == edge && band.right == edge + space_.width) return top;
        if (const std::optional<BlockPlacement> placement = place_in_band(child, edges, natural, band)) {
            inner.width = placement->width;
            corner.x = placement->left;
            return top;
        }
        const LayoutUnit next = floats->next_edge(context_top);
        if (next == LayoutUnit::max()) return top;
        top = next - space_.in_context.y;
    }
}

void BlockFlow::accept(const Box& child, const LayoutResult& result, Point corner, const Edges& edges) {
    Fragment& placed = *result.fragment;
    (void)edges;
    placed.offset = space_.in_fragment + corner;
    fragment_.append(placed);
    note_baseline(fragment_, placed);
    if (child.style->position == Position::Relative)
        placed.offset += relative_offset(child, space_.width, space_.height);
    y_ = corner.y + placed.size.height;
    strut_ = result.end_strut;
    adjoins_ = false;
    placed_ = true;
    previous_ = &child;
}

BlockFlow::Step BlockFlow::break_at(const BreakPoint& point, Appeal appeal) {
    fragment_.truncate(point.last);
    if (space_.floats != nullptr) space_.floats->release(point.floats);
    result_.token = &context_.make_token(box_);
    result_.token->child = point.child;
    result_.height = point.end;
    result_.appeal = appeal;
    return Step::Broken;
}

// Where a break before the next child is to be avoided, the last place for one before that is among the lines of the
// child above: all that widows asks for goes to the next page with the last one.
bool BlockFlow::break_in_last_child() {
    if (!avoided_ || !last_ || fragment_.last_child != last_->fragment) return false;
    if (space_.floats != nullptr && space_.floats->mark() != last_->floats) return false;
    const std::optional<LayoutUnit> end = last_line_end(*last_->fragment);
    if (!end || *end <= LayoutUnit()) return false;
    Space inner = last_->space;
    inner.page = *end - LayoutUnit::from_raw(1);
    const LayoutResult result = layout_box(context_, *last_->child, inner, last_->token);
    const bool broken = result.fragment != nullptr && result.token != nullptr && !result.token->forced &&
                        result.appeal == Appeal::Perfect;
    if (!broken) return false;
    fragment_.truncate(last_->before);
    handle_token(*last_->child, result, last_->corner, last_->edges, true);
    return true;
}

// `child` cannot start on this page.
BlockFlow::Step BlockFlow::break_before(const Box& child) {
    (void)child;
    if (break_in_last_child()) return Step::Broken;
    if (best_) return break_at(*best_, Appeal::Perfect);
    if (current_) return break_at(*current_, Appeal::Violating);
    result_.refused = true;
    return Step::Broken;
}

BlockFlow::Step BlockFlow::handle_token(const Box& child, const LayoutResult& result, Point corner, const Edges& edges,
                                        bool at_top) {
    if (result.appeal == Appeal::Violating && !at_top) {
        if (break_in_last_child()) return Step::Broken;
        if (best_) return break_at(*best_, Appeal::Perfect);
    }
    accept(child, result, corner, edges);
    result_.token = &context_.make_token(box_);
    result_.token->child = &child;
    result_.token->child_token = result.token;
    result_.token->forced = result.token->forced;
    result_.token->side = result.token->side;
    result_.height = y_;
    result_.appeal = result.appeal;
    return Step::Broken;
}

// What of a box must stand on the page. Content was kept clear of the bottom edge, so where the edge alone hangs over
// the page's end the box's own height is the reason: it stays, as in WeasyPrint (cards, labels and covers that are
// meant to fill a page rest on this).
LayoutUnit BlockFlow::height_asked(const Box& child, const Fragment& placed) {
    if (child.kind != BoxKind::Block) return placed.size.height;
    return placed.size.height - placed.border.bottom - placed.padding.bottom;
}

BlockFlow::Step BlockFlow::add_in_flow(const Box& child, const BreakToken* child_token) {
    if (forced_before(child)) return Step::Broken;
    if (placed_) {
        current_ = point_before(child);
        const bool avoided =
            previous_ != nullptr && is_avoided(meet(break_after_of(*previous_), break_before_of(child)));
        if (!avoided) best_ = current_;
        avoided_ = avoided;
    }
    if (waits_for_floats(child)) return break_before(child);
    const Edges edges = resolve_edges(child, space_.width);
    const BlockPlacement placement = place_block(context_, child, space_.width, edges);
    Space inner;
    inner.width = placement.width;
    inner.container_width = space_.width;
    inner.container_height = space_.height;
    Point corner{placement.left, top_of(child, child_token)};
    if (child_token == nullptr) inner.start = start_margins(corner.y);
    const LayoutUnit natural = corner.y;
    corner.y = clear_floats(child, edges, placement, inner, corner);
    if (corner.y != natural) inner.start.reset();
    inner.page = page_left(space_.page, corner.y);
    inner.at_top = space_.at_top && !placed_;
    inner.floats = space_.floats;
    inner.in_context = space_.in_context + corner;
    const LayoutResult result = layout_box(context_, child, inner, child_token);
    if (result.fragment == nullptr) return break_before(child);
    if (result.token != nullptr) return handle_token(child, result, corner, edges, inner.at_top);
    if (!inner.at_top && !fits(corner.y + height_asked(child, *result.fragment))) return break_before(child);
    Fragment* const before = fragment_.last_child;
    accept(child, result, corner, edges);
    if (space_.page != LayoutUnit::max() && child.kind == BoxKind::Block && !avoids_inside(child))
        last_ = PlacedChild{&child,
                            child_token,
                            fragment_.last_child,
                            before,
                            inner,
                            corner,
                            edges,
                            inner.floats != nullptr ? inner.floats->mark() : 0};
    else
        last_.reset();
    return Step::Placed;
}

// For the next child, whose border edge stands at `top`.
std::optional<StartMargins> BlockFlow::start_margins(LayoutUnit top) const {
    if (!adjoins_) return StartMargins{strut_, top - y_};
    std::optional<StartMargins> start = space_.start;
    if (start) start->before.add(strut_);
    return start;
}

// Margins below a float have moved its container down. As in WeasyPrint only that of the next sibling moves the float,
// too, not those within the sibling (CSS moves all).
LayoutUnit BlockFlow::rise_of_float(const Box& child) const {
    std::optional<StartMargins> start = start_margins({});
    if (!start) return {};
    for (const Box* next = child.next; next != nullptr; next = next->next) {
        if (!next->in_flow()) continue;
        if (next->style->clear != Clear::None) break;
        const Edges edges = resolve_edges(*next, space_.width);
        start->before.add(edges.margin.top);
        if (!next->empty_through) break;
        start->before.add(edges.margin.bottom);
    }
    return std::min(LayoutUnit(), start->before.sum() - start->moved);
}

BlockFlow::Step BlockFlow::add_float(const Box& child) {
    const LayoutUnit top = y_ + (adjoins_ ? rise_of_float(child) : strut_.sum());
    if (placed_) best_ = current_ = point_before(child);
    Fragment* placed = place_float(context_, child, space_, {top, !space_.at_top || placed_});
    if (placed == nullptr) return break_before(child);
    fragment_.append(*placed);
    placed_ = true;
    return Step::Placed;
}

void BlockFlow::add_placeholder(const Box& child) {
    Fragment& placeholder = context_.make_fragment(FragmentKind::Placeholder, child);
    context_.has_positioned = true;
    const bool rtl = box_.text_style().direction == Direction::Rtl;
    placeholder.offset =
        space_.in_fragment + Point{rtl ? space_.width : LayoutUnit(), y_ + (adjoins_ ? LayoutUnit() : strut_.sum())};
    fragment_.append(placeholder);
}

// Both margins of an empty box adjoin. It stands, with the floats in it, where its top border edge would be if it had a
// bottom border (CSS 2.1 §8.3.1).
BlockFlow::Step BlockFlow::add_empty(const Box& child, const BreakToken* child_token) {
    if (waits_for_floats(child)) {
        if (placed_) best_ = current_ = point_before(child);
        return break_before(child);
    }
    const Edges edges = resolve_edges(child, space_.width);
    const BlockPlacement placement = place_block(context_, child, space_.width, edges);
    MarginStrut above = strut_;
    if (child_token == nullptr) above.add(edges.margin.top);
    if (child_token == nullptr) add_through_margins(child, space_.width, strut_);
    const Point corner{placement.left, y_ + (adjoins_ ? LayoutUnit() : above.sum())};
    Space inner;
    inner.width = placement.width;
    inner.container_width = space_.width;
    inner.floats = space_.floats;
    inner.in_context = space_.in_context + corner;
    inner.page = page_left(space_.page, corner.y);
    inner.at_top = space_.at_top && !placed_;
    const LayoutResult result = layout_box(context_, child, inner, child_token);
    if (result.fragment == nullptr) return break_before(child);
    if (result.token != nullptr) return handle_token(child, result, corner, edges, inner.at_top);  // floats in it
    result.fragment->offset = space_.in_fragment + corner;
    fragment_.append(*result.fragment);
    if (result.fragment->size.height > LayoutUnit()) {  // something in it clears floats from before it
        y_ = corner.y + result.fragment->size.height;
        strut_ = result.end_strut;
        adjoins_ = false;
        return Step::Placed;
    }
    if (child.style->clear == Clear::None || space_.floats == nullptr || space_.floats->empty()) return Step::Placed;
    const LayoutUnit edge = space_.floats->clear_edge(child.style->clear) - space_.in_context.y;
    if (edge > y_ + strut_.sum()) {  // clearance: what follows starts below the floats
        y_ = edge;
        strut_ = {};
        adjoins_ = false;
    }
    return Step::Placed;
}

BlockFlow::Step BlockFlow::add(const Box& child, const BreakToken* child_token) {
    if (child.positioned) {
        add_placeholder(child);
        return Step::Placed;
    }
    if (child.floating) return add_float(child);
    if (!child.empty_through) return add_in_flow(child, child_token);
    if (forced_before(child)) return Step::Broken;
    if (add_empty(child, child_token) == Step::Broken) return Step::Broken;
    const BreakBetween around = meet(break_before_of(child), break_after_of(child));
    if (is_forced(around) || around == BreakBetween::Column) previous_ = &child;
    return Step::Placed;
}

ContentResult BlockFlow::run() {
    const Box* child = token_ != nullptr && token_->child != nullptr ? token_->child : box_.first_child;
    const BreakToken* child_token = token_ != nullptr ? token_->child_token : nullptr;
    for (; child != nullptr && child != space_.until && !context_.stopped; child = child->next) {
        if (add(*child, child_token) == Step::Broken) return result_;
        child_token = nullptr;
    }
    result_.height = y_;
    result_.end_strut = strut_;
    return result_;
}

}  // namespace

ContentResult layout_blocks(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                            const BreakToken* token) {
    return BlockFlow(context, box, fragment, space, token).run();
}

}  // namespace galley::document
