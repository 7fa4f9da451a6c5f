// src/document/layout/layout_cache.h — what layout remembers about one box for the length of a render.
//
// Owner    the box tree's arena.
#pragma once

#include "document/layout/box_geometry.h"

namespace galley::document {

struct InlineContent;
struct TableGrid;

struct LayoutCache {
    bool widths_known = false;
    IntrinsicWidths widths;
    const InlineContent* inline_content = nullptr;
    TableGrid* table = nullptr;
};

inline LayoutCache& cache_of(LayoutContext& context, const Box& box) {
    if (box.cache == nullptr)
        box.cache = std::pmr::polymorphic_allocator<LayoutCache>(context.box_arena).new_object<LayoutCache>();
    return *box.cache;
}

}  // namespace galley::document
