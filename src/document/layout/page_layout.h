// src/document/layout/page_layout.h — the sequence of pages: sizes, names, blanks, and what of the flow stands on each.
//
// Shape    PageFlow flow(context); while (flow.next(page)) … paint, then drop the page. A page's fragments live in the
//          context's page arena, which the caller empties between pages. again(start, number) lays one page anew, from
//          where it began the first time.
// Limits   the caller counts pages.
// Source   CSS Paged Media 3 §3, §7.
#pragma once

#include <map>
#include <string>

#include "document/layout/layout_context.h"

namespace galley::document {

struct PageBox {
    PageContext context;
    PageStyle style;
    Sides<LayoutUnit> margin, border, padding;
    Rect area;  // content area, page coordinates
};

using PageCounters = std::map<std::string, int, std::less<>>;  // "page" among them

struct LaidPage {
    PageBox box;
    PageCounters counters;
    Fragment* root = nullptr;           // null on blank pages; its offset is in page coordinates
    std::vector<Fragment*> fixed;       // position: fixed, page coordinates
    const BreakToken* start = nullptr;  // where the flow went on, null: at the beginning
    const BreakToken* end = nullptr;    // where the next page goes on, null: nowhere
    bool has_page_texts = false;        // some text on it depends on page numbers
};

PageBox make_page_box(StyledDocument& styled, const PageContext& context);

class PageFlow {
 public:
    // `page_count`: what counter(pages) shows in fixed boxes.
    PageFlow(LayoutContext& context, int page_count) : context_(context), page_count_(page_count) {}
    // False after the last page.
    bool next(LaidPage& page);
    LaidPage again(const BreakToken* start, int number, const PageCounters& counters) {
        return lay(start, number, &counters);
    }

 private:
    LaidPage lay(const BreakToken* start, int number, const PageCounters* known);
    void lay_flow(LaidPage& page);
    void lay_fixed(LaidPage& page);
    void count(const ComputedStyle& page);
    LayoutContext& context_;
    const BreakToken* token_ = nullptr;
    PageCounters counters_;
    int page_count_;
    int number_ = 0;
    bool done_ = false;
};

}  // namespace galley::document
