// src/document/layout/layout_context.h — what every layout routine is given and gives back: the fragmentation protocol.
//
// Shape    layout_box(context, box, space, token) → LayoutResult: a fragment and, when the box is not finished, the
//          token to go on with on the next page. A null fragment means: nothing fits here, break before the box (never
//          when `at_top`: there something is always placed). The parent decides the width.
// Units    LayoutUnit px; page space is measured from the box's border top.
// Owner    fragments: the page arena; caches and tokens: the box tree's arena, of folded rows that of theirs.
// Limits   kLayoutDepthMax nested layout calls: deeper content is left out with a warning.
// Source   CSS Fragmentation 3; CSS 2.1 §8–10.
#pragma once

#include <atomic>
#include <memory>
#include <memory_resource>
#include <optional>
#include <unordered_map>

#include "document/box/box.h"
#include "document/layout/break_token.h"
#include "document/layout/fragment.h"
#include "document/style/style_engine.h"
#include "document/text/shaper.h"

namespace galley::document {

inline constexpr int kLayoutDepthMax = 600;

class FloatContext;
class RowStore;        // layout/row_store.h
struct InlineScratch;  // layout/inline_content.h

// A set of adjoining margins: the largest positive plus the most negative one.
struct MarginStrut {
    LayoutUnit positive, negative;
    void add(LayoutUnit margin) {
        if (margin >= LayoutUnit())
            positive = std::max(positive, margin);
        else
            negative = std::min(negative, margin);
    }
    void add(const MarginStrut& other) {
        positive = std::max(positive, other.positive);
        negative = std::min(negative, other.negative);
    }
    LayoutUnit sum() const { return positive + negative; }
};

// The margins that adjoin at the top of a box: those collected on the way to it, and the distance that all of them, of
// what follows in it too, have moved it down. Floats that come first stand where the former alone would put them.
struct StartMargins {
    MarginStrut before;
    LayoutUnit moved;
};

struct Space {
    LayoutUnit width;                            // the box's border box, decided by the parent
    LayoutUnit container_width;                  // for percentages
    std::optional<LayoutUnit> container_height;  // definite, for percentages
    std::optional<LayoutUnit> height;            // border box, when the parent decides it (flex, positioned)
    LayoutUnit page = LayoutUnit::max();         // from the box's border top to the page's end; max = unbroken
    bool at_top = true;                          // nothing above on this page: breaking before the box cannot help
    const Sides<LayoutUnit>* borders = nullptr;  // cells of collapsed tables: used instead of the style's
    FloatContext* floats = nullptr;              // of the surrounding formatting context
    Point in_context;                            // the box's border corner in that context
    std::optional<StartMargins> start;           // where its own top margin may adjoin its children's

    bool fragmented() const { return page != LayoutUnit::max(); }
};

enum class Appeal : std::uint8_t { Perfect, Violating };  // does the break keep avoid, orphans and widows?

struct LayoutResult {
    Fragment* fragment = nullptr;
    const BreakToken* token = nullptr;
    Appeal appeal = Appeal::Perfect;
    MarginStrut end_strut;  // margins after the box, its own included, that adjoin what follows
};

// Measures of the primary font of a style, px.
struct FontFacts {
    const FontInstance* font = nullptr;
    LayoutUnit ascent, descent;  // of the face
    LayoutUnit line_height;
    LayoutUnit x_height;
    LayoutUnit space;  // advance of U+0020
    LayoutUnit half_leading_above() const {
        const std::int64_t leading = std::int64_t{line_height.raw()} - ascent.raw() - descent.raw();
        return LayoutUnit::from_raw(leading >= 0 ? leading / 2 : -((-leading + 1) / 2));
    }
};

class LayoutContext {
 public:
    LayoutContext(BoxTree& tree, StyledDocument& styled, TextShaper& shaper);
    ~LayoutContext();
    LayoutContext(const LayoutContext&) = delete;
    LayoutContext& operator=(const LayoutContext&) = delete;

    BoxTree& tree;
    StyledDocument& styled;
    TextShaper& shaper;
    std::pmr::memory_resource* page_arena = nullptr;
    std::pmr::memory_resource* box_arena;        // of caches and tokens: as long-lived as the boxes that are laid out
    std::unique_ptr<RowStore> rows;              // null: no rows are folded
    LayoutUnit page_height = LayoutUnit::max();  // of a whole empty page
    const std::atomic<bool>* cancelled = nullptr;
    bool stopped = false;  // cancelled: results no longer mean anything
    int depth = 0;
    bool too_deep = false;
    bool has_positioned = false;  // the page's tree holds placeholders
    std::unique_ptr<InlineScratch> inline_scratch;
    bool has_page_texts = false;  // lines of the page show texts that depend on page numbers
    int balancing = 0;            // multi-column containers around that are trying heights
    bool first_page = true;
    bool in_columns = false;    // break-before: column counts
    bool margins_stay = false;  // also at unforced breaks: on named pages, and in columns of the first page
    int retries = 0;            // boxes being laid out again because their bottom edge did not fit

    Fragment& make_fragment(FragmentKind kind, const Box& box) {
        auto* fragment = std::pmr::polymorphic_allocator<Fragment>(page_arena).new_object<Fragment>();
        fragment->kind = kind;
        fragment->box = &box;
        return *fragment;
    }
    BreakToken& make_token(const Box& box) {
        auto* token = std::pmr::polymorphic_allocator<BreakToken>(box_arena).new_object<BreakToken>();
        token->box = &box;
        return *token;
    }
    template <typename T>
    std::span<T> page_span(std::size_t count) {
        T* data = std::pmr::polymorphic_allocator<T>(page_arena).allocate(count);
        std::uninitialized_value_construct_n(data, count);
        return {data, count};
    }
    template <typename T>
    std::span<T> box_span(std::size_t count) {
        T* data = std::pmr::polymorphic_allocator<T>(box_arena).allocate(count);
        std::uninitialized_value_construct_n(data, count);
        return {data, count};
    }
    const FontFacts& font(const InheritedStyle& style);
    // Counts a box and polls for cancellation; false: stop.
    bool tick() {
        if ((++boxes_ & 1023U) == 0 && cancelled != nullptr && cancelled->load(std::memory_order_relaxed))
            stopped = true;
        return !stopped;
    }

 private:
    std::unordered_map<const InheritedStyle*, FontFacts> fonts_;
    const InheritedStyle* last_style_ = nullptr;
    const FontFacts* last_font_ = nullptr;
    std::uint64_t boxes_ = 0;
};

LayoutResult layout_box(LayoutContext& context, const Box& box, const Space& space, const BreakToken* token);

}  // namespace galley::document
