#include <algorithm>
#include <numeric>

#include "document/layout/layout_cache.h"
#include "document/layout/table_grid.h"
#include "document/layout/table_layout.h"

// https://www.w3.org/TR/css-tables-3/#computing-the-table-width and #distributing-width-to-columns

namespace galley::document {

namespace {

bool is_px(const Length& length) {
    return length.is_value() && length.percent == 0;
}

// CSS 2.1 leaves open what min-width and max-width do to cells and columns; widths in px heed only px.
LayoutUnit clamped(const ComputedStyle& style, LayoutUnit width) {
    if (is_px(style.max_width)) width = std::min(width, style.max_width.px);
    if (is_px(style.min_width)) width = std::max(width, style.min_width.px);
    return width;
}

bool is_percent(const Length& length) {
    return length.is_value() && length.px == LayoutUnit() && length.percent > 0;
}

double percent_width(const ComputedStyle& style) {
    double percent = is_percent(style.width) ? style.width.percent : 0;
    if (is_percent(style.max_width)) percent = std::min(percent, style.max_width.percent);
    if (is_percent(style.min_width)) percent = std::max(percent, style.min_width.percent);
    return std::clamp(percent, 0.0, 100.0);
}

}  // namespace

CellWish wish_of(LayoutContext& context, const TableGrid& grid, const GridCell& cell) {
    const ComputedStyle& style = *cell.box->style;
    const Edges own = resolve_edges(*cell.box, {});
    const Sides<LayoutUnit> used = cell_borders(grid, cell);
    const LayoutUnit change = used.left + used.right - own.border.left - own.border.right;
    // Sizes in px are the content's, whatever box-sizing says, as a table's own width; contents may not fall below
    // their least width by max-width nor rise above it by min-width: WeasyPrint takes them so.
    const LayoutUnit edges = own.inline_sum() + change;
    CellWish wish{{}, {}, percent_width(style), is_px(style.width)};
    if (!wish.fixed && !is_px(style.min_width) && !is_px(style.max_width)) {
        const IntrinsicWidths widths = intrinsic_widths(context, *cell.box);
        wish.least = widths.least + change;
        wish.most = widths.most + change;
        return wish;
    }
    const IntrinsicWidths contents = content_intrinsic_widths(context, *cell.box);
    wish.least = contents.least + edges;
    if (wish.fixed) wish.least = std::max(wish.least, clamped(style, style.width.px) + edges);
    wish.most = std::max(wish.least, clamped(style, wish.fixed ? style.width.px : contents.most) + edges);
    return wish;
}

namespace {

// How a table's excess width goes to its columns. CSS 2.1 leaves that open; users of WeasyPrint know its way, which is
// that of https://dbaron.org/css/intrinsic/#distributetocols with one difference: what is left after all columns have
// their preferred width goes to the unconstrained ones in equal parts.
class ExcessSharing {
 public:
    using Widths = std::pmr::vector<double>;
    ExcessSharing(const TableGrid& grid, std::span<const double> most, std::size_t first, std::size_t last,
                  std::pmr::memory_resource* memory)
        : grid_(grid), most_(most), first_(first), last_(last), chosen_(memory), gaps_(memory) {}

    void run(Widths& widths, double excess) {
        choose([](const GridColumn& column, double most) { return !column.fixed && column.percent == 0 && most > 0; });
        if (!fill_up(widths, excess)) return;
        choose([](const GridColumn& column, double) { return !column.fixed && column.percent == 0; });
        if (!chosen_.empty()) return equally(widths, excess);
        choose([](const GridColumn& column, double most) { return column.fixed && column.percent == 0 && most > 0; });
        if (!fill_up(widths, excess)) return;
        choose([](const GridColumn& column, double) { return column.percent > 0; });
        if (!by_percent(widths, excess)) return;
        choose([](const GridColumn&, double) { return true; });
        equally(widths, excess);
    }

 private:
    template <typename Wanted>
    void choose(Wanted wanted) {
        chosen_.clear();
        for (std::size_t i = first_; i < last_; ++i)
            if (wanted(grid_.columns[i], most_[i])) chosen_.push_back(i);
    }
    // False: nothing is left.
    bool add_gaps(Widths& widths, double& excess) {
        double sum = 0;
        for (const double gap : gaps_) sum += gap;
        const double scale = sum > excess && sum != 0 ? excess / sum : 1;
        for (std::size_t k = 0; k < chosen_.size(); ++k) widths[chosen_[k]] += gaps_[k] * scale;
        excess -= sum * scale;
        return excess > 1e-6;
    }
    // Up to preferred widths. The k-th chosen column is measured against the k-th of all, as WeasyPrint does.
    bool fill_up(Widths& widths, double& excess) {
        gaps_.clear();
        for (std::size_t k = 0; k < chosen_.size(); ++k) gaps_.push_back(std::max(0.0, most_[k] - widths[chosen_[k]]));
        return add_gaps(widths, excess);
    }
    bool by_percent(Widths& widths, double& excess) {
        double fixed = 0, percent = 0;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (std::ranges::find(chosen_, i) == chosen_.end()) fixed += widths[i];
        for (const std::size_t i : chosen_) percent += grid_.columns[i].percent;
        const double ratio = fixed == 0 || percent >= 100 ? excess : fixed / (100 - percent);
        gaps_.clear();
        for (const std::size_t i : chosen_) gaps_.push_back(grid_.columns[i].percent * ratio - widths[i]);
        return add_gaps(widths, excess);
    }
    void equally(Widths& widths, double excess) {
        for (const std::size_t i : chosen_) widths[i] += excess / static_cast<double>(chosen_.size());
    }

    const TableGrid& grid_;
    std::span<const double> most_;
    std::size_t first_, last_;
    std::pmr::vector<std::size_t> chosen_;
    Widths gaps_;
};

}  // namespace

void apply_single(GridColumn& column, const CellWish& wish) {
    column.least = std::max(column.least, wish.least);
    column.most = std::max(column.most, wish.most);
    column.fixed |= wish.fixed;
    column.percent = std::max(column.percent, wish.percent);
}

namespace {

// A spanning cell's percentage, less that of its columns, goes to those that have none.
void apply_span_percent(TableGrid& grid, const GridCell& cell, double percent) {
    if (percent <= 0) return;
    const std::span<GridColumn> columns(grid.columns.data() + cell.column, cell.columns);
    double open_most = 0;
    int open = 0;
    for (const GridColumn& column : columns) {
        percent -= column.percent;
        if (column.percent > 0) continue;
        open_most += column.most.px();
        ++open;
    }
    if (percent <= 0 || open == 0) return;
    for (GridColumn& column : columns)
        if (column.percent == 0) column.percent = percent * (open_most > 0 ? column.most.px() / open_most : 1.0 / open);
}

// A spanning cell widens its columns as excess width would.
void apply_span(LayoutContext& context, TableGrid& grid, const GridCell& cell, const CellWish& wish) {
    const LayoutUnit between = grid.spacing_x * static_cast<int>(cell.columns - 1);
    const std::size_t end = cell.column + cell.columns;
    LayoutUnit least = between, most = between;
    for (std::size_t i = cell.column; i < end; ++i) {
        least += grid.columns[i].least;
        most += grid.columns[i].most;
    }
    if (wish.least <= least && wish.most <= most) return;
    ExcessSharing::Widths leasts(context.page_arena), mosts(context.page_arena);
    for (const GridColumn& column : grid.columns) {
        leasts.push_back(column.least.px());
        mosts.push_back(column.most.px());
    }
    ExcessSharing sharing(grid, mosts, cell.column, end, context.page_arena);
    if (wish.least > least) sharing.run(leasts, (wish.least - least).px());
    if (wish.most > most) sharing.run(mosts, (wish.most - most).px());
    for (std::size_t i = cell.column; i < end; ++i) {
        grid.columns[i].least = LayoutUnit::from_px(leasts[i]);
        grid.columns[i].most = LayoutUnit::from_px(mosts[i]);
    }
}

void measure_columns(LayoutContext& context, TableGrid& grid) {
    for (GridColumn& column : grid.columns) {
        if (column.box == nullptr) continue;
        const ComputedStyle& style = *column.box->style;
        const LayoutUnit width = clamped(style, is_px(style.width) ? style.width.px : LayoutUnit());
        column.least = std::max(column.least, width);
        column.most = std::max(column.most, width);
        column.fixed |= is_px(style.width) && width > LayoutUnit();
        column.percent = std::max(column.percent, percent_width(*column.box->style));
    }
    std::vector<SpanWish> spanning(grid.spans.begin(), grid.spans.end());
    for (const TableSegment& segment : grid.segments) {
        if (segment.folded != nullptr) continue;
        for (const GridCell& cell : segment.part->cells) {
            const CellWish wish = wish_of(context, grid, cell);
            if (cell.columns == 1)
                apply_single(grid.columns[cell.column], wish);
            else
                spanning.push_back({cell, wish});
        }
    }
    std::ranges::sort(spanning, {}, [](const SpanWish& span) {
        return std::tuple(span.cell.columns, span.cell.row, span.cell.column);
    });
    for (const SpanWish& span : spanning) apply_span_percent(grid, span.cell, span.wish.percent);
    double left = 100;
    for (GridColumn& column : grid.columns) {
        column.percent = std::min(column.percent, left);
        left -= column.percent;
    }
    std::ranges::sort(spanning, {}, [](const SpanWish& span) { return std::pair(span.cell.column, span.cell.row); });
    for (const SpanWish& span : spanning) apply_span(context, grid, span.cell, span.wish);
    for (GridColumn& column : grid.columns) column.most = std::max(column.most, column.least);
}

LayoutUnit total(std::span<const LayoutUnit> widths) {
    return std::accumulate(widths.begin(), widths.end(), LayoutUnit());
}

// The guesses, narrowest first: least widths, percentages, preferred widths.
LayoutUnit guess(const GridColumn& column, int number, LayoutUnit assignable) {
    if (number >= 1 && column.percent > 0) return std::max(column.least, assignable.scaled(column.percent / 100.0));
    return number >= 2 ? column.most : column.least;
}

void widen(LayoutContext& context, TableGrid& grid, LayoutUnit assignable) {
    ExcessSharing::Widths widths(context.page_arena), mosts(context.page_arena);
    double sum = 0;
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
        widths.push_back(grid.widths[i].px());
        mosts.push_back(grid.columns[i].most.px());
        sum += widths.back();
    }
    ExcessSharing(grid, mosts, 0, grid.columns.size(), context.page_arena).run(widths, assignable.px() - sum);
    double upto = 0;
    LayoutUnit given;
    for (std::size_t i = 0; i < widths.size(); ++i) {  // rounded as sums, so that they fill the table
        upto += widths[i];
        grid.widths[i] = std::max(LayoutUnit(), LayoutUnit::from_px(upto) - given);
        given += grid.widths[i];
    }
}

void distribute(LayoutContext& context, TableGrid& grid, LayoutUnit assignable) {
    constexpr int kLast = 2;
    std::vector<LayoutUnit> lower(grid.columns.size()), upper(grid.columns.size());
    // 22 %, 28 % … of the table are each rounded, and are still all of it.
    const LayoutUnit rounding = LayoutUnit::from_raw(static_cast<std::int32_t>(grid.columns.size()));
    for (int number = 0; number <= kLast; ++number) {
        for (std::size_t c = 0; c < grid.columns.size(); ++c) upper[c] = guess(grid.columns[c], number, assignable);
        LayoutUnit above = total(upper);
        if (above < assignable && assignable - above <= rounding) {
            upper.back() += assignable - above;
            above = assignable;
        }
        if (above >= assignable || number == kLast) {
            const LayoutUnit below = number == 0 ? above : total(lower);
            grid.widths.assign(upper.begin(), upper.end());
            if (above < assignable) return widen(context, grid, assignable);
            if (number == 0 || above == below) return;
            std::int64_t seen = 0, given = 0;  // between the guesses, in proportion
            for (std::size_t c = 0; c < grid.columns.size(); ++c) {
                seen += upper[c].raw() - lower[c].raw();
                const std::int64_t upto =
                    LayoutUnit::from_raw(seen).scaled((assignable - below).raw(), (above - below).raw()).raw();
                grid.widths[c] = lower[c] + LayoutUnit::from_raw(upto - given);
                given = upto;
            }
            return;
        }
        lower = upper;
    }
}

LayoutUnit spacing_sum(const TableGrid& grid) {
    return grid.columns.empty() ? LayoutUnit() : grid.spacing_x * static_cast<int>(grid.columns.size() + 1);
}

// https://www.w3.org/TR/CSS21/tables.html#fixed-table-layout — a cell's width, in percent too, comes without its edges
// unless its box-sizing says otherwise; what columns that it spans have already is taken off.
class FixedColumns {
 public:
    FixedColumns(TableGrid& grid, LayoutUnit assignable) : grid_(grid), assignable_(assignable) {
        grid.widths.assign(grid.columns.size(), kOpen);
    }
    void run() {
        for (std::size_t c = 0; c < grid_.columns.size(); ++c)
            if (const Box* box = grid_.columns[c].box) set(c, 1, *box->style, {});
        if (grid_.row_count > 0)
            for (const GridCell& cell : grid_.cells_of(0)) {
                const Edges own = resolve_edges(*cell.box, {});
                const Sides<LayoutUnit> borders = cell_borders(grid_, cell);  // halves of collapsed ones
                set(cell.column, cell.columns, *cell.box->style,
                    own.padding.left + own.padding.right + borders.left + borders.right);
            }
        share_rest();
    }

 private:
    static constexpr LayoutUnit kOpen = LayoutUnit::from_raw(-1);
    void set(std::size_t column, std::size_t span, const ComputedStyle& style, LayoutUnit edges) {
        if (!style.width.is_value()) return;
        LayoutUnit width = style.width.resolve(assignable_ + spacing_sum(grid_));
        if (style.box_sizing != BoxSizing::BorderBox) width += edges;
        width -= grid_.spacing_x * static_cast<int>(span - 1);
        int open = 0;
        for (std::size_t c = column; c < column + span; ++c) {
            if (grid_.widths[c] == kOpen)
                ++open;
            else
                width -= grid_.widths[c];
        }
        if (open == 0) return;
        const LayoutUnit each = std::max(LayoutUnit(), width / open);
        for (std::size_t c = column; c < column + span; ++c)
            if (grid_.widths[c] == kOpen) grid_.widths[c] = each;
    }
    void share_rest() {
        LayoutUnit used;
        int open = 0;
        for (const LayoutUnit width : grid_.widths) {
            if (width == kOpen)
                ++open;
            else
                used += width;
        }
        const LayoutUnit rest = std::max(LayoutUnit(), assignable_ - used);
        const int count = static_cast<int>(grid_.widths.size());
        for (LayoutUnit& width : grid_.widths) {
            if (width == kOpen)
                width = rest / open;
            else if (open == 0 && count > 0)
                width += rest / count;
        }
    }

    TableGrid& grid_;
    LayoutUnit assignable_;
};

}  // namespace

bool uses_fixed_layout(const Box& table) {
    return table.style->table_layout == TableLayout::Fixed && !table.style->width.is_auto();
}

IntrinsicWidths table_widths(LayoutContext& context, const Box& box) {
    TableGrid& grid = table_grid(context, box);
    const Edges edges = table_edges(grid, box, {});
    IntrinsicWidths widths;
    if (!uses_fixed_layout(box)) measure_columns(context, grid);
    LayoutUnit plain, whole;  // whole: of which a column is the percentage that it asks for
    double percent = 0;
    for (const GridColumn& column : grid.columns) {
        widths.least += column.least;
        widths.most += column.most;
        if (column.percent > 0) {
            percent += column.percent;
            whole = std::max(whole, column.most.scaled(100.0 / column.percent));
        } else {
            plain += column.most;
        }
    }
    widths.most = std::max(widths.most, whole);
    if (percent > 0 && percent < 100) widths.most = std::max(widths.most, plain.scaled(100.0 / (100.0 - percent)));
    const LayoutUnit frame = edges.inline_sum() + spacing_sum(grid);
    widths.least += frame;
    widths.most += frame;
    if (const Length& width = box.style->width; width.is_value() && !width.has_percent())
        widths.least = widths.most = std::max(widths.least, width.px + edges.inline_sum());
    if (is_px(box.style->min_width) && !uses_fixed_layout(box))
        widths.least = std::max(widths.least, box.style->min_width.px + edges.inline_sum());
    widths.most = std::max(widths.most, widths.least);
    for (const Box* caption : grid.captions) {
        const IntrinsicWidths own = outer_intrinsic_widths(context, *caption);
        widths.least = std::max(widths.least, own.least);
        widths.most = std::max(widths.most, widths.least);
    }
    return widths;
}

// A width in px is that of the columns, whatever box-sizing says, as in WeasyPrint; only percentages heed it. CSS 2.1
// leaves max-width and min-width of tables undefined; there the former and percentages of the latter have no effect,
// nor has any in fixed layout.
LayoutUnit table_used_width(LayoutContext& context, const Box& box, LayoutUnit container, LayoutUnit available) {
    const IntrinsicWidths widths = intrinsic_widths(context, box);
    const ComputedStyle& style = *box.style;
    const LayoutUnit edges = table_edges(table_grid(context, box), box, container).inline_sum();
    const auto with_edges = [&](const Length& length) {
        const bool whole = style.box_sizing == BoxSizing::BorderBox && length.has_percent();
        return length.resolve(container) + (whole ? LayoutUnit() : edges);
    };
    LayoutUnit width = std::min(std::max(available, LayoutUnit()), widths.most);
    if (style.width.is_value()) width = with_edges(style.width);
    if (is_px(style.min_width) && !uses_fixed_layout(box)) width = std::max(width, style.min_width.px + edges);
    return std::max(width, widths.least);
}

void assign_columns(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges) {
    if (grid.widths_for == width) return;
    intrinsic_widths(context, table);  // measures the columns
    grid.widths_for = width;
    const LayoutUnit assignable = std::max(LayoutUnit(), width - edges.inline_sum() - spacing_sum(grid));
    if (uses_fixed_layout(table))
        FixedColumns(grid, assignable).run();
    else
        distribute(context, grid, assignable);
}

}  // namespace galley::document
