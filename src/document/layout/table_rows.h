// src/document/layout/table_rows.h — fragments of table rows: cells side by side, heights made equal, spans stretched.
//
// Shape    lay_rows(first, last) lays rows that belong together (a cell spans them), or those of them that stand on one
//          page, each unbroken; lay_row_part lays as much of one row as fits. Row fragments get their height; their
//          offset is left to the caller.
// Source   CSS 2.1 §17.5.3.
#pragma once

#include "document/layout/table_grid.h"

namespace galley::document {

struct RowPart {
    Fragment* fragment = nullptr;
    bool finished = true;
    bool shows = false;                         // any content at all
    std::span<const BreakToken* const> tokens;  // one per cell of the row; null: the cell is finished
};

class TableRows {
 public:
    TableRows(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges);

    // Rows [first, last), one fragment each; cells that began before `first` go on as empty frames.
    std::pmr::vector<Fragment*> lay_rows(std::uint32_t first, std::uint32_t last);
    // One row in `page` space; `token` from its part on the page before. `force`: each cell shows something.
    RowPart lay_row_part(std::uint32_t row, LayoutUnit page, bool force, const BreakToken* token);
    // The end of the run of rows tied together by spanning cells that contains `row`.
    std::uint32_t run_end(std::uint32_t row) const;
    LayoutUnit column_left(std::size_t column) const { return lefts_[column]; }
    LayoutUnit width() const { return width_; }

 private:
    LayoutUnit cell_width(const GridCell& cell) const;
    LayoutUnit row_height(const GridRow& row) const;
    LayoutUnit cell_height(const GridCell& cell) const;
    Fragment& make_row(std::uint32_t row);
    Fragment& empty_cell(const GridCell& cell, bool starts);
    LayoutResult lay_cell(const GridCell& cell, LayoutUnit page, bool at_top, const BreakToken* token);
    void stretch(const GridCell& cell, Fragment& fragment, LayoutUnit height, LayoutUnit row_baseline) const;
    void add_frames(std::uint32_t first, std::uint32_t last, std::span<Fragment* const> made);

    LayoutContext& context_;
    TableGrid& grid_;
    LayoutUnit width_;               // of the rows
    std::vector<LayoutUnit> lefts_;  // of columns, from the row's left edge; one more than columns
};

}  // namespace galley::document
