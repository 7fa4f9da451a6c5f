#include <algorithm>
#include <cmath>
#include <numbers>

#include "document/paint/box_painter.h"

namespace galley::document {

namespace {

constexpr int kTilesMax = 2000;

Size corner(const CornerRadius& radius, const Rect& rect) {
    const auto used = [](const Length& length, LayoutUnit base) {
        return length.is_value() ? std::max(LayoutUnit(), length.resolve(base)) : LayoutUnit();
    };
    return {used(radius.x, rect.width), used(radius.y, rect.height)};
}

// https://www.w3.org/TR/css-backgrounds-3/#corner-overlap
void limit_overlap(Radii& radii, const Rect& rect) {
    double factor = 1;
    const auto side = [&](LayoutUnit a, LayoutUnit b, LayoutUnit length) {
        if (a + b > length && a + b > LayoutUnit()) factor = std::min(factor, length.px() / (a + b).px());
    };
    side(radii.top_left.width, radii.top_right.width, rect.width);
    side(radii.bottom_left.width, radii.bottom_right.width, rect.width);
    side(radii.top_left.height, radii.bottom_left.height, rect.height);
    side(radii.top_right.height, radii.bottom_right.height, rect.height);
    if (factor >= 1) return;
    for (Size* size : {&radii.top_left, &radii.top_right, &radii.bottom_right, &radii.bottom_left})
        *size = {size->width.scaled(factor), size->height.scaled(factor)};
}

Rect area_of(BackgroundBox which, const PaintedBox& box) {
    if (which == BackgroundBox::BorderBox) return box.rect;
    const Rect padding = inset_rect(box.rect, box.border);
    return which == BackgroundBox::PaddingBox ? padding : inset_rect(padding, box.padding);
}

Radii radii_of(BackgroundBox which, const PaintedBox& box, const Radii& radii) {
    if (which == BackgroundBox::BorderBox || !radii.any()) return radii;
    const Radii padding = shrink_radii(radii, box.border);
    return which == BackgroundBox::PaddingBox ? padding : shrink_radii(padding, box.padding);
}

// https://www.w3.org/TR/css-images-3/#color-stop-fixup
std::vector<FillGradient::Stop> used_stops(const std::vector<GradientStop>& stops, LayoutUnit length) {
    std::vector<FillGradient::Stop> used(stops.size());
    std::vector<bool> known(stops.size(), false);
    for (std::size_t i = 0; i < stops.size(); ++i) {
        used[i].color = stops[i].color;
        if (!stops[i].position) continue;
        used[i].offset = length > LayoutUnit() ? stops[i].position->resolve(length).px() / length.px() : 0;
        known[i] = true;
    }
    if (used.empty()) return used;
    if (!known.front()) used.front().offset = 0;
    if (!known.back()) used.back().offset = 1;
    known.front() = known.back() = true;
    double highest = used.front().offset;
    for (std::size_t i = 0; i < used.size(); ++i)
        if (known[i]) highest = used[i].offset = std::max(highest, used[i].offset);
    for (std::size_t i = 1; i < used.size(); ++i) {
        if (known[i]) continue;
        std::size_t next = i;
        while (!known[next]) ++next;
        const double from = used[i - 1].offset;
        used[i].offset = from + (used[next].offset - from) / static_cast<double>(next - i + 1);
        known[i] = true;
    }
    return used;
}

Point moved(const Rect& rect, double x, double y) {
    return {rect.x + rect.width / 2 + LayoutUnit::from_px(x), rect.y + rect.height / 2 + LayoutUnit::from_px(y)};
}

void paint_gradient(const BackgroundImage& image, const Rect& area, const Rect& paint, const Radii& radii,
                    DisplayItems& out) {
    FillGradient gradient;
    gradient.rect = paint;
    gradient.radii = radii;
    if (image.kind == BackgroundImage::Kind::RadialGradient) {
        const double reach = std::hypot(area.width.px() / 2, area.height.px() / 2);
        gradient.radial = true;
        gradient.from = moved(area, 0, 0);
        gradient.to = moved(area, reach, 0);
        gradient.stops = used_stops(image.stops, LayoutUnit::from_px(reach));
    } else {
        const double angle = image.angle_degrees * std::numbers::pi / 180;
        const double length =
            std::abs(area.width.px() * std::sin(angle)) + std::abs(area.height.px() * std::cos(angle));
        const double dx = std::sin(angle) * length / 2, dy = -std::cos(angle) * length / 2;
        gradient.from = moved(area, -dx, -dy);
        gradient.to = moved(area, dx, dy);
        gradient.stops = used_stops(image.stops, LayoutUnit::from_px(length));
    }
    if (!gradient.stops.empty()) out.emplace_back(std::move(gradient));
}

// https://www.w3.org/TR/css-backgrounds-3/#the-background-size
Size tile_size(const BackgroundLayer& layer, const Rect& area, Size natural) {
    using Kind = BackgroundLayer::SizeKind;
    if (layer.size_kind != Kind::Explicit) {
        const double x = area.width.px() / std::max(0.01, natural.width.px()),
                     y = area.height.px() / std::max(0.01, natural.height.px());
        const double scale = layer.size_kind == Kind::Cover ? std::max(x, y) : std::min(x, y);
        return {natural.width.scaled(scale), natural.height.scaled(scale)};
    }
    const bool has_x = layer.size_x.is_value(), has_y = layer.size_y.is_value();
    Size size = natural;
    if (has_x) size.width = layer.size_x.resolve(area.width);
    if (has_y) size.height = layer.size_y.resolve(area.height);
    if (has_x && !has_y) size.height = natural.height.scaled(size.width.raw(), natural.width.raw());
    if (has_y && !has_x) size.width = natural.width.scaled(size.height.raw(), natural.height.raw());
    return size;
}

LayoutUnit place(const Length& position, LayoutUnit free) {
    return position.is_value() ? position.px + free.scaled(position.percent / 100) : LayoutUnit();
}

void paint_image(const BackgroundLayer& layer, const std::shared_ptr<const ImageData>& image, const Rect& area,
                 const Rect& clip, const Radii& radii, ImageRendering rendering, DisplayItems& out) {
    const Size natural = concrete_size(*image, {area.width, area.height});
    const Size tile = tile_size(layer, area, natural);
    if (tile.width <= LayoutUnit() || tile.height <= LayoutUnit()) return;
    LayoutUnit x = area.x + place(layer.position_x, area.width - tile.width);
    LayoutUnit y = area.y + place(layer.position_y, area.height - tile.height);
    const bool repeat_x = layer.repeat_x != BackgroundRepeat::NoRepeat,
               repeat_y = layer.repeat_y != BackgroundRepeat::NoRepeat;
    if (repeat_x) x -= tile.width * ((x - clip.x).raw() > 0 ? (x - clip.x).raw() / tile.width.raw() + 1 : 0);
    if (repeat_y) y -= tile.height * ((y - clip.y).raw() > 0 ? (y - clip.y).raw() / tile.height.raw() + 1 : 0);
    out.emplace_back(PushClip{clip, radii});
    int tiles = 0;
    for (LayoutUnit top = y; top < clip.bottom() && tiles < kTilesMax; top += tile.height) {
        for (LayoutUnit left = x; left < clip.right() && tiles < kTilesMax; left += tile.width, ++tiles) {
            if (left + tile.width > clip.x && top + tile.height > clip.y)
                paint_picture(image, {left, top, tile.width, tile.height}, rendering, out);
            if (!repeat_x) break;
        }
        if (!repeat_y) break;
    }
    out.emplace_back(PopClip{});
}

void paint_layer(const BackgroundLayer& layer, const PaintedBox& box, const Rect& page_area, const Radii& radii,
                 const ImageLookup& images, ImageRendering rendering, DisplayItems& out) {
    using Kind = BackgroundImage::Kind;
    const bool fixed = layer.fixed && !page_area.empty();
    const Rect area = fixed ? page_area : area_of(layer.origin, box), clip = area_of(layer.clip, box);
    const Radii clip_radii = radii_of(layer.clip, box, radii);
    if (area.empty() || clip.empty() || layer.image.kind == Kind::None) return;
    if (layer.image.kind == Kind::Url) {
        if (const std::shared_ptr<const ImageData> image = images(layer.image.url))
            paint_image(layer, image, area, clip, clip_radii, rendering, out);
        return;
    }
    const bool whole =
        layer.size_x.is_auto() && layer.size_y.is_auto() && layer.size_kind == BackgroundLayer::SizeKind::Explicit;
    if (whole) return paint_gradient(layer.image, area, clip, clip_radii, out);
    const Size tile = tile_size(layer, area, {area.width, area.height});
    const Rect placed{area.x + place(layer.position_x, area.width - tile.width),
                      area.y + place(layer.position_y, area.height - tile.height), tile.width, tile.height};
    out.emplace_back(PushClip{clip, clip_radii});
    paint_gradient(layer.image, placed, placed, {}, out);
    out.emplace_back(PopClip{});
}

}  // namespace

Radii used_radii(const ComputedStyle& style, const PaintedBox& box) {
    Radii radii{corner(style.radius_top_left, box.rect), corner(style.radius_top_right, box.rect),
                corner(style.radius_bottom_right, box.rect), corner(style.radius_bottom_left, box.rect)};
    if (!radii.any()) return {};
    limit_overlap(radii, box.rect);
    if (!box.start) {
        radii.top_left = {};
        (box.inline_box ? radii.bottom_left : radii.top_right) = {};
    }
    if (!box.end) {
        radii.bottom_right = {};
        (box.inline_box ? radii.top_right : radii.bottom_left) = {};
    }
    return radii;
}

Radii shrink_radii(const Radii& radii, const Sides<LayoutUnit>& by) {
    const auto less = [](Size size, LayoutUnit x, LayoutUnit y) {
        const Size left{size.width - x, size.height - y};
        return left.width > LayoutUnit() && left.height > LayoutUnit() ? left : Size{};
    };
    return {less(radii.top_left, by.left, by.top), less(radii.top_right, by.right, by.top),
            less(radii.bottom_right, by.right, by.bottom), less(radii.bottom_left, by.left, by.bottom)};
}

void paint_background(const ComputedStyle& style, const PaintedBox& box, const Rect& page_area,
                      const ImageLookup& images, DisplayItems& out) {
    if (style.background_color.transparent() && style.background_layers.empty()) return;
    const Radii radii = used_radii(style, box);
    const BackgroundBox color_clip =
        style.background_layers.empty() ? BackgroundBox::BorderBox : style.background_layers.back().clip;
    if (!style.background_color.transparent())
        if (const Rect area = area_of(color_clip, box); !area.empty())
            out.emplace_back(FillRect{area, style.background_color, radii_of(color_clip, box, radii)});
    for (auto layer = style.background_layers.rbegin(); layer != style.background_layers.rend(); ++layer)
        paint_layer(*layer, box, page_area, radii, images, style.text->image_rendering, out);
}

// GAP: shadows have hard edges; blur is not painted.
void paint_shadows(const ComputedStyle& style, const PaintedBox& box, bool inset, DisplayItems& out) {
    for (auto shadow = style.box_shadows.rbegin(); shadow != style.box_shadows.rend(); ++shadow) {
        if (shadow->inset != inset || shadow->color.transparent()) continue;
        const LayoutUnit grow = inset ? -shadow->spread : shadow->spread;
        const Sides<LayoutUnit> by{-grow, -grow, -grow, -grow};
        if (!inset) {
            const Rect rect{box.rect.x + shadow->x - grow, box.rect.y + shadow->y - grow, box.rect.width + grow * 2,
                            box.rect.height + grow * 2};
            if (!rect.empty()) out.emplace_back(FillRect{rect, shadow->color, used_radii(style, box)});
            continue;
        }
        const Rect outer = inset_rect(box.rect, box.border);
        Rect inner = inset_rect(outer, {shadow->spread, shadow->spread, shadow->spread, shadow->spread});
        inner.x += shadow->x;
        inner.y += shadow->y;
        const Radii radii = shrink_radii(used_radii(style, box), box.border);
        out.emplace_back(PushClip{outer, radii});
        out.emplace_back(FillRing{outer, inner, {}, shrink_radii(radii, by), shadow->color});
        out.emplace_back(PopClip{});
    }
}

}  // namespace galley::document
