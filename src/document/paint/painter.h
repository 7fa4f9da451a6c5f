// src/document/paint/painter.h — from fragments to a page's display list, in painting order.
//
// Shape    Painter painter(page, record); painter.paint_page_box(…); painter.paint(root) … one Painter per page.
//          Links, anchors and bookmarks are noted on the way; string-set values and ids go to `record`.
// Source   CSS 2.1 Appendix E; CSS Backgrounds 3.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "document/layout/fragment.h"
#include "document/layout/page_layout.h"
#include "document/paint/box_painter.h"

namespace galley::document {

// What the page says about itself besides its looks.
struct PageRecord {
    struct Set {
        NamedString string;
        LayoutUnit y;  // of the element's box on the page
    };
    struct Running {
        Box* element = nullptr;
        LayoutUnit y;
    };
    std::vector<Set> strings;               // in document order
    std::vector<Running> running;           // running elements that stand on the page, in document order
    std::vector<const Box*> page_contents;  // generated contents that show a page counter
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
        void clear() {
            floats.clear();
            lines.clear();
            positioned.clear();
        }
    };
    Layer& open_layer(bool real);
    void close_layer() { --open_layers_; }
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
    Rect page_area_;
    const Box* background_owner_ = nullptr;  // its background is the canvas's: not painted again
    int depth_ = 0;
    std::deque<Layer> layers_;  // their lists keep their memory from one use to the next
    std::size_t open_layers_ = 0;
};

}  // namespace galley::document
