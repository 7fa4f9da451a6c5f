#include "document/layout/table_rows.h"

#include <algorithm>

#include "document/layout/content_layout.h"
#include "document/layout/row_store.h"

namespace galley::document {

TableRows::TableRows(LayoutContext& context, TableGrid& grid, const Box& table, LayoutUnit width, const Edges& edges)
    : context_(context), grid_(grid), width_(std::max(LayoutUnit(), width - edges.inline_sum())) {
    assign_columns(context, grid, table, width, edges);
    lefts_.reserve(grid.widths.size() + 1);
    LayoutUnit left = grid.spacing_x;
    for (const LayoutUnit column : grid.widths) {
        lefts_.push_back(left);
        left += column + grid.spacing_x;
    }
    lefts_.push_back(left);
}

std::uint32_t TableRows::run_end(std::uint32_t row) const {
    const TableSegment& segment = grid_.segment_of(row);
    const std::uint32_t last = segment.first_row + segment.row_count;
    std::uint32_t end = row + 1;
    while (end < last && segment.part->rows[end - segment.first_row].tied) ++end;
    return end;
}

LayoutUnit TableRows::cell_width(const GridCell& cell) const {
    return lefts_[cell.column + cell.columns] - grid_.spacing_x - lefts_[cell.column];
}

LayoutUnit TableRows::row_height(const GridRow& row) const {
    const Length& height = row.box->style->height;
    return height.is_value() && !height.has_percent() ? height.px : LayoutUnit();
}

// What the cell's own height asks for, edges included; 0 for auto.
LayoutUnit TableRows::cell_height(const GridCell& cell) const {
    const ComputedStyle& style = *cell.box->style;
    if (!style.height.is_value() || style.height.has_percent()) return {};
    if (style.box_sizing == BoxSizing::BorderBox) return style.height.px;
    const Edges edges = resolve_edges(*cell.box, width_);
    const Sides<LayoutUnit> borders = cell_borders(grid_, cell);
    return style.height.px + edges.padding.top + edges.padding.bottom + borders.top + borders.bottom;
}

Fragment& TableRows::make_row(std::uint32_t row) {
    Fragment& fragment = context_.make_fragment(FragmentKind::Box, *grid_.row(row).box);
    fragment.size.width = width_;
    return fragment;
}

LayoutResult TableRows::lay_cell(const GridCell& cell, LayoutUnit page, bool at_top, const BreakToken* token) {
    const Sides<LayoutUnit> borders = cell_borders(grid_, cell);
    Space space;
    space.container_width = width_;
    space.width = cell_width(cell);
    space.page = page;
    space.at_top = at_top;
    space.borders = &borders;
    return layout_box(context_, *cell.box, space, token);
}

// Gives a cell its row's height and moves its content by vertical-align.
void TableRows::stretch(const GridCell& cell, Fragment& fragment, LayoutUnit height, LayoutUnit row_baseline) const {
    const LayoutUnit rest = height - fragment.size.height;
    LayoutUnit down;
    switch (cell.box->style->vertical_align) {
        case VerticalAlign::Top:
            break;
        case VerticalAlign::Middle:
            down = rest / 2;
            break;
        case VerticalAlign::Bottom:
            down = rest;
            break;
        default:
            if (fragment.has_baseline)
                down = std::min(std::max(rest, LayoutUnit()), row_baseline - fragment.first_baseline);
            break;
    }
    fragment.size.height = height;
    if (down <= LayoutUnit()) return;
    fragment.baseline += down;
    fragment.first_baseline += down;
    for (Fragment* child = fragment.first_child; child != nullptr; child = child->next) child->offset.y += down;
}

// What remains of cells that began on an earlier page: background and borders only.
void TableRows::add_frames(std::uint32_t first, std::uint32_t last, std::span<Fragment* const> made) {
    const GridRow& row = grid_.row(first);
    if (!row.tied) return;
    for (const GridCell& cell : std::span(grid_.segment_of(first).part->cells).first(row.cell_begin)) {
        if (cell.rows == 1 || cell.row + cell.rows <= first) continue;
        Fragment& frame = context_.make_fragment(FragmentKind::Box, *cell.box);
        frame.has_start = false;
        frame.border = cell_borders(grid_, cell);
        frame.offset.x = lefts_[cell.column];
        frame.size.width = cell_width(cell);
        for (std::uint32_t r = first; r < std::min(last, cell.row + cell.rows); ++r)
            frame.size.height += made[r - first]->size.height;
        made.front()->append(frame);
    }
}

std::pmr::vector<Fragment*> TableRows::lay_rows(std::uint32_t first, std::uint32_t last) {
    std::pmr::vector<Fragment*> made(context_.page_arena);
    std::pmr::vector<LayoutUnit> baselines(context_.page_arena);
    std::pmr::vector<std::pair<const GridCell*, Fragment*>> cells(context_.page_arena);
    made.reserve(last - first);
    cells.reserve(grid_.row(last - 1).cell_end - grid_.row(first).cell_begin);
    const RowScope scope(context_, grid_.segment_of(first).part->source);
    for (std::uint32_t r = first; r < last; ++r) {
        Fragment& row = make_row(r);
        LayoutUnit height = row_height(grid_.row(r)), above, below;
        for (const GridCell& cell : grid_.cells_of(r)) {
            const LayoutResult result = lay_cell(cell, LayoutUnit::max(), true, nullptr);
            if (result.fragment == nullptr) continue;
            Fragment& placed = *result.fragment;
            placed.offset.x = lefts_[cell.column];
            row.append(placed);
            cells.emplace_back(&cell, &placed);
            const bool aligned = cell.box->style->vertical_align == VerticalAlign::Baseline && placed.has_baseline;
            if (aligned) above = std::max(above, placed.first_baseline);
            if (cell.rows > 1) continue;
            height = std::max({height, placed.size.height, cell_height(cell)});
            if (aligned) below = std::max(below, placed.size.height - placed.first_baseline);
        }
        row.size.height = std::max(height, above + below);
        made.push_back(&row);
        baselines.push_back(above);
    }
    // Spanning cells that need more make their last row higher.
    for (const auto& [cell, fragment] : cells) {
        const std::uint32_t end = std::min(last, cell->row + cell->rows);
        LayoutUnit height = grid_.spacing_y * static_cast<int>(end - cell->row - 1);
        for (std::uint32_t r = cell->row; r < end; ++r) height += made[r - first]->size.height;
        const LayoutUnit wanted = std::max(fragment->size.height, cell_height(*cell));
        if (wanted > height) made[end - 1 - first]->size.height += wanted - height;
    }
    for (const auto& [cell, fragment] : cells) {
        const std::uint32_t end = std::min(last, cell->row + cell->rows);
        LayoutUnit height = grid_.spacing_y * static_cast<int>(end - cell->row - 1);
        for (std::uint32_t r = cell->row; r < end; ++r) height += made[r - first]->size.height;
        const bool cut = cell->row + cell->rows > last;  // at the page's end: what it shows stays at its top
        if (cut)
            fragment->size.height = height;
        else
            stretch(*cell, *fragment, height, baselines[cell->row - first]);
        note_baseline(*made[cell->row - first], *fragment);
    }
    add_frames(first, last, made);
    return made;
}

// A cell of a broken row without content here: nothing of it fits, or it has ended before.
Fragment& TableRows::empty_cell(const GridCell& cell, bool starts) {
    Fragment& frame = context_.make_fragment(FragmentKind::Box, *cell.box);
    frame.border = cell_borders(grid_, cell);
    frame.size.width = cell_width(cell);
    frame.has_start = starts;
    if (starts) frame.size.height = frame.border.top + resolve_edges(*cell.box, width_).padding.top;
    return frame;
}

// Cells are broken one by one: of those that find no room the whole content goes on, while others show theirs.
RowPart TableRows::lay_row_part(std::uint32_t index, LayoutUnit page, bool force, const BreakToken* token) {
    const std::span<const GridCell> row_cells = grid_.cells_of(index);
    const RowScope scope(context_, grid_.segment_of(index).part->source);
    RowPart part;
    Fragment& fragment = make_row(index);
    fragment.has_start = token == nullptr;
    const std::span<const BreakToken*> tokens = context_.box_span<const BreakToken*>(row_cells.size());
    std::vector<std::pair<const GridCell*, Fragment*>> cells;
    LayoutUnit height, above;
    for (std::size_t slot = 0; slot < row_cells.size(); ++slot) {
        const GridCell& cell = row_cells[slot];
        const BreakToken* resumed = token != nullptr && slot < token->parallel.size() ? token->parallel[slot] : nullptr;
        Fragment* placed = nullptr;
        if (token != nullptr && resumed == nullptr) {
            placed = &empty_cell(cell, false);
        } else {
            const LayoutResult result = lay_cell(cell, page, force, resumed);
            const bool refused = result.fragment == nullptr || (!force && result.appeal == Appeal::Violating);
            placed = refused ? &empty_cell(cell, resumed == nullptr) : result.fragment;
            if (refused) {
                BreakToken& whole = context_.make_token(*cell.box);
                if (!cell.box->children_inline) whole.child = cell.box->first_child;
                tokens[slot] = resumed != nullptr ? resumed : &whole;
            } else {
                tokens[slot] = result.token;
                part.shows |= placed->first_child != nullptr;
            }
            part.finished &= tokens[slot] == nullptr;
        }
        placed->offset.x = lefts_[cell.column];
        fragment.append(*placed);
        cells.emplace_back(&cell, placed);
        height = std::max(height, placed->size.height);
        if (cell.box->style->vertical_align == VerticalAlign::Baseline && placed->has_baseline)
            above = std::max(above, placed->first_baseline);
        if (token == nullptr && part.finished) height = std::max(height, cell_height(cell));
    }
    if (token == nullptr && part.finished) height = std::max(height, row_height(grid_.row(index)));
    fragment.size.height = height;
    fragment.has_end = part.finished;
    for (const auto& [cell, placed] : cells)
        stretch(*cell, *placed, height, token == nullptr ? above : placed->first_baseline);
    part.fragment = &fragment;
    part.tokens = tokens;
    return part;
}

}  // namespace galley::document
