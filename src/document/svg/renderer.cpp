#include "document/svg/renderer.h"

#include <algorithm>
#include <utility>

#include "document/resource_loader.h"

namespace galley::document {

namespace {

constexpr std::size_t kWarnedMax = 100;

// What is inherited, of `own` where declared, else of `parent`; the rest as `own` says.
std::shared_ptr<const SvgProperties> inherit(const std::shared_ptr<const SvgProperties>& parent,
                                             const SvgProperties& own) {
    auto out = std::make_shared<SvgProperties>(own);
    const auto from_parent = [&](auto member) {
        if (!((*out).*member)) (*out).*member = (*parent).*member;
    };
    using S = SvgProperties;
    from_parent(&S::fill);
    from_parent(&S::stroke);
    from_parent(&S::fill_opacity);
    from_parent(&S::stroke_opacity);
    from_parent(&S::miter_limit);
    from_parent(&S::fill_rule);
    from_parent(&S::clip_rule);
    from_parent(&S::stroke_width);
    from_parent(&S::dash_offset);
    from_parent(&S::dashes);
    from_parent(&S::line_cap);
    from_parent(&S::line_join);
    from_parent(&S::paint_order);
    from_parent(&S::marker_start);
    from_parent(&S::marker_mid);
    from_parent(&S::marker_end);
    from_parent(&S::text_anchor);
    from_parent(&S::dominant_baseline);
    return out;
}

const std::shared_ptr<const SvgProperties>& initial_paint() {
    static const auto& paint = *[] {
        SvgProperties made;
        made.fill = SvgPaint{};
        made.stroke = SvgPaint{.kind = SvgPaint::Kind::None};
        made.fill_opacity = made.stroke_opacity = 1;
        made.miter_limit = 4;
        made.fill_rule = made.clip_rule = FillRule::NonZero;
        made.stroke_width = LengthValue{.px = 1};
        made.dash_offset = LengthValue{};
        made.dashes.emplace();
        made.line_cap = LineCap::Butt;
        made.line_join = LineJoin::Miter;
        made.paint_order = PaintOrder::FillFirst;
        made.marker_start = made.marker_mid = made.marker_end = "";
        made.text_anchor = TextAnchor::Start;
        made.dominant_baseline = SvgBaseline::Alphabetic;
        return new std::shared_ptr<const SvgProperties>(std::make_shared<const SvgProperties>(std::move(made)));
    }();
    return paint;
}

// One of `opacity` on a leaf can go into its colours when only one of them shows.
bool is_leaf(SvgElementKind kind) {
    return kind == SvgElementKind::Shape || kind == SvgElementKind::Text || kind == SvgElementKind::Image;
}

PathData rectangle_path(const Bounds& bounds, const Matrix& matrix) {
    PathData path = rectangle(bounds.left, bounds.top, bounds.width(), bounds.height(), 0, 0);
    path.transform(matrix);
    return path;
}

}  // namespace

std::shared_ptr<const VectorDrawing> draw_svg(const SvgScene& scene, double width_px, double height_px,
                                              SvgResources& resources, const SvgLimits& limits) {
    return SvgRenderer(scene, resources, limits).run(width_px, height_px);
}

std::shared_ptr<const VectorDrawing> SvgRenderer::run(double width_px, double height_px) {
    const Node& root = *scene_.root;
    const auto drawing = std::make_shared<VectorDrawing>();
    drawing->width = width_px;
    drawing->height = height_px;
    drawing->clipped = !scene_.is_inline || !overflows(root);
    out_ = drawing;
    SvgState state = root_state(root);
    state.viewport = {width_px, height_px};
    std::optional<ViewBox> box = read_view_box(attribute_text(root, "viewBox"));
    if (!box && !scene_.is_inline) {
        // A file without a view box grows with its image.
        const double width = length(root, "width", SvgAxis::X, state, width_px);
        const double height = length(root, "height", SvgAxis::Y, state, height_px);
        if (width > 0 && height > 0 && (width != width_px || height != height_px)) box = ViewBox{0, 0, width, height};
    }
    if (box) {
        state.matrix =
            view_box_matrix(*box, read_aspect_ratio(attribute_text(root, "preserveAspectRatio")), width_px, height_px);
        state.viewport = {box->width, box->height};
    }
    if (!scene_.is_inline && !style_of(root).background_color.transparent()) {
        VectorShape background;
        background.path = rectangle(0, 0, width_px, height_px, 0, 0);
        background.fill.color = style_of(root).background_color;
        add_shape(std::move(background));
    }
    Opened opened;
    opened.first_op = out_->ops.size();
    if (!scene_.is_inline) {
        state.matrix = state.matrix * transform_of(root, state);
        opened = open_effects(root, state, false);
    }
    if (state.matrix.usable()) draw_children(root, state);
    close(opened);
    resources_.segments_drawn += segments_;
    return drawing;
}

SvgState SvgRenderer::root_state(const Node& root) {
    SvgState state;
    const ComputedStyle& style = style_of(root);
    state.text = style.text.get();
    state.paint = initial_paint();
    // Properties of drawings may be declared on what stands around an inline svg.
    std::vector<const Node*> ancestors;
    for (const Node* node = &root; node != nullptr && node->is_element(); node = node->parent)
        if (style_of(*node).svg) ancestors.push_back(node);
    for (auto node = ancestors.rbegin(); node != ancestors.rend(); ++node)
        state.paint = inherit(state.paint, *style_of(**node).svg);
    return state;
}

bool SvgRenderer::count_element() {
    if (stopped_) return false;
    ++resources_.elements_drawn;
    if (resources_.elements_drawn > limits_.document_elements_max ||
        resources_.segments_drawn + segments_ > limits_.document_segments_max) {
        stopped_ = true;
        warn_once("the SVG images of the document draw more than " + std::to_string(limits_.document_elements_max) +
                  " elements or " + std::to_string(limits_.document_segments_max) +
                  " path segments (svg_document_max): the rest is left out");
        return false;
    }
    if (++elements_ <= limits_.elements_max && segments_ <= limits_.segments_max) return true;
    stopped_ = true;
    warn_once(elements_ > limits_.elements_max
                  ? "an SVG image draws more than " + std::to_string(limits_.elements_max) +
                        " elements (svg_elements_max): the rest is left out"
                  : "an SVG image has more than " + std::to_string(limits_.segments_max) +
                        " path segments (svg_segments_max): the rest is left out");
    return false;
}

void SvgRenderer::warn_once(const std::string& text) {
    if (warned_.size() < kWarnedMax && warned_.insert(text).second) resources_.warn(text);
}

double SvgRenderer::length(const Node& node, std::string_view name, SvgAxis axis, const SvgState& state,
                           double fallback) const {
    const std::string_view* text = node.attribute(name);
    return text == nullptr ? fallback : read_svg_length(*text, axis, lengths_of(state)).value_or(fallback);
}

std::string_view SvgRenderer::href_of(const Node& node) const {
    const std::string_view* href = node.attribute("href");
    return href != nullptr ? *href : attribute_text(node, "xlink:href");
}

// "#id", or the document's own address before it.
const Node* SvgRenderer::target_of(std::string_view url) {
    const std::size_t hash = url.find('#');
    const bool own = hash == 0 || (hash != std::string_view::npos && url.substr(0, hash) == scene_.base_url);
    if (!own) {
        if (!url.empty())
            warn_once("an SVG image refers to another file, which is not followed: " + std::string(url.substr(0, 100)));
        return nullptr;
    }
    const auto found = scene_.ids->find(url.substr(hash + 1));
    return found != scene_.ids->end() && found->second->foreign ? found->second : nullptr;
}

const Node* SvgRenderer::href_target(const Node& node) {
    const std::string_view href = href_of(node);
    return href.empty() ? nullptr : target_of(href);
}

// Which text style an element of a use instance has: what it does not set itself comes from where the use stands. An
// element that sets what its parent in the document has anyway cannot be told from one that sets nothing.
const InheritedStyle* SvgRenderer::text_of(const Node& node, const SvgState& parent) {
    const InheritedStyle* own = style_of(node).text.get();
    if (!parent.instance) return own;
    const InheritedStyle* base = style_of(*node.parent).text.get();
    if (own == base || *own == *base) return parent.text;
    const InheritedStyle*& merged = merged_texts_[{own, parent.text}];
    if (merged != nullptr) return merged;
    InheritedStyle& made = texts_.emplace_back(*parent.text);
    const auto take = [&](auto member) {
        if (own->*member != base->*member) made.*member = own->*member;
    };
    using T = InheritedStyle;
    take(&T::color);
    take(&T::font_families);
    take(&T::font_size_px);
    take(&T::font_weight);
    take(&T::font_stretch_percent);
    take(&T::font_style);
    take(&T::font_variant_caps);
    take(&T::font_features);
    take(&T::letter_spacing_px);
    take(&T::word_spacing);
    take(&T::text_transform);
    take(&T::white_space);
    take(&T::direction);
    take(&T::visibility);
    take(&T::lang);
    take(&T::image_rendering);
    take(&T::decorations);
    return merged = &made;
}

// https://www.w3.org/TR/css-transforms-1/#transform-property — the property wins over the attribute.
Matrix SvgRenderer::transform_of(const Node& node, const SvgState& parent) const {
    const ComputedStyle& style = style_of(node);
    Matrix matrix;
    if (style.transform) {
        const Transform& t = *style.transform;
        matrix = {t.a,
                  t.b,
                  t.c,
                  t.d,
                  t.e + t.translate_x_percent / 100 * parent.viewport.width,
                  t.f + t.translate_y_percent / 100 * parent.viewport.height};
    } else if (const std::string_view* text = node.attribute("transform")) {
        const auto read = read_transforms(*text);
        if (!read) return {};
        matrix = *read;
    } else {
        return {};
    }
    // The origin is the viewport's corner unless it was declared: 50 % is the initial value of boxes.
    const Length middle = Length::of_percent(50);
    if (style.transform_origin_x == middle && style.transform_origin_y == middle) return matrix;
    const auto origin = [](const Length& length, double size) {
        return length.is_value() ? length.px.px() + length.percent / 100 * size : 0;
    };
    const double x = origin(style.transform_origin_x, parent.viewport.width),
                 y = origin(style.transform_origin_y, parent.viewport.height);
    return Matrix::translation(x, y) * matrix * Matrix::translation(-x, -y);
}

SvgState SvgRenderer::child_state(const Node& node, const SvgState& parent) {
    SvgState state = parent;
    state.matrix = parent.matrix * transform_of(node, parent);
    state.text = text_of(node, parent);
    const ComputedStyle& style = style_of(node);
    if (style.svg || parent.paint->clip_path || parent.paint->mask || parent.paint->vector_effect ||
        parent.paint->alignment_baseline || parent.paint->baseline_shift)
        state.paint = inherit(parent.paint, style.svg ? *style.svg : SvgProperties{});
    return state;
}

bool SvgRenderer::is_link(const Node& node) const {
    return node.tag() == "a" && !href_of(node).empty() && reference_depth_ == 0;
}

// Clip, mask and opacity around an element.
SvgRenderer::Opened SvgRenderer::open_effects(const Node& node, const SvgState& state, bool leaf) {
    Opened opened;
    opened.first_op = out_->ops.size();
    if (is_link(node)) opened.link = &node;
    const ComputedStyle& style = style_of(node);
    const SvgProperties* own = style.svg.get();
    if (own != nullptr && own->clip_path && !own->clip_path->empty())
        opened.clips = open_clip(node, state, *own->clip_path);
    VectorGroupBegin group;
    if (own != nullptr && own->mask && !own->mask->empty())
        group.mask = mask_of(node, state, *own->mask, group.mask_by_alpha);
    if (!leaf) group.opacity = style.opacity;
    if (group.opacity < 1 || group.mask) {
        opened.group = true;
        out_->ops.emplace_back(std::move(group));
    }
    return opened;
}

void SvgRenderer::close(const Opened& opened) {
    for (int i = 0; i < opened.inner_clips; ++i) out_->ops.emplace_back(VectorClipEnd{});
    if (opened.link != nullptr) {
        const Bounds area = bounds_of_ops(*out_, opened.first_op);
        if (!area.empty) out_->links.push_back({area, std::string(href_of(*opened.link))});
    }
    if (opened.group) out_->ops.emplace_back(VectorGroupEnd{});
    for (int i = 0; i < opened.clips; ++i) out_->ops.emplace_back(VectorClipEnd{});
}

void SvgRenderer::draw_children(const Node& parent, const SvgState& state) {
    const std::size_t base = stack_.size();
    stack_.push_back({parent.first_child, state, {}, false});
    stack_.back().opened.first_op = out_->ops.size();
    while (stack_.size() > base) {
        Frame& frame = stack_.back();
        const Node* node = frame.next;
        if (node == nullptr || stopped_) {
            const Opened opened = frame.opened;
            stack_.pop_back();
            close(opened);
            continue;
        }
        frame.next = frame.single ? nullptr : node->next_sibling;
        if (node->is_element()) {
            const SvgState copy = frame.state;  // enter() may grow the stack
            enter(*node, copy);
        }
    }
}

void SvgRenderer::enter(const Node& node, const SvgState& parent) {
    const SvgElementInfo* info = node.foreign ? find_svg_element(node.tag()) : nullptr;
    if (info == nullptr || !count_element()) return;
    if (info->kind == SvgElementKind::Unsupported)
        return warn_once("an SVG image uses <" + std::string(node.tag()) + ">, which is not drawn");
    if (info->kind == SvgElementKind::Quiet || info->kind == SvgElementKind::Referenced ||
        info->kind == SvgElementKind::Part || style_of(node).display == Display::None)
        return;
    const SvgState state = child_state(node, parent);
    if (!state.matrix.usable()) return;
    const Opened opened = open_effects(node, state, is_leaf(info->kind));
    switch (info->kind) {
        case SvgElementKind::Shape:
            draw_shape(node, state);
            break;
        case SvgElementKind::Text:
            draw_text(node, state);
            break;
        case SvgElementKind::Image:
            draw_image(node, state);
            break;
        case SvgElementKind::Use:
            return enter_use(node, state, opened);
        case SvgElementKind::Viewport: {
            SvgState placed = state;
            placed.matrix = state.matrix * Matrix::translation(length(node, "x", SvgAxis::X, parent),
                                                               length(node, "y", SvgAxis::Y, parent));
            return enter_viewport(node, placed, opened,
                                  {length(node, "width", SvgAxis::X, parent, parent.viewport.width),
                                   length(node, "height", SvgAxis::Y, parent, parent.viewport.height)});
        }
        case SvgElementKind::Switch:
            stack_.push_back({switch_child(node), state, opened, true});
            return;
        default:
            stack_.push_back({node.first_child, state, opened, false});
            return;
    }
    close(opened);
}

// An svg or symbol: a viewport of its own at the origin of `state`.
void SvgRenderer::enter_viewport(const Node& node, SvgState state, Opened opened, SvgViewport size) {
    if (size.width <= 0 || size.height <= 0) return close(opened);
    if (!overflows(node)) {
        out_->ops.emplace_back(
            VectorClipBegin{rectangle_path({0, 0, size.width, size.height, false}, state.matrix), FillRule::NonZero});
        ++opened.inner_clips;
    }
    state.viewport = size;
    if (const auto box = read_view_box(attribute_text(node, "viewBox"))) {
        state.matrix =
            state.matrix * view_box_matrix(*box, read_aspect_ratio(attribute_text(node, "preserveAspectRatio")),
                                           size.width, size.height);
        state.viewport = {box->width, box->height};
    }
    stack_.push_back({state.matrix.usable() ? node.first_child : nullptr, state, opened, false});
}

// https://www.w3.org/TR/SVG2/struct.html#UseElement
void SvgRenderer::enter_use(const Node& node, SvgState state, Opened opened) {
    const Node* target = href_target(node);
    if (target == nullptr || state.use_depth >= limits_.use_depth_max) {
        if (target != nullptr)
            warn_once("an SVG image nests <use> deeper than " + std::to_string(limits_.use_depth_max));
        return close(opened);
    }
    const double width = length(node, "width", SvgAxis::X, state, -1),
                 height = length(node, "height", SvgAxis::Y, state, -1);
    state.matrix =
        state.matrix * Matrix::translation(length(node, "x", SvgAxis::X, state), length(node, "y", SvgAxis::Y, state));
    state.instance = true;
    ++state.use_depth;
    const bool viewport = target->tag() == "symbol" || target->tag() == "svg";
    if (!viewport) {
        stack_.push_back({target, state, opened, true});
        return;
    }
    if (style_of(*target).display == Display::None || !count_element()) return close(opened);
    SvgState inner = child_state(*target, state);
    const auto size_of = [&](double given, std::string_view name, SvgAxis axis, double whole) {
        return given >= 0 ? given : length(*target, name, axis, state, whole);
    };
    enter_viewport(*target, inner, opened,
                   {size_of(width, "width", SvgAxis::X, state.viewport.width),
                    size_of(height, "height", SvgAxis::Y, state.viewport.height)});
}

// The first child that can be drawn: no extension asked for, no language but one that fits.
const Node* SvgRenderer::switch_child(const Node& node) const {
    for (const Node* child = node.first_child; child != nullptr; child = child->next_sibling) {
        const SvgElementInfo* info = child->is_element() && child->foreign ? find_svg_element(child->tag()) : nullptr;
        if (info == nullptr || info->kind == SvgElementKind::Unsupported || info->kind == SvgElementKind::Quiet)
            continue;
        if (!attribute_text(*child, "requiredExtensions").empty()) continue;
        const std::string_view* languages = child->attribute("systemLanguage");
        const std::string_view own = std::string_view(style_of(*child).text->lang).substr(0, 2);
        if (languages == nullptr || languages->find(own.empty() ? "en" : own) != std::string_view::npos) return child;
    }
    return nullptr;
}

void SvgRenderer::draw_image(const Node& node, const SvgState& state) {
    const std::string_view href = href_of(node);
    if (href.empty() || state.text->visibility != Visibility::Visible) return;
    const std::shared_ptr<const ImageData> image = resources_.image(resolve_url(scene_.base_url, href));
    if (image == nullptr) return;
    NaturalSize natural{static_cast<double>(image->width_px), static_cast<double>(image->height_px), 0};
    if (image->vector) natural = image->vector->natural();
    if (natural.width_px <= 0 || natural.height_px <= 0)
        natural = {300, natural.ratio > 0 ? 300 / natural.ratio : 150, 0};
    double width = length(node, "width", SvgAxis::X, state, -1), height = length(node, "height", SvgAxis::Y, state, -1);
    if (width < 0 && height < 0) width = natural.width_px;
    if (width < 0) width = height * natural.width_px / natural.height_px;
    if (height < 0) height = width * natural.height_px / natural.width_px;
    if (width <= 0 || height <= 0) return;
    const AspectRatio ratio = read_aspect_ratio(attribute_text(node, "preserveAspectRatio"));
    const Matrix place =
        state.matrix * Matrix::translation(length(node, "x", SvgAxis::X, state), length(node, "y", SvgAxis::Y, state));
    const Matrix fit = view_box_matrix({0, 0, natural.width_px, natural.height_px}, ratio, width, height);
    if (ratio.slice)
        out_->ops.emplace_back(VectorClipBegin{rectangle_path({0, 0, width, height, false}, place), FillRule::NonZero});
    const double opacity = style_of(node).opacity;
    if (opacity < 1) out_->ops.emplace_back(VectorGroupBegin{opacity, nullptr, false});
    if (image->vector) {
        // Drawn at the size that it will have, so that its numbers are fine enough.
        const double scale = std::max(1e-3, (place * fit).scale());
        const double drawn_width = natural.width_px * scale, drawn_height = natural.height_px * scale;
        const auto drawing = image->vector->draw(drawn_width, drawn_height);
        out_->ops.emplace_back(VectorNested{drawing, place * fit * Matrix::scaling(1 / scale, 1 / scale)});
    } else {
        const bool smooth = state.text->image_rendering == ImageRendering::Auto;
        out_->ops.emplace_back(VectorPicture{image, natural.width_px, natural.height_px, place * fit, smooth});
    }
    if (opacity < 1) out_->ops.emplace_back(VectorGroupEnd{});
    if (ratio.slice) out_->ops.emplace_back(VectorClipEnd{});
}

// The children as a drawing of their own: patterns, masks, markers.
std::shared_ptr<VectorDrawing> SvgRenderer::draw_apart(const Node& parent, const SvgState& state, double width,
                                                       double height) {
    auto drawing = std::make_shared<VectorDrawing>();
    drawing->width = width;
    drawing->height = height;
    if (reference_depth_ >= limits_.reference_depth_max) {
        warn_once("an SVG image nests patterns, masks or markers deeper than " +
                  std::to_string(limits_.reference_depth_max));
        return drawing;
    }
    ++reference_depth_;
    std::swap(out_, drawing);
    draw_children(parent, state);
    std::swap(out_, drawing);
    --reference_depth_;
    return drawing;
}

}  // namespace galley::document
