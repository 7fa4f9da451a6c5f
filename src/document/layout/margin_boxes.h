// src/document/layout/margin_boxes.h — the sixteen boxes in a page's margins: their texts, sizes and fragments.
//
// Shape    lay_margin_boxes(context, page, content) → fragments with offsets in page coordinates.
// Source   CSS Paged Media 3 §4, §5.3; CSS GCPM 3 §1.2 (string(), element()).
#pragma once

#include <map>
#include <string>

#include "document/layout/page_layout.h"

namespace galley::document {

class ImageStore;

// Values of one named string on one page.
struct PageString {
    std::string entry;  // in force when the page begins
    std::string first, last;
    bool assigned = false, at_start = false;
};
using PageStrings = std::map<std::string, PageString, std::less<>>;

// Which running element of one name a page shows.
struct PageElement {
    Box *entry = nullptr, *first = nullptr, *last = nullptr;  // entry: in force when the page begins
    bool assigned = false, at_start = false;
};
using PageElements = std::map<std::string, PageElement, std::less<>>;

struct MarginContent {
    const PageCounters* counters = nullptr;
    const PageStrings* strings = nullptr;
    ImageStore* images = nullptr;  // content: url(…); absent: left out
    const PageElements* elements = nullptr;
    int page_count = 1;
};

std::vector<Fragment*> lay_margin_boxes(LayoutContext& context, const PageBox& page, MarginContent& content);
// True when a margin box of the page shows counter(pages), itself or in a running element.
bool margin_boxes_need_page_count(const PageStyle& style, const BoxTree& tree);

// Sizes of the boxes at one side's start, centre and end.
struct MarginBoxSize {
    bool present = false;
    LayoutUnit least, most;
    bool fixed = false;  // least = most = the specified size
};
struct MarginBoxSizes {
    LayoutUnit start, center, end;
};
// Widths of the boxes above and below the page's area: as their contents ask for, as in WeasyPrint. The draft lets them
// grow into all of the margin; running elements that are laid for WeasyPrint then stand at their box's start.
MarginBoxSizes fit_margin(const MarginBoxSize& start, const MarginBoxSize& center, const MarginBoxSize& end,
                          LayoutUnit available);
// Heights of those beside it: they share all of the margin.
MarginBoxSizes share_margin(const MarginBoxSize& start, const MarginBoxSize& center, const MarginBoxSize& end,
                            LayoutUnit available);

}  // namespace galley::document
