#include "document/paint/painter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "document/html/link_types.h"
#include "document/paint/box_painter.h"
#include "document/paint/text_painter.h"

namespace galley::document {

namespace {

constexpr int kPaintDepthMax = 1200;

bool is_table_kind(const Fragment& fragment, BoxKind kind) {
    return fragment.kind == FragmentKind::Box && fragment.box->kind == kind;
}

bool is_clipped_by_shape(const ComputedStyle& style) {
    return style.rare && style.rare->clip.kind != ClipShape::Kind::None;
}

// Painted as a whole for the sake of a rare property.
bool is_grouped(const ComputedStyle& style) {
    return style.rare && (style.rare->blend != BlendMode::Normal || is_clipped_by_shape(style));
}

const char* blend_name(const ComputedStyle& style) {
    constexpr const char* kNames[] = {"Normal",     "Multiply",   "Screen",    "Overlay",   "Darken",     "Lighten",
                                      "ColorDodge", "ColorBurn",  "HardLight", "SoftLight", "Difference", "Exclusion",
                                      "Hue",        "Saturation", "Color",     "Luminosity"};
    return kNames[style.rare ? static_cast<std::size_t>(style.rare->blend) : 0];
}

// https://drafts.fxtf.org/css-masking-1/#the-clip-path — the reference box is the border box.
PushClip used_clip(const ClipShape& shape, const Rect& box) {
    PushClip clip;
    if (shape.kind == ClipShape::Kind::Inset) {
        clip.rect = inset_rect(box, {shape.inset.top.resolve(box.height), shape.inset.right.resolve(box.width),
                                     shape.inset.bottom.resolve(box.height), shape.inset.left.resolve(box.width)});
        const auto corner = [&box](const CornerRadius& radius) {
            return Size{radius.x.resolve(box.width), radius.y.resolve(box.height)};
        };
        clip.radii = {corner(shape.radii[0]), corner(shape.radii[1]), corner(shape.radii[2]), corner(shape.radii[3])};
        return clip;
    }
    const LayoutUnit x = shape.center_x.resolve(box.width), y = shape.center_y.resolve(box.height);
    const LayoutUnit side_x = std::min(x, box.width - x), side_y = std::min(y, box.height - y);
    const LayoutUnit diagonal = LayoutUnit::from_px(std::hypot(box.width.px(), box.height.px()) / std::numbers::sqrt2);
    LayoutUnit rx = shape.radius_x.is_value() ? shape.radius_x.resolve(shape.circle ? diagonal : box.width)
                    : shape.circle            ? std::min(side_x, side_y)
                                              : side_x;
    LayoutUnit ry = shape.circle ? rx : shape.radius_y.is_value() ? shape.radius_y.resolve(box.height) : side_y;
    rx = std::max(rx, LayoutUnit());
    ry = std::max(ry, LayoutUnit());
    clip.rect = {box.x + x - rx, box.y + y - ry, rx * 2, ry * 2};
    clip.radii = {{rx, ry}, {rx, ry}, {rx, ry}, {rx, ry}};
    return clip;
}

bool makes_stacking_context(const ComputedStyle& style) {
    return style.opacity < 1 || style.transform.has_value() || is_grouped(style) ||
           (style.position != Position::Static && style.z_index.has_value()) || style.position == Position::Fixed;
}

bool clips(const Fragment& fragment) {
    return fragment.kind == FragmentKind::Box && fragment.box->kind != BoxKind::Inline &&
           fragment.box->kind != BoxKind::Replaced && fragment.box->style->overflow != Overflow::Visible;
}

PaintedBox painted(const Fragment& fragment, Point corner) {
    const bool in_line = fragment.box->kind == BoxKind::Inline;
    return {{corner.x, corner.y, fragment.size.width, fragment.size.height},
            fragment.border,
            fragment.padding,
            fragment.has_start,
            fragment.has_end,
            in_line};
}

// https://www.w3.org/TR/css-transforms-1/#transform-rendering — about the origin, in page coordinates.
PushTransform used_transform(const ComputedStyle& style, const Rect& box) {
    const Transform& given = *style.transform;
    const double ox = (box.x + style.transform_origin_x.resolve(box.width)).px(),
                 oy = (box.y + style.transform_origin_y.resolve(box.height)).px();
    const double e = given.e + given.translate_x_percent / 100 * box.width.px(),
                 f = given.f + given.translate_y_percent / 100 * box.height.px();
    return {
        given.a, given.b, given.c, given.d, ox + e - given.a * ox - given.c * oy, oy + f - given.b * ox - given.d * oy};
}

std::string_view link_target(const Box& box) {
    if (box.style->rare && !box.style->rare->link.empty()) return box.style->rare->link;
    if (!box.anchor_element) return {};
    const std::string_view* href = box.node->attribute("href");
    return href != nullptr ? *href : std::string_view();
}

}  // namespace

void Painter::note(const Fragment& fragment, Point corner) {
    const Box& box = *fragment.box;
    if (box.page_dependent) record_.page_contents.push_back(&box);
    if (const std::string_view target = link_target(box);
        !target.empty() && !box.anonymous && !box.generated && box.kind != BoxKind::Text)
        page_.links.push_back({{corner.x, corner.y, fragment.size.width, fragment.size.height},
                               std::string(target),
                               box.node != nullptr && has_link_type(*box.node, "attachment")});
    if (!fragment.has_start || box.generated || box.anonymous || box.continuation) return;
    if (!box.style->anchor.empty()) page_.anchors.push_back({box.style->anchor, corner});
    if (!box.bookmark().empty())
        page_.bookmarks.push_back({box.style->bookmark_level, std::string(box.bookmark()), corner,
                                   !box.style->rare || !box.style->rare->bookmark_closed});
    for (const NamedString& string : box.strings()) record_.strings.push_back({string, corner.y});
}

namespace {

// https://www.w3.org/TR/CSS21/tables.html#empty-cells
bool is_hidden_cell(const Fragment& fragment) {
    const InheritedStyle& style = *fragment.box->style->text;
    return fragment.box->kind == BoxKind::Cell && style.empty_cells == EmptyCells::Hide &&
           style.border_collapse == BorderCollapse::Separate && fragment.first_child == nullptr && fragment.has_start &&
           fragment.has_end;
}

}  // namespace

void Painter::paint_box(const Fragment& fragment, Point corner) {
    if (fragment.bare || fragment.box == background_owner_ || is_hidden_cell(fragment)) return;
    const ComputedStyle& style = *fragment.box->style;
    if (style.text->visibility != Visibility::Visible) return;
    const PaintedBox box = painted(fragment, corner);
    if (!style.box_shadows.empty()) paint_shadows(style, box, false, page_.items);
    paint_background(style, box, page_area_, images_, page_.items);
    if (!style.box_shadows.empty()) paint_shadows(style, box, true, page_.items);
    const bool collapsed =
        style.text->border_collapse == BorderCollapse::Collapse &&
        (fragment.box->kind == BoxKind::Cell || (fragment.box->kind == BoxKind::Table && fragment.table != nullptr));
    const bool borderless = collapsed || fragment.box->kind == BoxKind::Row || fragment.box->kind == BoxKind::RowGroup;
    if (!borderless) paint_borders(style, box, page_.items);
    if (style.outline.width > LayoutUnit() && style.outline.style != BorderStyle::None) {
        const LayoutUnit grow = style.outline.width + style.outline_offset;
        const Rect outer = inset_rect(box.rect, {-grow, -grow, -grow, -grow});
        const LayoutUnit width = style.outline.width;
        emit(FillRing{outer, inset_rect(outer, {width, width, width, width}), {}, {}, style.outline.color});
    }
}

// Rows first, cells after all of them: a spanning cell lies over the rows below.
void Painter::paint_table_rows(const Fragment& table, Point corner) {
    for (const Fragment* row = table.first_child; row != nullptr; row = row->next) {
        if (!is_table_kind(*row, BoxKind::Row)) continue;
        const Point at = corner + row->offset;
        const Box& group = *row->box->parent;
        if (group.kind == BoxKind::RowGroup &&
            (!group.style->background_color.transparent() || !group.style->background_layers.empty()))
            paint_background(*group.style, painted(*row, at), page_area_, images_, page_.items);
        paint_box(*row, at);
    }
}

bool Painter::postpone(const Fragment& fragment, Point corner, Layer& layer) {
    if (fragment.kind == FragmentKind::Placeholder) {
        if (fragment.box->style->position == Position::Running)
            record_.running.push_back({fragment.box->marker(), corner.y});
        if (const Fragment* child = fragment.first_child) {
            const std::optional<int> z = child->box->style->z_index;
            layer.positioned.push_back({child, corner + child->offset, z.value_or(0)});
        }
        return true;
    }
    const ComputedStyle& style = *fragment.box->style;
    if (style.position != Position::Static || makes_stacking_context(style)) {
        layer.positioned.push_back(
            {&fragment, corner, style.position != Position::Static ? style.z_index.value_or(0) : 0});
        return true;
    }
    if (fragment.box->floating) {
        layer.floats.push_back({&fragment, corner, 0});
        return true;
    }
    if (clips(fragment)) {
        layer.lines.push_back({&fragment, corner, 0});
        return true;
    }
    return false;
}

void Painter::walk_children(const Fragment& fragment, Point corner, Layer& layer) {
    if (++depth_ < kPaintDepthMax)
        for (const Fragment* child = fragment.first_child; child != nullptr; child = child->next) {
            const Point at = corner + child->offset;
            if (child->kind == FragmentKind::Line)
                layer.lines.push_back({child, at, 0});
            else if (!postpone(*child, at, layer))
                walk(*child, at, layer);
        }
    --depth_;
}

void Painter::walk(const Fragment& fragment, Point corner, Layer& layer) {
    note(fragment, corner);
    if (fragment.box->kind == BoxKind::Replaced) {
        paint_box(fragment, corner);
        layer.lines.push_back({&fragment, corner, 0});
        return;
    }
    if (fragment.box->kind != BoxKind::Row) paint_box(fragment, corner);
    if (fragment.box->kind == BoxKind::Table && !fragment.bare) paint_table_rows(fragment, corner);
    walk_children(fragment, corner, layer);
    if (fragment.table != nullptr)
        for (const GridLine& line : fragment.table->lines)
            paint_line_segment(line.border, corner + line.from, corner + line.to, page_.items);
}

void Painter::paint_list(std::vector<Entry>& entries, bool negative, Layer* outer) {
    for (const Entry& entry : entries)
        if ((entry.z < 0) == negative) paint_context(*entry.fragment, entry.corner, outer);
}

// CSS 2.1 Appendix E, for a real stacking context or a box painted as if it were one.
void Painter::paint_body(const Fragment& fragment, Point corner, Layer& layer) {
    // Steps 1–4: own background, then blocks. What has a negative level must come between them.
    const std::size_t begin = page_.items.size();
    note(fragment, corner);
    if (fragment.kind == FragmentKind::Line) {
        layer.lines.push_back({&fragment, corner, 0});
    } else if (fragment.box->kind == BoxKind::Replaced) {
        paint_box(fragment, corner);
        paint_replaced(fragment, corner);
    } else if (fragment.box->kind == BoxKind::Inline) {
        layer.lines.push_back({&fragment, corner, 0});
    } else {
        paint_box(fragment, corner);
    }
    const std::size_t own_end = page_.items.size();
    const bool clipped = clips(fragment);
    if (clipped) {
        const PaintedBox box = painted(fragment, corner);
        emit(PushClip{inset_rect(box.rect, fragment.border),
                      shrink_radii(used_radii(*fragment.box->style, box), fragment.border)});
    }
    if (fragment.kind == FragmentKind::Box && fragment.box->kind != BoxKind::Inline &&
        fragment.box->kind != BoxKind::Replaced) {
        if (fragment.box->kind == BoxKind::Table && !fragment.bare) paint_table_rows(fragment, corner);
        walk_children(fragment, corner, layer);
        if (fragment.table != nullptr)
            for (const GridLine& line : fragment.table->lines)
                paint_line_segment(line.border, corner + line.from, corner + line.to, page_.items);
    }
    if (layer.real && std::ranges::any_of(layer.positioned, [](const Entry& entry) { return entry.z < 0; })) {
        std::vector<DisplayItem> blocks(
            std::make_move_iterator(page_.items.begin() + static_cast<std::ptrdiff_t>(own_end)),
            std::make_move_iterator(page_.items.end()));
        page_.items.resize(own_end);
        std::ranges::sort(layer.positioned, [](const Entry& a, const Entry& b) { return a.z < b.z; });
        paint_list(layer.positioned, true, nullptr);
        page_.items.insert(page_.items.end(), std::make_move_iterator(blocks.begin()),
                           std::make_move_iterator(blocks.end()));
    }
    (void)begin;
    for (const Entry& entry : layer.floats) paint_context(*entry.fragment, entry.corner, &layer);
    for (std::size_t i = 0; i < layer.lines.size(); ++i) {
        const Entry entry = layer.lines[i];
        if (entry.fragment->kind == FragmentKind::Line)
            for (const Fragment* child = entry.fragment->first_child; child != nullptr; child = child->next)
                paint_inline(*child, entry.corner + child->offset, layer);
        else if (entry.fragment->box->kind == BoxKind::Replaced)
            paint_replaced(*entry.fragment, entry.corner);
        else if (entry.fragment->box->kind == BoxKind::Inline) {
            paint_box(*entry.fragment, entry.corner);
            for (const Fragment* child = entry.fragment->first_child; child != nullptr; child = child->next)
                paint_inline(*child, entry.corner + child->offset, layer);
        } else {
            paint_context(*entry.fragment, entry.corner, &layer);
        }
    }
    if (layer.real) {
        // Stable by level: entries of one level stay in document order.
        for (std::size_t i = 0; i < layer.positioned.size(); ++i) {
            const Entry entry = layer.positioned[i];
            if (entry.z == 0) paint_context(*entry.fragment, entry.corner, nullptr);
        }
        std::vector<std::pair<int, std::size_t>> above;
        for (std::size_t i = 0; i < layer.positioned.size(); ++i)
            if (layer.positioned[i].z > 0) above.emplace_back(layer.positioned[i].z, i);
        std::ranges::sort(above);
        for (const auto& [z, index] : above)
            paint_context(*layer.positioned[index].fragment, layer.positioned[index].corner, nullptr);
    }
    if (clipped) emit(PopClip{});
}

Painter::Layer& Painter::open_layer(bool real) {
    if (open_layers_ == layers_.size()) layers_.emplace_back();
    Layer& layer = layers_[open_layers_++];
    layer.clear();
    layer.real = real;
    return layer;
}

// `outer`: the layer that takes positioned descendants when this box is no stacking context of its own.
void Painter::paint_context(const Fragment& fragment, Point corner, Layer* outer) {
    if (++depth_ >= kPaintDepthMax) {
        --depth_;
        return;
    }
    const ComputedStyle& style = *fragment.box->style;
    const bool blended = style.rare && style.rare->blend != BlendMode::Normal;
    const bool grouped = style.opacity < 1 || blended, turned = style.transform.has_value();
    const bool shaped = is_clipped_by_shape(style);
    const Rect border_box{corner.x, corner.y, fragment.size.width, fragment.size.height};
    if (grouped) emit(PushOpacity{style.opacity, blend_name(style)});
    if (turned) emit(used_transform(style, border_box));
    if (shaped) emit(used_clip(style.rare->clip, border_box));
    Layer& layer = open_layer(outer == nullptr || clips(fragment));
    paint_body(fragment, corner, layer);
    if (!layer.real)
        outer->positioned.insert(outer->positioned.end(), layer.positioned.begin(), layer.positioned.end());
    close_layer();
    if (shaped) emit(PopClip{});
    if (turned) emit(PopTransform{});
    if (grouped) emit(PopOpacity{});
    --depth_;
}

void Painter::paint_inline(const Fragment& fragment, Point corner, Layer& layer) {
    if (fragment.kind == FragmentKind::Text) {
        if (fragment.text->style->visibility == Visibility::Visible) paint_text_run(fragment, corner, page_.items);
        return;
    }
    if (fragment.kind == FragmentKind::Placeholder || fragment.box->style->position != Position::Static ||
        makes_stacking_context(*fragment.box->style)) {
        postpone(fragment, corner, layer);
        return;
    }
    if (fragment.box->kind != BoxKind::Inline) return paint_context(fragment, corner, &layer);
    if (++depth_ < kPaintDepthMax) {
        note(fragment, corner);
        paint_box(fragment, corner);
        for (const Fragment* child = fragment.first_child; child != nullptr; child = child->next)
            paint_inline(*child, corner + child->offset, layer);
    }
    --depth_;
}

void Painter::paint_replaced(const Fragment& fragment, Point corner) {
    if (fragment.box->image() == nullptr || fragment.box->style->text->visibility != Visibility::Visible) return;
    const PaintedBox box = painted(fragment, corner);
    const Rect content = inset_rect(inset_rect(box.rect, box.border), box.padding);
    if (content.empty()) return;
    const Radii radii = shrink_radii(shrink_radii(used_radii(*fragment.box->style, box), box.border), box.padding);
    const std::shared_ptr<const ImageData>& image = *fragment.box->image();
    const Rect rect = object_rect(*fragment.box->style, *image, content);
    const bool clipped = radii.any() || rect.x < content.x || rect.y < content.y || rect.right() > content.right() ||
                         rect.bottom() > content.bottom();
    if (clipped) emit(PushClip{content, radii});
    const std::size_t before = page_.items.size();
    paint_picture(image, rect, fragment.box->style->text->image_rendering, page_.items);
    if (clipped) emit(PopClip{});
    if (!image->vector || page_.items.size() == before) return;
    if (const auto* drawn = std::get_if<DrawVector>(&page_.items[before]))
        for (const VectorLink& link : drawn->drawing->links)
            page_.links.push_back(
                {{rect.x + LayoutUnit::from_px(link.area.left), rect.y + LayoutUnit::from_px(link.area.top),
                  LayoutUnit::from_px(link.area.width()), LayoutUnit::from_px(link.area.height())},
                 link.target});
}

void Painter::paint(const Fragment& root) {
    paint_context(root, root.offset, nullptr);
}

namespace {

bool has_background(const Box* box) {
    return box != nullptr && (!box->style->background_color.transparent() || !box->style->background_layers.empty());
}

const Box* body_box(const Box* root) {
    if (root == nullptr) return nullptr;
    for (const Box* child = root->first_child; child != nullptr; child = child->next)
        if (child->node != nullptr && child->node->is("body")) return child;
    return nullptr;
}

}  // namespace

// https://www.w3.org/TR/css-backgrounds-3/#special-backgrounds
void Painter::paint_page_box(const PageBox& page, const Box* root) {
    page_.size = page.style.size;
    page_area_ = page.area;
    const Rect sheet{{}, {}, page.style.size.width, page.style.size.height};
    const Rect border_box = inset_rect(sheet, page.margin);
    if (page.style.page != nullptr) {
        paint_background(*page.style.page, {sheet, {}, {}, true, true, false}, page_area_, images_, page_.items);
        paint_borders(*page.style.page, {border_box, page.border, page.padding, true, true, false}, page_.items);
    }
    background_owner_ = has_background(root) ? root : has_background(body_box(root)) ? body_box(root) : nullptr;
    if (background_owner_ == nullptr) return;
    const Rect canvas = inset_rect(border_box, page.border);
    paint_background(*background_owner_->style, {canvas, {}, {}, true, true, false}, page_area_, images_, page_.items);
}

}  // namespace galley::document
