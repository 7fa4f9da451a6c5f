// src/document/svg/path.h — outlines: moves, lines and cubic curves, and how SVG writes them.
//
// Shape    parse_path_data(d) → PathData; quadratic curves and elliptic arcs become cubic ones. What follows an error
//          in `d` is left out, as the standard says.
// Units    user units of the element.
// Limits   kPathSegmentsMax segments of one path; the rest is left out and `cut` set.
// Threads  any.
// Source   SVG 2 §9.3 (path data), §9.5 and implementation note B.2 (arcs).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/geometry/matrix.h"

namespace galley::document {

inline constexpr std::size_t kPathSegmentsMax = 1'000'000;

enum class PathVerb : std::uint8_t { Move, Line, Cubic, Close };  // with 1, 1, 3 and 0 points

struct Bounds {
    double left = 0, top = 0, right = 0, bottom = 0;
    bool empty = true;
    void add(Point2 p);
    void add(const Bounds& other);
    double width() const { return right - left; }
    double height() const { return bottom - top; }
};

struct PathData {
    std::vector<PathVerb> verbs;
    std::vector<Point2> points;
    bool cut = false;

    bool empty() const { return verbs.empty(); }
    void move_to(Point2 p);
    void line_to(Point2 p);
    void cubic_to(Point2 c1, Point2 c2, Point2 p);
    void close();
    // From `from` to `to` along an ellipse; a straight line where radii or ends say so.
    struct Arc {
        double rx = 0, ry = 0, rotation_degrees = 0;
        bool large = false, sweep = false;
    };
    void arc_to(Point2 from, const Arc& arc, Point2 to);

    void append(const PathData& other);
    void transform(const Matrix& matrix);
    Bounds bounds() const;  // of all points: curves lie within
    double signed_area() const;
    void reverse();  // every subpath runs the other way round
};

PathData parse_path_data(std::string_view text);
PathData rectangle(double x, double y, double width, double height, double rx, double ry);
PathData ellipse(double cx, double cy, double rx, double ry);

}  // namespace galley::document
