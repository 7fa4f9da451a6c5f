// src/document/pdf/testing/sample_pages.h — display lists made by hand for tests: shaped text and every kind of item.
//
// Owner    Composer borrows the library.
// Threads  one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "document/paint/display_list.h"
#include "document/text/shaper.h"

namespace galley::document {

class Composer {
 public:
    explicit Composer(FontLibrary& library);

    InheritedStyle style;
    Color color = Color::black();

    // One DrawText for each run of one face; gives the x after the text. The words live as long as the library.
    double text(DisplayPage& page, double x, double y, std::string_view text);
    const TextShaper& shaper() const { return *shaper_; }

 private:
    TextShaper* shaper_;
};

Rect px_rect(double x, double y, double width, double height);
Point px_point(double x, double y);
DisplayPage a4_page();
// All item kinds, with links, anchors and bookmarks.
DisplayPage gallery_page(FontLibrary& library);
// Lines of plain text, `lines` of them, each with a few numbers.
DisplayPage text_page(FontLibrary& library, int number, int lines);
// A PNG file of the given kind with a gradient in it: color type as in PNG, 8 or 16 bits.
std::string make_png(int width, int height, int color_type, int bits, bool interlaced = false);

}  // namespace galley::document
