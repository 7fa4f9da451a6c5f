#include <algorithm>

#include "document/layout/table_grid.h"

// https://www.w3.org/TR/CSS21/tables.html#collapsing-borders

namespace galley::document {

namespace {

int style_rank(BorderStyle style) {
    switch (style) {
        case BorderStyle::Double:
            return 8;
        case BorderStyle::Solid:
            return 7;
        case BorderStyle::Dashed:
            return 6;
        case BorderStyle::Dotted:
            return 5;
        case BorderStyle::Ridge:
            return 4;
        case BorderStyle::Outset:
            return 3;
        case BorderStyle::Groove:
            return 2;
        case BorderStyle::Inset:
            return 1;
        case BorderStyle::None:
        case BorderStyle::Hidden:
            return 0;
    }
    return 0;
}

void meet(Border& slot, const Border& border) {
    slot = stronger(slot, border);
}

class Collapser {
 public:
    Collapser(const TableGrid& grid, const Box& table, const TableSegment& segment)
        : grid_(grid),
          table_(table),
          part_(*segment.part),
          first_row_(segment.first_row),
          columns_(grid.columns.size()),
          rows_(part_.rows.size()) {}
    void run();

 private:
    void frame(std::size_t row, std::size_t column, std::size_t rows, std::size_t columns, const Sides<Border>& border);
    void blank_inside(const GridCell& cell);
    Border& across(std::size_t row, std::size_t column) { return part_.across[row * columns_ + column]; }
    Border& down(std::size_t row, std::size_t column) { return part_.down[row * (columns_ + 1) + column]; }

    const TableGrid& grid_;
    const Box& table_;
    TablePart& part_;
    const std::uint32_t first_row_;
    std::size_t columns_, rows_;
};

void Collapser::frame(std::size_t row, std::size_t column, std::size_t rows, std::size_t columns,
                      const Sides<Border>& border) {
    for (std::size_t c = column; c < column + columns; ++c) {
        meet(across(row, c), border.top);
        meet(across(row + rows, c), border.bottom);
    }
    for (std::size_t r = row; r < row + rows; ++r) {
        meet(down(r, column), border.left);
        meet(down(r, column + columns), border.right);
    }
}

// No line runs through a spanning cell, whatever rows and columns say.
void Collapser::blank_inside(const GridCell& cell) {
    const Border blank{{}, BorderStyle::Hidden, Color::none()};
    const std::size_t row = cell.row - first_row_;
    for (std::size_t r = row; r < row + cell.rows; ++r)
        for (std::size_t c = cell.column; c < cell.column + cell.columns; ++c) {
            if (r > row) across(r, c) = blank;
            if (c > cell.column) down(r, c) = blank;
        }
}

// The part's first and last line are made as if they were the table's.
void Collapser::run() {
    part_.across.assign((rows_ + 1) * columns_, {});
    part_.down.assign(rows_ * (columns_ + 1), {});
    if (rows_ == 0 || columns_ == 0) return;
    for (const GridCell& cell : part_.cells)
        frame(cell.row - first_row_, cell.column, cell.rows, cell.columns, cell.box->style->border);
    for (std::size_t r = 0; r < rows_; ++r) frame(r, 0, 1, columns_, part_.rows[r].box->style->border);
    for (std::size_t r = 0; r < rows_;) {
        const Box* group = part_.rows[r].box->parent;
        std::size_t end = r;
        while (end < rows_ && part_.rows[end].box->parent == group) ++end;
        frame(r, 0, end - r, columns_, group->style->border);
        r = end;
    }
    for (std::size_t c = 0; c < columns_; ++c)
        if (const Box* column = grid_.columns[c].box) frame(0, c, rows_, 1, column->style->border);
    frame(0, 0, rows_, columns_, table_.style->border);
    for (const GridCell& cell : part_.cells)
        if (cell.rows > 1 || cell.columns > 1) blank_inside(cell);
}

// The line between two segments: in the order in which one walk over the whole table would bring these borders.
Border meeting_of(const SegmentEdge& upper, const SegmentEdge& lower, std::size_t column) {
    Border line;
    const auto add = [&line](const Border* border) {
        if (border != nullptr) meet(line, *border);
    };
    add(upper.cells[column]);
    add(lower.cells[column]);
    add(upper.row);
    add(lower.row);
    if (upper.group_box != lower.group_box) {
        add(upper.group);
        add(lower.group);
    }
    return line;
}

}  // namespace

const Border& stronger(const Border& first, const Border& second) {
    if (first.style == BorderStyle::Hidden || second.style == BorderStyle::None) return first;
    if (second.style == BorderStyle::Hidden) return second;
    if (first.width != second.width) return second.width > first.width ? second : first;
    return style_rank(second.style) > style_rank(first.style) ? second : first;
}

void collapse_borders(const TableGrid& grid, const Box& table, std::size_t index) {
    const TableSegment& segment = grid.segments[index];
    Collapser(grid, table, segment).run();
    const std::size_t columns = grid.columns.size();
    TablePart& part = *segment.part;
    if (index > 0 && !grid.segments[index - 1].bottom.cells.empty())
        for (std::size_t c = 0; c < columns; ++c)
            part.across[c] = meeting_of(grid.segments[index - 1].bottom, segment.top, c);
    if (index + 1 < grid.segments.size() && !grid.segments[index + 1].top.cells.empty())
        for (std::size_t c = 0; c < columns; ++c)
            part.across[part.rows.size() * columns + c] = meeting_of(segment.bottom, grid.segments[index + 1].top, c);
}

void note_edges(const TableGrid& grid, TableSegment& segment) {
    const TablePart& part = *segment.part;
    const auto last = static_cast<std::uint32_t>(segment.first_row + part.rows.size());
    segment.top.cells.assign(grid.columns.size(), nullptr);
    segment.bottom.cells.assign(grid.columns.size(), nullptr);
    for (const GridCell& cell : part.cells) {
        const Sides<Border>& border = cell.box->style->border;
        for (std::uint32_t c = cell.column; c < cell.column + cell.columns; ++c) {
            if (cell.row == segment.first_row) segment.top.cells[c] = &border.top;
            if (cell.row + cell.rows == last) segment.bottom.cells[c] = &border.bottom;
        }
    }
    const Box &first_box = *part.rows.front().box, &last_box = *part.rows.back().box;
    segment.top.row = &first_box.style->border.top;
    segment.bottom.row = &last_box.style->border.bottom;
    segment.top.group_box = first_box.parent;
    segment.bottom.group_box = last_box.parent;
    segment.top.group = &first_box.parent->style->border.top;
    segment.bottom.group = &last_box.parent->style->border.bottom;
}

void widen_outermost(TableGrid& grid, std::size_t index) {
    const TablePart& part = *grid.segments[index].part;
    const std::size_t columns = grid.columns.size(), rows = part.rows.size();
    if (rows == 0 || columns == 0) return;
    Sides<LayoutUnit>& widest = grid.outermost;
    widest.bottom = {};
    for (std::size_t c = 0; c < columns; ++c) {
        if (index == 0) widest.top = std::max(widest.top, part.across[c].width);
        widest.bottom = std::max(widest.bottom, part.across[rows * columns + c].width);
    }
    for (std::size_t r = 0; r < rows; ++r) {
        widest.left = std::max(widest.left, part.down[r * (columns + 1)].width);
        widest.right = std::max(widest.right, part.down[r * (columns + 1) + columns].width);
    }
}

Sides<LayoutUnit> cell_borders(const TableGrid& grid, const GridCell& cell) {
    const Sides<Border>& own = cell.box->style->border;
    if (!grid.collapsed) return {own.top.width, own.right.width, own.bottom.width, own.left.width};
    const TableSegment& segment = grid.segment_of(cell.row);
    const TablePart& part = *segment.part;
    const std::size_t columns = grid.column_count(), row = cell.row - segment.first_row;
    Sides<LayoutUnit> used;
    for (std::size_t c = cell.column; c < cell.column + cell.columns; ++c) {
        used.top = std::max(used.top, part.across[row * columns + c].width);
        used.bottom = std::max(used.bottom, part.across[(row + cell.rows) * columns + c].width);
    }
    for (std::size_t r = row; r < row + cell.rows; ++r) {
        used.left = std::max(used.left, part.down[r * (columns + 1) + cell.column].width);
        used.right = std::max(used.right, part.down[r * (columns + 1) + cell.column + cell.columns].width);
    }
    return {used.top - used.top / 2, used.right / 2, used.bottom / 2, used.left - used.left / 2};
}

}  // namespace galley::document
