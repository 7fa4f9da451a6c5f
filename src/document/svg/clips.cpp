// Clip paths and masks. https://www.w3.org/TR/css-masking-1/
#include <algorithm>

#include "document/svg/renderer.h"

namespace galley::document {

namespace {

constexpr int kClipChainMax = 8;

Matrix box_matrix(const Bounds& bounds) {
    return {bounds.width(), 0, 0, bounds.height(), bounds.left, bounds.top};
}

}  // namespace

// The outlines of the clip's children as one; all run the same way round, so that the non-zero rule unites them.
// DEVIATION: children with holes by the even-odd rule keep them only when they stand alone.
PathData SvgRenderer::clip_outline(const Node& clip, const SvgState& state, FillRule& rule) {
    PathData all;
    int parts = 0;
    for (const Node* child = clip.first_child; child != nullptr; child = child->next_sibling) {
        if (!child->is_element() || !child->foreign || style_of(*child).display == Display::None) continue;
        const Node* shape = child;
        SvgState inner = child_state(*child, state);
        if (child->tag() == "use") {
            shape = href_target(*child);
            if (shape == nullptr) continue;
            inner.matrix = inner.matrix * Matrix::translation(length(*child, "x", SvgAxis::X, inner),
                                                              length(*child, "y", SvgAxis::Y, inner));
            inner.instance = true;
            inner = child_state(*shape, inner);
        }
        const SvgElementInfo* info = find_svg_element(shape->tag());
        if (info == nullptr || info->kind != SvgElementKind::Shape) {
            if (info != nullptr && info->kind == SvgElementKind::Text)
                warn_once("an SVG image clips by text, which is not supported");
            continue;
        }
        if (inner.text->visibility != Visibility::Visible || !count_element()) continue;
        PathData outline = outline_of(*shape, inner);
        outline.transform(inner.matrix);
        segments_ += outline.verbs.size();
        rule = ++parts == 1 ? *inner.paint->clip_rule : FillRule::NonZero;
        if (outline.signed_area() < 0) outline.reverse();
        all.append(outline);
    }
    return all;
}

// How many clips were opened.
int SvgRenderer::open_clip(const Node& node, const SvgState& state, std::string_view url) {
    int opened = 0;
    for (const Node* clip = target_of(url); clip != nullptr && clip->tag() == "clipPath" && opened < kClipChainMax;) {
        SvgState inner = root_state(*clip);
        inner.viewport = state.viewport;
        inner.matrix = state.matrix * transform_of(*clip, state);
        if (attribute_text(*clip, "clipPathUnits") == "objectBoundingBox") {
            SvgState plain = state;
            inner.matrix = inner.matrix * box_matrix(bounds_of(node, plain));
        }
        VectorClipBegin op;
        op.path = clip_outline(*clip, inner, op.rule);
        out_->ops.emplace_back(std::move(op));
        ++opened;
        const SvgProperties* own = style_of(*clip).svg.get();
        clip = own != nullptr && own->clip_path && !own->clip_path->empty() ? target_of(*own->clip_path) : nullptr;
    }
    return opened;
}

std::shared_ptr<const VectorDrawing> SvgRenderer::mask_of(const Node& node, const SvgState& state, std::string_view url,
                                                          bool& by_alpha) {
    const Node* mask = target_of(url);
    if (mask == nullptr || mask->tag() != "mask") return nullptr;
    const std::string_view type = attribute_text(*mask, "mask-type");
    by_alpha = type == "alpha" || attribute_text(*mask, "style").find("mask-type:alpha") != std::string_view::npos;
    const bool area_of_box = attribute_text(*mask, "maskUnits") != "userSpaceOnUse";
    const bool content_of_box = attribute_text(*mask, "maskContentUnits") == "objectBoundingBox";
    const Bounds bounds = area_of_box || content_of_box ? bounds_of(node, state) : Bounds{};
    SvgState shares = state;
    if (area_of_box) shares.viewport = {1, 1};
    const SvgViewport whole = shares.viewport;
    const auto side = [&](std::string_view name, SvgAxis axis, double share) {
        return length(*mask, name, axis, shares, share * whole.reference(axis));
    };
    const double x = side("x", SvgAxis::X, -0.1), y = side("y", SvgAxis::Y, -0.1);
    PathData area = rectangle(x, y, side("width", SvgAxis::X, 1.2), side("height", SvgAxis::Y, 1.2), 0, 0);
    if (area_of_box) area.transform(box_matrix(bounds));
    area.transform(state.matrix);
    SvgState inner = root_state(*mask);
    inner.viewport = state.viewport;
    inner.matrix = content_of_box ? state.matrix * box_matrix(bounds) : state.matrix;
    auto content =
        inner.matrix.usable() ? draw_apart(*mask, inner, out_->width, out_->height) : std::make_shared<VectorDrawing>();
    content->clipped = false;
    content->ops.insert(content->ops.begin(), VectorClipBegin{std::move(area), FillRule::NonZero});
    content->ops.emplace_back(VectorClipEnd{});
    return content;
}

}  // namespace galley::document
