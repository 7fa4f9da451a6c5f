// src/document/layout/page_layout.h — the sequence of pages: sizes, names, blanks, and what of the flow stands on each.
//
// Shape    PageFlow flow(context); while (flow.next(page)) … paint, then drop the page. A page's fragments live in the
//          context's page arena, which the caller empties between pages.
// Limits   the caller counts pages.
// Source   CSS Paged Media 3 §3, §7.
#pragma once

#include "document/layout/layout_context.h"

namespace galley::document {

struct PageBox {
    PageContext context;
    PageStyle style;
    Sides<LayoutUnit> margin, border, padding;
    Rect area;  // content area, page coordinates
};

struct LaidPage {
    PageBox box;
    Fragment* root = nullptr;      // null on blank pages; its offset is in page coordinates
    std::vector<Fragment*> fixed;  // position: fixed, page coordinates
};

PageBox make_page_box(StyledDocument& styled, const PageContext& context);

class PageFlow {
 public:
    explicit PageFlow(LayoutContext& context) : context_(context) {}
    // False after the last page.
    bool next(LaidPage& page);

 private:
    bool must_be_blank(int number) const;
    void lay_flow(LaidPage& page);
    LayoutContext& context_;
    const BreakToken* token_ = nullptr;
    int number_ = 0;
    bool done_ = false;
};

}  // namespace galley::document
