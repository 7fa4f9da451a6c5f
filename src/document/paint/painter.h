// src/document/paint/painter.h — from fragments to a page's display list, in painting order.
//
// Shape    Painter painter(page, record); painter.paint_page_box(…); painter.paint(root) … one Painter per page.
//          Links, anchors and bookmarks are noted on the way; string-set values and ids go to `record`.
// Source   CSS 2.1 Appendix E; CSS Backgrounds 3.
#pragma once

#include <string_view>
#include <vector>

#include "document/layout/fragment.h"
#include "document/layout/page_layout.h"
#include "document/paint/box_painter.h"

namespace galley::document {

// What the page says about itself besides its looks.
struct PageRecord {
    std::vector<NamedString> strings;  // in document order
    bool first_at_start = false;
};

class Painter {
 public:
    Painter(DisplayPage& page, PageRecord& record, const ImageLookup& images)
        : page_(page), record_(record), images_(images) {}
    // Page background and border; the root's or body's background on the page area's padding box.
    void paint_page_box(const PageBox& box, const Box* root);
    // A tree whose root has its offset in page coordinates.
    void paint(const Fragment& root);

 private:
    struct Entry {  // a fragment that is painted later than where it stands
        const Fragment* fragment;
        Point corner;
        int z = 0;
    };
    // One stacking context's (or atomic box's) postponed parts, in document order.
    struct Layer {
        std::vector<Entry> floats, lines, positioned;
        bool real = false;  // a stacking context: takes in positioned descendants
    };
    void paint_context(const Fragment& fragment, Point corner, Layer* outer);
    void paint_body(const Fragment& fragment, Point corner, Layer& layer);
    void walk(const Fragment& fragment, Point corner, Layer& layer);
    void walk_children(const Fragment& fragment, Point corner, Layer& layer);
    bool postpone(const Fragment& fragment, Point corner, Layer& layer);
    void paint_inline(const Fragment& fragment, Point corner, Layer& layer);
    void paint_replaced(const Fragment& fragment, Point corner);
    void paint_box(const Fragment& fragment, Point corner);
    void paint_table_rows(const Fragment& fragment, Point corner);
    void note(const Fragment& fragment, Point corner);
    void paint_list(std::vector<Entry>& entries, bool negative, Layer* outer);
    template <typename T>
    void emit(T item) {
        page_.items.emplace_back(std::move(item));
    }

    DisplayPage& page_;
    PageRecord& record_;
    const ImageLookup& images_;
    const Box* background_owner_ = nullptr;  // its background is the canvas's: not painted again
    int depth_ = 0;
};

}  // namespace galley::document
