// src/document/paint/box_painter.h — backgrounds, borders and shadows of one box as display items.
//
// Source   CSS Backgrounds and Borders 3 §3–6.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/layout/fragment.h"
#include "document/paint/display_list.h"

namespace galley::document {

using ImageLookup = std::function<std::shared_ptr<const ImageData>(std::string_view url)>;
using DisplayItems = std::vector<DisplayItem>;

struct PaintedBox {
    Rect rect;  // border box
    Sides<LayoutUnit> border, padding;
    bool start = true, end = true;  // corners and shadows of cut edges are left out
    bool inline_box = false;        // cut left and right instead of top and bottom
};

Radii used_radii(const ComputedStyle& style, const PaintedBox& box);
Radii shrink_radii(const Radii& radii, const Sides<LayoutUnit>& by);

// `page_area`: where layers with `background-attachment: fixed` lie; of margin boxes, which have none, in the box.
void paint_background(const ComputedStyle& style, const PaintedBox& box, const Rect& page_area,
                      const ImageLookup& images, DisplayItems& out);
void paint_shadows(const ComputedStyle& style, const PaintedBox& box, bool inset, DisplayItems& out);
void paint_borders(const ComputedStyle& style, const PaintedBox& box, DisplayItems& out);
// A straight border along `from`–`to` (its centre line): collapsed table borders, dashed sides.
void paint_line_segment(const Border& border, Point from, Point to, DisplayItems& out);

// An image in a rectangle, of pixels or drawn; nothing for an empty drawing.
std::optional<DisplayItem> picture_item(const std::shared_ptr<const ImageData>& image, const Rect& rect,
                                        ImageRendering rendering);
void paint_picture(const std::shared_ptr<const ImageData>& image, const Rect& rect, ImageRendering rendering,
                   DisplayItems& out);
// Its size where nothing else is said; a drawing without one is fitted into `area`.
Size concrete_size(const ImageData& image, Size area);
// https://www.w3.org/TR/css-images-3/#the-object-fit
Rect object_rect(const ComputedStyle& style, const ImageData& image, const Rect& content);

inline Rect inset_rect(const Rect& rect, const Sides<LayoutUnit>& by) {
    return {rect.x + by.left, rect.y + by.top, std::max(LayoutUnit(), rect.width - by.left - by.right),
            std::max(LayoutUnit(), rect.height - by.top - by.bottom)};
}

}  // namespace galley::document
