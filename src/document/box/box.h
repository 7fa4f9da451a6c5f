// src/document/box/box.h — the box tree: what is laid out, with every anonymous box and all generated text in place.
//
// Shape    Box = kind, style, node, links. A block container's children are all inline-level (children_inline) or all
//          block-level; out-of-flow boxes may stand among either. Tables are complete: Table > Caption, ColumnGroup,
//          RowGroup > Row > Cell. Text is what the document says, white space not yet collapsed.
// Owner    BoxTree owns boxes (arena), texts and images; it borrows the Dom and the styles.
// Threads  one render, one thread. `cache` belongs to layout.
// Limits   kBoxDepthMax: deeper elements are laid flat into their ancestor.
// Source   CSS 2.1 §9.2, §17.2.1; CSS Display 3.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/html/dom.h"
#include "document/html/tags.h"
#include "document/style/computed_style.h"

namespace galley::document {

inline constexpr int kBoxDepthMax = 400;

enum class BoxKind : std::uint8_t {
    Block,  // block container: lays out blocks or lines
    Inline,
    Text,
    LineBreak,  // <br>
    Leader,     // leader(): text = the pattern
    Replaced,
    Flex,
    Table,
    RowGroup,
    Row,
    Cell,
    Column,
    ColumnGroup,
    Caption,
    FoldedRows  // in a RowGroup: rows whose boxes are made when they are laid out (build_rows)
};

struct LayoutCache;  // layout/layout_cache.h
class Box;

// A text that is known only once pages are: items of some `content`, each with the characters before it, and the rest.
struct PageNumberPiece {
    std::string before;
    const ContentItem* item = nullptr;
};
struct PageText {
    Box* box = nullptr;
    std::vector<PageNumberPiece> pieces;
    std::string rest;
};

struct NamedString {
    std::string_view name, value;
};

// What few boxes have.
struct BoxExtras {
    const std::shared_ptr<const ImageData>* image = nullptr;
    Box* marker = nullptr;
    std::span<const NamedString> strings;
    std::string_view bookmark;
};

// There are as many as the document has elements and texts: what most lack lies elsewhere.
class Box {
 public:
    BoxKind kind = BoxKind::Block;
    bool inline_level = false;     // takes part in lines
    bool children_inline = false;  // block containers: children are laid out in lines
    bool anonymous = false;
    bool continued = false, continuation = false;  // parts of an inline box split by a block
    bool floating = false, positioned = false;     // out of flow: float; absolute or fixed
    bool new_context = false;                      // establishes a block formatting context
    bool empty_through = false;                    // top and bottom margins adjoin (no height, no lines)
    bool line_content = false;                     // inline-level: makes a line box exist
    bool generated = false;                        // ::before, ::after, marker
    bool anchor_element = false;                   // of an <a>: may link
    bool page_text = false;                        // Text that depends on page numbers: BoxTree::page_texts
    bool page_dependent = false;                   // its content shows a page counter: BoxTree::page_contents
    std::uint16_t column_span = 1, row_span = 1;

 private:
    std::uint32_t character_count_ = 0;  // of characters_; here it fills a gap

 public:
    const ComputedStyle* style = nullptr;
    const Node* node = nullptr;  // null when anonymous; the originating element for generated boxes
    Box *parent = nullptr, *first_child = nullptr, *last_child = nullptr, *next = nullptr;
    BoxExtras* extras = nullptr;  // BoxTree::extras() makes them
    mutable LayoutCache* cache = nullptr;

    std::string_view text() const { return {characters_, character_count_}; }  // Text, Leader
    void set_text(std::string_view text) {
        characters_ = text.data();
        character_count_ = static_cast<std::uint32_t>(text.size());
    }
    // Replaced; null when there is none to show.
    const std::shared_ptr<const ImageData>* image() const { return extras != nullptr ? extras->image : nullptr; }
    // List items: the outside marker, an inline-block; running elements' place: the element.
    Box* marker() const { return extras != nullptr ? extras->marker : nullptr; }
    std::span<const NamedString> strings() const {
        return extras != nullptr ? extras->strings : std::span<const NamedString>();
    }
    // Title, when style->bookmark_level > 0.
    std::string_view bookmark() const { return extras != nullptr ? extras->bookmark : std::string_view(); }
    bool in_flow() const { return !floating && !positioned; }
    bool is_table_part() const { return kind >= BoxKind::RowGroup; }
    bool is_container() const { return kind == BoxKind::Block || kind == BoxKind::Cell || kind == BoxKind::Caption; }
    const InheritedStyle& text_style() const { return *style->text; }

 private:
    const char* characters_ = nullptr;
};
static_assert(sizeof(Box) == 96);

void append_child(Box& parent, Box& child);

// Generated content that shows a page counter.
struct PageContent {
    const std::vector<ContentItem>* items = nullptr;
    std::size_t number = 0;  // in document order, from 0
};

// A box of position: fixed, and where it would stand otherwise.
struct FixedBox {
    Box* box = nullptr;
    const Box* container = nullptr;
};

class BoxTree {
 public:
    std::pmr::memory_resource& arena() { return arena_; }
    Box& make(BoxKind kind, const ComputedStyle& style, const Node* node) {
        Box* box = std::pmr::polymorphic_allocator<Box>(&arena_).new_object<Box>();
        box->kind = kind;
        box->style = &style;
        box->node = node;
        box->anchor_element = node != nullptr && node->tag_number == static_cast<std::uint8_t>(Tag::k_a);
        ++count_;
        return *box;
    }
    BoxExtras& extras(Box& box) {
        if (box.extras == nullptr)
            box.extras = std::pmr::polymorphic_allocator<BoxExtras>(&arena_).new_object<BoxExtras>();
        return *box.extras;
    }
    std::string_view keep(std::string_view text);
    const std::shared_ptr<const ImageData>* keep(std::shared_ptr<const ImageData> image) {
        return &images_.emplace_back(std::move(image));
    }
    std::size_t size() const { return count_; }

    Box* root = nullptr;          // <html>; null for an empty document
    std::vector<FixedBox> fixed;  // in document order: repeated on every page
    std::vector<PageText> page_texts;
    std::unordered_map<const Box*, PageContent> page_contents;
    bool running_shows_pages = false;  // counter(pages) within a running element
    bool needs_passes = false;         // page numbers decide more than what stands in lines of plain blocks
    bool uses_page_names = false;      // some style names its page
    bool has_folded_rows = false;
    bool needs_whole_tables = false;  // folded rows would have to be seen by more than their table
    std::vector<std::string> warnings;

 private:
    std::pmr::monotonic_buffer_resource arena_{256 * 1024};
    std::deque<std::shared_ptr<const ImageData>> images_;
    std::size_t count_ = 0;
};

// One line per box, indented: for tests.
std::string dump(const BoxTree& tree);

}  // namespace galley::document
