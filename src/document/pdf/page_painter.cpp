#include "document/pdf/page_painter.h"

#include <algorithm>
#include <cmath>

#include "document/pdf/gradient.h"

namespace galley::document {
namespace {

constexpr std::size_t kNestingMax = 1000;
constexpr double kPointsPerPx = 0.75;

// px to points and the origin to the page's top left corner; y stays upwards (content_stream.h negates it).
std::string page_matrix(const Size& size) {
    std::string out = ".75 0 0 .75 0 ";
    append_real(out, size.height.px() * kPointsPerPx, 4);
    return out + " cm\n";
}

std::string page_box(const Size& size) {
    std::string out = "0 ";
    append_hundredths(out, -to_hundredths(size.height));
    out += ' ';
    append_hundredths(out, to_hundredths(size.width));
    return out + " 0";
}

// "left bottom right top"
std::string corners_of(const Rect& rect) {
    std::string out;
    for (const std::int64_t value :
         {to_hundredths(rect.x), -to_hundredths(rect.bottom()), to_hundredths(rect.right()), -to_hundredths(rect.y)}) {
        append_hundredths(out, value);
        out += ' ';
    }
    return out;
}

}  // namespace

void PagePainter::begin(const DisplayPage& page) {
    groups_.clear();
    open_.clear();
    groups_.emplace_back();
    transforms_ = 0;
    box_ = page_box(page.size);
}

std::string PagePainter::paint(const DisplayPage& page) {
    begin(page);
    out().reserve(usual_bytes_);
    out().assume_page_defaults();
    out().raw(page_matrix(page.size));
    std::string content = draw_all(page);
    usual_bytes_ = std::max(usual_bytes_, content.size());
    return content;
}

std::string PagePainter::paint_overlay(const DisplayPage& overlay) {
    begin(overlay);
    return draw_all(overlay);
}

std::string PagePainter::draw_all(const DisplayPage& page) {
    for (const DisplayItem& item : page.items) std::visit([&](const auto& value) { draw(value); }, item);
    while (!open_.empty()) close();
    return out().take();
}

std::string PagePainter::box() const {
    return transforms_ == 0 ? box_ : "-32000 -32000 32000 32000";
}

void PagePainter::set_alpha(std::uint8_t alpha) {
    if (out().has_alpha(alpha)) return;
    out().alpha(alpha, resources_.alpha(alpha));
}

void PagePainter::fill_style(Color color) {
    out().fill_color(color);
    set_alpha(color.a);
}

// OPTIMIZATION: badges in a table are alike: from the second on such a shape is a form, of a sixth of the bytes.
const std::string& PagePainter::repeated_shape(const Size& size, const Radii& radii) {
    std::array<std::int64_t, 10> key{to_hundredths(size.width), to_hundredths(size.height)};
    std::size_t at = 2;
    for (const Size& radius : {radii.top_left, radii.top_right, radii.bottom_right, radii.bottom_left}) {
        key[at++] = to_hundredths(radius.width);
        key[at++] = to_hundredths(radius.height);
    }
    const auto [shape, fresh] = shapes_.try_emplace(key);
    if (!fresh && shape->second.empty()) {
        ContentStream content;
        content.rounded_rect({{}, {}, size.width, size.height}, radii);
        content.fill();
        const LayoutUnit edge = LayoutUnit::from_px(1);  // a pixel that is half covered lies partly outside
        std::string box = "-1 ";
        append_hundredths(box, -to_hundredths(size.height + edge));
        box += ' ';
        append_hundredths(box, to_hundredths(size.width + edge));
        shape->second = resources_.form(content.take(), box + " 1");
    }
    return shape->second;
}

void PagePainter::draw(const FillRect& item) {
    if (item.rect.empty() || item.color.transparent()) return;
    fill_style(item.color);
    if (item.radii.any()) {
        const std::string& form = repeated_shape({item.rect.width, item.rect.height}, item.radii);
        if (!form.empty()) return out().form_at({item.rect.x, item.rect.y}, form);
    }
    out().rounded_rect(item.rect, item.radii);
    out().fill();
}

void PagePainter::draw(const FillRing& item) {
    if (item.outer.empty() || item.color.transparent()) return;
    fill_style(item.color);
    out().rounded_rect(item.outer, item.outer_radii);
    if (!item.inner.empty()) out().rounded_rect(item.inner, item.inner_radii);
    out().fill_even_odd();
}

void PagePainter::draw(const FillPolygon& item) {
    if (item.points.size() < 3 || item.color.transparent()) return;
    fill_style(item.color);
    out().move_to(item.points.front());
    for (std::size_t i = 1; i < item.points.size(); ++i) out().line_to(item.points[i]);
    out().close_fill();
}

void PagePainter::draw(const StrokeLine& item) {
    if (item.width <= LayoutUnit() || item.color.transparent()) return;
    out().stroke_color(item.color);
    set_alpha(item.color.a);
    out().line(item.width, item.dashes, item.round_cap);
    out().move_to(item.from);
    out().line_to(item.to);
    out().raw("S\n");
}

void PagePainter::draw(const FillGradient& item) {
    if (item.rect.empty() || !item.gradient) return;
    out().save();
    out().rounded_rect(item.rect, item.radii);
    out().clip();
    set_alpha(255);
    const GradientOperators operators = gradient_operators(*item.gradient, item.rect, resources_);
    if (!operators.mask.empty()) out().raw("/" + resources_.luminosity_mask(operators.mask, box()) + " gs\n");
    out().raw(operators.color);
    out().restore();
}

void PagePainter::draw(const DrawText& item) {
    if (item.color.transparent()) return;
    fill_style(item.color);
    encoder_.draw(item, out());
}

void PagePainter::draw(const DrawImage& item) {
    if (!item.image || item.rect.empty()) return;
    const Result<ObjectId> image = images_.embed(item.image, item.smooth);
    if (!image) {
        warnings_.push_back("image skipped: " + image.error().message);
        return;
    }
    out().save();
    set_alpha(255);
    std::string matrix;
    for (const std::int64_t value :
         {to_hundredths(item.rect.width), std::int64_t{0}, std::int64_t{0}, to_hundredths(item.rect.height),
          to_hundredths(item.rect.x), -to_hundredths(item.rect.bottom())}) {
        append_hundredths(matrix, value);
        matrix += ' ';
    }
    matrix += "cm\n";
    if (item.image->orientation != 1) matrix += orientation_operator(item.image->orientation);
    out().raw(matrix + "/" + resources_.image(*image) + " Do\n");
    out().restore();
}

void PagePainter::draw(const DrawVector& item) {
    if (!item.drawing || item.rect.empty()) return;
    const std::string name = vectors_.form(item.drawing);
    out().save();
    std::string matrix = "1 0 0 1 ";
    append_hundredths(matrix, to_hundredths(item.rect.x));
    matrix += ' ';
    append_hundredths(matrix, -to_hundredths(item.rect.y));
    out().raw(matrix + " cm\n/" + name + " Do\n");
    out().restore();
}

bool PagePainter::open(Open kind) {
    const bool fits = open_.size() < kNestingMax;
    if (!fits && (open_.back() != Open::Ignored)) warnings_.push_back("clips and groups are nested too deeply");
    open_.push_back(fits ? kind : Open::Ignored);
    return fits;
}

void PagePainter::draw(const PushClip& item) {
    if (!open(Open::Clip)) return;
    out().save();
    out().rounded_rect(item.rect, item.radii);
    out().clip();
}

void PagePainter::draw(const PushRingClip& item) {
    if (!open(Open::Clip)) return;
    out().save();
    out().rounded_rect(item.outer, item.outer_radii);
    if (!item.inner.empty()) out().rounded_rect(item.inner, item.inner_radii);
    out().raw("W* n\n");
}

void PagePainter::draw(const PushTransform& item) {
    if (!open(Open::Transform)) return;
    ++transforms_;
    out().save();
    out().transform(item.a, item.b, item.c, item.d, item.e, item.f);
}

void PagePainter::draw(const PushOpacity& item) {
    if (!open(Open::Group)) return;
    Group& group = groups_.emplace_back();
    group.opacity = std::clamp(std::isfinite(item.opacity) ? item.opacity : 1.0, 0.0, 1.0);
    group.blend = item.blend;
}

void PagePainter::draw(const PushTiles& item) {
    if (!open(Open::Tiles)) return;
    ++transforms_;  // tiles may lie anywhere
    groups_.emplace_back().tiles = item;
}

void PagePainter::close() {
    if (open_.empty()) return;
    const Open kind = open_.back();
    open_.pop_back();
    if (kind == Open::Group) return close_group();
    if (kind == Open::Tiles) return close_tiles();
    if (kind == Open::Transform) --transforms_;
    if (kind != Open::Ignored) out().restore();
}

void PagePainter::close_group() {
    Group group = std::move(groups_.back());
    groups_.pop_back();
    const std::string content = group.content.take();
    if (content.empty() || group.opacity == 0) return;
    const std::string name = resources_.group(content, box());
    const auto alpha = static_cast<std::uint8_t>(std::lround(group.opacity * 255));
    out().save();
    set_alpha(alpha);
    if (group.blend != std::string_view("Normal")) out().raw("/" + resources_.blend(group.blend) + " gs\n");
    out().raw("/" + name + " Do\n");
    out().restore();
}

// Patterns lie in the space of what uses them, whatever is transformed there: a form gives them one of their own.
void PagePainter::close_tiles() {
    --transforms_;
    Group group = std::move(groups_.back());
    groups_.pop_back();
    const auto& [rect, tile, step] = group.tiles;
    const std::string content = group.content.take();
    if (content.empty() || rect.empty() || tile.empty() || step.width < tile.width || step.height < tile.height) return;
    // The cell begins at 0 and is as large as a step: some viewers draw others tile by tile.
    const std::int64_t left = to_hundredths(tile.x), bottom = -to_hundredths(tile.y + step.height);
    std::string width, height, place = "1 0 0 1 ", back = place;
    append_hundredths(width, to_hundredths(step.width));
    append_hundredths(height, to_hundredths(step.height));
    append_hundredths(place, left);
    append_hundredths(place += ' ', bottom);
    append_hundredths(back, -left);
    append_hundredths(back += ' ', -bottom);
    const std::string entries = "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 " + width + " " +
                                height + "]/XStep " + width + "/YStep " + height + "/Matrix[" + place + "]";
    ContentStream cell;
    cell.raw(back + " cm\n");
    cell.rect(tile);
    cell.clip();
    cell.raw(content);
    ContentStream area;
    area.raw("/Pattern cs /" + resources_.tiling_pattern(entries, cell.take()) + " scn\n");
    area.rect(rect);
    area.fill();
    out().save();
    set_alpha(255);
    out().raw("/" + resources_.form(area.take(), corners_of(rect)) + " Do\n");
    out().restore();
}

}  // namespace galley::document
