#include <fmt/format.h>

#include "document/paint/display_list.h"

namespace galley::document {

namespace {

std::string text_of(const Rect& rect) {
    return fmt::format("{:.2f} {:.2f} {:.2f}x{:.2f}", rect.x.px(), rect.y.px(), rect.width.px(), rect.height.px());
}

std::string text_of(Color color) {
    std::string text = fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
    return color.a == 255 ? text : text + fmt::format("{:02x}", color.a);
}

std::string text_of(const Radii& radii) {
    if (!radii.any()) return "";
    return fmt::format(" r {:.2f} {:.2f} {:.2f} {:.2f}", radii.top_left.width.px(), radii.top_right.width.px(),
                       radii.bottom_right.width.px(), radii.bottom_left.width.px());
}

struct Describe {
    std::string operator()(const FillRect& item) const {
        return "rect " + text_of(item.rect) + " " + text_of(item.color) + text_of(item.radii);
    }
    std::string operator()(const FillRing& item) const {
        return "ring " + text_of(item.outer) + " inside " + text_of(item.inner) + " " + text_of(item.color) +
               text_of(item.outer_radii);
    }
    std::string operator()(const FillPolygon& item) const {
        std::string text = "polygon";
        for (const Point& point : item.points) text += fmt::format(" {:.2f},{:.2f}", point.x.px(), point.y.px());
        return text + " " + text_of(item.color);
    }
    std::string operator()(const StrokeLine& item) const {
        return fmt::format("line {:.2f},{:.2f} {:.2f},{:.2f} width {:.2f} ", item.from.x.px(), item.from.y.px(),
                           item.to.x.px(), item.to.y.px(), item.width.px()) +
               text_of(item.color) +
               (item.dashes.empty() ? ""
                : item.round_cap    ? " dotted"
                                    : " dashed");
    }
    std::string operator()(const FillGradient& item) const {
        const Gradient& gradient = *item.gradient;
        std::string text = fmt::format("{}gradient {} ", gradient.repeating ? "repeating " : "", text_of(item.rect));
        if (gradient.radial)
            text += fmt::format("around {:.2f},{:.2f} radius {:.2f}x{:.2f}", gradient.center.x, gradient.center.y,
                                gradient.radius.x, gradient.radius.y);
        else
            text += fmt::format("from {:.2f},{:.2f} to {:.2f},{:.2f}", gradient.from.x, gradient.from.y, gradient.to.x,
                                gradient.to.y);
        for (const Gradient::Stop& stop : gradient.stops)
            text += fmt::format(" {:.2f}:{}", stop.offset, text_of(stop.color));
        return text + text_of(item.radii);
    }
    std::string operator()(const DrawText& item) const {
        std::string text = fmt::format(
            "text {:.2f},{:.2f} {:.2f}px {} {} \"{}\"", item.origin.x.px(), item.origin.y.px(), item.size_px,
            item.face != nullptr ? item.face->postscript_name() : "?", text_of(item.color), characters_of(item));
        if (item.letter_spacing_px != 0) text += fmt::format(" letters+{:.2f}", item.letter_spacing_px);
        if (item.word_spacing != LayoutUnit()) text += fmt::format(" words+{:.2f}", item.word_spacing.px());
        return item.right_to_left ? text + " rtl" : text;
    }
    std::string operator()(const DrawImage& item) const {
        return "image " + text_of(item.rect) + (item.smooth ? "" : " pixelated");
    }
    std::string operator()(const DrawVector& item) const {
        return "vector " + text_of(item.rect) + " " + dump(*item.drawing) + "end vector";
    }
    std::string operator()(const PushClip& item) const { return "clip " + text_of(item.rect) + text_of(item.radii); }
    std::string operator()(const PopClip&) const { return "end clip"; }
    std::string operator()(const PushTiles& item) const {
        return fmt::format("tiles {} of {} step {:.2f}x{:.2f}", text_of(item.rect), text_of(item.tile),
                           item.step.width.px(), item.step.height.px());
    }
    std::string operator()(const PopTiles&) const { return "end tiles"; }
    std::string operator()(const PushTransform& item) const {
        return fmt::format("transform {:.3f} {:.3f} {:.3f} {:.3f} {:.2f} {:.2f}", item.a, item.b, item.c, item.d,
                           item.e, item.f);
    }
    std::string operator()(const PopTransform&) const { return "end transform"; }
    std::string operator()(const PushOpacity& item) const {
        const std::string blend = item.blend == std::string_view("Normal") ? "" : fmt::format(" {}", item.blend);
        return fmt::format("opacity {:.2f}{}", item.opacity, blend);
    }
    std::string operator()(const PopOpacity&) const { return "end opacity"; }
};

}  // namespace

std::string characters_of(const DrawText& text) {
    std::string out;
    for (const TextPart& part : text.parts) out += part_text(part);
    return out;
}

std::string dump(const DisplayPage& page) {
    std::string out = fmt::format("page {:.2f}x{:.2f}\n", page.size.width.px(), page.size.height.px());
    for (const DisplayItem& item : page.items) out += std::visit(Describe{}, item) + "\n";
    for (const Link& link : page.links)
        out += (link.attachment ? "attachment " : "link ") + text_of(link.rect) + " " + link.target + "\n";
    for (const Anchor& anchor : page.anchors)
        out += fmt::format("anchor {} {:.2f},{:.2f}\n", anchor.name, anchor.at.x.px(), anchor.at.y.px());
    for (const Bookmark& mark : page.bookmarks)
        out += fmt::format("bookmark {} {} {:.2f},{:.2f}\n", mark.level, mark.title, mark.at.x.px(), mark.at.y.px());
    return out;
}

}  // namespace galley::document
