#include "document/layout/float_context.h"

namespace galley::document {

namespace {
// Percentages that make up a whole may come out a little wider, as each is rounded by itself.
constexpr LayoutUnit kFitSlack = LayoutUnit::from_raw(8);
// Boxes of one height may end a little apart, as their edges and contents are rounded by themselves.
constexpr LayoutUnit kEndSlack = LayoutUnit::from_raw(2);
}  // namespace

bool FloatContext::Band::fits(LayoutUnit width) const {
    return width <= right - left + kFitSlack;
}

FloatContext::Band FloatContext::band(LayoutUnit top, LayoutUnit height, LayoutUnit left, LayoutUnit right) const {
    Band band{left, right};
    const LayoutUnit bottom = top + std::max(height, LayoutUnit::from_raw(1));
    for (const Placed& placed : floats_) {
        if (placed.rect.bottom() <= top + kEndSlack || placed.rect.y >= bottom || placed.rect.width <= LayoutUnit())
            continue;
        if (placed.side == Float::Left)
            band.left = std::max(band.left, placed.rect.right());
        else
            band.right = std::min(band.right, placed.rect.x);
    }
    return band;
}

bool FloatContext::concerns(Clear clear, Float side) {
    return clear == Clear::Both || (clear == Clear::Left && side == Float::Left) ||
           (clear == Clear::Right && side == Float::Right);
}

LayoutUnit FloatContext::clear_edge(Clear clear) const {
    LayoutUnit edge = -LayoutUnit::max();
    for (const Placed& placed : floats_)
        if (concerns(clear, placed.side)) edge = std::max(edge, placed.rect.bottom());
    return edge;
}

bool FloatContext::goes_on(Clear clear) const {
    return std::ranges::any_of(
        floats_, [&](const Placed& placed) { return placed.rest.token != nullptr && concerns(clear, placed.side); });
}

std::vector<FloatRest> FloatContext::rests() const {
    std::vector<FloatRest> rests;
    for (const Placed& placed : floats_)
        if (placed.rest.token != nullptr) rests.push_back(placed.rest);
    return rests;
}

LayoutUnit FloatContext::next_edge(LayoutUnit top) const {
    LayoutUnit edge = LayoutUnit::max();
    for (const Placed& placed : floats_)
        if (placed.rect.bottom() > top) edge = std::min(edge, placed.rect.bottom());
    return edge;
}

Point FloatContext::find_place(Float side, Size size, LayoutUnit top, LayoutUnit left, LayoutUnit right) const {
    for (const Placed& placed : floats_) top = std::max(top, placed.rect.y);  // rules 5 and 6
    for (;;) {
        const Band free = band(top, size.height, left, right);
        const LayoutUnit next = next_edge(top);
        if (free.fits(size.width) || next == LayoutUnit::max())
            return {side == Float::Left ? free.left : free.right - size.width, top};
        top = next;
    }
}

}  // namespace galley::document
