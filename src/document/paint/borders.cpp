#include <algorithm>
#include <array>
#include <cmath>

#include "document/paint/box_painter.h"

namespace galley::document {

namespace {

// A side as painted: its edge polygon between the outer and the inner rectangle.
struct Side {
    const Border* border;
    LayoutUnit width;
    std::array<Point, 4> corners;  // outer start, outer end, inner end, inner start
};

std::array<Side, 4> sides_of(const ComputedStyle& style, const Rect& outer, const Rect& inner,
                             const Sides<LayoutUnit>& widths) {
    const Point otl{outer.x, outer.y}, otr{outer.right(), outer.y}, obr{outer.right(), outer.bottom()},
        obl{outer.x, outer.bottom()};
    const Point itl{inner.x, inner.y}, itr{inner.right(), inner.y}, ibr{inner.right(), inner.bottom()},
        ibl{inner.x, inner.bottom()};
    return {{{&style.border.top, widths.top, {otl, otr, itr, itl}},
             {&style.border.right, widths.right, {otr, obr, ibr, itr}},
             {&style.border.bottom, widths.bottom, {obr, obl, ibl, ibr}},
             {&style.border.left, widths.left, {obl, otl, itl, ibl}}}};
}

bool visible(const Side& side) {
    return side.width > LayoutUnit() && side.border->style != BorderStyle::None &&
           side.border->style != BorderStyle::Hidden && !side.border->color.transparent();
}

bool fills(BorderStyle style) {
    return style != BorderStyle::Dashed && style != BorderStyle::Dotted && style != BorderStyle::Double;
}

Color shaded(Color color, bool darker) {
    const auto channel = [darker](std::uint8_t value) {
        return static_cast<std::uint8_t>(darker ? value * 2 / 3 : value + (255 - value) / 3);
    };
    return {channel(color.r), channel(color.g), channel(color.b), color.a};
}

enum class Part : std::uint8_t { Whole, Outer, Inner };  // of a side's width

bool has_halves(const Side& side) {
    return side.border->style == BorderStyle::Groove || side.border->style == BorderStyle::Ridge;
}

// inset and outset look lit from the top left; groove is inset without and outset within, ridge the other way round.
Color side_color(const Side& side, std::size_t index, Part part) {
    const bool top_left = index == 0 || index == 3, outer = part != Part::Inner;
    switch (side.border->style) {
        case BorderStyle::Inset:
            return shaded(side.border->color, top_left);
        case BorderStyle::Outset:
            return shaded(side.border->color, !top_left);
        case BorderStyle::Groove:
            return shaded(side.border->color, top_left == outer);
        case BorderStyle::Ridge:
            return shaded(side.border->color, top_left != outer);
        default:
            return side.border->color;
    }
}

// All visible sides together make one ring of one colour.
bool is_ring(const std::array<Side, 4>& sides) {
    const Side* first = nullptr;
    for (const Side& side : sides) {
        if (!visible(side)) {
            if (side.width > LayoutUnit()) return false;
            continue;
        }
        if (side.border->style != BorderStyle::Solid && side.border->style != BorderStyle::Double) return false;
        if (first != nullptr &&
            (side.border->color != first->border->color || side.border->style != first->border->style))
            return false;
        first = &side;
    }
    return first != nullptr;
}

Sides<LayoutUnit> part_of(const Sides<LayoutUnit>& widths, int numerator, int denominator) {
    return {widths.top.scaled(numerator, denominator), widths.right.scaled(numerator, denominator),
            widths.bottom.scaled(numerator, denominator), widths.left.scaled(numerator, denominator)};
}

void paint_ring(const Rect& outer, const Radii& radii, const Sides<LayoutUnit>& from, const Sides<LayoutUnit>& to,
                Color color, DisplayItems& out) {
    out.emplace_back(FillRing{inset_rect(outer, from), inset_rect(outer, to), shrink_radii(radii, from),
                              shrink_radii(radii, to), color});
}

// What each side of a ring may paint, round corners included; no two of them meet.
std::array<Rect, 4> side_strips(const Rect& box, const Sides<LayoutUnit>& widths, const Radii& radii) {
    const LayoutUnit none;
    const auto& [top_left, top_right, bottom_right, bottom_left] = radii;
    const LayoutUnit top = widths.top > none ? std::max({widths.top, top_left.height, top_right.height}) : none;
    const LayoutUnit bottom =
        widths.bottom > none ? std::max({widths.bottom, bottom_left.height, bottom_right.height}) : none;
    const LayoutUnit left = std::max({widths.left, top_left.width, bottom_left.width});
    const LayoutUnit right = std::max({widths.right, top_right.width, bottom_right.width});
    const LayoutUnit between = std::max(none, box.height - top - bottom);
    return {{{box.x, box.y, box.width, top},
             {box.right() - right, box.y + top, right, between},
             {box.x, box.bottom() - bottom, box.width, bottom},
             {box.x, box.y + top, left, between}}};
}

void paint_rings(const Rect& outer, const Radii& radii, const Sides<LayoutUnit>& widths, const Border& border,
                 DisplayItems& out) {
    const Sides<LayoutUnit> none;
    if (border.style != BorderStyle::Double) return paint_ring(outer, radii, none, widths, border.color, out);
    paint_ring(outer, radii, none, part_of(widths, 1, 3), border.color, out);
    paint_ring(outer, radii, part_of(widths, 2, 3), widths, border.color, out);
}

// Some sides have no width. There a ring's edges lie on one another, which some viewers draw as hairlines: side by side
// what the others show of it.
void paint_open_ring(const std::array<Side, 4>& sides, const Rect& outer, const Radii& radii,
                     const Sides<LayoutUnit>& widths, const Border& border, DisplayItems& out) {
    const std::array<Rect, 4> strips = side_strips(outer, widths, radii);
    for (std::size_t i = 0; i < sides.size(); ++i) {
        if (!visible(sides[i])) continue;
        if (!radii.any() && border.style != BorderStyle::Double) {
            out.emplace_back(FillRect{strips[i], border.color, {}});
            continue;
        }
        out.emplace_back(PushClip{strips[i], {}});
        paint_rings(outer, radii, widths, border, out);
        out.emplace_back(PopClip{});
    }
}

bool one_side_only(const std::array<Side, 4>& sides) {
    int wide = 0;
    for (const Side& side : sides) wide += side.width > LayoutUnit() ? 1 : 0;
    return wide == 1;
}

Rect side_rect(const Side& side) {
    LayoutUnit left = LayoutUnit::max(), top = LayoutUnit::max(), right = -LayoutUnit::max(),
               bottom = -LayoutUnit::max();
    for (const Point& corner : side.corners) {
        left = std::min(left, corner.x);
        right = std::max(right, corner.x);
        top = std::min(top, corner.y);
        bottom = std::max(bottom, corner.y);
    }
    return {left, top, right - left, bottom - top};
}

Point middle_of(Point a, Point b) {
    return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

// The side without its inner or its outer half.
Side half_of(const Side& side, Part part) {
    const auto& [a, b, c, d] = side.corners;
    Side half = side;
    if (part == Part::Outer)
        half.corners = {a, b, middle_of(b, c), middle_of(a, d)};
    else
        half.corners = {middle_of(a, d), middle_of(b, c), c, d};
    return half;
}

void paint_side(const Side& side, std::size_t index, bool alone, DisplayItems& out) {
    if (!fills(side.border->style)) {
        const Point from = middle_of(side.corners[0], side.corners[3]),
                    to = middle_of(side.corners[1], side.corners[2]);
        Border border = *side.border;
        border.width = side.width;
        return paint_line_segment(border, from, to, out);
    }
    const auto fill = [&](const Side& area, Part part) {
        const Color color = side_color(side, index, part);
        if (alone)
            out.emplace_back(FillRect{side_rect(area), color, {}});
        else
            out.emplace_back(FillPolygon{{area.corners.begin(), area.corners.end()}, color});
    };
    if (!has_halves(side)) return fill(side, Part::Whole);
    fill(half_of(side, Part::Outer), Part::Outer);
    fill(half_of(side, Part::Inner), Part::Inner);
}

// What belongs to a side of a box with round corners: all between the lines from its ends through the inner
// rectangle's corners, as far as the corners reach.
FillPolygon sector_of(const Side& side, LayoutUnit depth, Color color) {
    const auto& [start, end, inner_end, inner_start] = side.corners;
    const bool across = start.y == end.y;
    const auto along = [across](Point point) { return across ? point.x.px() : point.y.px(); };
    const double length = std::abs(along(end) - along(start)), width = std::max(side.width.px(), 1.0 / 64);
    const double at_start = std::abs(along(inner_start) - along(start)) / width,
                 at_end = std::abs(along(inner_end) - along(end)) / width;
    const double meeting = at_start + at_end > 0 ? length / (at_start + at_end) : 1e9;
    const double factor = std::min(std::max(depth.px(), width), meeting) / width;
    const auto reached = [factor](Point from, Point through) {
        return Point{from.x + (through.x - from.x).scaled(factor), from.y + (through.y - from.y).scaled(factor)};
    };
    return {{start, end, reached(end, inner_end), reached(start, inner_start)}, color};
}

// https://www.w3.org/TR/css-backgrounds-3/#corner-transitions
void paint_round_sides(const std::array<Side, 4>& sides, const Rect& box, const Radii& radii,
                       const Sides<LayoutUnit>& widths, DisplayItems& out) {
    const auto& [tl, tr, br, bl] = radii;
    const std::array<LayoutUnit, 4> depths{std::max(tl.height, tr.height), std::max(tr.width, br.width),
                                           std::max(br.height, bl.height), std::max(bl.width, tl.width)};
    const Sides<LayoutUnit> none, half = part_of(widths, 1, 2);
    for (const Part part : {Part::Whole, Part::Outer, Part::Inner}) {
        const auto belongs = [part](const Side& side) {
            return visible(side) && has_halves(side) == (part != Part::Whole);
        };
        if (std::ranges::none_of(sides, belongs)) continue;
        const Sides<LayoutUnit>& from = part == Part::Inner ? half : none;
        const Sides<LayoutUnit>& to = part == Part::Outer ? half : widths;
        out.emplace_back(PushRingClip{inset_rect(box, from), inset_rect(box, to), shrink_radii(radii, from),
                                      shrink_radii(radii, to)});
        for (std::size_t i = 0; i < sides.size(); ++i) {
            if (!belongs(sides[i])) continue;
            if (fills(sides[i].border->style))
                out.emplace_back(sector_of(sides[i], depths[i], side_color(sides[i], i, part)));
            else
                paint_side(sides[i], i, false, out);
        }
        out.emplace_back(PopClip{});
    }
}

}  // namespace

void paint_line_segment(const Border& border, Point from, Point to, DisplayItems& out) {
    const LayoutUnit width = border.width;
    if (border.style == BorderStyle::Dashed || border.style == BorderStyle::Dotted) {
        const bool dotted = border.style == BorderStyle::Dotted;
        std::vector<LayoutUnit> dashes =
            dotted ? std::vector<LayoutUnit>{LayoutUnit(), width * 2} : std::vector<LayoutUnit>{width * 3, width * 3};
        out.emplace_back(StrokeLine{from, to, width, border.color, std::move(dashes), dotted});
        return;
    }
    const bool across = from.y == to.y;
    const auto bar = [&](LayoutUnit offset, LayoutUnit thickness) {
        const LayoutUnit start = (across ? from.y : from.x) - width / 2 + offset;
        const LayoutUnit low = across ? std::min(from.x, to.x) : std::min(from.y, to.y);
        const LayoutUnit high = across ? std::max(from.x, to.x) : std::max(from.y, to.y);
        const Rect rect = across ? Rect{low, start, high - low, thickness} : Rect{start, low, thickness, high - low};
        out.emplace_back(FillRect{rect, border.color, {}});
    };
    if (border.style == BorderStyle::Double && width >= LayoutUnit::from_px(1)) {
        bar({}, width / 3);
        bar(width - width / 3, width / 3);
        return;
    }
    bar({}, width);
}

void paint_borders(const ComputedStyle& style, const PaintedBox& box, DisplayItems& out) {
    const Sides<LayoutUnit>& widths = box.border;
    if (widths == Sides<LayoutUnit>{}) return;
    const Rect inner = inset_rect(box.rect, widths);
    const std::array<Side, 4> sides = sides_of(style, box.rect, inner, widths);
    const Radii radii = used_radii(style, box);
    const bool alone = one_side_only(sides);
    if (is_ring(sides) && (!alone || radii.any())) {
        const Border& shown = *std::ranges::find_if(sides, visible)->border;
        const bool open = std::ranges::any_of(sides, [](const Side& side) { return side.width <= LayoutUnit(); });
        if (open) return paint_open_ring(sides, box.rect, radii, widths, shown, out);
        return paint_rings(box.rect, radii, widths, shown, out);
    }
    if (radii.any()) return paint_round_sides(sides, box.rect, radii, widths, out);
    for (std::size_t i = 0; i < sides.size(); ++i)
        if (visible(sides[i])) paint_side(sides[i], i, alone, out);
}

}  // namespace galley::document
