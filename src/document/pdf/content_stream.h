// src/document/pdf/content_stream.h — the operators of one page or form, with the graphics state remembered so that
// only changes are written.
//
// Shape    path, paint, clip and state operators; text operators inside begin_text(). Whatever is not text ends the
//          text object.
// Units    px, y downwards as in the display list. The page maps px to points by one matrix and does not flip: y is
//          written negated, so text needs no matrix of its own.
// Owner    owns its bytes.
// Threads  one.
// Source   ISO 32000-1 §8.4 (graphics state), §8.5 (paths), §9.3–9.4 (text).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/geometry/units.h"
#include "document/paint/display_list.h"
#include "document/pdf/number_text.h"

namespace galley::document {

class ContentStream {
 public:
    const std::string& bytes() const { return out_; }
    std::string take();  // the whole, text object closed
    void reserve(std::size_t bytes) { out_.reserve(bytes); }

    // Without it nothing is known of the state at the start, as in a form.
    void assume_page_defaults();
    void save();
    void restore();
    void raw(std::string_view operators);               // graphics operators that leave the remembered state alone
    void form_at(Point corner, std::string_view name);  // a form whose own corner is the origin
    void transform(double a, double b, double c, double d, double e, double f);  // display list terms

    void rect(const Rect& rect);
    void rounded_rect(const Rect& rect, const Radii& radii);
    void move_to(Point point) { path_point(point, "m\n"); }
    void line_to(Point point) { path_point(point, "l\n"); }
    void fill() { raw("f\n"); }
    void fill_even_odd() { raw("f*\n"); }
    void close_fill() { raw("h f\n"); }
    void clip() { raw("W n\n"); }

    void fill_color(Color color);  // opacity is not part of it: see alpha_name
    void stroke_color(Color color);
    // `name`: the ExtGState resource that sets this alpha (both fill and stroke).
    bool has_alpha(std::uint8_t alpha) const { return state_.alpha == alpha; }
    void alpha(std::uint8_t alpha, std::string_view name);
    void line(LayoutUnit width, std::span<const LayoutUnit> dashes, bool round_cap);

    // Of drawings: px in doubles, y downwards; values beyond what viewers take are clamped.
    void path(const PathData& path, const Matrix& matrix);
    struct Stroke {
        double width = 1;
        LineCap cap = LineCap::Butt;
        LineJoin join = LineJoin::Miter;
        double miter_limit = 4;
        std::span<const double> dashes;
        double dash_offset = 0;
        double scale = 1;  // of all lengths
    };
    void stroke_style(const Stroke& stroke);

    void begin_text();
    void font(std::string_view name, double size_px);
    void letter_spacing(double px) { text_spacing(state_.letter, px, " Tc\n"); }
    bool has_word_spacing(LayoutUnit spacing) const { return state_.word == thousandths(spacing.px()); }
    void word_spacing(LayoutUnit spacing) { text_spacing(state_.word, spacing.px(), " Tw\n"); }
    void text_rise(double px);
    void text_render_bold(double stroke_px, Color color);  // fill and stroke
    void text_render_plain();
    void text_origin(Point origin, bool oblique);
    enum class Operand : std::uint8_t { String, Array };
    void show(std::string_view operand, Operand kind);  // "(ab)", or "(a)-3(b)" as an array
    void begin_actual_text(std::string_view utf8);
    void end_actual_text();

 private:
    struct State {
        std::optional<Color> fill, stroke;
        int alpha = -1;  // -1 = unknown
        std::int64_t line_width = -1;
        std::string dash;
        int cap = -1, join = -1;
        std::int64_t miter_limit = -1;
        std::string font;
        std::int64_t font_size = -1;
        std::optional<std::int64_t> letter, word;  // in thousandths of a px
        std::int64_t rise = 0;                     // set back after each use
        int render_mode = -1;
    };

    void end_text();
    void number(std::int64_t hundredths) {
        append_hundredths(out_, hundredths);
        out_ += ' ';
    }
    void path_point(Point point, std::string_view op);
    void curve(std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2, std::int64_t x3, std::int64_t y3);
    void color(Color color, std::string_view gray_op, std::string_view rgb_op);
    void line_width(std::int64_t hundredths);
    static std::int64_t thousandths(double px);
    void text_spacing(std::optional<std::int64_t>& current, double px, std::string_view op);

    std::string out_;
    State state_;
    std::vector<State> saved_;
    bool in_text_ = false;
    bool line_is_plain_ = true;  // text line matrix without skew
    std::int64_t line_x_ = 0, line_y_ = 0;
};

}  // namespace galley::document
