#include <algorithm>
#include <cmath>

#include "document/paint/box_painter.h"
#include "document/paint/gradients.h"

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

// What an image says of its size: gradients say nothing.
struct Natural {
    Size size;
    bool proportional = true;  // what one side loses, the other does as well
};

// https://www.w3.org/TR/css-backgrounds-3/#the-background-size
Size tile_size(const BackgroundLayer& layer, const Rect& area, const Natural& natural) {
    using Kind = BackgroundLayer::SizeKind;
    const Size& own = natural.size;
    if (layer.size_kind != Kind::Explicit) {
        const double x = area.width.px() / std::max(0.01, own.width.px()),
                     y = area.height.px() / std::max(0.01, own.height.px());
        const double scale = layer.size_kind == Kind::Cover ? std::max(x, y) : std::min(x, y);
        return {own.width.scaled(scale), own.height.scaled(scale)};
    }
    const bool has_x = layer.size_x.is_value(), has_y = layer.size_y.is_value();
    Size size = own;
    if (has_x) size.width = layer.size_x.resolve(area.width);
    if (has_y) size.height = layer.size_y.resolve(area.height);
    if (!natural.proportional) return size;
    if (has_x && !has_y) size.height = own.height.scaled(size.width.raw(), own.width.raw());
    if (has_y && !has_x) size.width = own.width.scaled(size.height.raw(), own.height.raw());
    return size;
}

LayoutUnit place(const Length& position, LayoutUnit free) {
    return position.is_value() ? position.px + free.scaled(position.percent / 100) : LayoutUnit();
}

// Tiles in one direction.
struct Row {
    LayoutUnit start, size, step;
    bool repeated = false;
};

// https://www.w3.org/TR/css-backgrounds-3/#the-background-repeat
Row row_of(BackgroundRepeat repeat, const Length& position, LayoutUnit start, LayoutUnit area, LayoutUnit size) {
    const auto fitting = static_cast<int>(std::min(area.px() / size.px() + 1e-6, 1e6));
    if (repeat == BackgroundRepeat::Space && fitting > 1)
        return {start, size, size + (area - size * fitting) / (fitting - 1), true};
    const bool repeated = repeat == BackgroundRepeat::Repeat || repeat == BackgroundRepeat::Round;
    return {start + place(position, area - size), size, size, repeated};
}

LayoutUnit rounded_size(LayoutUnit size, LayoutUnit area) {
    const double count = std::max(1.0, std::round(area.px() / size.px()));
    return std::max(LayoutUnit::from_raw(1), area.scaled(1 / count));
}

struct Tiling {
    Row x, y;
    Rect first() const { return {x.start, y.start, x.size, y.size}; }
};

std::optional<Tiling> tiling_of(const BackgroundLayer& layer, const Rect& area, const Natural& natural) {
    Size tile = tile_size(layer, area, natural);
    if (tile.width <= LayoutUnit() || tile.height <= LayoutUnit()) return std::nullopt;
    const bool round_x = layer.repeat_x == BackgroundRepeat::Round, round_y = layer.repeat_y == BackgroundRepeat::Round;
    const bool keeps = natural.proportional && layer.size_kind == BackgroundLayer::SizeKind::Explicit;
    const Size before = tile;
    if (round_x) tile.width = rounded_size(tile.width, area.width);
    if (round_y) tile.height = rounded_size(tile.height, area.height);
    if (round_x && !round_y && keeps && layer.size_y.is_auto())
        tile.height = before.height.scaled(tile.width.raw(), before.width.raw());
    if (round_y && !round_x && keeps && layer.size_x.is_auto())
        tile.width = before.width.scaled(tile.height.raw(), before.height.raw());
    if (tile.width <= LayoutUnit() || tile.height <= LayoutUnit()) return std::nullopt;
    return Tiling{row_of(layer.repeat_x, layer.position_x, area.x, area.width, tile.width),
                  row_of(layer.repeat_y, layer.position_y, area.y, area.height, tile.height)};
}

// Does one tile reach over all that is shown of this direction?
bool covers(const Row& row, LayoutUnit from, LayoutUnit to) {
    return row.start <= from && row.start + row.size >= to;
}

// The first tile that reaches into what is shown, and how many do.
std::pair<LayoutUnit, double> shown_tiles(const Row& row, LayoutUnit from, LayoutUnit to) {
    if (!row.repeated) return {row.start, 1};
    const double skipped = std::floor((from - row.start - row.size).px() / row.step.px()) + 1;
    const LayoutUnit first =
        LayoutUnit::from_raw(row.start.raw() + std::llround(skipped) * std::int64_t{row.step.raw()});
    return {first, std::max(0.0, std::ceil((to - first).px() / row.step.px()))};
}

Rect overlap(const Rect& a, const Rect& b) {
    const LayoutUnit x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::min(a.right(), b.right()) - x, std::min(a.bottom(), b.bottom()) - y};
}

void paint_tiles(const Tiling& tiling, const Rect& clip, DisplayItem item, DisplayItems& out) {
    const Rect tile = tiling.first();
    Rect rect = clip;  // a direction without repetition shows one tile
    const Rect one = overlap(clip, tile);
    if (!tiling.x.repeated) rect.x = one.x, rect.width = one.width;
    if (!tiling.y.repeated) rect.y = one.y, rect.height = one.height;
    if (rect.empty()) return;
    out.emplace_back(PushTiles{rect, tile, {tiling.x.step, tiling.y.step}});
    out.push_back(std::move(item));
    out.emplace_back(PopTiles{});
}

void paint_image(const BackgroundLayer& layer, const std::shared_ptr<const ImageData>& image, const Rect& area,
                 const Rect& clip, const Radii& radii, ImageRendering rendering, DisplayItems& out) {
    const std::optional<Tiling> tiling = tiling_of(layer, area, {concrete_size(*image, {area.width, area.height})});
    if (!tiling) return;
    const auto [x, columns] = shown_tiles(tiling->x, clip.x, clip.right());
    const auto [y, rows] = shown_tiles(tiling->y, clip.y, clip.bottom());
    const Rect tile = tiling->first();
    std::optional<DisplayItem> item = picture_item(image, tile, rendering);
    if (!item) return;
    out.emplace_back(PushClip{clip, radii});
    if (columns * rows > kTilesMax) {
        paint_tiles(*tiling, clip, std::move(*item), out);
    } else {
        for (int row = 0; row < static_cast<int>(rows); ++row) {
            for (int column = 0; column < static_cast<int>(columns); ++column) {
                const Rect rect{x + tiling->x.step * column, y + tiling->y.step * row, tile.width, tile.height};
                if (overlap(rect, clip).empty()) continue;
                std::visit(
                    [&]<typename Item>(Item& drawn) {
                        if constexpr (requires { drawn.rect; }) drawn.rect = rect;
                    },
                    *item);
                out.push_back(*item);
            }
        }
    }
    out.emplace_back(PopClip{});
}

void fill_gradient(Gradient gradient, const Rect& rect, const Rect& clip, const Radii& radii, DisplayItems& out) {
    const Rect shown = overlap(rect, clip);
    if (shown.empty()) return;
    const bool clipped = radii.any() && shown != clip;
    if (clipped) out.emplace_back(PushClip{clip, radii});
    const Radii own = clipped ? Radii{} : radii;
    if (const std::optional<Color> color = only_color(gradient))
        out.emplace_back(FillRect{shown, *color, own});
    else
        out.emplace_back(FillGradient{shown, own, std::make_shared<Gradient>(std::move(gradient))});
    if (clipped) out.emplace_back(PopClip{});
}

// OPTIMIZATION: of stripes along one direction there is no need to draw each tile: they are as wide as all tiles
// together, and tiles across them repeat the gradient itself.
void join_tiles(Row& x, Row& y, Gradient& gradient, const Rect& clip) {
    const bool solid = only_color(gradient).has_value();
    const bool same_x = solid || std::abs(gradient.to.x - gradient.from.x) < 1e-9;
    const bool same_y = solid || std::abs(gradient.to.y - gradient.from.y) < 1e-9;
    const auto touch = [](const Row& row) { return row.repeated && row.step == row.size; };
    const auto widen = [](Row& row, LayoutUnit from, LayoutUnit to) { row = {from, to - from, to - from, false}; };
    if (same_x && touch(x)) widen(x, clip.x, clip.right());
    if (same_y && touch(y)) widen(y, clip.y, clip.bottom());
    if (gradient.repeating || solid) return;
    // Its line is as long as the tile.
    if (same_x && !x.repeated && touch(y)) {
        gradient.repeating = true;
        widen(y, clip.y, clip.bottom());
    } else if (same_y && !y.repeated && touch(x)) {
        gradient.repeating = true;
        widen(x, clip.x, clip.right());
    }
}

void paint_gradient(const BackgroundLayer& layer, const Rect& area, const Rect& clip, const Radii& radii,
                    DisplayItems& out) {
    std::optional<Tiling> tiling = tiling_of(layer, area, {{area.width, area.height}, false});
    if (!tiling) return;
    Gradient gradient = used_gradient(layer.image, tiling->first());
    Row &x = tiling->x, &y = tiling->y;
    const auto once = [&] {
        return (!x.repeated || covers(x, clip.x, clip.right())) && (!y.repeated || covers(y, clip.y, clip.bottom()));
    };
    if (!gradient.radial && !once()) join_tiles(x, y, gradient, clip);
    const Rect tile = tiling->first();
    if (once()) return fill_gradient(std::move(gradient), tile, clip, radii, out);
    out.emplace_back(PushClip{clip, radii});
    paint_tiles(*tiling, clip, FillGradient{tile, {}, std::make_shared<Gradient>(std::move(gradient))}, out);
    out.emplace_back(PopClip{});
}

// Borders that let nothing through: what a layer would repeat below them is not seen.
bool hides(const ComputedStyle& style, const PaintedBox& box) {
    const auto side = [](const Border& border, LayoutUnit width) {
        return width <= LayoutUnit() || (border.style == BorderStyle::Solid && border.color.a == 255);
    };
    return side(style.border.top, box.border.top) && side(style.border.right, box.border.right) &&
           side(style.border.bottom, box.border.bottom) && side(style.border.left, box.border.left);
}

void paint_layer(const BackgroundLayer& layer, const PaintedBox& box, const Rect& page_area, const Radii& radii,
                 const ImageLookup& images, const ComputedStyle& style, DisplayItems& out) {
    using Kind = BackgroundImage::Kind;
    const bool fixed = layer.fixed && !page_area.empty();
    const Rect area = fixed ? page_area : area_of(layer.origin, box), clip = area_of(layer.clip, box);
    const Radii clip_radii = radii_of(layer.clip, box, radii);
    if (area.empty() || clip.empty() || layer.image.kind == Kind::None) return;
    if (layer.image.kind == Kind::Url) {
        if (const std::shared_ptr<const ImageData> image = images(layer.image.url))
            paint_image(layer, image, area, clip, clip_radii, style.text->image_rendering, out);
        return;
    }
    const bool whole =
        layer.size_x.is_auto() && layer.size_y.is_auto() && layer.size_kind == BackgroundLayer::SizeKind::Explicit;
    if (whole && !fixed && layer.origin == BackgroundBox::PaddingBox && hides(style, box))
        return fill_gradient(used_gradient(layer.image, area), clip, clip, clip_radii, out);
    paint_gradient(layer, area, clip, clip_radii, out);
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
        paint_layer(*layer, box, page_area, radii, images, style, out);
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
