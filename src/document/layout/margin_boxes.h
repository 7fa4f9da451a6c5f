// src/document/layout/margin_boxes.h — the sixteen boxes in a page's margins: their texts, sizes and fragments.
//
// Shape    lay_margin_boxes(context, page, content) → fragments with offsets in page coordinates.
// Source   CSS Paged Media 3 §4, §5.3; CSS GCPM 3 §1.2 (string()).
#pragma once

#include <map>
#include <string>

#include "document/layout/page_layout.h"

namespace galley::document {

// Values of one named string on one page.
struct PageString {
    std::string entry;  // in force when the page begins
    std::string first, last;
    bool assigned = false, at_start = false;
};
using PageStrings = std::map<std::string, PageString, std::less<>>;

struct MarginContent {
    int page_number = 1, page_count = 1;
    const PageStrings* strings = nullptr;
    bool used_page_count = false;  // set when some text depends on page_count
};

std::vector<Fragment*> lay_margin_boxes(LayoutContext& context, const PageBox& page, MarginContent& content);
// True when a margin box of the page shows counter(pages).
bool margin_boxes_need_page_count(const PageStyle& style);

// Sizes of the boxes at one side's start, centre and end.
struct MarginBoxSize {
    bool present = false;
    LayoutUnit least, most;
    bool fixed = false;  // least = most = the specified size
};
struct MarginBoxSizes {
    LayoutUnit start, center, end;
};
MarginBoxSizes share_margin(const MarginBoxSize& start, const MarginBoxSize& center, const MarginBoxSize& end,
                            LayoutUnit available);

}  // namespace galley::document
