#include "document/box/box_fixup.h"

#include <algorithm>

namespace galley::document {

namespace {

bool preserves_spaces(WhiteSpace mode) {
    return mode == WhiteSpace::Pre || mode == WhiteSpace::PreWrap || mode == WhiteSpace::BreakSpaces;
}

Box& make_anonymous(const BoxFixer& fixer, BoxKind kind, Display display, const Box& parent) {
    Box& box = fixer.tree.make(kind, *fixer.styled.anonymous_style(*parent.style, display), nullptr);
    box.anonymous = true;
    return box;
}

void clear_children(Box& box) {
    box.first_child = box.last_child = nullptr;
}

// Regroups the children: each maximal run for which `belongs` holds goes into one new box from `make`, the others stay.
// Space between two table parts is no reason to end a run, and vanishes.
template <typename Belongs, typename Make>
void wrap_runs(Box& box, Belongs belongs, Make make) {
    Box* child = box.first_child;
    Box* wrapper = nullptr;
    clear_children(box);
    while (child != nullptr) {
        Box* next = child->next;
        if (!belongs(*child)) {
            wrapper = nullptr;
            append_child(box, *child);
        } else {
            if (wrapper == nullptr) {
                wrapper = &make();
                append_child(box, *wrapper);
            }
            append_child(*wrapper, *child);
        }
        child = next;
    }
}

void drop_spaces(Box& box) {
    Box* child = box.first_child;
    clear_children(box);
    while (child != nullptr) {
        Box* next = child->next;
        if (!is_collapsible_space(*child)) append_child(box, *child);
        child = next;
    }
}

bool has_child(const Box& box, auto matches) {
    for (const Box* child = box.first_child; child != nullptr; child = child->next)
        if (matches(*child)) return true;
    return false;
}

void finish_container(const BoxFixer& fixer, Box& box);

void finish_row(const BoxFixer& fixer, Box& row) {
    drop_spaces(row);
    std::vector<Box*> made;
    wrap_runs(
        row, [](const Box& child) { return child.kind != BoxKind::Cell; },
        [&]() -> Box& {
            Box& cell = make_anonymous(fixer, BoxKind::Cell, Display::TableCell, row);
            cell.new_context = true;
            made.push_back(&cell);
            return cell;
        });
    for (Box* cell : made) finish_container(fixer, *cell);
}

void finish_row_group(const BoxFixer& fixer, Box& group) {
    drop_spaces(group);
    std::vector<Box*> made;
    wrap_runs(
        group, [](const Box& child) { return child.kind != BoxKind::Row && child.kind != BoxKind::FoldedRows; },
        [&]() -> Box& {
            made.push_back(&make_anonymous(fixer, BoxKind::Row, Display::TableRow, group));
            return *made.back();
        });
    for (Box* row : made) finish_row(fixer, *row);
}

bool is_proper_table_child(const Box& box) {
    return box.kind == BoxKind::RowGroup || box.kind == BoxKind::ColumnGroup || box.kind == BoxKind::Caption;
}

// Columns directly in a table get a group of their own, rows and everything else an anonymous row group.
void finish_table(const BoxFixer& fixer, Box& table) {
    drop_spaces(table);
    wrap_runs(
        table, [](const Box& child) { return child.kind == BoxKind::Column; },
        [&]() -> Box& { return make_anonymous(fixer, BoxKind::ColumnGroup, Display::TableColumnGroup, table); });
    std::vector<Box*> made;
    wrap_runs(
        table, [](const Box& child) { return !is_proper_table_child(child); },
        [&]() -> Box& {
            made.push_back(&make_anonymous(fixer, BoxKind::RowGroup, Display::TableRowGroup, table));
            return *made.back();
        });
    for (Box* group : made) finish_row_group(fixer, *group);
}

// Table parts outside a table get one around them.
void wrap_table_parts(const BoxFixer& fixer, Box& box) {
    if (!has_child(box, [](const Box& child) { return child.is_table_part(); })) return;
    std::vector<Box*> made;
    const bool in_line = box.kind == BoxKind::Inline;
    Box* previous_part = nullptr;
    wrap_runs(
        box,
        [&](const Box& child) {
            const bool part = child.is_table_part();
            const bool space_between = previous_part != nullptr && is_collapsible_space(child) &&
                                       child.next != nullptr && child.next->is_table_part();
            previous_part = part ? const_cast<Box*>(&child) : nullptr;
            return part || space_between;
        },
        [&]() -> Box& {
            Box& table = make_anonymous(fixer, BoxKind::Table, in_line ? Display::InlineTable : Display::Table, box);
            table.inline_level = in_line;
            table.line_content = true;
            table.new_context = true;
            made.push_back(&table);
            return table;
        });
    for (Box* table : made) finish_table(fixer, *table);
}

bool has_zero_edges(const ComputedStyle& style) {
    const auto zero = [](const Length& length) { return length.px == LayoutUnit() && length.percent == 0; };
    return style.border.top.width == LayoutUnit() && style.border.bottom.width == LayoutUnit() &&
           zero(style.padding.top) && zero(style.padding.bottom);
}

bool holds_floats(const Box& box) {
    if (box.kind != BoxKind::Block || box.new_context) return false;
    return has_child(box, [](const Box& child) { return child.floating || (child.in_flow() && holds_floats(child)); });
}

// An empty box that clears floats of the same parent stands below them: the parent is as high as they are.
bool clears_own_floats(const Box& box) {
    if (!has_child(box, [](const Box& child) { return child.in_flow() && child.style->clear != Clear::None; }))
        return false;
    bool floats = false;
    for (const Box* child = box.first_child; child != nullptr; child = child->next) {
        if (floats && child->in_flow() && child->style->clear != Clear::None) return true;
        floats = floats || child->floating || (child->in_flow() && holds_floats(*child));
    }
    return false;
}

// https://www.w3.org/TR/CSS21/box.html#collapsing-margins — may the box's own margins adjoin?
bool empties_through(const Box& box) {
    if (box.kind != BoxKind::Block || box.new_context || box.marker() != nullptr || !has_zero_edges(*box.style))
        return false;
    const Length& height = box.style->height;
    if (height.is_value() && (height.px != LayoutUnit() || height.percent != 0)) return false;
    const Length& least = box.style->min_height;
    if (least.is_value() && (least.px != LayoutUnit() || least.percent != 0)) return false;
    if (box.children_inline)
        return !has_child(box, [](const Box& child) { return child.in_flow() && child.line_content; });
    return !has_child(box, [](const Box& child) { return child.in_flow() && !child.empty_through; }) &&
           !clears_own_floats(box);
}

void set_empty_through(Box& box) {
    box.empty_through = empties_through(box);
}

bool is_block_level(const Box& child) {
    return child.in_flow() && !child.inline_level;
}

// Moves the collected run under `box`: into an anonymous block when it holds anything that makes a line.
void flush_run(const BoxFixer& fixer, Box& box, std::vector<Box*>& run) {
    const bool visible =
        std::ranges::any_of(run, [](const Box* item) { return item->in_flow() && !is_collapsible_space(*item); });
    Box* target = &box;
    if (visible) {
        target = &make_anonymous(fixer, BoxKind::Block, Display::Block, box);
        target->children_inline = true;
        append_child(box, *target);
    }
    for (Box* item : run)
        if (visible || !item->in_flow()) append_child(*target, *item);
    if (visible) set_empty_through(*target);
    run.clear();
}

void wrap_lines(const BoxFixer& fixer, Box& box) {
    std::vector<Box*> run;
    Box* child = box.first_child;
    clear_children(box);
    while (child != nullptr) {
        Box* next = child->next;
        if (is_block_level(*child)) {
            flush_run(fixer, box, run);
            append_child(box, *child);
        } else {
            run.push_back(child);
        }
        child = next;
    }
    flush_run(fixer, box, run);
}

void finish_container(const BoxFixer& fixer, Box& box) {
    wrap_table_parts(fixer, box);
    if (has_child(box, is_block_level))
        wrap_lines(fixer, box);
    else if (has_child(box, [](const Box& child) { return child.in_flow() && !is_collapsible_space(child); }))
        box.children_inline = true;
    else
        drop_spaces(box);  // floats and positioned boxes alone make no lines
    set_empty_through(box);
}

// https://www.w3.org/TR/css-flexbox-1/#flex-items
void finish_flex(const BoxFixer& fixer, Box& box) {
    wrap_table_parts(fixer, box);
    drop_spaces(box);
    std::vector<Box*> made;
    wrap_runs(
        box,
        [](const Box& child) {
            return child.kind == BoxKind::Text || child.kind == BoxKind::LineBreak || child.kind == BoxKind::Inline;
        },
        [&]() -> Box& {
            made.push_back(&make_anonymous(fixer, BoxKind::Block, Display::Block, box));
            return *made.back();
        });
    for (Box* block : made) finish_container(fixer, *block);
    for (Box* item = box.first_child; item != nullptr; item = item->next) {
        item->inline_level = false;
        item->floating = false;
        item->new_context = true;
        item->empty_through = false;
    }
}

void finish_inline(const BoxFixer& fixer, Box& box) {
    wrap_table_parts(fixer, box);
    const ComputedStyle& style = *box.style;
    const auto zero = [](const Length& length) {
        return !length.is_value() || (length.px == LayoutUnit() && length.percent == 0);
    };
    const bool edges = style.border.left.width != LayoutUnit() || style.border.right.width != LayoutUnit() ||
                       !zero(style.padding.left) || !zero(style.padding.right) || !zero(style.margin.left) ||
                       !zero(style.margin.right);
    box.line_content = edges || has_child(box, [](const Box& child) { return child.in_flow() && child.line_content; });
}

}  // namespace

bool is_collapsible_space(std::string_view text, WhiteSpace mode) {
    if (preserves_spaces(mode)) return false;
    const std::string_view space = mode == WhiteSpace::PreLine ? " \t\r\f" : " \t\r\n\f";
    // OPTIMIZATION: most texts begin with a letter.
    if (!text.empty() && static_cast<unsigned char>(text.front()) > ' ') return false;
    return text.find_first_not_of(space) == std::string_view::npos;
}

bool is_collapsible_space(const Box& box) {
    return box.kind == BoxKind::Text && is_collapsible_space(box.text(), box.text_style().white_space);
}

void finish_box(const BoxFixer& fixer, Box& box) {
    switch (box.kind) {
        case BoxKind::Block:
        case BoxKind::Cell:
        case BoxKind::Caption:
            return finish_container(fixer, box);
        case BoxKind::Inline:
            return finish_inline(fixer, box);
        case BoxKind::Flex:
            return finish_flex(fixer, box);
        case BoxKind::Table:
            return finish_table(fixer, box);
        case BoxKind::RowGroup:
            return finish_row_group(fixer, box);
        case BoxKind::Row:
            return finish_row(fixer, box);
        case BoxKind::ColumnGroup:
            return drop_spaces(box);
        default:
            return;
    }
}

}  // namespace galley::document
