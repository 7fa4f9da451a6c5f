// src/document/box/box_builder.h — from the styled document to its box tree.
//
// Shape    build_boxes(styled, options) → BoxTree. Generated content, counters, quotes, markers, images and every
//          anonymous box are resolved here. What depends on page numbers (target-counter, counter(page) and
//          counter(pages) in the flow) uses `facts` of the pass before; without them a placeholder of two digits, which
//          page_text() replaces in plain lines. Running and fixed elements stand on many pages: their page counters are
//          filled in again on each (refresh_page_contents).
//          Where the Dom has folded rows a FoldedRows box stands for each run; build_rows() makes the boxes of one, as
//          children of a copy of its RowGroup. Null: they count, quote or tell more than their table should know
//          (tree.needs_whole_tables says the same of the document).
// Errors   LimitExceeded (boxes), Cancelled.
// Limits   kBoxDepthMax; no recursion on depth.
// Source   CSS 2.1 §9.2, §12, §17.2.1; CSS Generated Content 3; CSS GCPM 3.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "base/error.h"
#include "document/box/box.h"
#include "document/box/generated_content.h"
#include "document/box/image_store.h"
#include "document/resource_loader.h"
#include "document/style/style_engine.h"

namespace galley::document {

// What a layout pass found out about pages.
struct PageFacts {
    std::map<std::string, int, std::less<>> anchor_page;  // the page counter there
    std::vector<int> text_page;                           // by PageContent::number: the page counter where it stands
    int page_count = 0;
    bool operator==(const PageFacts&) const = default;
};

struct BoxOptions {
    std::string base_url;
    const ResourceLoader* loader = nullptr;
    const PageFacts* facts = nullptr;
    ImageStore* images = nullptr;  // absent: one for this call
    const std::atomic<bool>* cancelled = nullptr;
    std::size_t boxes_max = 20'000'000;
};

// The text of an item that depends on pages; facts null: the placeholder.
std::string page_text(const ContentItem& item, const PageFacts* facts, const CounterStyles& styles);

Result<std::unique_ptr<BoxTree>> build_boxes(StyledDocument& styled, const BoxOptions& options);
Result<std::unique_ptr<BoxTree>> build_rows(StyledDocument& styled, const BoxOptions& options, const RowNodes& rows,
                                            const Box& group);

// Evaluates the page-dependent texts below `root` anew; what layout remembers of these boxes is forgotten.
void refresh_page_contents(BoxTree& tree, Box& root, ContentSources& sources);

}  // namespace galley::document
