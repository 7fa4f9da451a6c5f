// Backgrounds: a list of layers, to which each property gives one column.
// https://drafts.csswg.org/css-backgrounds-3/  https://drafts.csswg.org/css-images-3/
// GAP: `local` attachment.
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

constexpr std::size_t kLayersMax = 64;

constexpr Keyword<BackgroundBox> kBoxes[] = {{"border-box", BackgroundBox::BorderBox},
                                             {"padding-box", BackgroundBox::PaddingBox},
                                             {"content-box", BackgroundBox::ContentBox}};
constexpr Keyword<BackgroundRepeat> kRepeats[] = {{"repeat", BackgroundRepeat::Repeat},
                                                  {"no-repeat", BackgroundRepeat::NoRepeat},
                                                  {"space", BackgroundRepeat::Space},
                                                  {"round", BackgroundRepeat::Round}};

bool read_image(CssCursor& cursor, const StyleTarget& target, BackgroundImage& out) {
    out = BackgroundImage();
    if (cursor.take_ident("none")) return true;
    if (auto url = read_url(cursor, target)) {
        out.kind = BackgroundImage::Kind::Url;
        out.url = std::move(*url);
        return true;
    }
    auto gradient = read_gradient(cursor, target);
    if (gradient) out = std::move(*gradient);
    return gradient.has_value();
}

bool read_repeat(CssCursor& cursor, BackgroundLayer& layer) {
    if (cursor.take_ident("repeat-x")) {
        layer.repeat_x = BackgroundRepeat::Repeat;
        layer.repeat_y = BackgroundRepeat::NoRepeat;
        return true;
    }
    if (cursor.take_ident("repeat-y")) {
        layer.repeat_x = BackgroundRepeat::NoRepeat;
        layer.repeat_y = BackgroundRepeat::Repeat;
        return true;
    }
    if (!take_keyword(cursor, kRepeats, layer.repeat_x)) return false;
    layer.repeat_y = layer.repeat_x;
    if (!cursor.done()) take_keyword(cursor, kRepeats, layer.repeat_y);
    return true;
}

struct PositionItem {
    char edge = '\0';  // l, r, t, b, c; 0 for a length
    Length length;
};

std::vector<PositionItem> read_position_items(CssCursor& cursor, const StyleTarget& target) {
    constexpr Keyword<char> kEdges[] = {{"left", 'l'}, {"right", 'r'}, {"top", 't'}, {"bottom", 'b'}, {"center", 'c'}};
    std::vector<PositionItem> items;
    while (!cursor.done() && items.size() < 4) {
        PositionItem item;
        if (!take_keyword(cursor, kEdges, item.edge)) {
            const auto length = read_length_percentage(cursor, target, Negative::Allowed);
            if (!length) break;
            item.length = *length;
        }
        items.push_back(item);
    }
    return items;
}

bool is_vertical(const PositionItem& item) {
    return item.edge == 't' || item.edge == 'b';
}
bool is_horizontal(const PositionItem& item) {
    return item.edge == 'l' || item.edge == 'r';
}

Length edge_length(const PositionItem& item) {
    switch (item.edge) {
        case 'l':
        case 't':
            return Length::of_percent(0);
        case 'r':
        case 'b':
            return Length::of_percent(100);
        case 'c':
            return Length::of_percent(50);
        default:
            return item.length;
    }
}

// "right 10px bottom 20%": each edge with its own distance.
bool place_edges(const std::vector<PositionItem>& items, Length& x, Length& y) {
    x = y = Length::of_percent(50);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].edge == '\0') return false;
        Length offset = edge_length(items[i]);
        if (i + 1 < items.size() && items[i + 1].edge == '\0') {
            const bool far = items[i].edge == 'r' || items[i].edge == 'b';
            const Length given = items[++i].length;
            offset = far ? Length{Length::Kind::Value, -given.px, 100 - given.percent} : given;
            if (is_vertical(items[i - 1])) y = offset;
            if (is_horizontal(items[i - 1])) x = offset;
            continue;
        }
        if (is_vertical(items[i])) y = offset;
        if (is_horizontal(items[i])) x = offset;
    }
    return true;
}

bool read_one_size(CssCursor& cursor, const StyleTarget& target, Length& out) {
    if (cursor.take_ident("auto")) {
        out = Length::automatic();
        return true;
    }
    const auto length = read_length_percentage(cursor, target, Negative::Refused);
    if (length) out = *length;
    return length.has_value();
}

bool read_size(CssCursor& cursor, const StyleTarget& target, BackgroundLayer& layer) {
    using Kind = BackgroundLayer::SizeKind;
    layer.size_kind = Kind::Explicit;
    layer.size_x = layer.size_y = Length::automatic();
    if (cursor.take_ident("cover")) {
        layer.size_kind = Kind::Cover;
        return true;
    }
    if (cursor.take_ident("contain")) {
        layer.size_kind = Kind::Contain;
        return true;
    }
    if (!read_one_size(cursor, target, layer.size_x)) return false;
    if (!cursor.done()) read_one_size(cursor, target, layer.size_y);
    return true;
}

bool set_image(CssCursor& cursor, const StyleTarget& target, BackgroundLayer& layer) {
    return read_image(cursor, target, layer.image);
}
bool set_repeat(CssCursor& cursor, const StyleTarget&, BackgroundLayer& layer) {
    return read_repeat(cursor, layer);
}
bool set_position(CssCursor& cursor, const StyleTarget& target, BackgroundLayer& layer) {
    return read_position(cursor, target, layer.position_x, layer.position_y);
}
bool set_origin(CssCursor& cursor, const StyleTarget&, BackgroundLayer& layer) {
    return take_keyword(cursor, kBoxes, layer.origin);
}
bool set_clip(CssCursor& cursor, const StyleTarget&, BackgroundLayer& layer) {
    return take_keyword(cursor, kBoxes, layer.clip);
}

bool set_attachment(CssCursor& cursor, const StyleTarget&, BackgroundLayer& layer) {
    layer.fixed = cursor.take_ident("fixed");
    return layer.fixed || cursor.take_ident("scroll") || cursor.take_ident("local");
}

// Reads a comma list into one column of the layers.
template <auto Read, auto Column>
bool apply_column(CssCursor& cursor, StyleTarget& target) {
    std::vector<BackgroundLayer>& column = target.background.*Column;
    column.clear();
    while (!cursor.done() && column.size() < kLayersMax) {
        CssCursor item(cursor.take_until_comma());
        if (!Read(item, target, column.emplace_back()) || !item.done()) return false;
    }
    return !column.empty();
}

template <auto Column>
void reset_column(StyleTarget& target, const ComputedStyle& from, ResetTo) {
    target.background.*Column = from.background_layers;
}

bool apply_background_color(CssCursor& cursor, StyleTarget& target) {
    const auto color = read_resolved_color(cursor, target);
    if (color) target.style.background_color = *color;
    return color.has_value();
}

using G = BackgroundColumns;

template <auto Read, auto Column>
constexpr PropertyRow column_row(PropertyId id) {
    return {id, apply_column<Read, Column>, reset_column<Column>};
}

constexpr PropertyRow kRows[] = {
    {PropertyId::BackgroundColor, apply_background_color, copy_member<&ComputedStyle::background_color>},
    column_row<set_image, &G::images>(PropertyId::BackgroundImage),
    column_row<set_repeat, &G::repeats>(PropertyId::BackgroundRepeat),
    column_row<set_position, &G::positions>(PropertyId::BackgroundPosition),
    column_row<read_size, &G::sizes>(PropertyId::BackgroundSize),
    column_row<set_origin, &G::origins>(PropertyId::BackgroundOrigin),
    column_row<set_clip, &G::clips>(PropertyId::BackgroundClip),
    column_row<set_attachment, &G::attachments>(PropertyId::BackgroundAttachment),
};

}  // namespace

bool read_position(CssCursor& cursor, const StyleTarget& target, Length& x, Length& y) {
    std::vector<PositionItem> items = read_position_items(cursor, target);
    if (items.empty()) return false;
    if (items.size() > 2) return place_edges(items, x, y);
    if (items.size() == 1) items.push_back({'c', {}});
    if (is_vertical(items[0]) || is_horizontal(items[1])) std::swap(items[0], items[1]);
    if (is_vertical(items[0]) || is_horizontal(items[1])) return false;
    x = edge_length(items[0]);
    y = edge_length(items[1]);
    return true;
}

// CSS Backgrounds 3 §3.1: as many layers as images; shorter lists repeat.
std::vector<BackgroundLayer> combine_background(const BackgroundColumns& columns) {
    std::vector<BackgroundLayer> layers;
    const auto pick = [](const std::vector<BackgroundLayer>& column, std::size_t i) -> const BackgroundLayer& {
        static const BackgroundLayer initial;
        return column.empty() ? initial : column[i % column.size()];
    };
    for (std::size_t i = 0; i < columns.images.size(); ++i) {
        if (columns.images[i].image.kind == BackgroundImage::Kind::None) continue;
        BackgroundLayer& layer = layers.emplace_back();
        layer.image = columns.images[i].image;
        layer.repeat_x = pick(columns.repeats, i).repeat_x;
        layer.repeat_y = pick(columns.repeats, i).repeat_y;
        layer.position_x = pick(columns.positions, i).position_x;
        layer.position_y = pick(columns.positions, i).position_y;
        layer.size_kind = pick(columns.sizes, i).size_kind;
        layer.size_x = pick(columns.sizes, i).size_x;
        layer.size_y = pick(columns.sizes, i).size_y;
        layer.origin = pick(columns.origins, i).origin;
        layer.clip = pick(columns.clips, i).clip;
        layer.fixed = pick(columns.attachments, i).fixed;
    }
    return layers;
}

std::span<const PropertyRow> background_rows() {
    return kRows;
}

}  // namespace galley::document
