// Shorthand properties: cutting their values into those of their longhands.
#include <algorithm>
#include <array>

#include "document/css/values.h"
#include "document/style/declarations.h"

namespace galley::document {

namespace {

using P = PropertyId;
using Type = CssTokenType;
using Out = std::vector<LonghandValue>;
using Made = std::deque<std::vector<CssToken>>;

CssToken make_ident(std::string_view text) {
    CssToken token;
    token.type = Type::Ident;
    token.text = text;
    return token;
}
CssToken make_number(double number, Type type = Type::Number) {
    CssToken token;
    token.type = type;
    token.number = number;
    return token;
}

const CssToken kInitial[] = {make_ident("initial")};
const CssToken kAuto[] = {make_ident("auto")};
const CssToken kZero[] = {make_number(0)};
const CssToken kOne[] = {make_number(1)};
const CssToken kZeroPercent[] = {make_number(0, Type::Percentage)};
const CssToken kNone[] = {make_ident("none")};
const CssToken kVisibleSpace = CssToken();

constexpr P kMargin[] = {P::MarginTop, P::MarginRight, P::MarginBottom, P::MarginLeft};
constexpr P kPadding[] = {P::PaddingTop, P::PaddingRight, P::PaddingBottom, P::PaddingLeft};
constexpr P kInset[] = {P::Top, P::Right, P::Bottom, P::Left};
constexpr P kBorderWidth[] = {P::BorderTopWidth, P::BorderRightWidth, P::BorderBottomWidth, P::BorderLeftWidth};
constexpr P kBorderStyle[] = {P::BorderTopStyle, P::BorderRightStyle, P::BorderBottomStyle, P::BorderLeftStyle};
constexpr P kBorderColor[] = {P::BorderTopColor, P::BorderRightColor, P::BorderBottomColor, P::BorderLeftColor};
constexpr P kBorder[] = {P::BorderTopWidth,    P::BorderTopStyle,   P::BorderTopColor,    P::BorderRightWidth,
                         P::BorderRightStyle,  P::BorderRightColor, P::BorderBottomWidth, P::BorderBottomStyle,
                         P::BorderBottomColor, P::BorderLeftWidth,  P::BorderLeftStyle,   P::BorderLeftColor};
constexpr P kBorderTop[] = {P::BorderTopWidth, P::BorderTopStyle, P::BorderTopColor};
constexpr P kBorderRight[] = {P::BorderRightWidth, P::BorderRightStyle, P::BorderRightColor};
constexpr P kBorderBottom[] = {P::BorderBottomWidth, P::BorderBottomStyle, P::BorderBottomColor};
constexpr P kBorderLeft[] = {P::BorderLeftWidth, P::BorderLeftStyle, P::BorderLeftColor};
constexpr P kRadius[] = {P::BorderTopLeftRadius, P::BorderTopRightRadius, P::BorderBottomRightRadius,
                         P::BorderBottomLeftRadius};
constexpr P kOutline[] = {P::OutlineWidth, P::OutlineStyle, P::OutlineColor};
constexpr P kBackground[] = {P::BackgroundImage,  P::BackgroundPosition, P::BackgroundSize,       P::BackgroundRepeat,
                             P::BackgroundOrigin, P::BackgroundClip,     P::BackgroundAttachment, P::BackgroundColor};
constexpr P kFont[] = {P::FontStyle,           P::FontVariantCaps,    P::FontWeight,
                       P::FontStretch,         P::FontSize,           P::LineHeight,
                       P::FontFamily,          P::FontVariantNumeric, P::FontVariantLigatures,
                       P::FontVariantPosition, P::FontKerning,        P::FontFeatureSettings};
constexpr P kFontVariant[] = {P::FontVariantCaps,     P::FontVariantNumeric,   P::FontVariantLigatures,
                              P::FontVariantPosition, P::FontVariantEastAsian, P::FontVariantAlternates};
constexpr P kListStyle[] = {P::ListStylePosition, P::ListStyleImage, P::ListStyleType};
constexpr P kTextDecoration[] = {P::TextDecorationLine, P::TextDecorationStyle, P::TextDecorationColor,
                                 P::TextDecorationThickness};
constexpr P kOverflow[] = {P::OverflowX, P::OverflowY};
constexpr P kFlex[] = {P::FlexGrow, P::FlexShrink, P::FlexBasis};
constexpr P kColumns[] = {P::ColumnWidth, P::ColumnCount};
constexpr P kFlexFlow[] = {P::FlexDirection, P::FlexWrap};
constexpr P kGap[] = {P::RowGap, P::ColumnGap};
constexpr P kPlaceContent[] = {P::AlignContent, P::JustifyContent};
constexpr P kPlaceItems[] = {P::AlignItems, P::JustifyItems};
constexpr P kPlaceSelf[] = {P::AlignSelf, P::JustifySelf};
constexpr P kMarginInline[] = {P::MarginInlineStart, P::MarginInlineEnd};
constexpr P kMarginBlock[] = {P::MarginTop, P::MarginBottom};
constexpr P kPaddingInline[] = {P::PaddingInlineStart, P::PaddingInlineEnd};
constexpr P kPaddingBlock[] = {P::PaddingTop, P::PaddingBottom};
constexpr P kInsetInline[] = {P::InsetInlineStart, P::InsetInlineEnd};
constexpr P kInsetBlock[] = {P::Top, P::Bottom};
constexpr P kBorderInlineStart[] = {P::BorderInlineStartWidth, P::BorderInlineStartStyle, P::BorderInlineStartColor};
constexpr P kBorderInlineEnd[] = {P::BorderInlineEndWidth, P::BorderInlineEndStyle, P::BorderInlineEndColor};
constexpr P kBorderInline[] = {P::BorderInlineStartWidth, P::BorderInlineStartStyle, P::BorderInlineStartColor,
                               P::BorderInlineEndWidth,   P::BorderInlineEndStyle,   P::BorderInlineEndColor};
constexpr P kBorderBlock[] = {P::BorderTopWidth,    P::BorderTopStyle,    P::BorderTopColor,
                              P::BorderBottomWidth, P::BorderBottomStyle, P::BorderBottomColor};
constexpr P kBreakBefore[] = {P::BreakBefore};
constexpr P kBreakAfter[] = {P::BreakAfter};
constexpr P kBreakInside[] = {P::BreakInside};

// One to four components for top, right, bottom, left.
bool expand_sides(CssTokens value, std::span<const P> ids, Out& out) {
    CssCursor cursor(value);
    std::array<CssTokens, 4> sides;
    std::size_t count = 0;
    while (!cursor.done() && count < 4) {
        sides[count] = cursor.take_component();
        if (!is_valid_value(ids[count], sides[count])) return false;
        ++count;
    }
    if (count == 0 || !cursor.done()) return false;
    if (count < 2) sides[1] = sides[0];
    if (count < 3) sides[2] = sides[0];
    if (count < 4) sides[3] = sides[1];
    for (std::size_t i = 0; i < 4; ++i) out.push_back({ids[i], sides[i]});
    return true;
}

// Components in any order, each for the first longhand that takes it; the others become initial.
bool expand_any_order(CssTokens value, std::span<const P> ids, Out& out) {
    CssCursor cursor(value);
    std::vector<CssTokens> found(ids.size());
    while (!cursor.done()) {
        const CssTokens component = cursor.take_component();
        std::size_t i = 0;
        while (i < ids.size() && (!found[i].empty() || !is_valid_value(ids[i], component))) ++i;
        if (i == ids.size()) return false;
        found[i] = component;
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
        out.push_back({ids[i], found[i].empty() ? CssTokens(kInitial) : found[i]});
    return true;
}

// border, border-inline, border-block: the same for each of their sides.
bool expand_border(CssTokens value, std::span<const P> ids, Out& out) {
    Out top;
    if (!expand_any_order(value, kBorderTop, top)) return false;
    for (std::size_t i = 0; i < ids.size(); ++i) out.push_back({ids[i], top[i % 3].value});
    return true;
}

// `all` stands for everything but the direction of text (and custom properties); only keywords for all properties fit.
std::span<const P> all_longhands() {
    static const std::vector<P>& ids = *[] {
        auto* made = new std::vector<P>;
        for (const PropertyInfo& info : property_table())
            if (info.kind != PropertyKind::Shorthand && info.state != PropertyState::Ignored &&
                info.id != P::Direction && info.id != P::UnicodeBidi && info.id != P::Lang)
                made->push_back(info.id);
        return made;
    }();
    return ids;
}

// One component for both, or two.
bool expand_pair(CssTokens value, std::span<const P> ids, Out& out) {
    CssCursor cursor(value);
    const CssTokens first = cursor.take_component();
    const CssTokens second = cursor.done() ? first : cursor.take_component();
    if (!cursor.done() || !is_valid_value(ids[0], first) || !is_valid_value(ids[1], second)) return false;
    out.push_back({ids[0], first});
    out.push_back({ids[1], second});
    return true;
}

bool read_four(CssTokens value, std::array<CssTokens, 4>& out) {
    CssCursor cursor(value);
    std::size_t count = 0;
    while (!cursor.done() && count < 4) out[count++] = cursor.take_component();
    if (count == 0 || !cursor.done()) return false;
    if (count < 2) out[1] = out[0];
    if (count < 3) out[2] = out[0];
    if (count < 4) out[3] = out[1];
    return true;
}

// One to four radii, then perhaps "/" and one to four vertical ones.
bool expand_radius(CssTokens value, Made& made, Out& out) {
    CssCursor cursor(value);
    std::array<CssTokens, 4> x, y;
    if (!read_four(cursor.take_until_slash(), x)) return false;
    const bool two = cursor.take_delim('/');
    if (two && !read_four(cursor.rest(), y)) return false;
    for (std::size_t i = 0; i < 4; ++i) {
        CssTokens corner = x[i];
        if (two) {
            std::vector<CssToken>& tokens = made.emplace_back(x[i].begin(), x[i].end());
            tokens.push_back(kVisibleSpace);
            tokens.insert(tokens.end(), y[i].begin(), y[i].end());
            corner = tokens;
        }
        if (!is_valid_value(kRadius[i], corner)) return false;
        out.push_back({kRadius[i], corner});
    }
    return true;
}

// CSS Flexbox 1 §7.1.1.
bool expand_flex(CssTokens value, Out& out) {
    const auto set = [&out](CssTokens grow, CssTokens shrink, CssTokens basis) {
        out.push_back({P::FlexGrow, grow});
        out.push_back({P::FlexShrink, shrink});
        out.push_back({P::FlexBasis, basis});
        return true;
    };
    CssCursor cursor(value);
    if (cursor.take_ident("none")) return cursor.done() && set(kZero, kZero, kAuto);
    CssTokens grow, shrink, basis;
    while (!cursor.done()) {
        const bool number = cursor.peek().is(Type::Number);
        const CssTokens component = cursor.take_component();
        if (number && grow.empty() && is_valid_value(P::FlexGrow, component)) {
            grow = component;
            if (cursor.peek().is(Type::Number)) {
                shrink = cursor.take_component();
                if (!is_valid_value(P::FlexShrink, shrink)) return false;
            }
        } else if (basis.empty() && is_valid_value(P::FlexBasis, component)) {
            basis = component;
        } else {
            return false;
        }
    }
    if (grow.empty() && basis.empty()) return false;
    return set(grow.empty() ? CssTokens(kOne) : grow, shrink.empty() ? CssTokens(kOne) : shrink,
               basis.empty() ? CssTokens(kZeroPercent) : basis);
}

// [style || caps || weight || stretch]? size [/ line-height]? family
bool expand_font(CssTokens value, Out& out) {
    CssCursor cursor(value);
    for (const P id : kFont) out.push_back({id, kInitial});
    const auto set = [&out](std::size_t row, CssTokens tokens) { out[row].value = tokens; };
    std::array<bool, 4> seen{};
    for (int i = 0; i < 4; ++i) {
        if (cursor.take_ident("normal")) continue;
        CssCursor trial = cursor;
        const CssTokens component = trial.take_component();
        std::size_t row = 0;
        while (row < 4 && (seen[row] || !is_valid_value(kFont[row], component))) ++row;
        if (row == 4) break;
        seen[row] = true;
        set(row, component);
        cursor = trial;
    }
    const CssTokens size = cursor.take_component();
    if (!is_valid_value(P::FontSize, size)) return false;
    set(4, size);
    if (cursor.take_delim('/')) {
        const CssTokens line_height = cursor.take_component();
        if (!is_valid_value(P::LineHeight, line_height)) return false;
        set(5, line_height);
    }
    if (cursor.done() || !is_valid_value(P::FontFamily, cursor.rest())) return false;
    set(6, cursor.rest());
    return true;
}

bool expand_font_variant(CssTokens value, Made& made, Out& out) {
    CssCursor cursor(value);
    for (const P id : kFontVariant) out.push_back({id, kInitial});
    if (cursor.take_ident("normal")) return cursor.done();
    constexpr std::size_t kRows = std::size(kFontVariant);
    std::array<std::vector<CssToken>*, kRows> lists{};
    while (!cursor.done()) {
        const CssTokens component = cursor.take_component();
        std::size_t row = 0;
        while (row < kRows && !is_valid_value(kFontVariant[row], component)) ++row;
        if (row == kRows) return false;
        if (lists[row] == nullptr) lists[row] = &made.emplace_back();
        if (!lists[row]->empty()) lists[row]->push_back(kVisibleSpace);
        lists[row]->insert(lists[row]->end(), component.begin(), component.end());
    }
    for (std::size_t row = 0; row < kRows; ++row) {
        if (lists[row] == nullptr) continue;
        if (!is_valid_value(kFontVariant[row], *lists[row])) return false;
        out[row].value = *lists[row];
    }
    return true;
}

bool expand_list_style(CssTokens value, Out& out) {
    const bool none = value.size() == 1 && value.front().is(Type::Ident) && css_equals(value.front().text, "none");
    if (none) {
        out.push_back({P::ListStylePosition, kInitial});
        out.push_back({P::ListStyleImage, kNone});
        out.push_back({P::ListStyleType, kNone});
        return true;
    }
    return expand_any_order(value, kListStyle, out);
}

// text-decoration: lines may be several identifiers.
bool expand_text_decoration(CssTokens value, Made& made, Out& out) {
    CssCursor cursor(value);
    for (const P id : kTextDecoration) out.push_back({id, kInitial});
    std::vector<CssToken>* lines = nullptr;
    std::array<bool, 4> seen{};
    while (!cursor.done()) {
        const CssTokens component = cursor.take_component();
        if (is_valid_value(P::TextDecorationLine, component)) {
            if (lines == nullptr) lines = &made.emplace_back();
            if (!lines->empty()) lines->push_back(kVisibleSpace);
            lines->insert(lines->end(), component.begin(), component.end());
            continue;
        }
        std::size_t row = 1;
        while (row < 4 && (seen[row] || !is_valid_value(kTextDecoration[row], component))) ++row;
        if (row == 4) return false;
        seen[row] = true;
        out[row].value = component;
    }
    if (lines == nullptr) return true;
    out[0].value = *lines;
    return is_valid_value(P::TextDecorationLine, *lines);
}

// The longest run of components from the cursor (at most four) that the longhand takes.
CssTokens take_longest(CssCursor& cursor, P id) {
    const CssTokens start = cursor.rest();
    CssCursor trial = cursor, best = cursor;
    std::size_t best_length = 0;
    for (int i = 0; i < 4 && !trial.done() && !trial.peek().is_delim('/'); ++i) {
        trial.take_component();
        const std::size_t length = start.size() - trial.rest().size();
        if (!is_valid_value(id, trimmed(start.first(length)))) continue;
        best = trial;
        best_length = length;
    }
    cursor = best;
    return trimmed(start.first(best_length));
}

// One layer of `background`: values for kBackground's rows, empty = initial.
bool read_background_layer(CssTokens tokens, bool last, std::array<CssTokens, 8>& row) {
    CssCursor cursor(tokens);
    while (!cursor.done()) {
        CssTokens taken;
        for (std::size_t i = 0; i < 8 && taken.empty(); ++i) {
            if (!row[i].empty() || i == 2 || (i == 7 && !last)) continue;
            taken = take_longest(cursor, kBackground[i]);
            row[i] = taken;
            if (i != 1 || taken.empty() || !cursor.take_delim('/')) continue;
            row[2] = take_longest(cursor, P::BackgroundSize);
            if (row[2].empty()) return false;
        }
        if (taken.empty()) return false;
    }
    if (!row[4].empty() && row[5].empty()) row[5] = row[4];  // one box is for both
    return true;
}

const CssToken kDefaultBoxes[] = {make_ident("padding-box"), make_ident("border-box")};
const CssToken kDefaultPosition[] = {make_number(0, Type::Percentage)};
const CssToken kRepeat[] = {make_ident("repeat")};
const CssToken kScroll[] = {make_ident("scroll")};

CssTokens background_default(std::size_t row) {
    const CssTokens boxes(kDefaultBoxes);
    switch (row) {
        case 0:
            return kNone;
        case 1: {
            static const CssToken both[] = {kDefaultPosition[0], CssToken(), kDefaultPosition[0]};
            return both;
        }
        case 2:
            return kAuto;
        case 3:
            return kRepeat;
        case 4:
            return boxes.first(1);
        case 5:
            return boxes.subspan(1);
        default:
            return kScroll;
    }
}

bool expand_background(CssTokens value, Made& made, Out& out) {
    CssCursor cursor(value);
    std::vector<std::array<CssTokens, 8>> layers;
    while (!cursor.done() && layers.size() < 64) {
        const CssTokens tokens = cursor.take_until_comma();
        if (!read_background_layer(tokens, cursor.done(), layers.emplace_back())) return false;
    }
    if (layers.empty()) return false;
    for (std::size_t i = 0; i < 7; ++i) {
        if (layers.size() == 1) {
            out.push_back({kBackground[i], layers[0][i].empty() ? CssTokens(kInitial) : layers[0][i]});
            continue;
        }
        std::vector<CssToken>& list = made.emplace_back();
        for (const auto& layer : layers) {
            if (!list.empty()) list.emplace_back().type = Type::Comma;
            const CssTokens part = layer[i].empty() ? background_default(i) : layer[i];
            list.insert(list.end(), part.begin(), part.end());
        }
        out.push_back({kBackground[i], list});
    }
    const CssTokens color = layers.back()[7];
    out.push_back({P::BackgroundColor, color.empty() ? CssTokens(kInitial) : color});
    return true;
}

bool expand_break(CssTokens value, P id, Out& out) {
    out.push_back({id, value});
    return is_valid_value(id, value);
}

}  // namespace

std::span<const PropertyId> shorthand_longhands(PropertyId id) {
    switch (id) {
        case P::Margin:
            return kMargin;
        case P::Padding:
            return kPadding;
        case P::Inset:
            return kInset;
        case P::BorderWidth:
            return kBorderWidth;
        case P::BorderStyle:
            return kBorderStyle;
        case P::BorderColor:
            return kBorderColor;
        case P::Border:
            return kBorder;
        case P::BorderTop:
            return kBorderTop;
        case P::BorderRight:
            return kBorderRight;
        case P::BorderBottom:
            return kBorderBottom;
        case P::BorderLeft:
            return kBorderLeft;
        case P::BorderRadius:
            return kRadius;
        case P::Outline:
            return kOutline;
        case P::Background:
            return kBackground;
        case P::Font:
            return kFont;
        case P::FontVariant:
            return kFontVariant;
        case P::ListStyle:
            return kListStyle;
        case P::TextDecoration:
            return kTextDecoration;
        case P::Overflow:
            return kOverflow;
        case P::Flex:
            return kFlex;
        case P::FlexFlow:
            return kFlexFlow;
        case P::Columns:
            return kColumns;
        case P::Gap:
            return kGap;
        case P::PlaceContent:
            return kPlaceContent;
        case P::PlaceItems:
            return kPlaceItems;
        case P::PlaceSelf:
            return kPlaceSelf;
        case P::MarginInline:
            return kMarginInline;
        case P::MarginBlock:
            return kMarginBlock;
        case P::PaddingInline:
            return kPaddingInline;
        case P::PaddingBlock:
            return kPaddingBlock;
        case P::InsetInline:
            return kInsetInline;
        case P::InsetBlock:
            return kInsetBlock;
        case P::BorderInlineStart:
            return kBorderInlineStart;
        case P::BorderInlineEnd:
            return kBorderInlineEnd;
        case P::BorderInline:
            return kBorderInline;
        case P::BorderBlock:
            return kBorderBlock;
        case P::All:
            return all_longhands();
        case P::PageBreakBefore:
            return kBreakBefore;
        case P::PageBreakAfter:
            return kBreakAfter;
        case P::PageBreakInside:
            return kBreakInside;
        default:
            return {};
    }
}

bool expand_shorthand(PropertyId id, CssTokens value, Made& made, Out& out) {
    switch (id) {
        case P::Margin:
        case P::Padding:
        case P::Inset:
        case P::BorderWidth:
        case P::BorderStyle:
        case P::BorderColor:
            return expand_sides(value, shorthand_longhands(id), out);
        case P::Border:
        case P::BorderInline:
        case P::BorderBlock:
            return expand_border(value, shorthand_longhands(id), out);
        case P::All:
            return false;
        case P::BorderRadius:
            return expand_radius(value, made, out);
        case P::Background:
            return expand_background(value, made, out);
        case P::Font:
            return expand_font(value, out);
        case P::FontVariant:
            return expand_font_variant(value, made, out);
        case P::ListStyle:
            return expand_list_style(value, out);
        case P::TextDecoration:
            return expand_text_decoration(value, made, out);
        case P::Flex:
            return expand_flex(value, out);
        case P::Overflow:
        case P::Gap:
        case P::PlaceContent:
        case P::PlaceItems:
        case P::PlaceSelf:
        case P::MarginInline:
        case P::MarginBlock:
        case P::PaddingInline:
        case P::PaddingBlock:
        case P::InsetInline:
        case P::InsetBlock:
            return expand_pair(value, shorthand_longhands(id), out);
        case P::PageBreakBefore:
            return expand_break(value, P::BreakBefore, out);
        case P::PageBreakAfter:
            return expand_break(value, P::BreakAfter, out);
        case P::PageBreakInside:
            return expand_break(value, P::BreakInside, out);
        default:
            return expand_any_order(value, shorthand_longhands(id), out);
    }
}

}  // namespace galley::document
