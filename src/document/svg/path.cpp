#include "document/svg/path.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "document/svg/number_reader.h"

namespace galley::document {

namespace {

constexpr double kQuarter = 0.5522847498;  // control points of a quarter circle

// Reads path data; one call of read_command() per letter or implied repetition.
class PathParser {
 public:
    explicit PathParser(std::string_view text) : reader_(text) {}

    PathData run() {
        while (!reader_.done() && path_.verbs.size() < kPathSegmentsMax)
            if (!read_command()) break;
        path_.cut = path_.verbs.size() >= kPathSegmentsMax;
        return std::move(path_);
    }

 private:
    bool read_command() {
        const char c = reader_.peek();
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter) {
            command_ = reader_.take();
        } else if (command_ == 'z' || command_ == 'Z' || command_ == '\0') {
            return false;
        } else if (command_ == 'm') {
            command_ = 'l';
        } else if (command_ == 'M') {
            command_ = 'L';
        }
        if (path_.empty() && command_ != 'm' && command_ != 'M') return false;
        relative_ = command_ >= 'a';
        return draw(relative_ ? command_ : static_cast<char>(command_ + 32));
    }

    bool draw(char kind) {
        const char previous = std::exchange(kind_, kind);
        switch (kind) {
            case 'm':
                return move();
            case 'z':
                path_.close();
                at_ = start_;
                return true;
            case 'l':
                return line_to(point());
            case 'h':
                return horizontal();
            case 'v':
                return vertical();
            case 'c':
                return cubic(point());
            case 's':
                return cubic(previous == 'c' || previous == 's' ? reflected() : at_);
            case 'q':
                return quadratic(point());
            case 't':
                return quadratic(previous == 'q' || previous == 't' ? reflected() : at_);
            case 'a':
                return arc();
            default:
                return false;
        }
    }

    std::optional<Point2> point() {
        const auto x = reader_.number();
        const auto y = x ? reader_.number() : std::nullopt;
        if (!y) return std::nullopt;
        return relative_ ? Point2{at_.x + *x, at_.y + *y} : Point2{*x, *y};
    }
    Point2 reflected() const { return {2 * at_.x - control_.x, 2 * at_.y - control_.y}; }

    bool move() {
        const auto to = point();
        if (!to) return false;
        path_.move_to(*to);
        at_ = start_ = *to;
        return true;
    }
    bool line_to(std::optional<Point2> to) {
        if (!to) return false;
        path_.line_to(*to);
        at_ = *to;
        return true;
    }
    bool horizontal() {
        const auto x = reader_.number();
        return x && line_to(Point2{relative_ ? at_.x + *x : *x, at_.y});
    }
    bool vertical() {
        const auto y = reader_.number();
        return y && line_to(Point2{at_.x, relative_ ? at_.y + *y : *y});
    }
    bool cubic(std::optional<Point2> first) {
        const auto second = first ? point() : std::nullopt;
        const auto to = second ? point() : std::nullopt;
        if (!to) return false;
        path_.cubic_to(*first, *second, *to);
        control_ = *second;
        at_ = *to;
        return true;
    }
    bool quadratic(std::optional<Point2> control) {
        const auto to = control ? point() : std::nullopt;
        if (!to) return false;
        const auto between = [&](Point2 end) {
            return Point2{end.x + 2.0 / 3 * (control->x - end.x), end.y + 2.0 / 3 * (control->y - end.y)};
        };
        path_.cubic_to(between(at_), between(*to), *to);
        control_ = *control;
        at_ = *to;
        return true;
    }
    bool arc() {
        const auto rx = reader_.number();
        const auto ry = rx ? reader_.number() : std::nullopt;
        const auto rotation = ry ? reader_.number() : std::nullopt;
        const auto large = rotation ? reader_.flag() : std::nullopt;
        const auto sweep = large ? reader_.flag() : std::nullopt;
        const auto to = sweep ? point() : std::nullopt;
        if (!to) return false;
        path_.arc_to(at_, {*rx, *ry, *rotation, *large, *sweep}, *to);
        at_ = *to;
        return true;
    }

    NumberReader reader_;
    PathData path_;
    char command_ = '\0', kind_ = '\0';
    bool relative_ = false;
    Point2 at_, start_, control_;
};

}  // namespace

void Bounds::add(Point2 p) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return;
    if (empty) {
        left = right = p.x;
        top = bottom = p.y;
        empty = false;
        return;
    }
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
}

void Bounds::add(const Bounds& other) {
    if (other.empty) return;
    add(Point2{other.left, other.top});
    add(Point2{other.right, other.bottom});
}

void PathData::move_to(Point2 p) {
    verbs.push_back(PathVerb::Move);
    points.push_back(p);
}
void PathData::line_to(Point2 p) {
    verbs.push_back(PathVerb::Line);
    points.push_back(p);
}
void PathData::cubic_to(Point2 c1, Point2 c2, Point2 p) {
    verbs.push_back(PathVerb::Cubic);
    points.insert(points.end(), {c1, c2, p});
}
void PathData::close() {
    if (!verbs.empty()) verbs.push_back(PathVerb::Close);
}

// https://www.w3.org/TR/SVG2/implnote.html#ArcConversionEndpointToCenter
void PathData::arc_to(Point2 from, const Arc& arc, Point2 to) {
    double rx = std::abs(arc.rx), ry = std::abs(arc.ry);
    if (from == to) return;
    if (rx == 0 || ry == 0) return line_to(to);
    // Step 1: the middle of the chord in the ellipse's axes.
    const Matrix turn = Matrix::rotation(arc.rotation_degrees);
    const double dx = (from.x - to.x) / 2, dy = (from.y - to.y) / 2;
    const double x = turn.a * dx + turn.b * dy, y = turn.c * dx + turn.d * dy;
    // Step 2: radii that are too small grow.
    const double reach = x * x / (rx * rx) + y * y / (ry * ry);
    if (reach > 1) {
        rx *= std::sqrt(reach);
        ry *= std::sqrt(reach);
    }
    // Step 3: the centre, on the side that the flags choose.
    const double divisor = rx * rx * y * y + ry * ry * x * x;
    double factor = divisor > 0 ? std::sqrt(std::max(0.0, (rx * rx * ry * ry - divisor) / divisor)) : 0;
    if (arc.large == arc.sweep) factor = -factor;
    const double cx = factor * rx * y / ry, cy = -factor * ry * x / rx;
    const Matrix place = Matrix::translation((from.x + to.x) / 2, (from.y + to.y) / 2) * turn *
                         Matrix::translation(cx, cy) * Matrix::scaling(rx, ry);
    // Step 4: angles on the unit circle.
    const double begin = std::atan2((y - cy) / ry, (x - cx) / rx);
    double sweep = std::atan2((-y - cy) / ry, (-x - cx) / rx) - begin;
    if (arc.sweep && sweep < 0) sweep += 2 * std::numbers::pi;
    if (!arc.sweep && sweep > 0) sweep -= 2 * std::numbers::pi;
    if (!place.usable() || !std::isfinite(sweep)) return line_to(to);
    // Step 5: one cubic for each quarter or less.
    const int parts = std::clamp(static_cast<int>(std::ceil(std::abs(sweep) / (std::numbers::pi / 2) - 1e-9)), 1, 4);
    const double step = sweep / parts, handle = 4.0 / 3 * std::tan(step / 4);
    for (int i = 0; i < parts; ++i) {
        const double a = begin + step * i, b = a + step;
        const Point2 p{std::cos(a), std::sin(a)}, q{std::cos(b), std::sin(b)};
        cubic_to(place.apply({p.x - handle * p.y, p.y + handle * p.x}),
                 place.apply({q.x + handle * q.y, q.y - handle * q.x}), i + 1 == parts ? to : place.apply(q));
    }
}

void PathData::append(const PathData& other) {
    verbs.insert(verbs.end(), other.verbs.begin(), other.verbs.end());
    points.insert(points.end(), other.points.begin(), other.points.end());
}

void PathData::transform(const Matrix& matrix) {
    for (Point2& point : points) point = matrix.apply(point);
}

Bounds PathData::bounds() const {
    Bounds out;
    for (const Point2& point : points) out.add(point);
    return out;
}

// Of the polygon through all points: its sign tells which way the outline runs.
double PathData::signed_area() const {
    double area = 0;
    Point2 start, last;
    std::size_t at = 0;
    for (const PathVerb verb : verbs) {
        if (verb == PathVerb::Close) continue;
        for (std::size_t n = verb == PathVerb::Cubic ? 3 : 1; n > 0; --n) {
            const Point2 next = points[at++];
            if (verb == PathVerb::Move) {
                area += last.x * start.y - start.x * last.y;
                start = last = next;
            }
            area += last.x * next.y - next.x * last.y;
            last = next;
        }
    }
    return (area + last.x * start.y - start.x * last.y) / 2;
}

void PathData::reverse() {
    PathData out;
    std::size_t verb = 0, point = 0;
    while (verb < verbs.size()) {
        const std::size_t first_verb = verb, first_point = point;
        bool closed = false;
        do {
            closed |= verbs[verb] == PathVerb::Close;
            point += verbs[verb] == PathVerb::Cubic ? 3 : verbs[verb] == PathVerb::Close ? 0 : 1;
            ++verb;
        } while (verb < verbs.size() && verbs[verb] != PathVerb::Move);
        std::size_t at = point;
        if (at == first_point) continue;
        out.move_to(points[--at]);
        for (std::size_t v = verb; v-- > first_verb;) {
            if (verbs[v] == PathVerb::Line) out.line_to(points[--at]);
            if (verbs[v] != PathVerb::Cubic) continue;
            out.cubic_to(points[at - 1], points[at - 2], points[at - 3]);
            at -= 3;
        }
        if (closed) out.close();
    }
    *this = std::move(out);
}

PathData parse_path_data(std::string_view text) {
    return PathParser(text).run();
}

PathData rectangle(double x, double y, double width, double height, double rx, double ry) {
    PathData out;
    rx = std::min(rx, width / 2);
    ry = std::min(ry, height / 2);
    const double right = x + width, bottom = y + height;
    if (rx <= 0 || ry <= 0) {
        out.move_to({x, y});
        out.line_to({right, y});
        out.line_to({right, bottom});
        out.line_to({x, bottom});
        out.close();
        return out;
    }
    const double kx = rx * (1 - kQuarter), ky = ry * (1 - kQuarter);
    out.move_to({x + rx, y});
    out.line_to({right - rx, y});
    out.cubic_to({right - kx, y}, {right, y + ky}, {right, y + ry});
    out.line_to({right, bottom - ry});
    out.cubic_to({right, bottom - ky}, {right - kx, bottom}, {right - rx, bottom});
    out.line_to({x + rx, bottom});
    out.cubic_to({x + kx, bottom}, {x, bottom - ky}, {x, bottom - ry});
    out.line_to({x, y + ry});
    out.cubic_to({x, y + ky}, {x + kx, y}, {x + rx, y});
    out.close();
    return out;
}

PathData ellipse(double cx, double cy, double rx, double ry) {
    const double kx = rx * kQuarter, ky = ry * kQuarter;
    PathData out;
    out.move_to({cx + rx, cy});
    out.cubic_to({cx + rx, cy + ky}, {cx + kx, cy + ry}, {cx, cy + ry});
    out.cubic_to({cx - kx, cy + ry}, {cx - rx, cy + ky}, {cx - rx, cy});
    out.cubic_to({cx - rx, cy - ky}, {cx - kx, cy - ry}, {cx, cy - ry});
    out.cubic_to({cx + kx, cy - ry}, {cx + rx, cy - ky}, {cx + rx, cy});
    out.close();
    return out;
}

}  // namespace galley::document
