// src/document/box/box_builder.h — from the styled document to its box tree.
//
// Shape    build_boxes(styled, options) → BoxTree. Generated content, counters, quotes, markers, images and every
//          anonymous box are resolved here. What depends on page numbers (target-counter, counter(page) in the flow)
//          uses `facts` of the pass before; without them a placeholder of two digits.
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
#include "document/resource_loader.h"
#include "document/style/style_engine.h"

namespace galley::document {

// What a layout pass found out about pages.
struct PageFacts {
    std::map<std::string, int, std::less<>> anchor_page;  // 1-based
    int page_count = 0;
    bool operator==(const PageFacts&) const = default;
};

struct BoxOptions {
    std::string base_url;
    const ResourceLoader* loader = nullptr;
    const PageFacts* facts = nullptr;
    const std::atomic<bool>* cancelled = nullptr;
    std::size_t boxes_max = 20'000'000;
};

Result<std::unique_ptr<BoxTree>> build_boxes(StyledDocument& styled, const BoxOptions& options);

}  // namespace galley::document
