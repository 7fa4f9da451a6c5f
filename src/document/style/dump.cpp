#include "document/style/dump.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "document/style/property_apply.h"

namespace galley::document {

namespace {

template <std::size_t N, typename E>
std::string name_in(const std::array<std::string_view, N>& names, E value) {
    return std::string(names[static_cast<std::size_t>(value)]);
}

std::string text(Display value) {
    return name_in<19>({"none", "contents", "block", "flow-root", "inline", "inline-block", "list-item", "flex",
                        "inline-flex", "table", "inline-table", "table-row", "table-row-group", "table-header-group",
                        "table-footer-group", "table-cell", "table-column", "table-column-group", "table-caption"},
                       value);
}
std::string text(Position value) {
    return name_in<5>({"static", "relative", "absolute", "fixed", "running"}, value);
}
std::string text(Float value) {
    return name_in<4>({"none", "left", "right", "footnote"}, value);
}
std::string text(Clear value) {
    return name_in<4>({"none", "left", "right", "both"}, value);
}
std::string text(BoxSizing value) {
    return name_in<2>({"content-box", "border-box"}, value);
}
std::string text(Overflow value) {
    return name_in<5>({"visible", "hidden", "scroll", "auto", "clip"}, value);
}
std::string text(Visibility value) {
    return name_in<3>({"visible", "hidden", "collapse"}, value);
}
std::string text(BorderStyle value) {
    return name_in<10>({"none", "hidden", "solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset"},
                       value);
}
std::string text(TextAlign value) {
    return name_in<6>({"start", "end", "left", "right", "center", "justify"}, value);
}
std::string text(TextTransform value) {
    return name_in<5>({"none", "uppercase", "lowercase", "capitalize", "full-width"}, value);
}
std::string text(WhiteSpace value) {
    return name_in<6>({"normal", "nowrap", "pre", "pre-wrap", "pre-line", "break-spaces"}, value);
}
std::string text(OverflowWrap value) {
    return name_in<3>({"normal", "break-word", "anywhere"}, value);
}
std::string text(WordBreak value) {
    return name_in<3>({"normal", "break-all", "keep-all"}, value);
}
std::string text(Hyphens value) {
    return name_in<3>({"none", "manual", "auto"}, value);
}
std::string text(UnicodeBidi value) {
    return name_in<6>({"normal", "embed", "isolate", "bidi-override", "isolate-override", "plaintext"}, value);
}
std::string text(LineBreakRule value) {
    return name_in<5>({"auto", "loose", "normal", "strict", "anywhere"}, value);
}
std::string text(TextJustify value) {
    return name_in<4>({"auto", "none", "inter-word", "inter-character"}, value);
}
std::string text(TextOverflow value) {
    return name_in<2>({"clip", "ellipsis"}, value);
}
std::string text(Direction value) {
    return name_in<2>({"ltr", "rtl"}, value);
}
std::string text(FontStyle value) {
    return name_in<3>({"normal", "italic", "oblique"}, value);
}
std::string text(FontVariantCaps value) {
    return name_in<2>({"normal", "small-caps"}, value);
}
std::string text(VerticalAlign value) {
    return name_in<9>({"baseline", "sub", "super", "text-top", "text-bottom", "middle", "top", "bottom", "length"},
                      value);
}
std::string text(ListStylePosition value) {
    return name_in<2>({"outside", "inside"}, value);
}
std::string text(BorderCollapse value) {
    return name_in<2>({"separate", "collapse"}, value);
}
std::string text(TableLayout value) {
    return name_in<2>({"auto", "fixed"}, value);
}
std::string text(CaptionSide value) {
    return name_in<2>({"top", "bottom"}, value);
}
std::string text(EmptyCells value) {
    return name_in<2>({"show", "hide"}, value);
}
std::string text(BreakBetween value) {
    return name_in<10>(
        {"auto", "avoid", "avoid-page", "page", "left", "right", "recto", "verso", "column", "avoid-column"}, value);
}
std::string text(BreakInside value) {
    return name_in<4>({"auto", "avoid", "avoid-page", "avoid-column"}, value);
}
std::string text(BoxDecorationBreak value) {
    return name_in<2>({"slice", "clone"}, value);
}
std::string text(FlexDirection value) {
    return name_in<4>({"row", "row-reverse", "column", "column-reverse"}, value);
}
std::string text(FlexWrap value) {
    return name_in<3>({"nowrap", "wrap", "wrap-reverse"}, value);
}
std::string text(Align value) {
    return name_in<14>({"auto", "normal", "stretch", "start", "end", "flex-start", "flex-end", "center", "baseline",
                        "space-between", "space-around", "space-evenly", "left", "right"},
                       value);
}
std::string text(BackgroundRepeat value) {
    return name_in<4>({"repeat", "no-repeat", "space", "round"}, value);
}
std::string text(BackgroundBox value) {
    return name_in<3>({"border-box", "padding-box", "content-box"}, value);
}

std::string number(double value) {
    const double rounded = std::round(value * 100) / 100;
    return fmt::format("{}", rounded == 0 ? 0.0 : rounded);
}
std::string text(double value) {
    return number(value);
}
std::string text(int value) {
    return std::to_string(value);
}
std::string text(LayoutUnit value) {
    return number(value.px()) + "px";
}
std::string text(const std::string& value) {
    return fmt::format("\"{}\"", value);
}
std::string text(const Length& value) {
    return dump(value);
}
std::string text(const Color& value) {
    return dump(value);
}
std::string text(bool value) {
    return value ? "yes" : "no";
}
std::string text(const std::optional<LayoutUnit>& value) {
    return value ? text(*value) : "auto";
}
std::string text(const std::pair<std::string, double>& value) {
    return value.first + " " + number(value.second);
}
std::string text(const std::optional<int>& value) {
    return value ? std::to_string(*value) : "auto";
}
std::string text(const Border& value) {
    return fmt::format("{} {} {}", text(value.width), text(value.style), dump(value.color));
}
std::string text(const CornerRadius& value) {
    return value.x == value.y ? dump(value.x) : dump(value.x) + " " + dump(value.y);
}
std::string text(const CounterChange& value) {
    return fmt::format("{} {}", value.name, value.value);
}
std::string text(const std::pair<std::string, int>& value) {
    return fmt::format("{} {}", value.first, value.second);
}

std::string text(const TextDecoration& value) {
    std::string out;
    if (value.underline) out += "underline ";
    if (value.overline) out += "overline ";
    if (value.line_through) out += "line-through ";
    out += value.wavy ? "wavy" : text(value.style);
    if (value.color) out += " " + dump(*value.color);
    if (value.thickness != LayoutUnit()) out += " " + text(value.thickness);
    if (value.offset) out += " offset " + text(*value.offset);
    if (value.under) out += " under";
    return out;
}

std::string text(const TextShadow& value) {
    std::string out = fmt::format("{} {} {}", text(value.x), text(value.y), text(value.blur));
    return value.color ? out + " " + dump(*value.color) : out;
}

std::string text(const BoxShadow& value) {
    return fmt::format("{} {} {} {} {}{}", text(value.x), text(value.y), text(value.blur), text(value.spread),
                       dump(value.color), value.inset ? " inset" : "");
}

std::string text(const Transform& value) {
    std::string out = fmt::format("matrix({} {} {} {} {} {})", number(value.a), number(value.b), number(value.c),
                                  number(value.d), number(value.e), number(value.f));
    if (value.translate_x_percent != 0 || value.translate_y_percent != 0)
        out += fmt::format("+{}%,{}%", number(value.translate_x_percent), number(value.translate_y_percent));
    return out;
}

std::string text(const std::optional<Transform>& value) {
    return value ? text(*value) : "none";
}

std::string text(const ContentItem& item) {
    using Kind = ContentItem::Kind;
    const std::string style = item.counter_style == "decimal" ? "" : ", " + item.counter_style;
    switch (item.kind) {
        case Kind::Text:
            return text(item.text);
        case Kind::Counter:
            return "counter(" + item.name + style + ")";
        case Kind::Counters:
            return "counters(" + item.name + ", " + text(item.text) + style + ")";
        case Kind::OpenQuote:
            return "open-quote";
        case Kind::CloseQuote:
            return "close-quote";
        case Kind::NoOpenQuote:
            return "no-open-quote";
        case Kind::NoCloseQuote:
            return "no-close-quote";
        case Kind::String:
            return "string(" + item.name + ", " + item.keyword + ")";
        case Kind::Element:
            return "element(" + item.name + ", " + item.keyword + ")";
        case Kind::TargetCounter:
            return "target-counter(" + text(item.target) + ", " + item.name + style + ")";
        case Kind::TargetCounters:
            return "target-counters(" + text(item.target) + ", " + item.name + ", " + text(item.text) + style + ")";
        case Kind::TargetText:
            return "target-text(" + text(item.target) + ", " + item.keyword + ")";
        case Kind::Leader:
            return "leader(" + text(item.text) + ")";
        case Kind::ContentText:
            return "content(" + item.keyword + ")";
        case Kind::Image:
            return "url(" + item.text + ")";
    }
    return "?";
}

std::string text(const StringSet& value);
std::string text(const BackgroundLayer& value);

template <typename T>
std::string text(const std::vector<T>& values) {
    std::string out;
    for (const T& value : values) {
        if (!out.empty()) out += " ";
        out += text(value);
    }
    return out.empty() ? "none" : out;
}

std::string text(const std::optional<std::vector<ContentItem>>& value) {
    return value ? text(*value) : "normal";
}

std::string text(const StringSet& value) {
    return value.name + " " + text(value.value);
}

std::string text_of_line(const BackgroundImage& image) {
    if (image.corner_x == 0) return "linear-gradient(" + number(image.angle_degrees) + "deg";
    return fmt::format("linear-gradient(to {} {}", image.corner_y < 0 ? "top" : "bottom",
                       image.corner_x < 0 ? "left" : "right");
}

std::string text_of_shape(const BackgroundImage& image) {
    using Extent = BackgroundImage::Extent;
    const auto extent = [&]() -> std::string {
        switch (image.extent) {
            case Extent::FarthestCorner:
                return "farthest-corner";
            case Extent::ClosestCorner:
                return "closest-corner";
            case Extent::FarthestSide:
                return "farthest-side";
            case Extent::ClosestSide:
                return "closest-side";
            case Extent::Lengths:
                break;
        }
        return dump(image.radius_x) + " " + dump(image.radius_y);
    };
    return fmt::format("radial-gradient({} {} at {} {}", image.circle ? "circle" : "ellipse", extent(),
                       dump(image.center_x), dump(image.center_y));
}

std::string text(const BackgroundImage& image) {
    using Kind = BackgroundImage::Kind;
    if (image.kind == Kind::None) return "none";
    if (image.kind == Kind::Url) return "url(" + image.url + ")";
    std::string out = image.repeating ? "repeating-" : "";
    out += image.kind == Kind::LinearGradient ? text_of_line(image) : text_of_shape(image);
    for (const GradientStop& stop : image.stops) {
        out += ",";
        if (!stop.hint) out += " " + dump(stop.color);
        if (stop.position) out += " " + dump(*stop.position);
    }
    return out + ")";
}

std::string text(const BackgroundLayer& layer) {
    std::string size = dump(layer.size_x) + " " + dump(layer.size_y);
    if (layer.size_kind == BackgroundLayer::SizeKind::Cover) size = "cover";
    if (layer.size_kind == BackgroundLayer::SizeKind::Contain) size = "contain";
    return fmt::format("{} {} {} / {} {} {} {} {}{}", text(layer.image), dump(layer.position_x), dump(layer.position_y),
                       size, text(layer.repeat_x), text(layer.repeat_y), text(layer.origin), text(layer.clip),
                       layer.fixed ? " fixed" : "");
}

class Dumper {
 public:
    template <typename T>
    void add(std::string_view name, const T& value, const T& initial) {
        if (value == initial) return;
        if (!out_.empty()) out_ += "; ";
        out_.append(name).append(": ").append(text(value));
    }
    void add_text(const InheritedStyle& s, const InheritedStyle& d);
    void add_rare(const RareText& s, const RareText& d);
    void add_box(const ComputedStyle& s, const ComputedStyle& d);
    void add_sides(const ComputedStyle& s, const ComputedStyle& d);
    void add_rest(const ComputedStyle& s, const ComputedStyle& d);
    std::string take() { return std::move(out_); }

 private:
    std::string out_;
};

void Dumper::add_text(const InheritedStyle& s, const InheritedStyle& d) {
    add("color", s.color, d.color);
    add("font-family", s.font_families, d.font_families);
    add("font-size", s.font_size_px, d.font_size_px);
    add("font-weight", s.font_weight, d.font_weight);
    add("font-stretch", s.font_stretch_percent, d.font_stretch_percent);
    add("font-style", s.font_style, d.font_style);
    add("font-variant-caps", s.font_variant_caps, d.font_variant_caps);
    add("font-features", s.font_features, d.font_features);
    if (s.line_height_kind != d.line_height_kind || s.line_height != d.line_height) {
        using Kind = InheritedStyle::LineHeightKind;
        const std::string value = number(s.line_height) + (s.line_height_kind == Kind::Absolute ? "px" : "");
        if (!out_.empty()) out_ += "; ";
        out_ += "line-height: " + (s.line_height_kind == Kind::Normal ? "normal" : value);
    }
    add("letter-spacing", LayoutUnit::from_px(s.letter_spacing_px), LayoutUnit::from_px(d.letter_spacing_px));
    add("word-spacing", s.word_spacing, d.word_spacing);
    add("text-indent", s.text_indent, d.text_indent);
    add("text-align", s.text_align, d.text_align);
    add("text-align-last", s.text_align_last, d.text_align_last);
    add("text-transform", s.text_transform, d.text_transform);
    add("white-space", s.white_space, d.white_space);
    add("overflow-wrap", s.overflow_wrap, d.overflow_wrap);
    add("word-break", s.word_break, d.word_break);
    add("hyphens", s.hyphens, d.hyphens);
    add("tab-size", s.tab_size, d.tab_size);
    add("direction", s.direction, d.direction);
    add("visibility", s.visibility, d.visibility);
    add("lang", s.lang, d.lang);
    add("list-style-type", s.list_style_type, d.list_style_type);
    add("list-style-image", s.list_style_image, d.list_style_image);
    add("list-style-position", s.list_style_position, d.list_style_position);
    add("quotes", s.quotes, d.quotes);
    add("border-collapse", s.border_collapse, d.border_collapse);
    add("border-spacing-x", s.border_spacing_x, d.border_spacing_x);
    add("border-spacing-y", s.border_spacing_y, d.border_spacing_y);
    add("caption-side", s.caption_side, d.caption_side);
    add("empty-cells", s.empty_cells, d.empty_cells);
    add("orphans", s.orphans, d.orphans);
    add("widows", s.widows, d.widows);
    add("text-decorations", s.decorations, d.decorations);
    if (s.rare != d.rare) add_rare(*s.rare, *d.rare);
}

void Dumper::add_rare(const RareText& s, const RareText& d) {
    add("hyphenate-character", s.hyphenate_character, d.hyphenate_character);
    add("hyphenate-word-min", s.hyphenate_word_min, d.hyphenate_word_min);
    add("hyphenate-before-min", s.hyphenate_before_min, d.hyphenate_before_min);
    add("hyphenate-after-min", s.hyphenate_after_min, d.hyphenate_after_min);
    add("line-break", s.line_break, d.line_break);
    add("text-justify", s.text_justify, d.text_justify);
    add("tab-length", s.tab_length, d.tab_length);
    add("text-underline-offset", s.underline_offset, d.underline_offset);
    add("text-underline-under", s.underline_under, d.underline_under);
    add("text-decoration-skip-ink", s.skip_ink, d.skip_ink);
    add("text-shadow", s.shadows, d.shadows);
    add("font-variation-settings", s.font_variations, d.font_variations);
    add("font-language-override", s.font_language, d.font_language);
}

void Dumper::add_box(const ComputedStyle& s, const ComputedStyle& d) {
    add("display", s.display, d.display);
    add("position", s.position, d.position);
    add("running", s.running_name, d.running_name);
    add("float", s.float_side, d.float_side);
    add("clear", s.clear, d.clear);
    add("box-sizing", s.box_sizing, d.box_sizing);
    add("overflow", s.overflow, d.overflow);
    add("text-overflow", s.text_overflow, d.text_overflow);
    add("unicode-bidi", s.unicode_bidi, d.unicode_bidi);
    add("width", s.width, d.width);
    add("height", s.height, d.height);
    add("min-width", s.min_width, d.min_width);
    add("min-height", s.min_height, d.min_height);
    add("max-width", s.max_width, d.max_width);
    add("max-height", s.max_height, d.max_height);
}

void Dumper::add_sides(const ComputedStyle& s, const ComputedStyle& d) {
    add("margin-top", s.margin.top, d.margin.top);
    add("margin-right", s.margin.right, d.margin.right);
    add("margin-bottom", s.margin.bottom, d.margin.bottom);
    add("margin-left", s.margin.left, d.margin.left);
    add("padding-top", s.padding.top, d.padding.top);
    add("padding-right", s.padding.right, d.padding.right);
    add("padding-bottom", s.padding.bottom, d.padding.bottom);
    add("padding-left", s.padding.left, d.padding.left);
    add("top", s.inset.top, d.inset.top);
    add("right", s.inset.right, d.inset.right);
    add("bottom", s.inset.bottom, d.inset.bottom);
    add("left", s.inset.left, d.inset.left);
    const auto add_border = [this](std::string_view name, const Border& border) {
        // The colour of an absent border says nothing.
        if (border.style != BorderStyle::None) add(name, border, Border());
    };
    add_border("border-top", s.border.top);
    add_border("border-right", s.border.right);
    add_border("border-bottom", s.border.bottom);
    add_border("border-left", s.border.left);
    add_border("outline", s.outline);
}

void Dumper::add_rest(const ComputedStyle& s, const ComputedStyle& d) {
    add("border-top-left-radius", s.radius_top_left, d.radius_top_left);
    add("border-top-right-radius", s.radius_top_right, d.radius_top_right);
    add("border-bottom-right-radius", s.radius_bottom_right, d.radius_bottom_right);
    add("border-bottom-left-radius", s.radius_bottom_left, d.radius_bottom_left);
    add("background-color", s.background_color, d.background_color);
    add("background", s.background_layers, d.background_layers);
    add("box-shadow", s.box_shadows, d.box_shadows);
    add("outline-offset", s.outline_offset, d.outline_offset);
    add("opacity", s.opacity, d.opacity);
    add("transform", s.transform, d.transform);
    add("transform-origin-x", s.transform_origin_x, d.transform_origin_x);
    add("transform-origin-y", s.transform_origin_y, d.transform_origin_y);
    add("z-index", s.z_index, d.z_index);
    add("vertical-align", s.vertical_align, d.vertical_align);
    add("vertical-align-length", s.vertical_align_length, d.vertical_align_length);
    add("table-layout", s.table_layout, d.table_layout);
    add("break-before", s.break_before, d.break_before);
    add("break-after", s.break_after, d.break_after);
    add("break-inside", s.break_inside, d.break_inside);
    add("box-decoration-break", s.box_decoration_break, d.box_decoration_break);
    add("page", s.page, d.page);
    add("flex-direction", s.flex_direction, d.flex_direction);
    add("flex-wrap", s.flex_wrap, d.flex_wrap);
    add("flex-grow", s.flex_grow, d.flex_grow);
    add("flex-shrink", s.flex_shrink, d.flex_shrink);
    add("flex-basis", s.flex_basis, d.flex_basis);
    add("order", s.order, d.order);
    add("justify-content", s.justify_content, d.justify_content);
    add("align-content", s.align_content, d.align_content);
    add("align-items", s.align_items, d.align_items);
    add("align-self", s.align_self, d.align_self);
    add("row-gap", s.row_gap, d.row_gap);
    add("column-gap", s.column_gap, d.column_gap);
    add("content", s.content, d.content);
    add("counter-reset", s.counter_reset, d.counter_reset);
    add("counter-increment", s.counter_increment, d.counter_increment);
    add("counter-set", s.counter_set, d.counter_set);
    add("string-set", s.string_set, d.string_set);
    add("bookmark-level", s.bookmark_level, d.bookmark_level);
    add("anchor", s.anchor, d.anchor);
    const RareStyle none;
    const RareStyle &rare = s.rare ? *s.rare : none, &usual = d.rare ? *d.rare : none;
    add("bookmark-label", rare.bookmark_label, usual.bookmark_label);
    add("bookmark-closed", int{rare.bookmark_closed}, int{usual.bookmark_closed});
    add("aspect-ratio", rare.aspect_ratio, usual.aspect_ratio);
    add("link", rare.link, usual.link);
    add("column-count", rare.column_count, usual.column_count);
    add("column-width", rare.column_width, usual.column_width);
    add("margin-break", static_cast<int>(rare.margin_break), static_cast<int>(usual.margin_break));
    add("mix-blend-mode", static_cast<int>(rare.blend), static_cast<int>(usual.blend));
}

}  // namespace

std::string dump(const Length& length) {
    switch (length.kind) {
        case Length::Kind::Auto:
            return "auto";
        case Length::Kind::None:
            return "none";
        case Length::Kind::MinContent:
            return "min-content";
        case Length::Kind::MaxContent:
            return "max-content";
        case Length::Kind::FitContent:
            return "fit-content";
        case Length::Kind::Value:
            break;
    }
    if (length.percent == 0) return text(length.px);
    if (length.px == LayoutUnit()) return number(length.percent) + "%";
    return fmt::format("calc({} + {}%)", text(length.px), number(length.percent));
}

std::string dump(const Color& color) {
    std::string out = fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
    if (color.a != 255) out += fmt::format("{:02x}", color.a);
    return out;
}

std::string dump(const ComputedStyle& style) {
    const ComputedStyle& initial = initial_style();
    Dumper dumper;
    if (style.text) dumper.add_text(*style.text, *initial.text);
    dumper.add_box(style, initial);
    dumper.add_sides(style, initial);
    dumper.add_rest(style, initial);
    return dumper.take();
}

}  // namespace galley::document
