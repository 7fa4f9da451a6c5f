// src/document/paint/display_list.h — what is drawn on one page, in order, in page coordinates: the paint phase's
// result.
//
// Shape    a page = its size and a list of items. Text keeps its characters, so that the PDF can be searched and
// copied. Units    LayoutUnit px from the page's top left corner, y downwards; angles in degrees. Owner    texts point
// to words of the shaper and to parts in the page's memory, which must live as long; faces are the FontLibrary's, image
// bytes are shared, the list owns the rest. Threads  built and read by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "document/geometry/image_info.h"
#include "document/geometry/units.h"
#include "document/layout/text_part.h"
#include "document/svg/drawing.h"
#include "document/text/face.h"

namespace galley::document {

struct Radii {  // horizontal, vertical per corner, px
    Size top_left, top_right, bottom_right, bottom_left;
    bool any() const {
        const auto round = [](const Size& s) { return s.width > LayoutUnit() && s.height > LayoutUnit(); };
        return round(top_left) || round(top_right) || round(bottom_right) || round(bottom_left);
    }
};

struct FillRect {
    Rect rect;
    Color color;
    Radii radii;
};

// The area between two (rounded) rectangles, filled even-odd: borders of one colour, inset shadows.
struct FillRing {
    Rect outer, inner;
    Radii outer_radii, inner_radii;
    Color color;
};

struct FillPolygon {
    std::vector<Point> points;
    Color color;
};

struct StrokeLine {  // dashed and dotted borders, decorations
    Point from, to;
    LayoutUnit width;
    Color color;
    std::vector<LayoutUnit> dashes;
    bool round_cap = false;
};

struct Gradient {
    using Stop = VectorGradient::Stop;
    bool radial = false;
    bool repeating = false;   // else the ends' colours go on
    Point2 from, to;          // linear: where the first and the last stop are
    Point2 center, radius;    // radial: offset 0 is the centre, offset 1 the ellipse
    std::vector<Stop> stops;  // ascending from 0 to 1, at least two
};

struct FillGradient {
    Rect rect;  // painted area
    Radii radii;
    std::shared_ptr<const Gradient> gradient;
};

// One run of one face, size and colour along a baseline.
struct DrawText {
    const Face* face = nullptr;
    double size_px = 0;
    Color color;
    Point origin;                     // start of the baseline
    std::span<const TextPart> parts;  // all of `face`, one after the other in visual order
    double letter_spacing_px = 0;     // added after every glyph
    LayoutUnit word_spacing;          // added after every U+0020 (justification included)
    bool right_to_left = false;
    bool shadow = false;  // drawn only: readers and searches do not see it
};

// The characters of the text, in the order of its parts.
std::string characters_of(const DrawText& text);

struct DrawImage {
    std::shared_ptr<const ImageData> image;  // of pixels
    Rect rect;
    bool smooth = true;  // interpolated where it is enlarged
};

// A drawing made for the size of the rectangle.
struct DrawVector {
    std::shared_ptr<const VectorDrawing> drawing;
    Rect rect;
};

struct PushClip {
    Rect rect;
    Radii radii;
};
struct PopClip {};
// What follows is drawn within `tile`, and again at each multiple of `step` that `rect` shows.
struct PushTiles {
    Rect rect, tile;
    Size step;
};
struct PopTiles {};
struct PushTransform {
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;  // px, y downwards
};
struct PopTransform {};
struct PushOpacity {  // a group: drawn by itself, then laid over what stands below
    double opacity = 1;
    const char* blend = "Normal";  // PDF's name of the blend mode
};
struct PopOpacity {};

using DisplayItem =
    std::variant<FillRect, FillRing, FillPolygon, StrokeLine, FillGradient, DrawText, DrawImage, DrawVector, PushClip,
                 PopClip, PushTiles, PopTiles, PushTransform, PopTransform, PushOpacity, PopOpacity>;

struct Link {
    Rect rect;
    std::string target;       // "#id" inside the document, else a URI
    bool attachment = false;  // the file there becomes a part of the document
};
struct Anchor {
    std::string name;
    Point at;
};
struct Bookmark {
    int level = 1;
    std::string title;
    Point at;
    bool open = true;  // are the bookmarks below it shown at first?
};

// What the page calls itself.
struct PageLabel {
    enum class Style : std::uint8_t { Decimal, LowerRoman, UpperRoman, LowerAlpha, UpperAlpha };
    std::optional<int> number = {};  // the page counter
    Style style = Style::Decimal;
};

struct DisplayPage {
    Size size;
    PageLabel label = {};
    std::vector<DisplayItem> items;
    std::vector<Link> links;
    std::vector<Anchor> anchors;
    std::vector<Bookmark> bookmarks;
};

// One line per item with coordinates in px with two decimals: for golden tests.
std::string dump(const DisplayPage& page);

}  // namespace galley::document
