#include <algorithm>
#include <numeric>

#include "document/layout/layout_cache.h"
#include "document/layout/table_grid.h"
#include "document/layout/table_layout.h"

// https://www.w3.org/TR/css-tables-3/#computing-the-table-width and #distributing-width-to-columns

namespace galley::document {

namespace {

LayoutUnit fixed_width(const ComputedStyle& style, LayoutUnit edges) {
    if (!style.width.is_value() || style.width.percent != 0) return {};
    return style.box_sizing == BoxSizing::BorderBox ? std::max(style.width.px, edges) : style.width.px + edges;
}

double percent_width(const ComputedStyle& style) {
    return style.width.is_value() && style.width.px == LayoutUnit() ? std::clamp(style.width.percent, 0.0, 100.0) : 0;
}

// What one cell asks of the columns that it covers: border box widths.
struct CellWish {
    LayoutUnit least, most;
    double percent = 0;
    bool fixed = false;
};

CellWish wish_of(LayoutContext& context, const TableGrid& grid, const GridCell& cell) {
    const ComputedStyle& style = *cell.box->style;
    IntrinsicWidths widths = intrinsic_widths(context, *cell.box);
    const Edges own = resolve_edges(*cell.box, {});
    const Sides<LayoutUnit> used = cell_borders(grid, cell);
    const LayoutUnit change = used.left + used.right - own.border.left - own.border.right;
    CellWish wish{widths.least + change, widths.most + change, percent_width(style), false};
    if (const LayoutUnit fixed = fixed_width(style, own.inline_sum() + change); fixed > LayoutUnit()) {
        wish.most = std::max(fixed, wish.least);
        wish.fixed = true;
    }
    return wish;
}

void apply_single(GridColumn& column, const CellWish& wish) {
    column.least = std::max(column.least, wish.least);
    if (wish.fixed && !column.fixed) {
        column.most = wish.most;  // the first length replaces what contents asked for
        column.fixed = true;
    } else if (wish.fixed || !column.fixed) {
        column.most = std::max(column.most, wish.most);
    }
    column.percent = std::max(column.percent, wish.percent);
}

// Adds `missing` to the members in proportion to their weights (equally when all are 0), exactly.
template <typename Weight, typename Add>
void share(LayoutUnit missing, std::span<GridColumn> columns, Weight weight, Add add) {
    std::int64_t total = 0, count = 0;
    for (const GridColumn& column : columns)
        if (const std::int64_t part = weight(column); part >= 0) {
            total += part;
            ++count;
        }
    if (count == 0) return;
    std::int64_t seen = 0, given = 0;
    for (GridColumn& column : columns) {
        const std::int64_t part = weight(column);
        if (part < 0) continue;
        seen += total > 0 ? part : 1;
        const std::int64_t upto = missing.scaled(seen, total > 0 ? total : count).raw();
        add(column, LayoutUnit::from_raw(upto - given));
        given = upto;
    }
}

// A spanning cell widens its columns: those without a length first.
void apply_span(TableGrid& grid, const GridCell& cell, const CellWish& wish) {
    const std::span<GridColumn> columns(grid.columns.data() + cell.column, cell.columns);
    const LayoutUnit between = grid.spacing_x * static_cast<int>(cell.columns - 1);
    LayoutUnit least, most;
    bool free = false;
    for (const GridColumn& column : columns) {
        least += column.least;
        most += std::max(column.most, column.least);
        free |= !column.fixed;
    }
    const auto weight = [free](const GridColumn& column) -> std::int64_t {
        return free && column.fixed ? -1 : std::max(column.most, column.least).raw();
    };
    if (const LayoutUnit missing = wish.most - between - most; missing > LayoutUnit())
        share(missing, columns, weight,
              [](GridColumn& column, LayoutUnit part) { column.most = std::max(column.most, column.least) + part; });
    if (const LayoutUnit missing = wish.least - between - least; missing > LayoutUnit())
        share(missing, columns, weight, [](GridColumn& column, LayoutUnit part) { column.least += part; });
    double percent = wish.percent;
    int open = 0;
    for (const GridColumn& column : columns) {
        percent -= column.percent;
        open += column.percent == 0 ? 1 : 0;
    }
    if (percent > 0 && open > 0)
        for (GridColumn& column : columns)
            if (column.percent == 0) column.percent = percent / open;
}

void measure_columns(LayoutContext& context, TableGrid& grid) {
    for (GridColumn& column : grid.columns) {
        if (column.box == nullptr) continue;
        if (const LayoutUnit fixed = fixed_width(*column.box->style, {}); fixed > LayoutUnit()) {
            column.most = fixed;
            column.fixed = true;
        }
        column.percent = percent_width(*column.box->style);
    }
    std::vector<const GridCell*> spanning;
    for (const GridCell& cell : grid.cells) {
        if (cell.columns == 1)
            apply_single(grid.columns[cell.column], wish_of(context, grid, cell));
        else
            spanning.push_back(&cell);
    }
    std::ranges::sort(spanning, {}, [](const GridCell* cell) { return std::pair(cell->columns, cell->row); });
    for (const GridCell* cell : spanning) apply_span(grid, *cell, wish_of(context, grid, *cell));
    double left = 100;
    for (GridColumn& column : grid.columns) {
        column.most = std::max(column.most, column.least);
        column.percent = std::min(column.percent, left);
        left -= column.percent;
    }
}

LayoutUnit total(std::span<const LayoutUnit> widths) {
    return std::accumulate(widths.begin(), widths.end(), LayoutUnit());
}

// The four guesses, narrowest first.
LayoutUnit guess(const GridColumn& column, int number, LayoutUnit assignable) {
    if (number >= 1 && column.percent > 0) return std::max(column.least, assignable.scaled(column.percent / 100.0));
    if (number >= 3) return column.most;
    if (number >= 2 && column.fixed) return column.most;
    return column.least;
}

void widen(TableGrid& grid, LayoutUnit excess) {
    const auto pass = [&](auto wanted, auto weight) {
        if (std::ranges::none_of(grid.columns,
                                 [&](const GridColumn& column) { return wanted(column) && weight(column) > 0; }))
            return false;
        share(
            excess, grid.columns,
            [&](const GridColumn& column) -> std::int64_t { return wanted(column) ? weight(column) : -1; },
            [&](const GridColumn& column, LayoutUnit part) {
                grid.widths[static_cast<std::size_t>(&column - grid.columns.data())] += part;
            });
        return true;
    };
    const auto by_most = [](const GridColumn& column) -> std::int64_t { return column.most.raw(); };
    if (pass([](const GridColumn& c) { return c.percent == 0 && !c.fixed; }, by_most)) return;
    if (pass([](const GridColumn& c) { return c.percent == 0; }, by_most)) return;
    if (pass([](const GridColumn& c) { return c.percent > 0; },
             [](const GridColumn& c) -> std::int64_t { return static_cast<std::int64_t>(c.percent * 1000); }))
        return;
    pass([](const GridColumn&) { return true; }, [](const GridColumn&) -> std::int64_t { return 1; });
}

void distribute(TableGrid& grid, LayoutUnit assignable) {
    std::vector<LayoutUnit> lower(grid.columns.size()), upper(grid.columns.size());
    for (int number = 0; number < 4; ++number) {
        for (std::size_t c = 0; c < grid.columns.size(); ++c) upper[c] = guess(grid.columns[c], number, assignable);
        const LayoutUnit above = total(upper);
        if (above >= assignable || number == 3) {
            const LayoutUnit below = number == 0 ? above : total(lower);
            grid.widths.assign(upper.begin(), upper.end());
            if (above < assignable) return widen(grid, assignable - above);
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

// https://www.w3.org/TR/CSS21/tables.html#fixed-table-layout
void distribute_fixed(TableGrid& grid, LayoutUnit assignable) {
    grid.widths.assign(grid.columns.size(), LayoutUnit::from_raw(-1));
    const auto set = [&](std::size_t column, std::size_t span, const ComputedStyle& style, LayoutUnit edges) {
        LayoutUnit width = fixed_width(style, edges);
        if (const double percent = percent_width(style); percent > 0) width = assignable.scaled(percent / 100);
        if (width <= LayoutUnit()) return;
        for (std::size_t c = column; c < column + span; ++c)
            if (grid.widths[c].raw() < 0) grid.widths[c] = width / static_cast<int>(span);
    };
    for (std::size_t c = 0; c < grid.columns.size(); ++c)
        if (grid.columns[c].box != nullptr) set(c, 1, *grid.columns[c].box->style, {});
    if (!grid.rows.empty())
        for (std::uint32_t i = grid.rows.front().cell_begin; i < grid.rows.front().cell_end; ++i) {
            const GridCell& cell = grid.cells[i];
            set(cell.column, cell.columns, *cell.box->style, resolve_edges(*cell.box, {}).inline_sum());
        }
    LayoutUnit used;
    int open = 0;
    for (const LayoutUnit width : grid.widths) {
        if (width.raw() < 0)
            ++open;
        else
            used += width;
    }
    const LayoutUnit rest = std::max(LayoutUnit(), assignable - used);
    const int count = static_cast<int>(grid.widths.size());
    for (LayoutUnit& width : grid.widths) {
        if (width.raw() < 0)
            width = rest / open;
        else if (open == 0 && count > 0)
            width += rest / count;
    }
}

LayoutUnit spacing_sum(const TableGrid& grid) {
    return grid.columns.empty() ? LayoutUnit() : grid.spacing_x * static_cast<int>(grid.columns.size() + 1);
}

bool uses_fixed_layout(const Box& table) {
    return table.style->table_layout == TableLayout::Fixed && !table.style->width.is_auto();
}

}  // namespace

IntrinsicWidths table_widths(LayoutContext& context, const Box& box) {
    TableGrid& grid = table_grid(context, box);
    const Edges edges = table_edges(grid, box, {});
    IntrinsicWidths widths;
    if (!uses_fixed_layout(box)) measure_columns(context, grid);
    LayoutUnit plain;
    double percent = 0;
    for (const GridColumn& column : grid.columns) {
        widths.least += column.least;
        widths.most += column.most;
        if (column.percent > 0) {
            percent += column.percent;
            widths.most = std::max(widths.most, column.most.scaled(100.0 / column.percent));
        } else {
            plain += column.most;
        }
    }
    if (percent > 0 && percent < 100) widths.most = std::max(widths.most, plain.scaled(100.0 / (100.0 - percent)));
    const LayoutUnit frame = edges.inline_sum() + spacing_sum(grid);
    widths.least += frame;
    widths.most += frame;
    if (const LayoutUnit fixed = fixed_width(*box.style, grid.collapsed ? LayoutUnit() : edges.inline_sum());
        fixed > LayoutUnit())
        widths = {std::max(widths.least, fixed), std::max(widths.least, fixed)};
    for (const Box* caption : grid.captions) {
        const IntrinsicWidths own = outer_intrinsic_widths(context, *caption);
        widths.least = std::max(widths.least, own.least);
        widths.most = std::max(widths.most, widths.least);
    }
    return widths;
}

LayoutUnit table_used_width(LayoutContext& context, const Box& box, LayoutUnit container, LayoutUnit available) {
    const IntrinsicWidths widths = intrinsic_widths(context, box);
    const ComputedStyle& style = *box.style;
    const TableGrid& grid = table_grid(context, box);
    const LayoutUnit edges = grid.collapsed ? LayoutUnit() : table_edges(grid, box, container).inline_sum();
    const LayoutUnit extra = style.box_sizing == BoxSizing::BorderBox ? LayoutUnit() : edges;
    LayoutUnit width = std::min(std::max(available, LayoutUnit()), widths.most);
    if (style.width.is_value()) width = style.width.resolve(container) + extra;
    if (style.max_width.is_value()) width = std::min(width, style.max_width.resolve(container) + extra);
    if (style.min_width.is_value()) width = std::max(width, style.min_width.resolve(container) + extra);
    return std::max(width, widths.least);
}

void assign_columns(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges) {
    if (grid.widths_for == width) return;
    intrinsic_widths(context, table);  // measures the columns
    grid.widths_for = width;
    const LayoutUnit assignable = std::max(LayoutUnit(), width - edges.inline_sum() - spacing_sum(grid));
    if (uses_fixed_layout(table))
        distribute_fixed(grid, assignable);
    else
        distribute(grid, assignable);
}

}  // namespace galley::document
