// src/document/geometry/units.h — LayoutUnit (1/64 CSS px), points, rectangles, colours: the measures of layout and
// paint.
//
// Units    LayoutUnit counts 1/64 px; 1 px = 1/96 in = 0.75 pt (CSS Values 4 §6.2). Integers, so that sums are exact
// and
//          identical on every machine. Range ±33 million px; arithmetic saturates, never overflows.
// Source   CSS Values and Units 4; ARCHITECTURE "The document engine".
#pragma once

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace galley::document {

class LayoutUnit {
 public:
    static constexpr std::int32_t kPerPx = 64;

    constexpr LayoutUnit() = default;
    static constexpr LayoutUnit from_raw(std::int64_t raw) { return LayoutUnit(clamp(raw)); }
    static constexpr LayoutUnit from_px(int px) { return from_raw(std::int64_t{px} * kPerPx); }
    static LayoutUnit from_px(double px) {
        if (!(px > -3.3e7)) return from_raw(std::numeric_limits<std::int32_t>::min());  // NaN too
        if (px > 3.3e7) return max();
        return from_raw(std::llround(px * kPerPx));
    }
    static constexpr LayoutUnit max() { return from_raw(std::numeric_limits<std::int32_t>::max()); }

    constexpr std::int32_t raw() const { return raw_; }
    constexpr double px() const { return static_cast<double>(raw_) / kPerPx; }
    constexpr double pt() const { return px() * 0.75; }

    constexpr auto operator<=>(const LayoutUnit&) const = default;
    constexpr LayoutUnit operator-() const { return from_raw(-std::int64_t{raw_}); }
    constexpr LayoutUnit& operator+=(LayoutUnit other) { return *this = *this + other; }
    constexpr LayoutUnit& operator-=(LayoutUnit other) { return *this = *this - other; }
    friend constexpr LayoutUnit operator+(LayoutUnit a, LayoutUnit b) {
        return from_raw(std::int64_t{a.raw_} + b.raw_);
    }
    friend constexpr LayoutUnit operator-(LayoutUnit a, LayoutUnit b) {
        return from_raw(std::int64_t{a.raw_} - b.raw_);
    }
    friend constexpr LayoutUnit operator*(LayoutUnit a, int factor) { return from_raw(std::int64_t{a.raw_} * factor); }
    friend constexpr LayoutUnit operator/(LayoutUnit a, int divisor) { return from_raw(a.raw_ / divisor); }
    // a × numerator / denominator, exact in between (for shares and percentages).
    constexpr LayoutUnit scaled(std::int64_t numerator, std::int64_t denominator) const {
        if (denominator == 0) return {};
        return from_raw(static_cast<std::int64_t>(static_cast<__int128>(raw_) * numerator / denominator));
    }
    LayoutUnit scaled(double factor) const { return from_px(px() * factor); }

 private:
    constexpr explicit LayoutUnit(std::int32_t raw) : raw_(raw) {}
    static constexpr std::int32_t clamp(std::int64_t raw) {
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(raw, std::numeric_limits<std::int32_t>::min(),
                                                                  std::numeric_limits<std::int32_t>::max()));
    }
    std::int32_t raw_ = 0;
};

struct Point {
    LayoutUnit x, y;
    bool operator==(const Point&) const = default;
    constexpr Point& operator+=(const Point& other) {
        x += other.x;
        y += other.y;
        return *this;
    }
    friend constexpr Point operator+(Point a, const Point& b) { return a += b; }
};

struct Size {
    LayoutUnit width, height;
    bool operator==(const Size&) const = default;
};

struct Rect {
    LayoutUnit x, y, width, height;
    bool operator==(const Rect&) const = default;
    constexpr LayoutUnit right() const { return x + width; }
    constexpr LayoutUnit bottom() const { return y + height; }
    constexpr bool empty() const { return width <= LayoutUnit() || height <= LayoutUnit(); }
};

// One value for each side, in CSS order.
template <typename T>
struct Sides {
    T top{}, right{}, bottom{}, left{};
    bool operator==(const Sides&) const = default;
};

struct Color {
    std::uint8_t r = 0, g = 0, b = 0, a = 255;
    bool operator==(const Color&) const = default;
    constexpr bool transparent() const { return a == 0; }
    static constexpr Color black() { return {0, 0, 0, 255}; }
    static constexpr Color none() { return {0, 0, 0, 0}; }
};

}  // namespace galley::document
