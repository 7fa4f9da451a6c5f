// Colours: names, hexadecimal, rgb(), hsl(), hwb(), lab(), lch(), oklab(), oklch(), color().
// https://drafts.csswg.org/css-color-4/
// GAP: relative colours. What lies outside of sRGB is clamped, channel by channel.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "document/css/color_spaces.h"
#include "document/css/values.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

struct NamedColor {
    std::string_view name;
    std::uint32_t rgb;
};

// clang-format off
constexpr NamedColor kColors[] = {
    {"aliceblue", 0xF0F8FF},
    {"antiquewhite", 0xFAEBD7},
    {"aqua", 0x00FFFF},
    {"aquamarine", 0x7FFFD4},
    {"azure", 0xF0FFFF},
    {"beige", 0xF5F5DC},
    {"bisque", 0xFFE4C4},
    {"black", 0x000000},
    {"blanchedalmond", 0xFFEBCD},
    {"blue", 0x0000FF},
    {"blueviolet", 0x8A2BE2},
    {"brown", 0xA52A2A},
    {"burlywood", 0xDEB887},
    {"cadetblue", 0x5F9EA0},
    {"chartreuse", 0x7FFF00},
    {"chocolate", 0xD2691E},
    {"coral", 0xFF7F50},
    {"cornflowerblue", 0x6495ED},
    {"cornsilk", 0xFFF8DC},
    {"crimson", 0xDC143C},
    {"cyan", 0x00FFFF},
    {"darkblue", 0x00008B},
    {"darkcyan", 0x008B8B},
    {"darkgoldenrod", 0xB8860B},
    {"darkgray", 0xA9A9A9},
    {"darkgreen", 0x006400},
    {"darkgrey", 0xA9A9A9},
    {"darkkhaki", 0xBDB76B},
    {"darkmagenta", 0x8B008B},
    {"darkolivegreen", 0x556B2F},
    {"darkorange", 0xFF8C00},
    {"darkorchid", 0x9932CC},
    {"darkred", 0x8B0000},
    {"darksalmon", 0xE9967A},
    {"darkseagreen", 0x8FBC8F},
    {"darkslateblue", 0x483D8B},
    {"darkslategray", 0x2F4F4F},
    {"darkslategrey", 0x2F4F4F},
    {"darkturquoise", 0x00CED1},
    {"darkviolet", 0x9400D3},
    {"deeppink", 0xFF1493},
    {"deepskyblue", 0x00BFFF},
    {"dimgray", 0x696969},
    {"dimgrey", 0x696969},
    {"dodgerblue", 0x1E90FF},
    {"firebrick", 0xB22222},
    {"floralwhite", 0xFFFAF0},
    {"forestgreen", 0x228B22},
    {"fuchsia", 0xFF00FF},
    {"gainsboro", 0xDCDCDC},
    {"ghostwhite", 0xF8F8FF},
    {"gold", 0xFFD700},
    {"goldenrod", 0xDAA520},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"greenyellow", 0xADFF2F},
    {"grey", 0x808080},
    {"honeydew", 0xF0FFF0},
    {"hotpink", 0xFF69B4},
    {"indianred", 0xCD5C5C},
    {"indigo", 0x4B0082},
    {"ivory", 0xFFFFF0},
    {"khaki", 0xF0E68C},
    {"lavender", 0xE6E6FA},
    {"lavenderblush", 0xFFF0F5},
    {"lawngreen", 0x7CFC00},
    {"lemonchiffon", 0xFFFACD},
    {"lightblue", 0xADD8E6},
    {"lightcoral", 0xF08080},
    {"lightcyan", 0xE0FFFF},
    {"lightgoldenrodyellow", 0xFAFAD2},
    {"lightgray", 0xD3D3D3},
    {"lightgreen", 0x90EE90},
    {"lightgrey", 0xD3D3D3},
    {"lightpink", 0xFFB6C1},
    {"lightsalmon", 0xFFA07A},
    {"lightseagreen", 0x20B2AA},
    {"lightskyblue", 0x87CEFA},
    {"lightslategray", 0x778899},
    {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xB0C4DE},
    {"lightyellow", 0xFFFFE0},
    {"lime", 0x00FF00},
    {"limegreen", 0x32CD32},
    {"linen", 0xFAF0E6},
    {"magenta", 0xFF00FF},
    {"maroon", 0x800000},
    {"mediumaquamarine", 0x66CDAA},
    {"mediumblue", 0x0000CD},
    {"mediumorchid", 0xBA55D3},
    {"mediumpurple", 0x9370DB},
    {"mediumseagreen", 0x3CB371},
    {"mediumslateblue", 0x7B68EE},
    {"mediumspringgreen", 0x00FA9A},
    {"mediumturquoise", 0x48D1CC},
    {"mediumvioletred", 0xC71585},
    {"midnightblue", 0x191970},
    {"mintcream", 0xF5FFFA},
    {"mistyrose", 0xFFE4E1},
    {"moccasin", 0xFFE4B5},
    {"navajowhite", 0xFFDEAD},
    {"navy", 0x000080},
    {"oldlace", 0xFDF5E6},
    {"olive", 0x808000},
    {"olivedrab", 0x6B8E23},
    {"orange", 0xFFA500},
    {"orangered", 0xFF4500},
    {"orchid", 0xDA70D6},
    {"palegoldenrod", 0xEEE8AA},
    {"palegreen", 0x98FB98},
    {"paleturquoise", 0xAFEEEE},
    {"palevioletred", 0xDB7093},
    {"papayawhip", 0xFFEFD5},
    {"peachpuff", 0xFFDAB9},
    {"peru", 0xCD853F},
    {"pink", 0xFFC0CB},
    {"plum", 0xDDA0DD},
    {"powderblue", 0xB0E0E6},
    {"purple", 0x800080},
    {"rebeccapurple", 0x663399},
    {"red", 0xFF0000},
    {"rosybrown", 0xBC8F8F},
    {"royalblue", 0x4169E1},
    {"saddlebrown", 0x8B4513},
    {"salmon", 0xFA8072},
    {"sandybrown", 0xF4A460},
    {"seagreen", 0x2E8B57},
    {"seashell", 0xFFF5EE},
    {"sienna", 0xA0522D},
    {"silver", 0xC0C0C0},
    {"skyblue", 0x87CEEB},
    {"slateblue", 0x6A5ACD},
    {"slategray", 0x708090},
    {"slategrey", 0x708090},
    {"snow", 0xFFFAFA},
    {"springgreen", 0x00FF7F},
    {"steelblue", 0x4682B4},
    {"tan", 0xD2B48C},
    {"teal", 0x008080},
    {"thistle", 0xD8BFD8},
    {"tomato", 0xFF6347},
    {"turquoise", 0x40E0D0},
    {"violet", 0xEE82EE},
    {"wheat", 0xF5DEB3},
    {"white", 0xFFFFFF},
    {"whitesmoke", 0xF5F5F5},
    {"yellow", 0xFFFF00},
    {"yellowgreen", 0x9ACD32},
};
// clang-format on

std::uint8_t to_byte(double value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

int hex_value(char c) {
    c = css_lower(c);
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<Color> hex_color(std::string_view text) {
    if (text.size() != 3 && text.size() != 4 && text.size() != 6 && text.size() != 8) return std::nullopt;
    const bool wide = text.size() >= 6;
    int channels[4] = {0, 0, 0, 255};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        int& channel = channels[wide ? i / 2 : i];
        channel = wide ? (i % 2 == 0 ? digit * 16 : channel + digit) : digit * 17;
    }
    return Color{static_cast<std::uint8_t>(channels[0]), static_cast<std::uint8_t>(channels[1]),
                 static_cast<std::uint8_t>(channels[2]), static_cast<std::uint8_t>(channels[3])};
}

// A number, or a percentage of `whole`.
std::optional<double> read_channel(CssCursor& cursor, double whole) {
    if (const auto percent = read_percentage(cursor)) return *percent * whole / 100;
    if (cursor.take_ident("none")) return 0;
    return read_number(cursor);
}

// The optional alpha after a comma or slash; nothing when the rest is malformed.
std::optional<double> read_alpha(CssCursor& cursor, bool commas) {
    if (cursor.done()) return 1;
    if (!(commas ? cursor.take_comma() : cursor.take_delim('/'))) return std::nullopt;
    const auto alpha = read_channel(cursor, 1);
    return cursor.done() ? alpha : std::nullopt;
}

std::optional<Color> read_rgb(CssCursor cursor) {
    double channels[3];
    bool commas = false;
    for (int i = 0; i < 3; ++i) {
        if (i == 1) commas = cursor.peek().is(Type::Comma);
        if (i > 0 && commas && !cursor.take_comma()) return std::nullopt;
        const auto value = read_channel(cursor, 255);
        if (!value) return std::nullopt;
        channels[i] = *value;
    }
    const auto alpha = read_alpha(cursor, commas);
    if (!alpha) return std::nullopt;
    return Color{to_byte(channels[0]), to_byte(channels[1]), to_byte(channels[2]), to_byte(*alpha * 255)};
}

// CSS Color 4 §7.1.
double hsl_channel(double hue, double saturation, double lightness, double n) {
    const double k = std::fmod(n + hue / 30, 12);
    const double a = saturation * std::min(lightness, 1 - lightness);
    return lightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
}

std::optional<Color> read_hsl(CssCursor cursor) {
    std::optional<double> hue = read_angle(cursor);
    if (!hue) hue = read_number(cursor);
    if (!hue) return std::nullopt;
    const bool commas = cursor.take_comma();
    const auto saturation = read_channel(cursor, 100);
    if (!saturation || (commas && !cursor.take_comma())) return std::nullopt;
    const auto lightness = read_channel(cursor, 100);
    if (!lightness) return std::nullopt;
    const auto alpha = read_alpha(cursor, commas);
    if (!alpha) return std::nullopt;
    double turned = std::fmod(*hue, 360);
    if (turned < 0) turned += 360;
    const double s = std::clamp(*saturation / 100, 0.0, 1.0), l = std::clamp(*lightness / 100, 0.0, 1.0);
    return Color{to_byte(hsl_channel(turned, s, l, 0) * 255), to_byte(hsl_channel(turned, s, l, 8) * 255),
                 to_byte(hsl_channel(turned, s, l, 4) * 255), to_byte(*alpha * 255)};
}

std::optional<double> read_hue(CssCursor& cursor) {
    if (cursor.take_ident("none")) return 0;
    std::optional<double> hue = read_angle(cursor);
    if (!hue) hue = read_number(cursor);
    if (!hue || !std::isfinite(*hue)) return std::nullopt;
    const double turned = std::fmod(*hue, 360);
    return turned < 0 ? turned + 360 : turned;
}

Color to_color(const Channels& srgb, double alpha) {
    return {to_byte(srgb[0] * 255), to_byte(srgb[1] * 255), to_byte(srgb[2] * 255), to_byte(alpha * 255)};
}

std::optional<Color> read_hwb(CssCursor cursor) {
    const auto hue = read_hue(cursor);
    const auto white = hue ? read_channel(cursor, 100) : std::nullopt;
    const auto black = white ? read_channel(cursor, 100) : std::nullopt;
    const auto alpha = black ? read_alpha(cursor, false) : std::nullopt;
    if (!alpha) return std::nullopt;
    return to_color(from_hwb(*hue, std::clamp(*white / 100, 0.0, 1.0), std::clamp(*black / 100, 0.0, 1.0)), *alpha);
}

// lab(), oklab(): lightness and two axes; lch(), oklch(): lightness, chroma, hue. 100 % of each axis is `axis`.
std::optional<Color> read_lab(CssCursor cursor, double lightness_whole, double axis, bool polar, bool ok) {
    const auto lightness = read_channel(cursor, lightness_whole);
    const auto second = lightness ? read_channel(cursor, axis) : std::nullopt;
    const auto third = !second ? std::nullopt : polar ? read_hue(cursor) : read_channel(cursor, axis);
    const auto alpha = third ? read_alpha(cursor, false) : std::nullopt;
    if (!alpha) return std::nullopt;
    Channels channels{std::clamp(*lightness, 0.0, lightness_whole), polar ? std::max(0.0, *second) : *second, *third};
    if (polar) channels = from_polar(channels);
    return to_color(ok ? from_oklab(channels) : from_lab(channels), *alpha);
}

std::optional<Color> read_named_space(CssCursor cursor) {
    if (!cursor.peek().is(Type::Ident)) return std::nullopt;
    const std::string name = css_lowered(cursor.take().text);
    Channels channels{}, srgb{};
    for (double& channel : channels) {
        const auto value = read_channel(cursor, 1);
        if (!value) return std::nullopt;
        channel = *value;
    }
    const auto alpha = read_alpha(cursor, false);
    if (!alpha || !from_named_space(name, channels, srgb)) return std::nullopt;
    return to_color(srgb, *alpha);
}

double to_linear(std::uint8_t byte) {
    const double value = byte / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

// https://www.w3.org/TR/css-color-4/#color-conversion-code
Channels to_oklab(const Color& color) {
    const double r = to_linear(color.r), g = to_linear(color.g), b = to_linear(color.b);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

enum class MixSpace : std::uint8_t { Srgb, Linear, Oklab };

struct MixPart {
    Color color;
    double share = -1;  // percent; -1 when not given
};

// <color> && <percentage>?
std::optional<MixPart> read_mix_part(CssCursor& cursor) {
    MixPart part;
    const auto read_share = [&] {
        if (cursor.peek().is(Type::Percentage)) part.share = std::clamp(cursor.take().number, 0.0, 100.0);
    };
    read_share();
    const CssToken& token = cursor.peek();
    if (token.is(Type::Function) && css_equals(token.text, "color-mix")) return std::nullopt;  // bounds the recursion
    const auto color = read_color(cursor);
    if (!color || color->current) return std::nullopt;
    part.color = color->color;
    if (part.share < 0) read_share();
    return part;
}

Channels channels_of(const Color& color, MixSpace space) {
    if (space == MixSpace::Oklab) return to_oklab(color);
    if (space == MixSpace::Linear) return {to_linear(color.r), to_linear(color.g), to_linear(color.b)};
    return {color.r / 255.0, color.g / 255.0, color.b / 255.0};
}

// https://www.w3.org/TR/css-color-5/#color-mix — GAP: polar spaces, lab, xyz, currentcolor, mixes of mixes.
std::optional<Color> read_color_mix(CssCursor cursor) {
    if (!cursor.take_ident("in")) return std::nullopt;
    MixSpace space = MixSpace::Srgb;
    if (cursor.take_ident("oklab"))
        space = MixSpace::Oklab;
    else if (cursor.take_ident("srgb-linear"))
        space = MixSpace::Linear;
    else if (!cursor.take_ident("srgb"))
        return std::nullopt;
    auto first = cursor.take_comma() ? read_mix_part(cursor) : std::nullopt;
    auto second = first && cursor.take_comma() ? read_mix_part(cursor) : std::nullopt;
    if (!second || !cursor.done()) return std::nullopt;
    if (first->share < 0) first->share = second->share < 0 ? 50 : 100 - second->share;
    if (second->share < 0) second->share = 100 - first->share;
    const double sum = first->share + second->share;
    if (sum <= 0) return std::nullopt;
    const double one = first->share / sum * first->color.a / 255, two = second->share / sum * second->color.a / 255;
    const Channels a = channels_of(first->color, space), b = channels_of(second->color, space);
    Channels mixed{}, srgb{};
    for (std::size_t i = 0; i < mixed.size() && one + two > 0; ++i) mixed[i] = (a[i] * one + b[i] * two) / (one + two);
    if (space == MixSpace::Oklab)
        srgb = from_oklab(mixed);
    else if (space == MixSpace::Srgb)
        srgb = mixed;
    else if (!from_named_space("srgb-linear", mixed, srgb))
        return std::nullopt;
    return to_color(srgb, (one + two) * std::min(1.0, sum / 100));
}

std::optional<Color> read_color_function(CssCursor& cursor) {
    CssCursor trial = cursor;
    std::optional<Color> color;
    if (auto rgb = trial.take_function("rgb")) {
        color = read_rgb(*rgb);
    } else if (auto rgba = trial.take_function("rgba")) {
        color = read_rgb(*rgba);
    } else if (auto hsl = trial.take_function("hsl")) {
        color = read_hsl(*hsl);
    } else if (auto hsla = trial.take_function("hsla")) {
        color = read_hsl(*hsla);
    } else if (auto hwb = trial.take_function("hwb")) {
        color = read_hwb(*hwb);
    } else if (auto lab = trial.take_function("lab")) {
        color = read_lab(*lab, 100, 125, false, false);
    } else if (auto lch = trial.take_function("lch")) {
        color = read_lab(*lch, 100, 150, true, false);
    } else if (auto oklab = trial.take_function("oklab")) {
        color = read_lab(*oklab, 1, 0.4, false, true);
    } else if (auto oklch = trial.take_function("oklch")) {
        color = read_lab(*oklch, 1, 0.4, true, true);
    } else if (auto space = trial.take_function("color")) {
        color = read_named_space(*space);
    } else if (auto mix = trial.take_function("color-mix")) {
        color = read_color_mix(*mix);
    }
    if (color) cursor = trial;
    return color;
}

}  // namespace

std::optional<Color> named_color(std::string_view name) {
    const std::string lower = css_lowered(name);
    const auto* at = std::lower_bound(std::begin(kColors), std::end(kColors), lower,
                                      [](const NamedColor& color, const std::string& key) { return color.name < key; });
    if (at == std::end(kColors) || at->name != lower) return std::nullopt;
    return Color{static_cast<std::uint8_t>(at->rgb >> 16), static_cast<std::uint8_t>(at->rgb >> 8),
                 static_cast<std::uint8_t>(at->rgb), 255};
}

std::optional<ColorValue> read_color(CssCursor& cursor) {
    const CssToken& token = cursor.peek();
    if (token.is(Type::Function)) {
        if (const auto color = read_color_function(cursor)) return ColorValue{*color, false};
        return std::nullopt;
    }
    if (token.is(Type::Ident) && css_equals(token.text, "currentcolor")) {
        cursor.take();
        return ColorValue{Color::black(), true};
    }
    std::optional<Color> color;
    if (token.is(Type::Hash)) color = hex_color(token.text);
    if (token.is(Type::Ident))
        color = css_equals(token.text, "transparent") ? std::optional(Color::none()) : named_color(token.text);
    if (!color) return std::nullopt;
    cursor.take();
    return ColorValue{*color, false};
}

}  // namespace galley::document
