#include "document/layout/table_layout.h"

#include <algorithm>

#include "document/layout/break_rules.h"
#include "document/layout/content_layout.h"
#include "document/layout/table_rows.h"

namespace galley::document {

namespace {

struct PlacedRow {
    std::uint32_t row = 0;
    LayoutUnit top, height;
};

class TableFlow {
 public:
    TableFlow(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token)
        : context_(context),
          box_(box),
          space_(space),
          token_(token),
          grid_(table_grid(context, box)),
          edges_(table_edges(grid_, box, space.container_width)),
          rows_(context, grid_, box, space.width, edges_),
          wrapper_(context.make_fragment(FragmentKind::Box, box)),
          body_(&wrapper_) {}
    LayoutResult run();

 private:
    struct Mark {  // to go back to when a break lies earlier
        std::uint32_t row;
        std::size_t placed;
        Fragment* last;
        LayoutUnit y;
    };
    LayoutUnit add_captions(CaptionSide side, LayoutUnit top);
    void lay_repeated();
    bool lay_body(LayoutResult& result);
    void add_row(std::uint32_t row, Fragment& fragment);
    bool break_in_run(std::uint32_t row, std::uint32_t end, std::span<Fragment* const> made, LayoutResult& result);
    std::uint32_t part_run(std::uint32_t row, std::uint32_t end, std::span<Fragment* const> made);
    bool split_row(std::uint32_t row, const BreakToken* token, bool force, LayoutResult& result);
    void resume_row(LayoutResult& result);
    bool end_before(std::uint32_t row, LayoutResult& result, Appeal appeal);
    bool break_earlier(std::uint32_t row, LayoutResult& result);
    BreakBetween between(std::uint32_t row) const;
    void add_foot();
    void add_lines();
    void finish(LayoutResult& result);
    bool fits(LayoutUnit height) const { return !space_.fragmented() || y_ + height <= limit_; }

    LayoutContext& context_;
    const Box& box_;
    const Space& space_;
    const BreakToken* token_;
    TableGrid& grid_;
    Edges edges_;
    TableRows rows_;
    Fragment& wrapper_;
    Fragment* body_;  // the table without captions; the wrapper when there are none
    std::pmr::vector<Fragment*> foot_{context_.page_arena};
    std::vector<PlacedRow> placed_;
    std::size_t body_rows_ = 0;  // placed rows that are neither head nor foot
    std::optional<Mark> best_;
    LayoutUnit caption_height_, foot_height_;
    LayoutUnit y_;      // in body_, next row's top
    LayoutUnit limit_;  // for y_, foot and edges taken off
    bool head_only_ = false;
};

LayoutUnit TableFlow::add_captions(CaptionSide side, LayoutUnit top) {
    for (const Box* caption : grid_.captions) {
        if (caption->text_style().caption_side != side) continue;
        const Edges edges = resolve_edges(*caption, space_.width);
        Space inner;
        inner.container_width = space_.width;
        inner.width = used_width(context_, *caption, space_.width, edges, AutoWidth::Fill);
        const LayoutResult result = layout_box(context_, *caption, inner, nullptr);
        if (result.fragment == nullptr) continue;
        result.fragment->offset = {edges.margin.left, top + edges.margin.top};
        wrapper_.append(*result.fragment);
        top += edges.margin.top + result.fragment->size.height + edges.margin.bottom;
    }
    return top;
}

void TableFlow::add_row(std::uint32_t row, Fragment& fragment) {
    fragment.offset = {edges_.left(), y_};
    body_->append(fragment);
    note_baseline(*body_, fragment);
    placed_.push_back({row, y_, fragment.size.height});
    y_ += fragment.size.height + grid_.spacing_y;
}

// Head and foot stand on every page, unless they leave too little room for rows.
void TableFlow::lay_repeated() {
    const std::uint32_t count = grid_.row_count;
    std::pmr::vector<Fragment*> head(context_.page_arena);
    LayoutUnit head_height;
    if (grid_.head_end > 0) head = rows_.lay_rows(0, grid_.head_end);
    for (const Fragment* row : head) head_height += row->size.height + grid_.spacing_y;
    if (grid_.foot_begin < count) foot_ = rows_.lay_rows(grid_.foot_begin, count);
    for (const Fragment* row : foot_) foot_height_ += row->size.height + grid_.spacing_y;
    const bool roomy = !space_.fragmented() || (head_height + foot_height_).scaled(4, 3) <= context_.page_height;
    if (!roomy && token_ != nullptr) head.clear();
    if (!roomy) {
        foot_.clear();
        foot_height_ = {};
    }
    for (std::uint32_t i = 0; i < head.size(); ++i) add_row(i, *head[i]);
}

BreakBetween TableFlow::between(std::uint32_t row) const {
    if (row == 0) return BreakBetween::Auto;
    const Box& above = *grid_.row(row - 1).box;
    const Box& below = *grid_.row(row).box;
    BreakBetween value = meet(above.style->break_after, below.style->break_before);
    if (above.parent != below.parent)
        value = meet(meet(above.parent->style->break_after, below.parent->style->break_before), value);
    else if (avoids_inside(*below.parent) && !is_forced(value))
        value = BreakBetween::Avoid;
    return value;
}

bool TableFlow::end_before(std::uint32_t row, LayoutResult& result, Appeal appeal) {
    BreakToken& token = context_.make_token(box_);
    token.row = row;
    result.token = &token;
    result.appeal = appeal;
    return false;
}

// Row `row` must go to the next page: with it go rows that want to stay with it.
bool TableFlow::break_earlier(std::uint32_t row, LayoutResult& result) {
    if (body_rows_ == 0) {
        head_only_ = true;
        return end_before(row, result, Appeal::Violating);
    }
    if (!is_avoided(between(row))) return end_before(row, result, Appeal::Perfect);
    if (!best_) return end_before(row, result, Appeal::Violating);
    body_->truncate(best_->last);
    placed_.resize(best_->placed);
    y_ = best_->y;
    return end_before(best_->row, result, Appeal::Perfect);
}

bool TableFlow::split_row(std::uint32_t row, const BreakToken* token, bool force, LayoutResult& result) {
    const RowPart part = rows_.lay_row_part(row, page_left(limit_, y_), force, token);
    LayoutUnit below;
    if (part.finished) below = grid_.spacing_y;
    if (part.finished && row + 1 == grid_.foot_begin && !space_.at_top) below += edges_.bottom();
    if (!force && (!part.shows || !fits(part.fragment->size.height + below))) return false;
    add_row(row, *part.fragment);
    ++body_rows_;
    if (part.finished) return true;
    BreakToken& next = context_.make_token(box_);
    next.row = row;
    next.parallel = part.tokens;
    result.token = &next;
    return true;
}

// Rows that a cell ties together part between rows: the cell shows its content above the break and goes on as an empty
// frame. Adds the rows from `row` on that fit; the first that does not, or `row` where none can stand here.
std::uint32_t TableFlow::part_run(std::uint32_t row, std::uint32_t end, std::span<Fragment* const> made) {
    std::uint32_t last = row;
    LayoutUnit height;
    for (; last < end; ++last) {
        height += made[last - row]->size.height + grid_.spacing_y;
        if (!fits(height)) break;
    }
    if (last == end) --last;  // all rows fit, but not the table's edge below them
    while (last > row && is_avoided(between(last))) --last;
    if (last == row) return row;
    const std::pmr::vector<Fragment*> part = rows_.lay_rows(row, last);
    height = {};
    for (const Fragment* fragment : part) height += fragment->size.height + grid_.spacing_y;
    if (!fits(height)) return row;
    for (std::uint32_t r = row; r < last; ++r) add_row(r, *part[r - row]);
    body_rows_ += last - row;
    return last;
}

// Rows [row, end) do not fit as a whole. False: the page ends.
bool TableFlow::break_in_run(std::uint32_t row, std::uint32_t end, std::span<Fragment* const> made,
                             LayoutResult& result) {
    const bool alone = body_rows_ == 0;
    const bool single = end == row + 1;
    const Box& first = *grid_.row(row).box;
    if (single && !avoids_inside(first) && !avoids_inside(*first.parent) && split_row(row, nullptr, false, result))
        return result.token == nullptr;
    if (!single)
        if (const std::uint32_t next = part_run(row, end, made); next != row)
            return end_before(next, result, Appeal::Perfect);
    if (!alone || !space_.at_top) return break_earlier(row, result);
    if (single) {
        if (!split_row(row, nullptr, true, result)) {
            add_row(row, *made.front());
            ++body_rows_;
        }
        return result.token == nullptr;
    }
    // The cell that ties them together is higher than a page: they part between rows all the same.
    for (std::uint32_t r = row; r < end; ++r) {
        if (r > row && !fits(made[r - row]->size.height + grid_.spacing_y))
            return end_before(r, result, Appeal::Violating);
        add_row(r, *made[r - row]);
        ++body_rows_;
    }
    return true;
}

void TableFlow::resume_row(LayoutResult& result) {
    if (!split_row(token_->row, token_, true, result)) result.token = nullptr;
}

// False: the page ends before the table does.
bool TableFlow::lay_body(LayoutResult& result) {
    std::uint32_t row = token_ != nullptr ? token_->row : grid_.head_end;
    if (token_ != nullptr && !token_->parallel.empty()) {
        resume_row(result);
        if (result.token != nullptr) return false;
        ++row;
    }
    for (; row < grid_.foot_begin && !context_.stopped;) {
        if (body_rows_ > 0 && space_.fragmented()) {
            const BreakBetween meeting = between(row);
            if (is_forced(meeting)) {
                end_before(row, result, Appeal::Perfect);
                auto& token = const_cast<BreakToken&>(*result.token);
                token.forced = true;
                token.side = meeting;
                return false;
            }
            if (!is_avoided(meeting)) best_ = Mark{row, placed_.size(), body_->last_child, y_};
        }
        const std::uint32_t end = std::min(rows_.run_end(row), grid_.foot_begin);
        const std::pmr::vector<Fragment*> made = rows_.lay_rows(row, end);
        LayoutUnit height;
        for (const Fragment* fragment : made) height += fragment->size.height;
        height += grid_.spacing_y * static_cast<int>(made.size());  // what is below the last row must fit, too
        // So must the edge below the last one; where the table begins its page it hangs over, as in WeasyPrint.
        const bool ends = end == grid_.foot_begin && !space_.at_top;
        if (!fits(height + (ends ? edges_.bottom() : LayoutUnit()))) {
            if (!break_in_run(row, end, made, result)) return false;
        } else {
            for (std::uint32_t r = row; r < end; ++r) add_row(r, *made[r - row]);
            body_rows_ += end - row;
        }
        row = end;
    }
    return true;
}

void TableFlow::add_foot() {
    for (std::uint32_t i = 0; i < foot_.size(); ++i) add_row(grid_.foot_begin + i, *foot_[i]);
}

// Straight pieces of collapsed borders between what stands on this page, each once and as long as it goes.
class LineCollector {
 public:
    LineCollector(const TableGrid& grid, const TableRows& rows, std::span<const PlacedRow> placed, Point corner)
        : grid_(grid), rows_(rows), placed_(placed), corner_(corner) {}
    std::vector<GridLine> collect();

 private:
    Border edge_above(std::size_t index, std::size_t column) const;
    void collect_across(std::size_t index);
    void collect_down(std::size_t column);
    void add(Point from, Point to, const Border& border);
    LayoutUnit y_of(std::size_t index) const {
        return index < placed_.size() ? placed_[index].top : placed_.back().top + placed_.back().height;
    }
    const TableGrid& grid_;
    const TableRows& rows_;
    std::span<const PlacedRow> placed_;
    Point corner_;
    std::vector<GridLine> lines_;
};

// Where rows that are no neighbours meet (below a repeated head), both sides' borders compete.
Border LineCollector::edge_above(std::size_t index, std::size_t column) const {
    if (index == placed_.size()) return grid_.below(placed_.back().row, column);
    const Border& own = grid_.above(placed_[index].row, column);
    if (index == 0 || placed_[index - 1].row + 1 == placed_[index].row) return own;
    return stronger(grid_.below(placed_[index - 1].row, column), own);
}

void LineCollector::add(Point from, Point to, const Border& border) {
    if (border.width > LayoutUnit() && border.style != BorderStyle::Hidden && !border.color.transparent())
        lines_.push_back({from, to, border});
}

void LineCollector::collect_across(std::size_t index) {
    const std::size_t columns = grid_.column_count();
    for (std::size_t column = 0; column < columns;) {
        const Border border = edge_above(index, column);
        std::size_t end = column + 1;
        while (end < columns && edge_above(index, end) == border) ++end;
        const LayoutUnit y = y_of(index);
        add({corner_.x + rows_.column_left(column), y}, {corner_.x + rows_.column_left(end), y}, border);
        column = end;
    }
}

void LineCollector::collect_down(std::size_t column) {
    for (std::size_t index = 0; index < placed_.size();) {
        const Border& border = grid_.left_of(placed_[index].row, column);
        std::size_t end = index + 1;
        while (end < placed_.size() && grid_.left_of(placed_[end].row, column) == border) ++end;
        const LayoutUnit x = corner_.x + rows_.column_left(column);
        add({x, y_of(index)}, {x, y_of(end)}, border);
        index = end;
    }
}

std::vector<GridLine> LineCollector::collect() {
    for (std::size_t column = 0; column <= grid_.column_count(); ++column) collect_down(column);
    for (std::size_t index = 0; index <= placed_.size(); ++index) collect_across(index);
    return std::move(lines_);
}

void TableFlow::add_lines() {
    if (!grid_.collapsed || placed_.empty()) return;
    const std::vector<GridLine> lines = LineCollector(grid_, rows_, placed_, {edges_.left(), {}}).collect();
    if (lines.empty()) return;
    const std::span<GridLine> kept = context_.page_span<GridLine>(lines.size());
    std::ranges::copy(lines, kept.begin());
    const std::span<TablePaint> paint = context_.page_span<TablePaint>(1);
    paint[0].lines = kept;
    body_->table = paint.data();
}

void TableFlow::finish(LayoutResult& result) {
    const bool broken = result.token != nullptr;
    if (!head_only_) add_foot();
    body_->has_start = token_ == nullptr;
    body_->has_end = !broken;
    // https://www.w3.org/TR/css-break-3/#break-decoration — a sliced table has no edge where it is broken,
    // but below a repeated foot.
    if (broken && !grid_.collapsed && grid_.foot_begin == grid_.row_count)
        edges_.border.bottom = edges_.padding.bottom = {};
    body_->border = edges_.border;
    body_->padding = edges_.padding;
    LayoutUnit height = y_ + edges_.bottom();
    if (!broken && space_.height) height = std::max(height, *space_.height - caption_height_);
    if (const Length& wanted = box_.style->height;
        !broken && token_ == nullptr && wanted.is_value() && !wanted.has_percent())
        height = std::max(height, wanted.px);
    body_->size = {space_.width, height};
    add_lines();
    LayoutUnit bottom = body_->offset.y + height;
    if (!broken) bottom = add_captions(CaptionSide::Bottom, bottom);
    wrapper_.size = {space_.width, bottom};
    if (body_ != &wrapper_) note_baseline(wrapper_, *body_);
    wrapper_.has_start = token_ == nullptr;
    wrapper_.has_end = !broken;
    if (broken && avoids_inside(box_) && !result.token->forced) result.appeal = Appeal::Violating;
}

LayoutResult TableFlow::run() {
    LayoutResult result;
    result.end_strut.add(resolve_edges(box_, space_.container_width).margin.bottom);
    if (!grid_.captions.empty()) {
        if (token_ == nullptr) caption_height_ = add_captions(CaptionSide::Top, {});
        body_ = &context_.make_fragment(FragmentKind::Box, box_);
        body_->offset.y = caption_height_;
        wrapper_.bare = true;
        wrapper_.append(*body_);
    }
    // Where it goes on a table has its upper edge above a repeated head only, and no spacing, as in WeasyPrint.
    if (token_ != nullptr && !grid_.collapsed && grid_.head_end == 0) edges_.border.top = edges_.padding.top = {};
    y_ = edges_.top() + (token_ == nullptr ? grid_.spacing_y : LayoutUnit());
    lay_repeated();
    limit_ = page_left(space_.page, caption_height_ + foot_height_);
    result.fragment = &wrapper_;
    lay_body(result);
    if (body_rows_ == 0 && result.token != nullptr && !space_.at_top) return {};
    finish(result);
    return result;
}

}  // namespace

LayoutResult layout_table(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token) {
    return TableFlow(context, box, space, token).run();
}

}  // namespace galley::document
