// Images of pixels and drawings in their places.
#include <algorithm>

#include "document/paint/box_painter.h"

namespace galley::document {

Size concrete_size(const ImageData& image, Size area) {
    if (!image.vector) return {LayoutUnit::from_px(image.width_px), LayoutUnit::from_px(image.height_px)};
    const NaturalSize natural = image.vector->natural();
    double width = natural.width_px, height = natural.height_px;
    if (width > 0 && height <= 0) height = natural.ratio > 0 ? width / natural.ratio : area.height.px();
    if (height > 0 && width <= 0) width = natural.ratio > 0 ? height * natural.ratio : area.width.px();
    if (width > 0 && height > 0) return {LayoutUnit::from_px(width), LayoutUnit::from_px(height)};
    if (natural.ratio <= 0) return area;
    width = std::min(area.width.px(), area.height.px() * natural.ratio);
    return {LayoutUnit::from_px(width), LayoutUnit::from_px(width / natural.ratio)};
}

std::optional<DisplayItem> picture_item(const std::shared_ptr<const ImageData>& image, const Rect& rect,
                                        ImageRendering rendering) {
    if (!image->vector) return DrawImage{image, rect, rendering == ImageRendering::Auto};
    auto drawing = image->vector->draw(rect.width.px(), rect.height.px());
    if (drawing->ops.empty()) return std::nullopt;
    return DrawVector{std::move(drawing), rect};
}

void paint_picture(const std::shared_ptr<const ImageData>& image, const Rect& rect, ImageRendering rendering,
                   DisplayItems& out) {
    if (auto item = picture_item(image, rect, rendering)) out.push_back(std::move(*item));
}

Rect object_rect(const ComputedStyle& style, const ImageData& image, const Rect& content) {
    using Fit = ObjectPlacement::Fit;
    if (!style.object || style.object->fit == Fit::Fill) return content;
    const Size natural = concrete_size(image, {content.width, content.height});
    if (natural.width <= LayoutUnit() || natural.height <= LayoutUnit()) return content;
    const double x = content.width.px() / natural.width.px(), y = content.height.px() / natural.height.px();
    const Fit fit = style.object->fit;
    double scale = fit == Fit::Cover ? std::max(x, y) : fit == Fit::None ? 1 : std::min(x, y);
    if (fit == Fit::ScaleDown) scale = std::min(scale, 1.0);
    const LayoutUnit width = natural.width.scaled(scale), height = natural.height.scaled(scale);
    return {content.x + style.object->x.resolve(content.width - width),
            content.y + style.object->y.resolve(content.height - height), width, height};
}

}  // namespace galley::document
