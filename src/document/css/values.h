// src/document/css/values.h — reading values: lengths, numbers, angles, colours, calc().
//
// Shape    CssCursor walks the tokens of a declaration's value and skips white space. A read_… function takes what it
//          understands from the front and returns it, or takes nothing and returns nothing.
// Units    lengths in px, angles in degrees.
// Errors   none: an unread rest makes the declaration invalid, which the caller finds by done().
// Threads  any.
// Limits   calc() nests at most kCalcDepthMax deep.
// Source   CSS Values and Units 4, CSS Color 4.
//          GAP: ex and ch are taken as half an em; min(), max() and clamp() need arguments of one kind.
#pragma once

#include <optional>
#include <string_view>

#include "document/css/token.h"
#include "document/geometry/units.h"

namespace galley::document {

class CssCursor {
 public:
    explicit CssCursor(CssTokens tokens) : tokens_(tokens) { skip_space(); }

    bool done() const { return tokens_.empty(); }
    // The next token; a white space token at the end.
    const CssToken& peek() const;
    const CssToken& take();
    bool take_ident(std::string_view lower);
    bool take_delim(char c);
    bool take_comma();
    // Enters "name(" and steps over it.
    std::optional<CssCursor> take_function(std::string_view lower);
    // One whole component: a token, or a function or bracket with all inside.
    CssTokens take_component();
    CssTokens rest() const { return tokens_; }
    // The tokens up to the next comma on this level, which is stepped over.
    CssTokens take_until_comma();
    // The tokens up to the next "/" on this level, which is next then.
    CssTokens take_until_slash();

 private:
    template <typename Ends>
    CssTokens take_until(Ends ends);
    void skip_space();
    CssTokens tokens_;
};

// Of the font that lengths refer to, as shares of its size.
class FontUnits {
 public:
    virtual ~FontUnits() = default;
    virtual double x_height() const = 0;
    virtual double zero_width() const = 0;
};

struct LengthContext {
    double font_size_px = 16;
    double root_font_size_px = 16;
    double line_height_px = 19.2;
    double viewport_width_px = 0, viewport_height_px = 0;
    const FontUnits* font = nullptr;  // for ex and ch; null: half of the size each
};

// px + percent × base / 100.
struct LengthValue {
    double px = 0;
    double percent = 0;
    bool has_percent = false;
};

enum class Percentages : std::uint8_t { Refused, Allowed };

// Nothing for units that are no lengths.
std::optional<double> length_in_px(double value, CssUnit unit, const LengthContext& context);
std::optional<LengthValue> read_length(CssCursor& cursor, const LengthContext& context, Percentages percentages);
std::optional<double> read_number(CssCursor& cursor);
std::optional<int> read_integer(CssCursor& cursor);  // clamped to ±1,000,000,000
std::optional<double> read_percentage(CssCursor& cursor);
std::optional<double> read_angle(CssCursor& cursor);  // degrees; 0 may lack its unit

struct ColorValue {
    Color color;
    bool current = false;  // currentcolor
};
std::optional<ColorValue> read_color(CssCursor& cursor);
std::optional<Color> named_color(std::string_view name);

}  // namespace galley::document
