// src/document/layout/row_store.h — the boxes of folded rows: made when a page needs them, dropped two pages later.
//
// Shape    load(folded) makes nodes, styles and boxes of one run of rows; end_page() drops those that neither this page
//          nor the one before has used (a row may go on behind a blank page). RowScope: what is laid out within it is
//          remembered with the rows, and goes with them.
// Errors   load() null: error() says why, or needs_whole(): the document must be laid out with all its rows.
// Owner    borrows the document, its shaper and the options; owns what it loads.
// Threads  one.
// Source   SPEC R43a.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "document/box/box_builder.h"
#include "document/layout/layout_context.h"

namespace galley::document {

struct TablePart;

// One run of rows with their boxes.
struct LoadedRows {
    std::unique_ptr<RowNodes> nodes;
    std::unique_ptr<BoxTree> boxes;  // root: a copy of the rows' group
    std::unique_ptr<WordHold> words;
    TablePart** user = nullptr;     // forgets its part when the rows go
    std::uint32_t first_index = 0;  // of the nodes
    int last_page = 0;

    std::uint32_t end_index() const { return first_index + static_cast<std::uint32_t>(nodes->nodes().size()); }
};

class RowStore {
 public:
    RowStore(StyledDocument& styled, TextShaper& shaper, BoxOptions options)
        : styled_(styled), shaper_(shaper), options_(options) {}

    LoadedRows* load(const Box& folded);
    void drop(LoadedRows& rows);
    void use(LoadedRows& rows) { rows.last_page = page_; }
    void end_page();
    bool needs_whole() const { return needs_whole_; }
    void set_needs_whole() { needs_whole_ = true; }
    const std::optional<Error>& error() const { return error_; }
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
    void insert(std::unique_ptr<LoadedRows> rows);
    Result<std::unique_ptr<BoxTree>> boxes_of(const RowNodes& nodes, const Box& group);

    StyledDocument& styled_;
    TextShaper& shaper_;
    const BoxOptions options_;
    std::vector<std::unique_ptr<LoadedRows>> loaded_;  // by first_index
    int page_ = 1;
    bool needs_whole_ = false;
    std::optional<Error> error_;
    std::vector<std::string> warnings_;
};

class RowScope {
 public:
    RowScope(LayoutContext& context, LoadedRows* rows);  // null: rows of the tree
    ~RowScope();
    RowScope(const RowScope&) = delete;
    RowScope& operator=(const RowScope&) = delete;

 private:
    LayoutContext& context_;
    std::pmr::memory_resource* const outer_;
    WordHold* outer_hold_ = nullptr;
    const bool entered_;
};

}  // namespace galley::document
