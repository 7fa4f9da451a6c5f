#include "document/layout/table_grid.h"

#include <algorithm>

#include "document/layout/layout_cache.h"
#include "document/layout/row_store.h"

namespace galley::document {

namespace {

// Puts rows into a part, their cells into their slots.
class RowPlacer {
 public:
    RowPlacer(TablePart& part, std::pmr::vector<GridColumn>& columns, std::uint32_t first_row)
        : part_(part), columns_(columns), next_(first_row) {}

    void add_row(const Box& row, std::uint32_t rows_left);
    void begin_group() { std::ranges::fill(busy_, 0); }
    bool covered() const {
        return std::ranges::any_of(busy_, [](std::uint32_t busy) { return busy > 0; });
    }

 private:
    void need_columns(std::uint32_t count) {
        if (count > columns_.size()) columns_.resize(count);
        if (columns_.size() > busy_.size()) busy_.resize(columns_.size());
    }

    TablePart& part_;
    std::pmr::vector<GridColumn>& columns_;
    std::uint32_t next_;
    std::vector<std::uint32_t> busy_;  // per column: rows that a cell from above still covers
};

void RowPlacer::add_row(const Box& row, std::uint32_t rows_left) {
    need_columns(static_cast<std::uint32_t>(columns_.size()));
    GridRow& made = part_.rows.emplace_back();
    const std::uint32_t index = next_++;
    made.box = &row;
    made.cell_begin = static_cast<std::uint32_t>(part_.cells.size());
    std::uint32_t column = 0;
    made.tied = covered();
    for (const Box* cell = row.first_child; cell != nullptr; cell = cell->next) {
        if (cell->kind != BoxKind::Cell) continue;
        while (column < busy_.size() && busy_[column] > 0) ++column;
        if (column >= kTableColumnsMax) break;
        const std::uint32_t columns = std::min<std::uint32_t>(cell->column_span, kTableColumnsMax - column);
        const std::uint32_t rows = cell->row_span == 0 ? rows_left : std::min<std::uint32_t>(cell->row_span, rows_left);
        need_columns(column + columns);
        part_.cells.push_back({cell, index, column, rows, columns});
        for (std::uint32_t c = column; c < column + columns; ++c) busy_[c] = std::max(busy_[c], rows);
        column += columns;
    }
    made.cell_end = static_cast<std::uint32_t>(part_.cells.size());
    for (std::uint32_t& busy : busy_)
        if (busy > 0) --busy;
}

std::uint32_t count_rows(const Box& group) {
    std::uint32_t rows = 0;
    for (const Box* row = group.first_child; row != nullptr; row = row->next) ++rows;
    return rows;
}

// The arena gives nothing back: a vector that grows leaves its smaller selves behind. Rows are alike in most tables.
void reserve_group(TablePart& part, std::size_t rows, const Box& group) {
    std::size_t in_row = 0;
    if (group.first_child != nullptr)
        for (const Box* cell = group.first_child->first_child; cell != nullptr; cell = cell->next) ++in_row;
    part.rows.reserve(part.rows.size() + rows);
    part.cells.reserve(part.cells.size() + rows * in_row);
}

TablePart& make_part(std::pmr::memory_resource& arena) {
    return *std::pmr::polymorphic_allocator<TablePart>(&arena).new_object<TablePart>(&arena);
}

class GridBuilder {
 public:
    GridBuilder(LayoutContext& context, TableGrid& grid, const Box& table)
        : context_(context), grid_(grid), table_(table) {}
    void build();

 private:
    void add_column_group(const Box& group);
    void add_columns(const Box& box, std::uint32_t count);
    void add_group(const Box& group);
    void add_rows(const Box& group);
    void add_folded(const Box& folded);
    void survey(std::size_t index);
    void need_whole() {
        context_.rows->set_needs_whole();
        context_.stopped = true;
    }
    TableSegment& open_segment();
    void reserve(TablePart& part) const;

    LayoutContext& context_;
    TableGrid& grid_;
    const Box& table_;
    std::optional<RowPlacer> placer_;  // of the segment of the tree's rows that is open
    std::optional<std::size_t> columns_when_folded_;
};

void GridBuilder::add_columns(const Box& box, std::uint32_t count) {
    for (; count > 0 && grid_.columns.size() < kTableColumnsMax; --count) grid_.columns.emplace_back().box = &box;
}

void GridBuilder::add_column_group(const Box& group) {
    if (group.first_child == nullptr) return add_columns(group, group.column_span);
    for (const Box* column = group.first_child; column != nullptr; column = column->next)
        add_columns(*column, column->column_span);
}

void GridBuilder::reserve(TablePart& part) const {
    std::size_t rows = 0, cells = 0;
    for (const Box* group = table_.first_child; group != nullptr; group = group->next) {
        if (group->kind != BoxKind::RowGroup || group->first_child == nullptr) continue;
        const std::size_t in_group = count_rows(*group);
        std::size_t in_row = 0;
        for (const Box* cell = group->first_child->first_child; cell != nullptr; cell = cell->next) ++in_row;
        rows += in_group;
        cells += in_group * in_row;
    }
    part.rows.reserve(rows);
    part.cells.reserve(cells);
}

TableSegment& GridBuilder::open_segment() {
    TableSegment& segment = grid_.segments.emplace_back(context_.box_arena);
    segment.first_row = grid_.row_count;
    segment.part = &make_part(*context_.box_arena);
    if (grid_.segments.size() == 1) reserve(*segment.part);
    placer_.emplace(*segment.part, grid_.columns, grid_.row_count);
    return segment;
}

void GridBuilder::add_group(const Box& group) {
    if (placer_) placer_->begin_group();
    std::uint32_t rows_left = count_rows(group);
    for (const Box* row = group.first_child; row != nullptr && !context_.stopped; row = row->next, --rows_left) {
        if (row->kind == BoxKind::FoldedRows) {
            add_folded(*row);
            continue;
        }
        if (!placer_) open_segment();
        placer_->add_row(*row, rows_left);
        ++grid_.segments.back().row_count;
        ++grid_.row_count;
    }
}

void GridBuilder::add_folded(const Box& folded) {
    if (placer_ && placer_->covered()) return need_whole();
    placer_.reset();
    if (!columns_when_folded_) columns_when_folded_ = grid_.columns.size();
    TableSegment& segment = grid_.segments.emplace_back(context_.box_arena);
    segment.first_row = grid_.row_count;
    segment.folded = &folded;
    if (load_part(context_, grid_, segment) == nullptr) {
        grid_.segments.pop_back();
        context_.stopped = true;
        return;
    }
    segment.row_count = static_cast<std::uint32_t>(segment.part->rows.size());
    grid_.row_count += segment.row_count;
    const std::pmr::vector<GridRow>& rows = segment.part->rows;
    if (grid_.columns.size() != columns_when_folded_ || rows.empty() || std::ranges::any_of(rows, &GridRow::tied))
        return need_whole();
    // What the group's last row asks for is asked of the boxes around the table, too.
    if (folded.next == nullptr && rows.back().box->style->break_after != BreakBetween::Auto) return need_whole();
    survey(grid_.segments.size() - 1);
}

// What the table must know of folded rows before any of them is laid out.
void GridBuilder::survey(std::size_t index) {
    TableSegment& segment = grid_.segments[index];
    LoadedRows& source = *segment.part->source;
    if (table_.text_style().border_collapse == BorderCollapse::Collapse) {
        grid_.collapsed = true;
        note_edges(grid_, segment);
        collapse_borders(grid_, table_, index);
        widen_outermost(grid_, index);
    }
    if (!uses_fixed_layout(table_)) {
        const RowScope scope(context_, &source);
        for (const GridCell& cell : segment.part->cells) {
            const CellWish wish = wish_of(context_, grid_, cell);
            if (cell.columns == 1)
                apply_single(grid_.columns[cell.column], wish);
            else
                grid_.spans.push_back({cell, wish});
        }
    }
    context_.rows->drop(source);
}

void GridBuilder::build() {
    const Box *head = nullptr, *foot = nullptr;
    for (const Box* child = table_.first_child; child != nullptr; child = child->next) {
        if (child->kind == BoxKind::ColumnGroup) add_column_group(*child);
        if (child->kind == BoxKind::Caption) grid_.captions.push_back(child);
        if (child->kind != BoxKind::RowGroup) continue;
        if (head == nullptr && child->style->display == Display::TableHeaderGroup) head = child;
        if (foot == nullptr && child->style->display == Display::TableFooterGroup) foot = child;
    }
    if (head != nullptr) add_group(*head);
    grid_.head_end = grid_.row_count;
    if (columns_when_folded_) need_whole();
    for (const Box* child = table_.first_child; child != nullptr; child = child->next)
        if (child->kind == BoxKind::RowGroup && child != head && child != foot) add_group(*child);
    grid_.foot_begin = grid_.row_count;
    const std::size_t segments = grid_.segments.size();
    if (foot != nullptr) add_group(*foot);
    const bool foot_folded = grid_.segments.size() > segments + 1;
    if (grid_.columns.empty() && grid_.row_count > 0) grid_.columns.emplace_back();
    const bool rtl = table_.text_style().direction == Direction::Rtl;
    if (columns_when_folded_ && (foot_folded || rtl || grid_.columns.size() != columns_when_folded_)) need_whole();
}

// Columns are counted from the left from here on: the first one of a right-to-left table is the last.
void mirror(TableGrid& grid) {
    std::ranges::reverse(grid.columns);
    const auto count = static_cast<std::uint32_t>(grid.columns.size());
    for (TableSegment& segment : grid.segments)
        if (segment.part != nullptr)
            for (GridCell& cell : segment.part->cells) cell.column = count - cell.column - cell.columns;
}

// The segments of the tree's rows; those of folded ones were looked at when they were counted.
void collapse_tree_rows(TableGrid& grid, const Box& table) {
    const std::size_t count = grid.segments.size();
    for (TableSegment& segment : grid.segments)
        if (segment.folded == nullptr && count > 1) note_edges(grid, segment);
    const LayoutUnit bottom = grid.outermost.bottom;  // that of the last folded segment
    for (std::size_t i = 0; i < count; ++i) {
        if (grid.segments[i].folded != nullptr) continue;
        collapse_borders(grid, table, i);
        widen_outermost(grid, i);
    }
    if (count > 0 && grid.segments.back().folded != nullptr) grid.outermost.bottom = bottom;
    const Sides<LayoutUnit>& widest = grid.outermost;
    grid.outer = {widest.top / 2, widest.right - widest.right / 2, widest.bottom - widest.bottom / 2, widest.left / 2};
}

// What is laid out from here on means nothing: no rows.
TableGrid& empty(LayoutContext& context, TableGrid& grid) {
    for (TableSegment& segment : grid.segments)
        if (segment.part != nullptr && segment.part->source != nullptr) context.rows->drop(*segment.part->source);
    grid.segments.clear();
    grid.columns.clear();
    grid.spans.clear();
    grid.row_count = grid.head_end = grid.foot_begin = 0;
    grid.collapsed = false;
    return grid;
}

// Stands in for rows that cannot be made any more: the render ends.
TablePart& blank_part(LayoutContext& context, const TableGrid& grid, const TableSegment& segment) {
    TablePart& part = make_part(*context.box_arena);
    part.rows.resize(segment.row_count);
    for (GridRow& row : part.rows) row.box = segment.folded;
    part.across.resize((segment.row_count + 1) * grid.columns.size());
    part.down.resize(segment.row_count * (grid.columns.size() + 1));
    context.stopped = true;
    return part;
}

}  // namespace

TablePart* load_part(LayoutContext& context, const TableGrid& grid, TableSegment& segment) {
    LoadedRows* const rows = context.rows->load(*segment.folded);
    if (rows == nullptr) return nullptr;
    TablePart& part = make_part(rows->boxes->arena());
    const Box& group = *rows->boxes->root;
    std::uint32_t rows_left = count_rows(group);
    reserve_group(part, rows_left, group);
    std::pmr::vector<GridColumn>& columns = const_cast<TableGrid&>(grid).columns;
    RowPlacer placer(part, columns, segment.first_row);
    for (const Box* row = group.first_child; row != nullptr; row = row->next) placer.add_row(*row, rows_left--);
    part.source = rows;
    segment.part = &part;
    rows->user = &segment.part;
    return &part;
}

TablePart& TableGrid::load(TableSegment& segment) const {
    if (load_part(context_, *this, segment) == nullptr) segment.part = &blank_part(context_, *this, segment);
    if (collapsed && segment.part->source != nullptr) collapse_borders(*this, table_, last_);
    return *segment.part;
}

const TableSegment& TableGrid::segment_of(std::uint32_t row) const {
    const auto holds = [this, row](std::size_t index) {
        const TableSegment& segment = segments[index];
        return row >= segment.first_row && row - segment.first_row < segment.row_count;
    };
    if (!holds(last_)) {
        const auto after = std::ranges::upper_bound(segments, row, {}, &TableSegment::first_row);
        last_ = static_cast<std::size_t>(after - segments.begin()) - 1;
    }
    TableSegment& segment = segments[last_];
    if (segment.part == nullptr) load(segment);
    if (segment.part->source != nullptr) context_.rows->use(*segment.part->source);
    return segment;
}

TableGrid& table_grid(LayoutContext& context, const Box& table) {
    LayoutCache& cache = cache_of(context, table);
    if (cache.table != nullptr) return *cache.table;
    auto* grid = std::pmr::polymorphic_allocator<TableGrid>(context.box_arena)
                     .new_object<TableGrid>(context, table, context.box_arena);
    cache.table = grid;
    GridBuilder(context, *grid, table).build();
    if (context.stopped) return empty(context, *grid);
    const InheritedStyle& style = table.text_style();
    if (style.direction == Direction::Rtl) mirror(*grid);
    std::size_t tree_rows = 0;
    for (const TableSegment& segment : grid->segments) tree_rows += segment.folded == nullptr ? segment.row_count : 0;
    const std::uint64_t slots = std::uint64_t{grid->columns.size() + 1} * (tree_rows + 1);
    grid->collapsed |= style.border_collapse == BorderCollapse::Collapse && slots <= kTableSlotsMax;
    if (grid->collapsed && slots > kTableSlotsMax) {
        context.rows->set_needs_whole();
        context.stopped = true;
        return empty(context, *grid);
    }
    if (grid->collapsed) {
        collapse_tree_rows(*grid, table);
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
