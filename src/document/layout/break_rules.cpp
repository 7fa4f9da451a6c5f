#include "document/layout/break_rules.h"

namespace galley::document {

namespace {

bool hands_up(const Box& box) {
    return (box.kind == BoxKind::Block && !box.children_inline) || box.kind == BoxKind::Table ||
           box.kind == BoxKind::RowGroup || box.kind == BoxKind::Flex;
}

const Box* first_in_flow(const Box& box) {
    if (!hands_up(box)) return nullptr;
    const Box* child = box.first_child;
    while (child != nullptr && !child->in_flow()) child = child->next;
    return child;
}

const Box* last_in_flow(const Box& box) {
    if (!hands_up(box)) return nullptr;
    const Box* last = nullptr;
    for (const Box* child = box.first_child; child != nullptr; child = child->next)
        if (child->in_flow()) last = child;
    return last;
}

std::string_view inherited_page_name(const Box& box) {
    for (const Box* at = box.parent; at != nullptr; at = at->parent)
        if (!at->style->page.empty()) return at->style->page;
    return {};
}

}  // namespace

bool is_forced(BreakBetween value) {
    return value == BreakBetween::Page || value == BreakBetween::Left || value == BreakBetween::Right ||
           value == BreakBetween::Recto || value == BreakBetween::Verso;
}

bool is_avoided(BreakBetween value) {
    return value == BreakBetween::Avoid || value == BreakBetween::AvoidPage;
}

// A side that is asked for stays asked for: `page` does not take it back.
BreakBetween meet(BreakBetween earlier, BreakBetween later) {
    if (is_forced(earlier) && later == BreakBetween::Page) return earlier;
    if (is_forced(later)) return later;
    if (is_forced(earlier)) return earlier;
    if (earlier == BreakBetween::Column || later == BreakBetween::Column) return BreakBetween::Column;
    if (is_avoided(later)) return later;
    return earlier;
}

BreakBetween break_before_of(const Box& box) {
    BreakBetween value = box.style->break_before;
    for (const Box* child = first_in_flow(box); child != nullptr; child = first_in_flow(*child))
        value = meet(value, child->style->break_before);
    return value;
}

BreakBetween break_after_of(const Box& box) {
    BreakBetween value = box.style->break_after;
    if (box.kind != BoxKind::Block && box.kind != BoxKind::Flex) return value;
    for (const Box* child = last_in_flow(box); child != nullptr; child = last_in_flow(*child))
        value = meet(child->style->break_after, value);
    return value;
}

bool avoids_inside(const Box& box) {
    return box.style->break_inside == BreakInside::Avoid || box.style->break_inside == BreakInside::AvoidPage;
}

std::string_view start_page_name(const Box& box) {
    std::string_view name = inherited_page_name(box);
    for (const Box* at = &box; at != nullptr; at = first_in_flow(*at))
        if (!at->style->page.empty()) name = at->style->page;
    return name;
}

std::string_view end_page_name(const Box& box) {
    std::string_view name = inherited_page_name(box);
    for (const Box* at = &box; at != nullptr; at = last_in_flow(*at))
        if (!at->style->page.empty()) name = at->style->page;
    return name;
}

bool changes_page_name(const Box& before, const Box& after) {
    const std::string_view name = start_page_name(after);
    return !name.empty() && name != end_page_name(before);
}

}  // namespace galley::document
