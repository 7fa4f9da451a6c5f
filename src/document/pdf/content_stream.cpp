#include "document/pdf/content_stream.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "document/pdf/to_unicode.h"

namespace galley::document {

std::string ContentStream::take() {
    end_text();
    return std::move(out_);
}

void ContentStream::assume_page_defaults() {
    state_.fill = state_.stroke = Color::black();
    state_.alpha = 255;
    state_.line_width = 100;
    state_.dash = "[]0 d\n";
    state_.cap = 0;
    state_.letter = state_.word = 0;
    state_.render_mode = 0;
}

void ContentStream::save() {
    end_text();
    out_ += "q\n";
    saved_.push_back(state_);
}

void ContentStream::restore() {
    end_text();
    if (saved_.empty()) return;
    out_ += "Q\n";
    state_ = std::move(saved_.back());
    saved_.pop_back();
}

void ContentStream::raw(std::string_view operators) {
    end_text();
    out_ += operators;
}

// The display list's y points down, ours up: conjugate the matrix with the flip.
void ContentStream::transform(double a, double b, double c, double d, double e, double f) {
    end_text();
    constexpr int kDecimals = 4;
    for (const double value : {a, -b, -c, d, e, -f}) {
        append_real(out_, value, kDecimals);
        out_ += ' ';
    }
    out_ += "cm\n";
}

void ContentStream::rect(const Rect& rect) {
    end_text();
    // Edges are rounded, not sizes, so that neighbours meet exactly.
    const std::int64_t left = to_hundredths(rect.x);
    const std::int64_t bottom = -to_hundredths(rect.bottom());
    number(left);
    number(bottom);
    number(to_hundredths(rect.right()) - left);
    number(-to_hundredths(rect.y) - bottom);
    out_ += "re\n";
}

void ContentStream::path_point(Point point, std::string_view op) {
    end_text();
    number(to_hundredths(point.x));
    number(-to_hundredths(point.y));
    out_ += op;
}

void ContentStream::curve(std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2, std::int64_t x3,
                          std::int64_t y3) {
    for (const std::int64_t value : {x1, y1, x2, y2, x3, y3}) number(value);
    out_ += "c\n";
}

// Clockwise from the top left; each corner is a quarter of an ellipse as one Bézier curve.
void ContentStream::form_at(Point corner, std::string_view name) {
    end_text();
    out_ += "q 1 0 0 1 ";
    number(to_hundredths(corner.x));
    number(-to_hundredths(corner.y));
    out_.append("cm /").append(name).append(" Do Q\n");
}

void ContentStream::rounded_rect(const Rect& rect, const Radii& radii) {
    if (!radii.any()) return this->rect(rect);
    end_text();
    struct Corner {
        std::int64_t x, y;  // the corner
        int in_x, in_y;     // direction of travel towards it
        int out_x, out_y;   // and away from it
        std::int64_t rx, ry;
    };
    const std::int64_t left = to_hundredths(rect.x), right = to_hundredths(rect.right());
    const std::int64_t top = -to_hundredths(rect.y), bottom = -to_hundredths(rect.bottom());
    const auto corner = [](std::int64_t x, std::int64_t y, int in_x, int in_y, int out_x, int out_y, const Size& r) {
        return Corner{x, y, in_x, in_y, out_x, out_y, to_hundredths(r.width), to_hundredths(r.height)};
    };
    const std::array corners = {
        corner(left, top, 0, 1, 1, 0, radii.top_left), corner(right, top, 1, 0, 0, -1, radii.top_right),
        corner(right, bottom, 0, -1, -1, 0, radii.bottom_right), corner(left, bottom, -1, 0, 0, 1, radii.bottom_left)};
    // Distance of the control points from the corner, as a share of the radius, in 1/10000: 1 - 0.5523.
    constexpr std::int64_t kNear = 4477;
    const char* op = "m\n";
    for (const Corner& c : corners) {
        const auto in = [&](std::int64_t share) {
            return std::pair(c.x - c.in_x * (c.rx * share / 10'000), c.y - c.in_y * (c.ry * share / 10'000));
        };
        const auto away = [&](std::int64_t share) {
            return std::pair(c.x + c.out_x * (c.rx * share / 10'000), c.y + c.out_y * (c.ry * share / 10'000));
        };
        const auto [start_x, start_y] = in(10'000);
        number(start_x);
        number(start_y);
        out_ += op;
        op = "l\n";
        if (c.rx <= 0 || c.ry <= 0) continue;
        const auto [x1, y1] = in(kNear);
        const auto [x2, y2] = away(kNear);
        const auto [x3, y3] = away(10'000);
        curve(x1, y1, x2, y2, x3, y3);
    }
    out_ += "h\n";
}

void ContentStream::color(Color color, std::string_view gray_op, std::string_view rgb_op) {
    const auto component = [&](std::uint8_t value) {
        append_scaled(out_, (value * 1000 + 127) / 255, 3);
        out_ += ' ';
    };
    component(color.r);
    if (color.r == color.g && color.g == color.b) {
        out_ += gray_op;
        return;
    }
    component(color.g);
    component(color.b);
    out_ += rgb_op;
}

void ContentStream::fill_color(Color wanted) {
    wanted.a = 255;
    if (state_.fill == wanted) return;
    state_.fill = wanted;
    color(wanted, "g\n", "rg\n");
}

void ContentStream::stroke_color(Color wanted) {
    wanted.a = 255;
    if (state_.stroke == wanted) return;
    state_.stroke = wanted;
    color(wanted, "G\n", "RG\n");
}

void ContentStream::alpha(std::uint8_t alpha, std::string_view name) {
    if (state_.alpha == alpha) return;
    state_.alpha = alpha;
    out_ += '/';
    out_ += name;
    out_ += " gs\n";
}

void ContentStream::line_width(std::int64_t hundredths) {
    if (state_.line_width == hundredths) return;
    state_.line_width = hundredths;
    number(hundredths);
    out_ += "w\n";
}

void ContentStream::line(LayoutUnit width, std::span<const LayoutUnit> dashes, bool round_cap) {
    end_text();
    line_width(to_hundredths(width));
    std::string dash = "[";
    for (const LayoutUnit length : dashes) {
        if (dash.size() > 1) dash += ' ';
        append_hundredths(dash, std::max<std::int64_t>(0, to_hundredths(length)));
    }
    dash += "]0 d\n";
    if (std::ranges::all_of(dashes, [](LayoutUnit length) { return length <= LayoutUnit(); })) dash = "[]0 d\n";
    if (state_.dash != dash) out_ += dash;
    state_.dash = std::move(dash);
    const int cap = round_cap ? 1 : 0;
    if (state_.cap != cap) out_ += round_cap ? "1 J\n" : "0 J\n";
    state_.cap = cap;
}

namespace {

std::int64_t hundredths(double px) {
    constexpr double kMost = 1e7;
    if (!(std::abs(px) < kMost)) px = std::isnan(px) ? 0 : std::copysign(kMost, px);
    return std::llround(px * 100);
}

}  // namespace

void ContentStream::path(const PathData& path, const Matrix& matrix) {
    end_text();
    std::size_t at = 0;
    const auto point = [&] {
        const Point2 p = matrix.apply(path.points[at++]);
        number(hundredths(p.x));
        number(hundredths(-p.y));
    };
    for (const PathVerb verb : path.verbs) {
        switch (verb) {
            case PathVerb::Move:
                point();
                out_ += "m\n";
                break;
            case PathVerb::Line:
                point();
                out_ += "l\n";
                break;
            case PathVerb::Cubic:
                for (int i = 0; i < 3; ++i) point();
                out_ += "c\n";
                break;
            case PathVerb::Close:
                out_ += "h\n";
                break;
        }
    }
}

void ContentStream::stroke_style(const Stroke& stroke) {
    end_text();
    line_width(std::max<std::int64_t>(1, hundredths(stroke.width * stroke.scale)));
    std::string dash = "[";
    std::int64_t sum = 0;
    for (const double length : stroke.dashes) {
        if (dash.size() > 1) dash += ' ';
        const std::int64_t value = std::max<std::int64_t>(0, hundredths(length * stroke.scale));
        sum += value;
        append_hundredths(dash, value);
    }
    dash += ']';
    append_hundredths(dash, hundredths(stroke.dash_offset * stroke.scale));
    dash += " d\n";
    if (sum == 0) dash = "[]0 d\n";
    if (state_.dash != dash) out_ += dash;
    state_.dash = std::move(dash);
    if (const int cap = static_cast<int>(stroke.cap); state_.cap != cap) {
        state_.cap = cap;
        out_ += std::to_string(cap) + " J\n";
    }
    if (const int join = static_cast<int>(stroke.join); state_.join != join) {
        state_.join = join;
        out_ += std::to_string(join) + " j\n";
    }
    if (const std::int64_t limit = hundredths(stroke.miter_limit);
        stroke.join == LineJoin::Miter && state_.miter_limit != limit) {
        state_.miter_limit = limit;
        number(limit);
        out_ += "M\n";
    }
}

void ContentStream::begin_text() {
    if (in_text_) return;
    in_text_ = true;
    line_is_plain_ = true;
    line_x_ = line_y_ = 0;
    out_ += "BT\n";
}

void ContentStream::end_text() {
    if (!in_text_) return;
    in_text_ = false;
    out_ += "ET\n";
}

void ContentStream::font(std::string_view name, double size_px) {
    constexpr double kSizeScale = 10'000;
    const auto size = static_cast<std::int64_t>(std::llround(std::clamp(size_px, 0.0, 100'000.0) * kSizeScale));
    if (state_.font_size == size && state_.font == name) return;
    state_.font = name;
    state_.font_size = size;
    out_ += '/';
    out_ += name;
    out_ += ' ';
    append_scaled(out_, size, 4);
    out_ += " Tf\n";
}

std::int64_t ContentStream::thousandths(double px) {
    constexpr double kMost = 3e7;
    if (std::isnan(px)) return 0;
    return std::llround(std::clamp(px, -kMost, kMost) * 1000);
}

void ContentStream::text_spacing(std::optional<std::int64_t>& current, double px, std::string_view op) {
    const std::int64_t wanted = thousandths(px);
    if (current == wanted) return;
    current = wanted;
    append_scaled(out_, wanted, 3);
    out_ += op;
}

void ContentStream::text_rise(double px) {
    const std::int64_t rise = std::llround(px * 100);
    if (state_.rise == rise) return;
    state_.rise = rise;
    number(rise);
    out_ += "Ts\n";
}

void ContentStream::text_render_bold(double stroke_px, Color color) {
    stroke_color(color);
    line_width(std::llround(stroke_px * 100));
    if (state_.render_mode != 2) out_ += "2 Tr\n";
    state_.render_mode = 2;
}

void ContentStream::text_render_plain() {
    if (state_.render_mode == 0) return;
    state_.render_mode = 0;
    out_ += "0 Tr\n";
}

void ContentStream::text_origin(Point origin, bool oblique) {
    const std::int64_t x = to_hundredths(origin.x);
    const std::int64_t y = -to_hundredths(origin.y);
    if (oblique || !line_is_plain_) {
        constexpr std::string_view kSkewed = "1 0 .2 1 ";  // about 11 degrees, as FreeType slants
        out_ += oblique ? kSkewed : "1 0 0 1 ";
        number(x);
        number(y);
        out_ += "Tm\n";
    } else {
        number(x - line_x_);
        number(y - line_y_);
        out_ += "Td\n";
    }
    line_is_plain_ = !oblique;
    line_x_ = x;
    line_y_ = y;
}

void ContentStream::show(std::string_view operand, Operand kind) {
    if (kind == Operand::Array) out_ += '[';
    out_ += operand;
    out_ += kind == Operand::Array ? "]TJ\n" : "Tj\n";
}

void ContentStream::begin_actual_text(std::string_view utf8) {
    out_ += "/Span<</ActualText<FEFF";
    out_ += utf16_hex(utf8);
    out_ += ">>>BDC\n";
}

void ContentStream::end_actual_text() {
    out_ += "EMC\n";
}

}  // namespace galley::document
