#include "document/layout/table_grid.h"

#include <algorithm>

#include "document/layout/layout_cache.h"

namespace galley::document {

namespace {

class GridBuilder {
 public:
    GridBuilder(TableGrid& grid, const Box& table) : grid_(grid), table_(table) {}
    void build();

 private:
    void add_column_group(const Box& group);
    void add_columns(const Box& box, std::uint32_t count);
    void reserve();
    void add_group(const Box& group);
    void add_row(const Box& row, std::uint32_t rows_left);
    void need_columns(std::uint32_t count) {
        if (count > grid_.columns.size()) grid_.columns.resize(count);
        if (grid_.columns.size() > busy_.size()) busy_.resize(grid_.columns.size());
    }

    TableGrid& grid_;
    const Box& table_;
    std::vector<std::uint32_t> busy_;  // per column: rows that a cell from above still covers
};

void GridBuilder::add_columns(const Box& box, std::uint32_t count) {
    for (; count > 0 && grid_.columns.size() < kTableColumnsMax; --count) grid_.columns.emplace_back().box = &box;
}

void GridBuilder::add_column_group(const Box& group) {
    if (group.first_child == nullptr) return add_columns(group, group.column_span);
    for (const Box* column = group.first_child; column != nullptr; column = column->next)
        add_columns(*column, column->column_span);
}

void GridBuilder::add_row(const Box& row, std::uint32_t rows_left) {
    GridRow& made = grid_.rows.emplace_back();
    const auto index = static_cast<std::uint32_t>(grid_.rows.size() - 1);
    made.box = &row;
    made.cell_begin = static_cast<std::uint32_t>(grid_.cells.size());
    std::uint32_t column = 0;
    for (std::uint32_t& busy : busy_) made.tied |= busy > 0;
    for (const Box* cell = row.first_child; cell != nullptr; cell = cell->next) {
        if (cell->kind != BoxKind::Cell) continue;
        while (column < busy_.size() && busy_[column] > 0) ++column;
        if (column >= kTableColumnsMax) break;
        const std::uint32_t columns = std::min<std::uint32_t>(cell->column_span, kTableColumnsMax - column);
        const std::uint32_t rows = cell->row_span == 0 ? rows_left : std::min<std::uint32_t>(cell->row_span, rows_left);
        need_columns(column + columns);
        grid_.cells.push_back({cell, index, column, rows, columns});
        for (std::uint32_t c = column; c < column + columns; ++c) busy_[c] = std::max(busy_[c], rows);
        column += columns;
    }
    made.cell_end = static_cast<std::uint32_t>(grid_.cells.size());
    for (std::uint32_t& busy : busy_)
        if (busy > 0) --busy;
}

void GridBuilder::add_group(const Box& group) {
    std::uint32_t rows_left = 0;
    for (const Box* row = group.first_child; row != nullptr; row = row->next) ++rows_left;
    std::ranges::fill(busy_, 0);
    for (const Box* row = group.first_child; row != nullptr; row = row->next) add_row(*row, rows_left--);
}

// The arena gives nothing back: a vector that grows leaves its smaller selves behind. Rows are alike in most tables.
void GridBuilder::reserve() {
    std::size_t rows = 0, cells = 0;
    for (const Box* group = table_.first_child; group != nullptr; group = group->next) {
        if (group->kind != BoxKind::RowGroup || group->first_child == nullptr) continue;
        std::size_t in_group = 0, in_row = 0;
        for (const Box* row = group->first_child; row != nullptr; row = row->next) ++in_group;
        for (const Box* cell = group->first_child->first_child; cell != nullptr; cell = cell->next) ++in_row;
        rows += in_group;
        cells += in_group * in_row;
    }
    grid_.rows.reserve(rows);
    grid_.cells.reserve(cells);
}

void GridBuilder::build() {
    reserve();
    const Box *head = nullptr, *foot = nullptr;
    for (const Box* child = table_.first_child; child != nullptr; child = child->next) {
        if (child->kind == BoxKind::ColumnGroup) add_column_group(*child);
        if (child->kind == BoxKind::Caption) grid_.captions.push_back(child);
        if (child->kind != BoxKind::RowGroup) continue;
        if (head == nullptr && child->style->display == Display::TableHeaderGroup) head = child;
        if (foot == nullptr && child->style->display == Display::TableFooterGroup) foot = child;
    }
    need_columns(static_cast<std::uint32_t>(grid_.columns.size()));
    if (head != nullptr) add_group(*head);
    grid_.head_end = static_cast<std::uint32_t>(grid_.rows.size());
    for (const Box* child = table_.first_child; child != nullptr; child = child->next)
        if (child->kind == BoxKind::RowGroup && child != head && child != foot) add_group(*child);
    grid_.foot_begin = static_cast<std::uint32_t>(grid_.rows.size());
    if (foot != nullptr) add_group(*foot);
    if (grid_.columns.empty() && !grid_.rows.empty()) grid_.columns.emplace_back();
}

// Columns are counted from the left from here on: the first one of a right-to-left table is the last.
void mirror(TableGrid& grid) {
    std::ranges::reverse(grid.columns);
    const auto count = static_cast<std::uint32_t>(grid.columns.size());
    for (GridCell& cell : grid.cells) cell.column = count - cell.column - cell.columns;
}

}  // namespace

TableGrid& table_grid(LayoutContext& context, const Box& table) {
    LayoutCache& cache = cache_of(context, table);
    if (cache.table != nullptr) return *cache.table;
    auto* grid =
        std::pmr::polymorphic_allocator<TableGrid>(&context.tree.arena()).new_object<TableGrid>(&context.tree.arena());
    cache.table = grid;
    GridBuilder(*grid, table).build();
    const InheritedStyle& style = table.text_style();
    if (style.direction == Direction::Rtl) mirror(*grid);
    const std::uint64_t slots = std::uint64_t{grid->columns.size() + 1} * (grid->rows.size() + 1);
    grid->collapsed = style.border_collapse == BorderCollapse::Collapse && slots <= kTableSlotsMax;
    if (grid->collapsed) {
        collapse_borders(*grid, table);
    } else {
        grid->spacing_x = style.border_spacing_x;
        grid->spacing_y = style.border_spacing_y;
    }
    return *grid;
}

Edges table_edges(const TableGrid& grid, const Box& table, LayoutUnit container_width) {
    Edges edges = resolve_edges(table, container_width);
    if (!grid.collapsed) return edges;
    edges.padding = {};
    edges.border = grid.outer;
    return edges;
}

}  // namespace galley::document
