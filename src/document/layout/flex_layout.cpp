#include "document/layout/flex_layout.h"

#include <algorithm>

#include "document/layout/break_rules.h"
#include "document/layout/content_layout.h"
#include "document/layout/flex_lines.h"

namespace galley::document {

namespace {

bool is_column(const Box& box) {
    return box.style->flex_direction == FlexDirection::Column ||
           box.style->flex_direction == FlexDirection::ColumnReverse;
}

bool is_reversed(const Box& box) {
    return box.style->flex_direction == FlexDirection::RowReverse ||
           box.style->flex_direction == FlexDirection::ColumnReverse;
}

bool is_right_to_left(const Box& box) {
    return box.text_style().direction == Direction::Rtl;
}

// https://www.w3.org/TR/css-flexbox-1/#valdef-flex-wrap-wrap-reverse — what flex-start and flex-end mean there.
Align across_lines(const Box& container, Align align) {
    if (container.style->flex_wrap != FlexWrap::WrapReverse) return align;
    if (align == Align::FlexEnd) return Align::Start;
    return align == Align::FlexStart || align == Align::Stretch || align == Align::Normal ? Align::End : align;
}

LayoutUnit gap_of(const Length& gap, LayoutUnit base) {
    return gap.is_value() ? gap.resolve(base) : LayoutUnit();
}

Align self_align(const Box& container, const Box& item) {
    const Align own = item.style->align_self;
    const Align align = own == Align::Auto ? container.style->align_items : own;
    return align == Align::Normal || align == Align::Auto ? Align::Stretch : align;
}

// Items [begin, end).
struct FlexLine {
    std::size_t begin = 0, end = 0;
};

struct Child {
    const Box* box = nullptr;
    Edges edges;
    Fragment* fragment = nullptr;
    const BreakToken* token = nullptr;
    LayoutUnit cross;        // border box
    std::size_t number = 0;  // in document order
};

class FlexFlow {
 public:
    FlexFlow(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token)
        : context_(context),
          box_(box),
          space_(space),
          token_(token),
          edges_(resolve_edges(box, space.container_width)),
          fragment_(context.make_fragment(FragmentKind::Box, box)) {
        if (token != nullptr) edges_.border.top = edges_.padding.top = {};
        width_ = std::max(LayoutUnit(), space.width - edges_.inline_sum());
        height_ = definite_height(box, edges_, space);
        if (height_) height_ = std::max(LayoutUnit(), *height_ - edges_.block_sum());
        page_ = page_left(space.page, edges_.top() + edges_.bottom());
    }
    LayoutResult run();

 private:
    void collect();
    void add_placeholder(const Box& child);
    FlexItem row_item(Child& child);
    void run_rows();
    std::vector<FlexLine> lines() const;
    void resolve_line(std::size_t begin, std::size_t end);
    bool lay_aligned_lines(std::span<const FlexLine> lines);
    bool lay_line(FlexLine line, bool first, const BreakToken* token);
    LayoutUnit lay_items(std::size_t begin, std::size_t end, LayoutUnit page, const BreakToken* token);
    bool break_line(std::size_t begin, std::size_t end, const BreakToken* token);
    void place_line(std::size_t begin, std::size_t end, LayoutUnit cross);
    void stretch(Child& child, LayoutUnit cross, LayoutUnit main);
    LayoutUnit cross_offset(const Child& child, LayoutUnit cross, LayoutUnit baseline) const;
    void run_column();
    Space column_space(const Child& child) const;
    bool place_column_item(std::size_t index, const BreakToken* token);
    void flex_column();
    bool stays_whole(LayoutUnit bottom) const;
    void end_page(std::size_t item, std::span<const BreakToken* const> parallel, Appeal appeal);
    LayoutResult finish();

    LayoutContext& context_;
    const Box& box_;
    const Space& space_;
    const BreakToken* token_;
    Edges edges_;
    Fragment& fragment_;
    LayoutUnit width_, page_;
    std::optional<LayoutUnit> height_;  // definite, content box
    std::vector<Child> children_;
    std::vector<FlexItem> items_;
    LayoutUnit y_;  // content height so far
    LayoutResult result_;
    bool refused_ = false;
};

void FlexFlow::add_placeholder(const Box& child) {
    Fragment& placeholder = context_.make_fragment(FragmentKind::Placeholder, child);
    placeholder.offset = {edges_.left() + (is_right_to_left(box_) ? width_ : LayoutUnit()), edges_.top()};
    context_.has_positioned = true;
    fragment_.append(placeholder);
}

void FlexFlow::collect() {
    for (const Box* child = box_.first_child; child != nullptr; child = child->next) {
        if (!child->positioned)
            children_.push_back({child, resolve_edges(*child, width_), nullptr, nullptr, {}, children_.size()});
        else if (token_ == nullptr)
            add_placeholder(*child);
    }
    if (std::ranges::none_of(children_, [](const Child& child) { return child.box->style->order != 0; })) return;
    std::ranges::sort(children_, {},
                      [](const Child& child) { return std::pair(child.box->style->order, child.number); });
}

// https://www.w3.org/TR/css-flexbox-1/#algo-main-item
FlexItem FlexFlow::row_item(Child& child) {
    const Box& box = *child.box;
    const ComputedStyle& style = *box.style;
    FlexItem item;
    item.edges = child.edges.inline_sum();
    item.margins = child.edges.margin.left + child.edges.margin.right;
    item.auto_margins = (style.margin.left.is_auto() ? 1 : 0) + (style.margin.right.is_auto() ? 1 : 0);
    item.grow = style.flex_grow;
    item.shrink = style.flex_shrink;
    const auto border_box = [&](const Length& length) {
        const LayoutUnit value = length.resolve(width_);
        return style.box_sizing == BoxSizing::BorderBox ? std::max(value, item.edges) : value + item.edges;
    };
    if (style.flex_basis.is_value())
        item.base = border_box(style.flex_basis);
    else if (style.flex_basis.is_auto() &&
             (style.width.is_value() || box.kind == BoxKind::Replaced || box.kind == BoxKind::Table))
        item.base = used_width(context_, box, width_, child.edges, AutoWidth::Fit);
    else
        item.base = intrinsic_widths(context_, box).most;
    if (style.max_width.is_value()) item.most = border_box(style.max_width);
    if (style.min_width.is_value())
        item.least = border_box(style.min_width);
    else if (style.overflow == Overflow::Visible) {
        item.least = style.width.is_value() ? std::min(content_least(context_, box), border_box(style.width))
                                            : intrinsic_widths(context_, box).least;
        item.least = std::min(item.least, item.most);
    }
    item.least = std::max(item.least, item.edges);
    return item;
}

// Lays out the items of a line at their main sizes; returns the line's cross size.
LayoutUnit FlexFlow::lay_items(std::size_t begin, std::size_t end, LayoutUnit page, const BreakToken* token) {
    LayoutUnit cross, above, below;
    for (std::size_t i = begin; i < end; ++i) {
        Child& child = children_[i];
        const std::size_t slot = i - begin;
        const BreakToken* resumed = token != nullptr && slot < token->parallel.size() ? token->parallel[slot] : nullptr;
        if (token != nullptr && resumed == nullptr) {
            child.fragment = nullptr;  // finished on an earlier page
            continue;
        }
        Space space;
        space.width = items_[i].size;
        space.container_width = width_;
        space.container_height = height_;
        space.page = page_left(page, child.edges.margin.top);
        const LayoutResult result = layout_box(context_, *child.box, space, resumed);
        child.fragment = result.fragment;
        child.token = result.token;
        if (result.fragment == nullptr) continue;
        child.cross = result.fragment->size.height;
        const LayoutUnit outer = child.cross + child.edges.margin.top + child.edges.margin.bottom;
        cross = std::max(cross, outer);
        if (self_align(box_, *child.box) != Align::Baseline) continue;
        const LayoutUnit base =
            child.edges.margin.top + (result.fragment->has_baseline ? result.fragment->first_baseline : child.cross);
        above = std::max(above, base);
        below = std::max(below, outer - base);
    }
    return std::max(cross, above + below);
}

LayoutUnit FlexFlow::cross_offset(const Child& child, LayoutUnit cross, LayoutUnit baseline) const {
    const Edges& edges = child.edges;
    const ComputedStyle& style = *child.box->style;
    const LayoutUnit rest = cross - child.cross - edges.margin.top - edges.margin.bottom;
    if (style.margin.top.is_auto()) return std::max(LayoutUnit(), style.margin.bottom.is_auto() ? rest / 2 : rest);
    if (style.margin.bottom.is_auto()) return {};
    switch (across_lines(box_, self_align(box_, *child.box))) {
        case Align::End:
        case Align::FlexEnd:
            return edges.margin.top + rest;
        case Align::Center:
            return edges.margin.top + rest / 2;
        case Align::Baseline:
            return baseline - (child.fragment->has_baseline ? child.fragment->first_baseline : child.cross);
        default:
            return edges.margin.top;
    }
}

void FlexFlow::stretch(Child& child, LayoutUnit cross, LayoutUnit main) {
    const ComputedStyle& style = *child.box->style;
    if (self_align(box_, *child.box) != Align::Stretch || !style.height.is_auto() || style.margin.top.is_auto() ||
        style.margin.bottom.is_auto())
        return;
    Space space;
    space.width = main;
    space.container_width = width_;
    space.container_height = height_;
    const LayoutUnit wanted =
        clamp_height(*child.box, child.edges, space, cross - child.edges.margin.top - child.edges.margin.bottom);
    if (wanted == child.cross || child.box->kind == BoxKind::Replaced) return;
    if (child.box->kind == BoxKind::Flex && child.token == nullptr) {  // its own items may stretch or be aligned
        space.height = wanted;
        const LayoutResult again = layout_box(context_, *child.box, space, nullptr);
        if (again.fragment != nullptr) child.fragment = again.fragment;
    }
    child.fragment->size.height = child.cross = wanted;
}

void FlexFlow::place_line(std::size_t begin, std::size_t end, LayoutUnit cross) {
    const LayoutUnit gap = gap_of(box_.style->column_gap, width_);
    LayoutUnit rest = width_ - gap * static_cast<int>(end - begin - 1), baseline;
    int autos = 0;
    for (std::size_t i = begin; i < end; ++i) {
        rest -= items_[i].size + items_[i].margins;
        autos += items_[i].auto_margins;
        const Child& child = children_[i];
        if (child.fragment != nullptr && self_align(box_, *child.box) == Align::Baseline)
            baseline =
                std::max(baseline, child.edges.margin.top +
                                       (child.fragment->has_baseline ? child.fragment->first_baseline : child.cross));
    }
    const LayoutUnit per_auto = autos > 0 && rest > LayoutUnit() ? rest / autos : LayoutUnit();
    const bool reversed = is_reversed(box_);
    const bool from_right = reversed != is_right_to_left(box_);
    Align justify = box_.style->justify_content;
    if (justify == Align::Left || justify == Align::Right)
        justify = (justify == Align::Right) == from_right ? Align::FlexStart : Align::FlexEnd;
    const Distribution spread =
        per_auto > LayoutUnit() ? Distribution{} : distribute_space(justify, rest, end - begin, reversed);
    LayoutUnit x = spread.before;
    for (std::size_t i = begin; i < end; ++i) {
        Child& child = children_[i];
        const Sides<Length>& margin = child.box->style->margin;
        LayoutUnit before = child.edges.margin.left + (margin.left.is_auto() ? per_auto : LayoutUnit());
        LayoutUnit after = child.edges.margin.right + (margin.right.is_auto() ? per_auto : LayoutUnit());
        if (from_right) std::swap(before, after);  // as x counts
        x += before;
        if (child.fragment != nullptr) {
            stretch(child, cross, items_[i].size);
            const LayoutUnit left = from_right ? width_ - x - items_[i].size : x;
            child.fragment->offset = {edges_.left() + left, edges_.top() + y_ + cross_offset(child, cross, baseline)};
            if (child.box->style->position == Position::Relative)
                child.fragment->offset += relative_offset(*child.box, width_, height_);
            fragment_.append(*child.fragment);
            note_baseline(fragment_, *child.fragment);
        }
        x += items_[i].size + after + gap + spread.between;
    }
}

void FlexFlow::end_page(std::size_t item, std::span<const BreakToken* const> parallel, Appeal appeal) {
    BreakToken& token = context_.make_token(box_);
    token.row = static_cast<std::uint32_t>(item);
    token.parallel = parallel;
    token.consumed = (token_ != nullptr ? token_->consumed : LayoutUnit()) + y_;
    result_.token = &token;
    result_.appeal = appeal;
}

// The line is laid again in the space that is left, every item with its own token. False: the page ends.
bool FlexFlow::break_line(std::size_t begin, std::size_t end, const BreakToken* token) {
    const LayoutUnit cross = lay_items(begin, end, page_left(page_, y_), token);
    const std::span<const BreakToken*> tokens = context_.box_span<const BreakToken*>(end - begin);
    bool any = false;
    for (std::size_t i = begin; i < end; ++i) {
        tokens[i - begin] = children_[i].fragment != nullptr ? children_[i].token : nullptr;
        any |= tokens[i - begin] != nullptr;
    }
    place_line(begin, end, cross);
    y_ += cross;
    if (any) end_page(begin, tokens, Appeal::Perfect);
    return !any;
}

void FlexFlow::resolve_line(std::size_t begin, std::size_t end) {
    const LayoutUnit gap = gap_of(box_.style->column_gap, width_);
    resolve_flexible_lengths(std::span(items_).subspan(begin, end - begin),
                             width_ - gap * static_cast<int>(end - begin - 1));
}

// https://www.w3.org/TR/css-flexbox-1/#algo-line-align — the lines of a container of definite height. False: they do
// not fit the page, so nothing was placed.
bool FlexFlow::lay_aligned_lines(std::span<const FlexLine> lines) {
    const LayoutUnit gap = gap_of(box_.style->row_gap, *height_);
    LayoutUnit used = gap * static_cast<int>(lines.size() - 1);
    std::vector<LayoutUnit> crosses;
    for (const auto [begin, end] : lines) {
        resolve_line(begin, end);
        used += crosses.emplace_back(lay_items(begin, end, LayoutUnit::max(), nullptr));
    }
    // What is no higher than a page and stands at its top may hang over the end by the margins above it.
    const bool hangs_over = space_.at_top && *height_ <= context_.page_height;
    if (used > page_ || (*height_ > page_ && !hangs_over)) return false;
    const LayoutUnit rest = *height_ - used;
    const Align align = box_.style->align_content;
    const bool stretches = (align == Align::Normal || align == Align::Stretch) && rest > LayoutUnit();
    const LayoutUnit more = stretches ? rest / static_cast<int>(lines.size()) : LayoutUnit();
    const Distribution spread =
        stretches ? Distribution{} : distribute_space(across_lines(box_, align), rest, lines.size(), false);
    y_ = spread.before;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        place_line(lines[i].begin, lines[i].end, crosses[i] + more);
        y_ += crosses[i] + more + gap + spread.between;
    }
    return true;
}

bool FlexFlow::lay_line(FlexLine line, bool first, const BreakToken* token) {
    const auto [begin, end] = line;
    resolve_line(begin, end);
    if (token != nullptr) return break_line(begin, end, token);
    const LayoutUnit needed = lay_items(begin, end, LayoutUnit::max(), nullptr);
    const bool single = begin == 0 && end == children_.size();
    const LayoutUnit cross = single && height_ && box_.style->flex_wrap == FlexWrap::NoWrap ? *height_ : needed;
    const bool fits = page_ == LayoutUnit::max() || y_ + std::max(cross, needed) <= page_;
    if (!fits) {
        const bool nothing_above = space_.at_top && (first || y_ == LayoutUnit());
        if (nothing_above || cross > context_.page_height) return break_line(begin, end, nullptr);
        if (first)
            refused_ = true;
        else
            end_page(begin, {}, Appeal::Perfect);
        return false;
    }
    place_line(begin, end, cross);
    y_ += cross;
    return true;
}

// From the top downwards, without what stands on earlier pages. The line that goes on keeps its items even where this
// page is wider or narrower.
std::vector<FlexLine> FlexFlow::lines() const {
    const LayoutUnit gap = gap_of(box_.style->column_gap, width_);
    const bool wraps = box_.style->flex_wrap != FlexWrap::NoWrap;
    const bool reversed = box_.style->flex_wrap == FlexWrap::WrapReverse;
    const std::size_t row = token_ != nullptr ? token_->row : 0;
    std::vector<FlexLine> out;
    std::size_t from = reversed ? 0 : row;
    if (!reversed && token_ != nullptr && !token_->parallel.empty()) {
        out.push_back({from, std::min(from + token_->parallel.size(), items_.size())});
        from = out.back().end;
    }
    std::size_t begin = from;
    for (const std::size_t count : break_flex_lines(std::span(items_).subspan(from), width_, gap, wraps)) {
        out.push_back({begin, from + count});
        begin = from + count;
    }
    if (!reversed) return out;
    if (token_ != nullptr) std::erase_if(out, [row](const FlexLine& line) { return line.begin > row; });
    std::ranges::reverse(out);
    return out;
}

void FlexFlow::run_rows() {
    for (Child& child : children_) items_.push_back(row_item(child));
    const std::vector<FlexLine> lines = this->lines();
    if (lines.empty()) return;
    const bool wraps = box_.style->flex_wrap != FlexWrap::NoWrap;
    if (height_ && wraps && token_ == nullptr && lay_aligned_lines(lines)) return;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool resumes = token_ != nullptr && i == 0 && !token_->parallel.empty();
        if (i > 0) y_ += gap_of(box_.style->row_gap, height_.value_or(LayoutUnit()));
        if (!lay_line(lines[i], i == 0 && token_ == nullptr, resumes ? token_ : nullptr)) return;
    }
}

Space FlexFlow::column_space(const Child& child) const {
    Space space;
    space.container_width = width_;
    space.container_height = height_;
    const bool stretches = self_align(box_, *child.box) == Align::Stretch && child.box->style->width.is_auto() &&
                           !child.box->style->margin.left.is_auto() && !child.box->style->margin.right.is_auto();
    space.width = used_width(context_, *child.box, width_, child.edges, stretches ? AutoWidth::Fill : AutoWidth::Fit);
    return space;
}

// Gives each item of a column of definite height its share.
void FlexFlow::flex_column() {
    for (Child& child : children_) {
        const ComputedStyle& style = *child.box->style;
        FlexItem item;
        item.edges = child.edges.block_sum();
        item.margins = child.edges.margin.top + child.edges.margin.bottom;
        item.auto_margins = (style.margin.top.is_auto() ? 1 : 0) + (style.margin.bottom.is_auto() ? 1 : 0);
        item.grow = style.flex_grow;
        item.shrink = style.flex_shrink;
        const LayoutResult natural = layout_box(context_, *child.box, column_space(child), nullptr);
        const LayoutUnit content = natural.fragment != nullptr ? natural.fragment->size.height : LayoutUnit();
        item.base = content;
        if (style.flex_basis.is_value() && (height_ || !style.flex_basis.has_percent()))
            item.base =
                std::max(item.edges, style.flex_basis.resolve(height_.value_or(LayoutUnit())) +
                                         (style.box_sizing == BoxSizing::BorderBox ? LayoutUnit() : item.edges));
        item.least = style.overflow == Overflow::Visible && !style.min_height.is_value() ? std::max(content, item.edges)
                                                                                         : item.edges;
        if (style.min_height.is_value())
            item.least = std::max(item.edges, style.min_height.resolve(height_.value_or(LayoutUnit())));
        items_.push_back(item);
    }
    const LayoutUnit gap = gap_of(box_.style->row_gap, *height_);
    const LayoutUnit gaps = children_.empty() ? LayoutUnit() : gap * static_cast<int>(children_.size() - 1);
    resolve_flexible_lengths(items_, *height_ - gaps);
}

// Items of a column whose height is given: where they fill no more than that. What stands out below goes on at the next
// page if the column itself fits this one.
bool FlexFlow::stays_whole(LayoutUnit bottom) const {
    constexpr LayoutUnit kSlack = LayoutUnit::from_px(1);  // shares are rounded
    return page_ == LayoutUnit::max() || bottom <= page_ + kSlack || *height_ > page_ + kSlack;
}

// False: the page ends before or within the item.
bool FlexFlow::place_column_item(std::size_t index, const BreakToken* token) {
    Child& child = children_[index];
    const bool alone = y_ == LayoutUnit() && space_.at_top;
    const bool has_above = fragment_.last_child != nullptr && index > 0;
    if (has_above && token == nullptr && page_ != LayoutUnit::max()) {
        const BreakBetween meeting = meet(break_after_of(*children_[index - 1].box), break_before_of(*child.box));
        const bool resumed_here = token_ != nullptr && token_->row == index;
        if (is_forced(meeting) && !resumed_here) {
            end_page(index, {}, Appeal::Perfect);
            auto& made = const_cast<BreakToken&>(*result_.token);
            made.forced = true;
            made.side = meeting;
            return false;
        }
    }
    Space space = column_space(child);
    const LayoutUnit top = token == nullptr ? child.edges.margin.top : LayoutUnit();
    const bool whole = token == nullptr && index < items_.size() && stays_whole(y_ + top + items_[index].size);
    if (whole) space.height = items_[index].size;
    space.page = whole ? LayoutUnit::max() : page_left(page_, y_ + top);
    space.at_top = alone;
    const LayoutResult result = layout_box(context_, *child.box, space, token);
    const bool too_high = result.fragment != nullptr && result.token == nullptr && !alone && space.fragmented() &&
                          result.fragment->size.height > space.page;
    if (result.fragment == nullptr || too_high) {
        if (y_ == LayoutUnit())
            refused_ = true;
        else
            end_page(index, {}, Appeal::Perfect);
        return false;
    }
    child.fragment = result.fragment;
    const LayoutUnit rest = width_ - space.width - child.edges.margin.left - child.edges.margin.right;
    const Sides<Length>& margin = child.box->style->margin;
    const Align align = self_align(box_, *child.box);
    LayoutUnit x = child.edges.margin.left;
    if (margin.left.is_auto())
        x += margin.right.is_auto() ? rest / 2 : rest;
    else if (align == Align::Center)
        x += rest / 2;
    else if ((align == Align::End || align == Align::FlexEnd) != is_right_to_left(box_))
        x += margin.right.is_auto() ? LayoutUnit() : rest;
    child.fragment->offset = {edges_.left() + x, edges_.top() + y_ + top};
    if (child.box->style->position == Position::Relative)
        child.fragment->offset += relative_offset(*child.box, width_, height_);
    fragment_.append(*child.fragment);
    note_baseline(fragment_, *child.fragment);
    y_ += top + child.fragment->size.height;
    if (result.token == nullptr) {
        y_ += child.edges.margin.bottom;
        return true;
    }
    const std::span<const BreakToken*> tokens = context_.box_span<const BreakToken*>(1);
    tokens[0] = result.token;
    end_page(index, tokens, result.appeal);
    return false;
}

void FlexFlow::run_column() {
    if (is_reversed(box_)) std::ranges::reverse(children_);
    if (height_ && token_ == nullptr) flex_column();
    const LayoutUnit gap = gap_of(box_.style->row_gap, height_.value_or(LayoutUnit()));
    Distribution spread;
    LayoutUnit per_auto;
    if (!items_.empty()) {
        LayoutUnit rest = *height_ - gap * static_cast<int>(items_.size() - 1);
        int autos = 0;
        for (const FlexItem& item : items_) {
            rest -= item.size + item.margins;
            autos += item.auto_margins;
        }
        if (autos > 0 && rest > LayoutUnit())
            per_auto = rest / autos;
        else
            spread = distribute_space(box_.style->justify_content, rest, items_.size(), is_reversed(box_));
    }
    y_ = spread.before;
    const std::size_t begin = token_ != nullptr ? token_->row : 0;
    for (std::size_t i = begin; i < children_.size() && !context_.stopped; ++i) {
        const Sides<Length>& margin = children_[i].box->style->margin;
        const BreakToken* resumed =
            token_ != nullptr && i == begin && !token_->parallel.empty() ? token_->parallel[0] : nullptr;
        if (i > begin) y_ += gap + spread.between;
        if (margin.top.is_auto()) y_ += per_auto;
        if (!place_column_item(i, resumed)) return;
        if (margin.bottom.is_auto()) y_ += per_auto;
    }
}

LayoutResult FlexFlow::finish() {
    if (refused_) return {};
    const bool broken = result_.token != nullptr;
    if (broken) edges_.border.bottom = edges_.padding.bottom = {};
    fragment_.has_start = token_ == nullptr;
    fragment_.has_end = !broken;
    fragment_.border = edges_.border;
    fragment_.padding = edges_.padding;
    const LayoutUnit consumed = token_ != nullptr ? token_->consumed : LayoutUnit();
    LayoutUnit height = y_;
    if (height_ && !broken) height = rest_of_height(*height_, consumed);
    LayoutUnit outer = height + edges_.top() + edges_.bottom();
    if (!height_ && !broken) outer = clamp_height(box_, edges_, space_, outer + consumed) - consumed;
    fragment_.size = {space_.width, outer};
    result_.fragment = &fragment_;
    if (!broken) result_.end_strut.add(edges_.margin.bottom);
    if (broken && avoids_inside(box_) && !result_.token->forced) result_.appeal = Appeal::Violating;
    return result_;
}

LayoutResult FlexFlow::run() {
    collect();
    if (is_column(box_))
        run_column();
    else
        run_rows();
    return finish();
}

}  // namespace

LayoutResult layout_flex(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token) {
    return FlexFlow(context, box, space, token).run();
}

IntrinsicWidths flex_widths(LayoutContext& context, const Box& box) {
    IntrinsicWidths result;
    int count = 0;
    const bool column = is_column(box), wraps = box.style->flex_wrap != FlexWrap::NoWrap;
    for (const Box* child = box.first_child; child != nullptr; child = child->next) {
        if (child->positioned) continue;
        const IntrinsicWidths widths = outer_intrinsic_widths(context, *child);
        result.least = column || wraps ? std::max(result.least, widths.least) : result.least + widths.least;
        result.most = column ? std::max(result.most, widths.most) : result.most + widths.most;
        ++count;
    }
    if (column || count < 2) return result;
    const LayoutUnit gaps = gap_of(box.style->column_gap, {}) * (count - 1);
    if (!wraps) result.least += gaps;
    result.most += gaps;
    return result;
}

}  // namespace galley::document
