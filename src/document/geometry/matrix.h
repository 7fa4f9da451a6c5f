// src/document/geometry/matrix.h — plane affine maps in doubles: (x, y) → (a·x + c·y + e, b·x + d·y + f).
//
// Shape    `outer * inner` applies inner first, as nested SVG transforms do.
// Threads  any.
// Source   SVG 2 §8.5; CSS Transforms 1 §13.
#pragma once

#include <algorithm>
#include <cmath>

namespace galley::document {

struct Point2 {
    double x = 0, y = 0;
    bool operator==(const Point2&) const = default;
};

struct Matrix {
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
    bool operator==(const Matrix&) const = default;

    static Matrix translation(double x, double y) { return {1, 0, 0, 1, x, y}; }
    static Matrix scaling(double x, double y) { return {x, 0, 0, y, 0, 0}; }
    static Matrix rotation(double degrees) {
        constexpr double kRadians = 0.017453292519943295;
        const double s = std::sin(degrees * kRadians), c = std::cos(degrees * kRadians);
        return {c, s, -s, c, 0, 0};
    }

    Point2 apply(Point2 p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
    friend Matrix operator*(const Matrix& l, const Matrix& r) {
        return {l.a * r.a + l.c * r.b, l.b * r.a + l.d * r.b,       l.a * r.c + l.c * r.d,
                l.b * r.c + l.d * r.d, l.a * r.e + l.c * r.f + l.e, l.b * r.e + l.d * r.f + l.f};
    }
    double determinant() const { return a * d - b * c; }
    bool usable() const {  // finite and invertible
        return std::isfinite(a) && std::isfinite(b) && std::isfinite(c) && std::isfinite(d) && std::isfinite(e) &&
               std::isfinite(f) && std::abs(determinant()) > 1e-30;
    }
    // Precondition: usable().
    Matrix inverse() const {
        const double k = 1 / determinant();
        return {d * k, -b * k, -c * k, a * k, (c * f - d * e) * k, (b * e - a * f) * k};
    }
    // The factor by which lengths grow; exact for similar maps, else their geometric mean.
    double scale() const { return std::sqrt(std::abs(determinant())); }
    // Turns, mirrors and scales alike in all directions.
    bool similar() const {
        const double least = 1e-6 * std::max({std::abs(a), std::abs(b), std::abs(c), std::abs(d)});
        return (std::abs(a - d) <= least && std::abs(b + c) <= least) ||
               (std::abs(a + d) <= least && std::abs(b - c) <= least);
    }
    bool upright() const { return b == 0 && c == 0 && a == d && a > 0; }  // scales and moves only
};

}  // namespace galley::document
