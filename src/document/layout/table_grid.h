// src/document/layout/table_grid.h — a table's rows, columns and cells in their slots, borders resolved.
//
// Shape    rows in painted order: head, bodies, foot, in segments: rows of the tree, and runs of folded rows. A folded
//          segment's part is made when one of its rows is asked for, and goes when no page needs it. Made once a table
//          and cached; every run is looked at once then, for the number of its rows, borders and widths.
// Limits   kTableColumnsMax; collapsed borders only up to kTableSlotsMax slots.
// Source   CSS 2.1 §17.5, §17.6.2; HTML table model.
#pragma once

#include <deque>
#include <memory_resource>
#include <span>
#include <vector>

#include "document/layout/box_geometry.h"

namespace galley::document {

inline constexpr std::uint32_t kTableColumnsMax = 4096;
inline constexpr std::uint64_t kTableSlotsMax = 16'000'000;

struct LoadedRows;

struct GridCell {
    const Box* box = nullptr;
    std::uint32_t row = 0, column = 0;
    std::uint32_t rows = 1, columns = 1;  // spans, clipped to the group and the table
};

struct GridRow {
    const Box* box = nullptr;
    std::uint32_t cell_begin = 0, cell_end = 0;  // cells of its part that start in this row
    bool tied = false;                           // a cell spans into it from above
};

struct GridColumn {
    LayoutUnit least, most;
    double percent = 0;
    bool fixed = false;  // a length is specified
    const Box* box = nullptr;
};

// The rows of one segment.
struct TablePart {
    explicit TablePart(std::pmr::memory_resource* arena) : rows(arena), cells(arena), across(arena), down(arena) {}

    std::pmr::vector<GridRow> rows;
    std::pmr::vector<GridCell> cells;
    // Collapsed borders: above the part's row r in column c, with a line more at its end; left of column c in row r.
    // Empty unless collapsed.
    std::pmr::vector<Border> across, down;
    LoadedRows* source = nullptr;  // null: rows of the tree
};

// The borders that a segment's first or last row brings to the line where it meets the next segment.
struct SegmentEdge {
    explicit SegmentEdge(std::pmr::memory_resource* arena) : cells(arena) {}
    std::pmr::vector<const Border*> cells;  // by column; null: no cell
    const Border *row = nullptr, *group = nullptr;
    const Box* group_box = nullptr;
};

struct TableSegment {
    explicit TableSegment(std::pmr::memory_resource* arena) : top(arena), bottom(arena) {}
    std::uint32_t first_row = 0, row_count = 0;
    const Box* folded = nullptr;  // null: rows of the tree
    TablePart* part = nullptr;    // null: folded, and not loaded
    SegmentEdge top, bottom;      // filled in collapsed tables of more than one segment
};

// What a spanning cell asks of its columns, border box widths.
struct CellWish {
    LayoutUnit least, most;
    double percent = 0;
    bool fixed = false;
};
struct SpanWish {
    GridCell cell;  // without its box
    CellWish wish;
};

struct TableGrid {
    TableGrid(LayoutContext& context, const Box& table, std::pmr::memory_resource* arena)
        : columns(arena),
          segments(arena),
          widths(arena),
          captions(arena),
          spans(arena),
          context_(context),
          table_(table) {}

    std::pmr::vector<GridColumn> columns;
    mutable std::pmr::deque<TableSegment> segments;
    std::uint32_t row_count = 0;
    std::uint32_t head_end = 0;    // rows [0, head_end) are the head
    std::uint32_t foot_begin = 0;  // rows [foot_begin, row_count) are the foot
    bool collapsed = false;
    Sides<LayoutUnit> outermost;          // widths of the widest outermost borders
    Sides<LayoutUnit> outer;              // the table's own half of them
    std::pmr::vector<LayoutUnit> widths;  // of columns, for `widths_for`
    LayoutUnit widths_for = LayoutUnit::from_raw(-1);
    LayoutUnit spacing_x, spacing_y;
    std::pmr::vector<const Box*> captions;
    std::pmr::vector<SpanWish> spans;  // of folded rows

    std::size_t column_count() const { return columns.size(); }
    // The segment of a row, its part loaded.
    const TableSegment& segment_of(std::uint32_t row) const;
    const GridRow& row(std::uint32_t row) const {
        const TableSegment& segment = segment_of(row);
        return segment.part->rows[row - segment.first_row];
    }
    std::span<const GridCell> cells_of(std::uint32_t row) const {
        const TableSegment& segment = segment_of(row);
        const GridRow& own = segment.part->rows[row - segment.first_row];
        return std::span(segment.part->cells).subspan(own.cell_begin, own.cell_end - own.cell_begin);
    }
    const Border& above(std::uint32_t row, std::size_t column) const {
        const TableSegment& segment = segment_of(row);
        return segment.part->across[(row - segment.first_row) * columns.size() + column];
    }
    // The line below a row: of its own segment, which the next one's first line equals.
    const Border& below(std::uint32_t row, std::size_t column) const {
        const TableSegment& segment = segment_of(row);
        return segment.part->across[(row + 1 - segment.first_row) * columns.size() + column];
    }
    const Border& left_of(std::uint32_t row, std::size_t column) const {
        const TableSegment& segment = segment_of(row);
        return segment.part->down[(row - segment.first_row) * (columns.size() + 1) + column];
    }

 private:
    TablePart& load(TableSegment& segment) const;

    LayoutContext& context_;
    const Box& table_;
    mutable std::size_t last_ = 0;  // the segment that was asked for last
};

TableGrid& table_grid(LayoutContext& context, const Box& table);
// Fills the segment's `across` and `down`; its first and last line need its neighbours' edges.
void collapse_borders(const TableGrid& grid, const Box& table, std::size_t segment);
// The loaded segment's edges, and its share in the outermost borders as if no segment came after it.
void note_edges(const TableGrid& grid, TableSegment& segment);
void widen_outermost(TableGrid& grid, std::size_t segment);
// A folded segment's rows, in their slots.
TablePart* load_part(LayoutContext& context, const TableGrid& grid, TableSegment& segment);
// What a cell of a column of its own asks for, its borders known.
CellWish wish_of(LayoutContext& context, const TableGrid& grid, const GridCell& cell);
void apply_single(GridColumn& column, const CellWish& wish);
bool uses_fixed_layout(const Box& table);
// Which of two borders wins (CSS 2.1 §17.6.2.1): the second only when it is stronger.
const Border& stronger(const Border& first, const Border& second);
// The used borders of a cell: its style's, or its half of the collapsed ones.
Sides<LayoutUnit> cell_borders(const TableGrid& grid, const GridCell& cell);
// The table's edges outside its cells: border and padding.
Edges table_edges(const TableGrid& grid, const Box& table, LayoutUnit container_width);
// Column widths for a border box width of the table.
void assign_columns(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges);

}  // namespace galley::document
