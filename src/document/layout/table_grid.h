// src/document/layout/table_grid.h — a table's rows, columns and cells in their slots, borders resolved.
//
// Shape    rows in painted order: head, bodies, foot. Made once per table and cached.
// Limits   kTableColumnsMax; collapsed borders only up to kTableSlotsMax slots.
// Source   CSS 2.1 §17.5, §17.6.2; HTML table model.
#pragma once

#include <memory_resource>
#include <vector>

#include "document/layout/box_geometry.h"

namespace galley::document {

inline constexpr std::uint32_t kTableColumnsMax = 4096;
inline constexpr std::uint64_t kTableSlotsMax = 16'000'000;

struct GridCell {
    const Box* box = nullptr;
    std::uint32_t row = 0, column = 0;
    std::uint32_t rows = 1, columns = 1;  // spans, clipped to the group and the table
};

struct GridRow {
    const Box* box = nullptr;
    std::uint32_t cell_begin = 0, cell_end = 0;  // cells that start in this row
    bool tied = false;                           // a cell spans into it from above
};

struct GridColumn {
    LayoutUnit least, most;
    double percent = 0;
    bool fixed = false;  // a length is specified
    const Box* box = nullptr;
};

struct TableGrid {
    explicit TableGrid(std::pmr::memory_resource* arena)
        : columns(arena), rows(arena), cells(arena), across(arena), down(arena), widths(arena), captions(arena) {}

    std::pmr::vector<GridColumn> columns;
    std::pmr::vector<GridRow> rows;
    std::pmr::vector<GridCell> cells;
    std::uint32_t head_end = 0;    // rows [0, head_end) are the head
    std::uint32_t foot_begin = 0;  // rows [foot_begin, size) are the foot
    bool collapsed = false;
    // Collapsed borders: above row r in column c; left of column c in row r. Empty unless collapsed.
    std::pmr::vector<Border> across, down;
    Sides<LayoutUnit> outer;              // the table's own half of the outermost borders
    std::pmr::vector<LayoutUnit> widths;  // of columns, for `widths_for`
    LayoutUnit widths_for = LayoutUnit::from_raw(-1);
    LayoutUnit spacing_x, spacing_y;
    std::pmr::vector<const Box*> captions;

    std::size_t column_count() const { return columns.size(); }
    const Border& above(std::size_t row, std::size_t column) const { return across[row * columns.size() + column]; }
    const Border& left_of(std::size_t row, std::size_t column) const {
        return down[row * (columns.size() + 1) + column];
    }
};

TableGrid& table_grid(LayoutContext& context, const Box& table);
// Fills `across`, `down` and `outer`.
void collapse_borders(TableGrid& grid, const Box& table);
// Which of two borders wins (CSS 2.1 §17.6.2.1): the second only when it is stronger.
const Border& stronger(const Border& first, const Border& second);
// The used borders of a cell: its style's, or its half of the collapsed ones.
Sides<LayoutUnit> cell_borders(const TableGrid& grid, const GridCell& cell);
// The table's edges outside its cells: border and padding.
Edges table_edges(const TableGrid& grid, const Box& table, LayoutUnit container_width);
// Column widths for a border box width of the table.
void assign_columns(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges);

}  // namespace galley::document
