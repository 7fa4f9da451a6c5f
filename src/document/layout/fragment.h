// src/document/layout/fragment.h — layout's result: boxes, lines and text with a place and a size, one tree per page.
//
// Shape    offset is from the parent fragment's border box corner to this one's; size is the border box. A box broken
//          over pages has one fragment on each: has_start and has_end say whether its edges are drawn there.
// Units    LayoutUnit px.
// Owner    the page's arena; a fragment tree lives until its page is painted.
#pragma once

#include <cstdint>
#include <span>

#include "document/box/box.h"
#include "document/geometry/units.h"
#include "document/layout/text_part.h"

namespace galley::document {

enum class FragmentKind : std::uint8_t {
    Box,
    Line,
    Text,
    Placeholder  // of an absolutely positioned box, at its static position; the box's fragment becomes its child
};

// The text of one text box on one line.
struct TextRun {
    std::span<const TextPart> parts;
    const InheritedStyle* style = nullptr;
    LayoutUnit space_extra;   // justification, per space
    LayoutUnit letter_extra;  // justification, per glyph
    bool hyphen = false;
};

// One straight piece of a collapsed border, centre line, relative to the table's border box.
struct GridLine {
    Point from, to;
    Border border;
};

struct TablePaint {
    std::span<const GridLine> lines;
};

struct Fragment {
    FragmentKind kind = FragmentKind::Box;
    bool has_start = true, has_end = true;
    bool bare = false;         // nothing of the box itself is painted: a table's wrapper
    const Box* box = nullptr;  // Line: the container
    Point offset;
    Size size;
    Sides<LayoutUnit> border, padding;  // used widths
    LayoutUnit baseline;                // Line: from its top; Box: last line's, valid when has_baseline
    LayoutUnit first_baseline;
    bool has_baseline = false;
    Fragment *first_child = nullptr, *last_child = nullptr, *next = nullptr;
    const TextRun* text = nullptr;
    const TablePaint* table = nullptr;

    void append(Fragment& child) {
        child.next = nullptr;
        if (last_child != nullptr)
            last_child->next = &child;
        else
            first_child = &child;
        last_child = &child;
    }
    // Drops the children after `keep` (null: all).
    void truncate(Fragment* keep) {
        last_child = keep;
        if (keep != nullptr)
            keep->next = nullptr;
        else
            first_child = nullptr;
    }
};

}  // namespace galley::document
