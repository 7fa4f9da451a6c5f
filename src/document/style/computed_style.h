// src/document/style/computed_style.h — the computed values of one element, shared by all elements that compute alike.
//
// Shape    plain data. Lengths are absolute px (em, rem, mm, pt … already resolved); percentages stay, as they need
// layout. Owner    StyledDocument (style/style_engine.h) owns all instances; pointers are equal exactly when values
// were shared. Units    px as LayoutUnit; font_size in px (double, exact enough for 1/64 px). Source   the CSS module
// of each property, named in css/properties.*.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "document/geometry/units.h"

namespace galley::document {

// <length-percentage>, `auto`, `none` (max-*), or calc() of both: used = px + percent × base / 100.
struct Length {
    enum class Kind : std::uint8_t { Auto, Value, None, MinContent, MaxContent, FitContent };
    Kind kind = Kind::Value;
    LayoutUnit px;
    double percent = 0;

    bool operator==(const Length&) const = default;
    static Length automatic() { return {Kind::Auto, {}, 0}; }
    static Length none() { return {Kind::None, {}, 0}; }
    static Length of(LayoutUnit px) { return {Kind::Value, px, 0}; }
    static Length of_percent(double percent) { return {Kind::Value, {}, percent}; }
    bool is_auto() const { return kind == Kind::Auto; }
    bool is_value() const { return kind == Kind::Value; }
    bool has_percent() const { return kind == Kind::Value && percent != 0; }
    // Precondition: is_value().
    LayoutUnit resolve(LayoutUnit base) const { return percent == 0 ? px : px + base.scaled(percent / 100.0); }
};

enum class Display : std::uint8_t {
    None,
    Contents,
    Block,
    FlowRoot,
    Inline,
    InlineBlock,
    ListItem,
    Flex,
    InlineFlex,
    Table,
    InlineTable,
    TableRow,
    TableRowGroup,
    TableHeaderGroup,
    TableFooterGroup,
    TableCell,
    TableColumn,
    TableColumnGroup,
    TableCaption
};
enum class Position : std::uint8_t { Static, Relative, Absolute, Fixed, Running };
enum class Float : std::uint8_t { None, Left, Right, Footnote };
enum class Clear : std::uint8_t { None, Left, Right, Both };
enum class BoxSizing : std::uint8_t { ContentBox, BorderBox };
enum class Overflow : std::uint8_t { Visible, Hidden, Scroll, Auto, Clip };
enum class Visibility : std::uint8_t { Visible, Hidden, Collapse };
enum class BorderStyle : std::uint8_t { None, Hidden, Solid, Dashed, Dotted, Double, Groove, Ridge, Inset, Outset };
enum class TextAlign : std::uint8_t { Start, End, Left, Right, Center, Justify };
enum class TextTransform : std::uint8_t { None, Uppercase, Lowercase, Capitalize, FullWidth };
enum class WhiteSpace : std::uint8_t { Normal, NoWrap, Pre, PreWrap, PreLine, BreakSpaces };
enum class OverflowWrap : std::uint8_t { Normal, BreakWord, Anywhere };
enum class WordBreak : std::uint8_t { Normal, BreakAll, KeepAll };
enum class Hyphens : std::uint8_t { None, Manual, Auto };
enum class Direction : std::uint8_t { Ltr, Rtl };
enum class UnicodeBidi : std::uint8_t { Normal, Embed, Isolate, Override, IsolateOverride, Plaintext };
enum class LineBreakRule : std::uint8_t { Auto, Loose, Normal, Strict, Anywhere };
enum class TextJustify : std::uint8_t { Auto, None, InterWord, InterCharacter };
enum class TextOverflow : std::uint8_t { Clip, Ellipsis };
enum class FontStyle : std::uint8_t { Normal, Italic, Oblique };
enum class FontVariantCaps : std::uint8_t { Normal, SmallCaps };
enum class VerticalAlign : std::uint8_t { Baseline, Sub, Super, TextTop, TextBottom, Middle, Top, Bottom, Length };
enum class ListStylePosition : std::uint8_t { Outside, Inside };
enum class BorderCollapse : std::uint8_t { Separate, Collapse };
enum class TableLayout : std::uint8_t { Auto, Fixed };
enum class CaptionSide : std::uint8_t { Top, Bottom };
enum class EmptyCells : std::uint8_t { Show, Hide };
enum class ImageRendering : std::uint8_t { Auto, Pixelated };
enum class BreakBetween : std::uint8_t { Auto, Avoid, AvoidPage, Page, Left, Right, Recto, Verso, Column, AvoidColumn };
enum class BreakInside : std::uint8_t { Auto, Avoid, AvoidPage, AvoidColumn };
enum class BoxDecorationBreak : std::uint8_t { Slice, Clone };
enum class FlexDirection : std::uint8_t { Row, RowReverse, Column, ColumnReverse };
enum class FlexWrap : std::uint8_t { NoWrap, Wrap, WrapReverse };
// align-*, justify-*: one enumeration, as the grammars overlap (CSS Box Alignment 3).
enum class Align : std::uint8_t {
    Auto,
    Normal,
    Stretch,
    Start,
    End,
    FlexStart,
    FlexEnd,
    Center,
    Baseline,
    SpaceBetween,
    SpaceAround,
    SpaceEvenly,
    Left,
    Right
};

struct Border {
    LayoutUnit width;  // computed: 0 when style is none or hidden
    BorderStyle style = BorderStyle::None;
    Color color;
    bool operator==(const Border&) const = default;
};

struct CornerRadius {
    Length x = Length::of({}), y = Length::of({});
    bool operator==(const CornerRadius&) const = default;
};

struct GradientStop {
    Color color;
    std::optional<Length> position;
    bool hint = false;  // no colour, but where the mean of its neighbours' lies
    bool operator==(const GradientStop&) const = default;
};

struct BackgroundImage {
    enum class Kind : std::uint8_t { None, Url, LinearGradient, RadialGradient };
    Kind kind = Kind::None;
    std::string url;                 // Url: absolute, resolved against the sheet
    double angle_degrees = 180;      // LinearGradient: 180 = to bottom
    int corner_x = 0, corner_y = 0;  // LinearGradient: -1, 1 towards a corner, instead of the angle
    enum class Extent : std::uint8_t { FarthestCorner, ClosestCorner, FarthestSide, ClosestSide, Lengths };
    Extent extent = Extent::FarthestCorner;  // RadialGradient
    bool circle = false;
    Length radius_x = Length::of({}), radius_y = Length::of({});  // Extent::Lengths
    Length center_x = Length::of_percent(50), center_y = Length::of_percent(50);
    bool repeating = false;
    std::vector<GradientStop> stops;
    bool operator==(const BackgroundImage&) const = default;
};

enum class BackgroundRepeat : std::uint8_t { Repeat, NoRepeat, Space, Round };
enum class BackgroundBox : std::uint8_t { BorderBox, PaddingBox, ContentBox };

struct BackgroundLayer {
    BackgroundImage image;
    BackgroundRepeat repeat_x = BackgroundRepeat::Repeat, repeat_y = BackgroundRepeat::Repeat;
    Length position_x = Length::of_percent(0), position_y = Length::of_percent(0);
    enum class SizeKind : std::uint8_t { Explicit, Cover, Contain } size_kind = SizeKind::Explicit;
    Length size_x = Length::automatic(), size_y = Length::automatic();
    BackgroundBox origin = BackgroundBox::PaddingBox, clip = BackgroundBox::BorderBox;
    bool fixed = false;  // lies within the page area, not within its box
    bool operator==(const BackgroundLayer&) const = default;
};

struct BoxShadow {
    LayoutUnit x, y, blur, spread;
    Color color;
    bool inset = false;
    bool operator==(const BoxShadow&) const = default;
};

struct TextDecoration {
    bool underline = false, overline = false, line_through = false;
    std::optional<Color> color;  // currentcolor when absent
    bool wavy = false;           // instead of `style`
    bool under = false;          // the underline keeps below descenders
    bool skip_ink = false;       // the underline leaves out where glyphs cross it
    BorderStyle style = BorderStyle::Solid;
    LayoutUnit thickness;              // 0 = from the font
    std::optional<LayoutUnit> offset;  // of the underline, below the baseline; absent = from the font
    bool operator==(const TextDecoration&) const = default;
    bool any() const { return underline || overline || line_through; }
};

// One piece of `content` or of a `string-set` value, in order.
struct ContentItem {
    enum class Kind : std::uint8_t {
        Text,      // text (attr() is resolved already)
        Counter,   // name, counter_style
        Counters,  // name, text = separator, counter_style
        OpenQuote,
        CloseQuote,
        NoOpenQuote,
        NoCloseQuote,
        String,   // string(name, keyword)
        Element,  // element(name, keyword): a running element, in margin boxes
        TargetCounter,
        TargetCounters,
        TargetText,   // target = URL; name, counter_style
        Leader,       // text = the repeated pattern
        ContentText,  // content(): the element's own text
        Image,        // url() in text
    };
    Kind kind = Kind::Text;
    std::string text;
    std::string name;
    std::string counter_style = "decimal";
    std::string target;
    std::string keyword;  // first, start, last, first-except
    bool operator==(const ContentItem&) const = default;
};

struct CounterChange {
    std::string name;
    int value = 0;
    bool operator==(const CounterChange&) const = default;
};

struct StringSet {
    std::string name;
    std::vector<ContentItem> value;
    bool operator==(const StringSet&) const = default;
};

struct Transform {
    // Row-major 2×3 [a b c d e f] as in CSS matrix(); e,f in px; percentages of translate kept apart.
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
    double translate_x_percent = 0, translate_y_percent = 0;
    bool operator==(const Transform&) const = default;
};

struct TextShadow {
    LayoutUnit x, y, blur;
    std::optional<Color> color;  // currentcolor when absent
    bool operator==(const TextShadow&) const = default;
};

// Inherited properties about text that few documents set.
struct RareText {
    std::string hyphenate_character;                                                // empty = auto
    int hyphenate_word_min = 5, hyphenate_before_min = 2, hyphenate_after_min = 2;  // characters
    LineBreakRule line_break = LineBreakRule::Auto;
    TextJustify text_justify = TextJustify::Auto;
    LayoutUnit tab_length;                       // above 0: instead of InheritedStyle::tab_size
    std::optional<LayoutUnit> underline_offset;  // absent = auto
    bool underline_under = false;
    bool skip_ink = true;
    std::vector<TextShadow> shadows;                              // topmost first
    std::vector<std::pair<std::string, double>> font_variations;  // axis tag, value
    std::string font_language;                                    // OpenType language system tag
    bool operator==(const RareText&) const = default;
};

// The initial values while nobody sets one: styles that never do share nothing and pay one pointer.
class RareTextValue {
 public:
    const RareText& operator*() const { return value_ ? *value_ : initial(); }
    const RareText* operator->() const { return &**this; }
    bool is_initial() const { return value_ == nullptr; }
    // Sets one member; equal values change nothing.
    template <typename T>
    void set(T RareText::* member, const T& value) {
        if ((**this).*member == value) return;
        auto changed = std::make_shared<RareText>(**this);
        (*changed).*member = value;
        value_ = std::move(changed);
        if (*value_ == initial()) value_.reset();
    }
    bool operator==(const RareTextValue& other) const { return value_ == other.value_ || **this == *other; }

 private:
    static const RareText& initial();
    std::shared_ptr<const RareText> value_;
};

// Inherited properties about text: what shaping, and so the shaped-word cache, needs, and what lines need.
struct InheritedStyle {
    Color color = Color::black();
    std::vector<std::string> font_families{"serif"};  // as written, quotes removed; generic names in lower case
    double font_size_px = 16;
    int font_weight = 400;  // 1–1000
    int font_stretch_percent = 100;
    FontStyle font_style = FontStyle::Normal;
    FontVariantCaps font_variant_caps = FontVariantCaps::Normal;
    std::vector<std::pair<std::string, int>> font_features;  // OpenType tag, value
    // line-height: normal, or a factor of font_size_px, or an absolute length.
    enum class LineHeightKind : std::uint8_t { Normal, Factor, Absolute } line_height_kind = LineHeightKind::Normal;
    double line_height = 0;        // factor, or px
    double letter_spacing_px = 0;  // finer than a LayoutUnit: a line has many letters
    LayoutUnit word_spacing;
    Length text_indent = Length::of({});
    TextAlign text_align = TextAlign::Start;
    TextAlign text_align_last = TextAlign::Start;
    TextTransform text_transform = TextTransform::None;
    WhiteSpace white_space = WhiteSpace::Normal;
    OverflowWrap overflow_wrap = OverflowWrap::Normal;
    WordBreak word_break = WordBreak::Normal;
    Hyphens hyphens = Hyphens::Manual;
    int tab_size = 8;
    Direction direction = Direction::Ltr;
    Visibility visibility = Visibility::Visible;
    std::string lang;  // of the nearest lang attribute, BCP 47
    std::string list_style_type = "disc";
    std::string list_style_image;
    ListStylePosition list_style_position = ListStylePosition::Outside;
    std::vector<std::string> quotes{"\u201c", "\u201d", "\u2018", "\u2019"};
    BorderCollapse border_collapse = BorderCollapse::Separate;
    LayoutUnit border_spacing_x, border_spacing_y;
    CaptionSide caption_side = CaptionSide::Top;
    EmptyCells empty_cells = EmptyCells::Show;
    int orphans = 2, widows = 2;
    RareTextValue rare;
    ImageRendering image_rendering = ImageRendering::Auto;
    // Decorations of this element and its ancestors, outermost first: they are drawn through descendants.
    std::vector<TextDecoration> decorations;
    bool operator==(const InheritedStyle&) const = default;
};

// Where a replaced element's picture lies in its content box.
struct ObjectPlacement {
    enum class Fit : std::uint8_t { Fill, Contain, Cover, None, ScaleDown } fit = Fit::Fill;
    Length x = Length::of_percent(50), y = Length::of_percent(50);
};

struct SvgProperties;  // style/svg_properties.h
enum class BlendMode : std::uint8_t {
    Normal,
    Multiply,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColorDodge,
    ColorBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Hue,
    Saturation,
    Color,
    Luminosity
};

// inset(), circle(), ellipse() of the border box.
struct ClipShape {
    enum class Kind : std::uint8_t { None, Inset, Ellipse } kind = Kind::None;
    Sides<Length> inset{Length::of({}), Length::of({}), Length::of({}), Length::of({})};
    CornerRadius radii[4];  // Inset: from the top left corner clockwise
    // Ellipse: radii; closest-side when auto.
    bool circle = false;
    Length radius_x = Length::automatic(), radius_y = Length::automatic();
    Length center_x = Length::of_percent(50), center_y = Length::of_percent(50);
    bool operator==(const ClipShape&) const = default;
};

enum class MarginBreak : std::uint8_t { Auto, Keep, Discard };

// What few documents use: behind one pointer, so that a style stays small.
struct RareStyle {
    std::optional<std::vector<ContentItem>> bookmark_label;  // absent = the element's text
    bool bookmark_closed = false;
    double aspect_ratio = 0;  // width / height; 0 = auto
    bool aspect_auto = true;  // images keep their own proportions
    std::string link;         // "#name" or a URL; "" = none
    MarginBreak margin_break = MarginBreak::Auto;
    BlendMode blend = BlendMode::Normal;
    ClipShape clip;
    int column_count = 0;  // 0 = auto
    Length column_width = Length::automatic();
    Border column_rule;
    bool column_spans = false;  // column-span: all
    bool columns_fill = false;  // column-fill: auto
    bool operator==(const RareStyle&) const = default;
};

struct ComputedStyle {
    // Inherited; shared between styles where equal (pointer comparison is a sound fast path, not a full test).
    std::shared_ptr<const InheritedStyle> text;

    Display display = Display::Inline;  // after blockification (CSS Display 3 §2.7)
    Position position = Position::Static;
    bool inline_before = false;  // blockified since it is out of flow: its static position is one in a line
    std::string running_name;    // position: running(name)
    Float float_side = Float::None;
    Clear clear = Clear::None;
    BoxSizing box_sizing = BoxSizing::ContentBox;
    Overflow overflow = Overflow::Visible;    // of overflow-x until all is known, then of both ways
    Overflow overflow_y = Overflow::Visible;  // only read where both are joined
    TextOverflow text_overflow = TextOverflow::Clip;
    UnicodeBidi unicode_bidi = UnicodeBidi::Normal;
    Length width = Length::automatic(), height = Length::automatic();
    Length min_width = Length::automatic(), min_height = Length::automatic();
    Length max_width = Length::none(), max_height = Length::none();
    Sides<Length> margin{Length::of({}), Length::of({}), Length::of({}), Length::of({})};
    Sides<Length> padding{Length::of({}), Length::of({}), Length::of({}), Length::of({})};
    Sides<Length> inset{Length::automatic(), Length::automatic(), Length::automatic(), Length::automatic()};
    Sides<Border> border;
    CornerRadius radius_top_left, radius_top_right, radius_bottom_right, radius_bottom_left;
    Color background_color = Color::none();
    std::vector<BackgroundLayer> background_layers;  // topmost first
    std::vector<BoxShadow> box_shadows;
    Border outline;
    LayoutUnit outline_offset;
    double opacity = 1;
    std::optional<Transform> transform;
    Length transform_origin_x = Length::of_percent(50), transform_origin_y = Length::of_percent(50);
    std::optional<int> z_index;  // absent = auto
    VerticalAlign vertical_align = VerticalAlign::Baseline;
    Length vertical_align_length = Length::of({});  // percent of line-height
    TableLayout table_layout = TableLayout::Auto;
    BreakBetween break_before = BreakBetween::Auto, break_after = BreakBetween::Auto;
    BreakInside break_inside = BreakInside::Auto;
    BoxDecorationBreak box_decoration_break = BoxDecorationBreak::Slice;
    std::string page;  // named page, "" = auto (inherits in effect: the nearest ancestor's)
    FlexDirection flex_direction = FlexDirection::Row;
    FlexWrap flex_wrap = FlexWrap::NoWrap;
    double flex_grow = 0, flex_shrink = 1;
    Length flex_basis = Length::automatic();
    int order = 0;
    Align justify_content = Align::Normal, align_content = Align::Normal, align_items = Align::Normal,
          align_self = Align::Auto;
    Length row_gap = Length::automatic(), column_gap = Length::automatic();  // auto = normal
    std::optional<std::vector<ContentItem>> content;  // pseudo-elements and margin boxes; absent = normal/none
    std::vector<CounterChange> counter_reset, counter_increment, counter_set;
    std::vector<StringSet> string_set;
    int bookmark_level = 0;                   // 0 = none; h1–h6 have 1–6 from the user agent sheet
    std::string anchor;                       // name that links may target: the id
    std::shared_ptr<ObjectPlacement> object;  // object-fit, object-position; null = initial
    std::shared_ptr<SvgProperties> svg;       // what was declared for drawings; null = nothing
    std::shared_ptr<const RareStyle> rare;    // null: all initial

    bool operator==(const ComputedStyle&) const = default;
};

// Is the box a multi-column container, when it is a block?
inline bool has_columns(const ComputedStyle& style) {
    return style.rare && (style.rare->column_count > 0 || style.rare->column_width.is_value());
}

// Names of the sixteen margin boxes in the order of CSS Paged Media 3 §4.2 (clockwise from the top left corner).
enum class MarginBox : std::uint8_t {
    TopLeftCorner,
    TopLeft,
    TopCenter,
    TopRight,
    TopRightCorner,
    RightTop,
    RightMiddle,
    RightBottom,
    BottomRightCorner,
    BottomRight,
    BottomCenter,
    BottomLeft,
    BottomLeftCorner,
    LeftBottom,
    LeftMiddle,
    LeftTop
};
inline constexpr int kMarginBoxCount = 16;

// What an @page cascade gives for one page.
struct PageStyle {
    Size size;  // of the sheet, default A4
    const ComputedStyle* page =
        nullptr;  // margins (percent of size), padding, border, background of the page area's box
    // Null where the box has no content. text-align and vertical-align defaults per box are applied already
    // (vertical-align Top/Middle/Bottom; text_align Left/Center/Right).
    const ComputedStyle* margin_boxes[kMarginBoxCount] = {};
};

}  // namespace galley::document
