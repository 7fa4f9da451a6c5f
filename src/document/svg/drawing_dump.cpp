#include <fmt/format.h>

#include <algorithm>

#include "document/svg/drawing.h"

namespace galley::document {

namespace {

std::string text_of(Point2 p) {
    return fmt::format("{:.2f},{:.2f}", p.x, p.y);
}

std::string text_of(Color color) {
    std::string text = fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
    return color.a == 255 ? text : text + fmt::format("{:02x}", color.a);
}

std::string text_of(const Matrix& m) {
    if (m == Matrix{}) return "";
    return fmt::format(" matrix {:.3f} {:.3f} {:.3f} {:.3f} {:.2f} {:.2f}", m.a, m.b, m.c, m.d, m.e, m.f);
}

std::string text_of(const PathData& path) {
    std::string out;
    std::size_t at = 0;
    for (const PathVerb verb : path.verbs) {
        out += verb == PathVerb::Move ? " M" : verb == PathVerb::Line ? " L" : verb == PathVerb::Cubic ? " C" : " Z";
        for (int n = verb == PathVerb::Close ? 0 : verb == PathVerb::Cubic ? 3 : 1; n > 0; --n)
            out += text_of(path.points[at++]) + (n > 1 ? " " : "");
    }
    return out;
}

std::string text_of(const VectorPaint& paint) {
    if (paint.pattern)
        return fmt::format("pattern({:.2f}x{:.2f}, {} ops)", paint.pattern->tile.width(), paint.pattern->tile.height(),
                           paint.pattern->content->ops.size());
    if (!paint.gradient) return text_of(paint.color);
    const VectorGradient& gradient = *paint.gradient;
    std::string out = gradient.radial ? fmt::format("radial({} {:.2f} to {} {:.2f}", text_of(gradient.from),
                                                    gradient.from_radius, text_of(gradient.to), gradient.radius)
                                      : fmt::format("linear({} to {}", text_of(gradient.from), text_of(gradient.to));
    for (const VectorGradient::Stop& stop : gradient.stops)
        out += fmt::format(" {:.2f}:{}", stop.offset, text_of(stop.color));
    return out + text_of(gradient.matrix) + ")";
}

std::string text_of(const VectorPaint& fill, const VectorStroke& stroke) {
    std::string out;
    if (fill.visible()) out += " fill " + text_of(fill);
    if (!stroke.paint.visible()) return out;
    out += fmt::format(" stroke {} width {:.2f}", text_of(stroke.paint), stroke.width);
    if (stroke.cap != LineCap::Butt) out += stroke.cap == LineCap::Round ? " round-cap" : " square-cap";
    if (stroke.join != LineJoin::Miter) out += stroke.join == LineJoin::Round ? " round-join" : " bevel-join";
    for (std::size_t i = 0; i < stroke.dashes.size(); ++i)
        out += fmt::format("{}{:.2f}", i == 0 ? " dashes " : " ", stroke.dashes[i]);
    return stroke.dash_offset == 0 ? out : out + fmt::format(" from {:.2f}", stroke.dash_offset);
}

struct Describe {
    std::string operator()(const VectorShape& shape) const {
        return "shape" + text_of(shape.path) + text_of(shape.matrix) +
               (shape.rule == FillRule::EvenOdd ? " evenodd" : "") + text_of(shape.fill, shape.stroke) +
               (shape.stroke_first ? " stroke-first" : "");
    }
    std::string operator()(const VectorText& text) const {
        return fmt::format("text \"{}\" {:.2f} {}{}", text.text, text.size,
                           text.face != nullptr ? text.face->postscript_name() : "?", text_of(text.matrix)) +
               text_of(text.fill, text.stroke) + (text.right_to_left ? " rtl" : "");
    }
    std::string operator()(const VectorPicture& picture) const {
        return fmt::format("picture {:.2f}x{:.2f}{}", picture.width, picture.height, text_of(picture.matrix));
    }
    std::string operator()(const VectorNested& nested) const {
        return fmt::format("drawing {:.2f}x{:.2f}{}", nested.drawing->width, nested.drawing->height,
                           text_of(nested.matrix));
    }
    std::string operator()(const VectorClipBegin& clip) const {
        return "clip" + text_of(clip.path) + (clip.rule == FillRule::EvenOdd ? " evenodd" : "");
    }
    std::string operator()(const VectorClipEnd&) const { return "end clip"; }
    std::string operator()(const VectorGroupBegin& group) const {
        std::string out = fmt::format("group {:.2f}", group.opacity);
        if (group.mask) out += fmt::format(" mask of {} ops", group.mask->ops.size());
        return out + (group.mask_by_alpha ? " by alpha" : "");
    }
    std::string operator()(const VectorGroupEnd&) const { return "end group"; }
};

}  // namespace

bool VectorGradient::transparent() const {
    return std::ranges::any_of(stops, [](const Stop& stop) { return stop.color.a != 255; });
}

std::string dump(const VectorDrawing& drawing) {
    std::string out =
        fmt::format("drawing {:.2f}x{:.2f}{}\n", drawing.width, drawing.height, drawing.clipped ? "" : " unclipped");
    for (const VectorOp& op : drawing.ops) out += std::visit(Describe{}, op) + "\n";
    for (const VectorLink& link : drawing.links)
        out += fmt::format("link {:.2f} {:.2f} {:.2f}x{:.2f} {}\n", link.area.left, link.area.top, link.area.width(),
                           link.area.height(), link.target);
    return out;
}

}  // namespace galley::document
