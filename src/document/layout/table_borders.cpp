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

class Collapser {
 public:
    Collapser(TableGrid& grid, const Box& table)
        : grid_(grid), table_(table), columns_(grid.columns.size()), rows_(grid.rows.size()) {}
    void run();

 private:
    void frame(std::size_t row, std::size_t column, std::size_t rows, std::size_t columns, const Sides<Border>& border);
    void blank_inside(const GridCell& cell);
    void measure_outside();
    Border& across(std::size_t row, std::size_t column) { return grid_.across[row * columns_ + column]; }
    Border& down(std::size_t row, std::size_t column) { return grid_.down[row * (columns_ + 1) + column]; }
    static void meet(Border& slot, const Border& border) { slot = stronger(slot, border); }

    TableGrid& grid_;
    const Box& table_;
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
    for (std::size_t r = cell.row; r < cell.row + cell.rows; ++r)
        for (std::size_t c = cell.column; c < cell.column + cell.columns; ++c) {
            if (r > cell.row) across(r, c) = blank;
            if (c > cell.column) down(r, c) = blank;
        }
}

void Collapser::measure_outside() {
    LayoutUnit top, right, bottom, left;
    for (std::size_t c = 0; c < columns_; ++c) {
        top = std::max(top, across(0, c).width);
        bottom = std::max(bottom, across(rows_, c).width);
    }
    for (std::size_t r = 0; r < rows_; ++r) {
        left = std::max(left, down(r, 0).width);
        right = std::max(right, down(r, columns_).width);
    }
    grid_.outer = {top / 2, right - right / 2, bottom - bottom / 2, left / 2};
}

void Collapser::run() {
    grid_.across.resize((rows_ + 1) * columns_);
    grid_.down.resize(rows_ * (columns_ + 1));
    if (rows_ == 0 || columns_ == 0) return;
    for (const GridCell& cell : grid_.cells)
        frame(cell.row, cell.column, cell.rows, cell.columns, cell.box->style->border);
    for (std::size_t r = 0; r < rows_; ++r) frame(r, 0, 1, columns_, grid_.rows[r].box->style->border);
    for (std::size_t r = 0; r < rows_;) {
        const Box* group = grid_.rows[r].box->parent;
        std::size_t end = r;
        while (end < rows_ && grid_.rows[end].box->parent == group) ++end;
        frame(r, 0, end - r, columns_, group->style->border);
        r = end;
    }
    for (std::size_t c = 0; c < columns_; ++c)
        if (const Box* column = grid_.columns[c].box) frame(0, c, rows_, 1, column->style->border);
    frame(0, 0, rows_, columns_, table_.style->border);
    for (const GridCell& cell : grid_.cells)
        if (cell.rows > 1 || cell.columns > 1) blank_inside(cell);
    measure_outside();
}

}  // namespace

const Border& stronger(const Border& first, const Border& second) {
    if (first.style == BorderStyle::Hidden || second.style == BorderStyle::None) return first;
    if (second.style == BorderStyle::Hidden) return second;
    if (first.width != second.width) return second.width > first.width ? second : first;
    return style_rank(second.style) > style_rank(first.style) ? second : first;
}

void collapse_borders(TableGrid& grid, const Box& table) {
    Collapser(grid, table).run();
}

Sides<LayoutUnit> cell_borders(const TableGrid& grid, const GridCell& cell) {
    const Sides<Border>& own = cell.box->style->border;
    if (!grid.collapsed) return {own.top.width, own.right.width, own.bottom.width, own.left.width};
    Sides<LayoutUnit> used;
    for (std::size_t c = cell.column; c < cell.column + cell.columns; ++c) {
        used.top = std::max(used.top, grid.above(cell.row, c).width);
        used.bottom = std::max(used.bottom, grid.above(cell.row + cell.rows, c).width);
    }
    for (std::size_t r = cell.row; r < cell.row + cell.rows; ++r) {
        used.left = std::max(used.left, grid.left_of(r, cell.column).width);
        used.right = std::max(used.right, grid.left_of(r, cell.column + cell.columns).width);
    }
    return {used.top - used.top / 2, used.right / 2, used.bottom / 2, used.left - used.left / 2};
}

}  // namespace galley::document
