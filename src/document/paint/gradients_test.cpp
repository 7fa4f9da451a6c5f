#include "document/paint/gradients.h"

#include <gtest/gtest.h>

#include <cmath>

namespace galley::document {
namespace {

constexpr Color kRed{255, 0, 0, 255}, kBlue{0, 0, 255, 255}, kClear{0, 0, 0, 0};

Rect box(double width, double height) {
    return {{}, {}, LayoutUnit::from_px(width), LayoutUnit::from_px(height)};
}

Length px(double value) {
    return Length::of(LayoutUnit::from_px(value));
}

BackgroundImage linear(std::vector<GradientStop> stops, double angle = 180) {
    BackgroundImage image;
    image.kind = BackgroundImage::Kind::LinearGradient;
    image.angle_degrees = angle;
    image.stops = std::move(stops);
    return image;
}

BackgroundImage radial(std::vector<GradientStop> stops) {
    BackgroundImage image = linear(std::move(stops));
    image.kind = BackgroundImage::Kind::RadialGradient;
    return image;
}

std::vector<double> offsets(const Gradient& gradient) {
    std::vector<double> out;
    for (const Gradient::Stop& stop : gradient.stops) out.push_back(std::round(stop.offset * 1e4) / 1e4);
    return out;
}

TEST(Gradients, CornerHasTheMeanColorInTheOtherTwoCorners) {
    BackgroundImage image = linear({{kRed, {}}, {kBlue, {}}});
    image.corner_x = 1;
    image.corner_y = -1;
    const Gradient made = used_gradient(image, box(200, 40));
    const auto share = [&](double x, double y) {
        const double dx = made.to.x - made.from.x, dy = made.to.y - made.from.y;
        return ((x - made.from.x) * dx + (y - made.from.y) * dy) / (dx * dx + dy * dy);
    };
    EXPECT_NEAR(share(0, 40), 0, 1e-9);
    EXPECT_NEAR(share(200, 0), 1, 1e-9);
    EXPECT_NEAR(share(0, 0), 0.5, 1e-9);
    EXPECT_NEAR(share(200, 40), 0.5, 1e-9);
}

TEST(Gradients, StopsWithoutPlaceAndBeforeOthersAreFixed) {
    const Gradient made = used_gradient(
        linear({{kRed, {}}, {kBlue, {}}, {kRed, Length::of_percent(80)}, {kBlue, px(20)}, {kRed, {}}}), box(10, 100));
    EXPECT_EQ(offsets(made), (std::vector<double>{0, 0.4, 0.8, 0.8, 1}));
}

TEST(Gradients, WhatLiesOutsideOfTheLineIsCutOff) {
    const Gradient made = used_gradient(linear({{kRed, px(-100)}, {kBlue, px(100)}}), box(10, 50));
    EXPECT_EQ(offsets(made), (std::vector<double>{0, 1}));
    EXPECT_EQ(made.stops[0].color, (Color{128, 0, 128, 255}));
    EXPECT_EQ(made.stops[1].color, (Color{64, 0, 191, 255}));
}

TEST(Gradients, RepeatingIsOnePeriodWhereItsStopsSay) {
    BackgroundImage image = linear({{kRed, px(10)}, {kRed, px(15)}, {kBlue, px(15)}, {kBlue, px(30)}});
    image.repeating = true;
    const Gradient made = used_gradient(image, box(10, 100));
    EXPECT_TRUE(made.repeating);
    EXPECT_EQ(made.from.y, 10);
    EXPECT_EQ(made.to.y, 30);
    EXPECT_EQ(offsets(made), (std::vector<double>{0, 0.25, 0.25, 1}));
}

TEST(Gradients, TooSmallPeriodsAreTheMeanColor) {
    for (const double period : {0.0, 0.1}) {
        BackgroundImage image = linear({{kRed, px(0)}, {kBlue, px(period)}});
        image.repeating = true;
        EXPECT_EQ(only_color(used_gradient(image, box(3000, 4500))), (Color{128, 0, 128, 255})) << period;
        image.kind = BackgroundImage::Kind::RadialGradient;
        EXPECT_EQ(only_color(used_gradient(image, box(3000, 4500))), (Color{128, 0, 128, 255})) << period;
    }
    BackgroundImage fading = linear({{kRed, px(0)}, {kClear, px(0.1)}});
    fading.repeating = true;
    EXPECT_EQ(only_color(used_gradient(fading, box(10, 10))), (Color{255, 0, 0, 128}));
}

TEST(Gradients, TransparentTakesTheColorBesideIt) {
    const Gradient made = used_gradient(linear({{kRed, {}}, {kClear, {}}, {kBlue, {}}}), box(10, 100));
    ASSERT_EQ(offsets(made), (std::vector<double>{0, 0.5, 0.5, 1}));
    EXPECT_EQ(made.stops[1].color, (Color{255, 0, 0, 0}));
    EXPECT_EQ(made.stops[2].color, (Color{0, 0, 255, 0}));
}

TEST(Gradients, ColorsOfUnequalAlphaAreMixedPremultiplied) {
    const Gradient made = used_gradient(linear({{kRed, {}}, {{0, 0, 255, 51}, {}}}), box(10, 100));
    const auto middle = std::ranges::find(made.stops, 0.5, &Gradient::Stop::offset);
    ASSERT_NE(middle, made.stops.end());
    EXPECT_EQ(middle->color, (Color{213, 0, 43, 153}));
}

TEST(Gradients, HintsSayWhereTheMeanColorLies) {
    const Gradient made =
        used_gradient(linear({{kRed, {}}, {Color::none(), Length::of_percent(25), true}, {kBlue, {}}}), box(10, 160));
    const auto quarter = std::ranges::find(made.stops, 0.25, &Gradient::Stop::offset);
    ASSERT_NE(quarter, made.stops.end());
    EXPECT_EQ(quarter->color, (Color{128, 0, 128, 255}));
    const Gradient edge =
        used_gradient(linear({{kRed, {}}, {Color::none(), Length::of_percent(0), true}, {kBlue, {}}}), box(10, 160));
    EXPECT_EQ(edge.stops.back().color, kBlue);
    EXPECT_EQ(edge.stops.front().color, kBlue);
}

struct Shape {
    BackgroundImage::Extent extent;
    bool circle;
    double x, y;
};

TEST(Gradients, EndingShapes) {
    using Extent = BackgroundImage::Extent;
    const double far_corner = std::hypot(150, 60), near_corner = std::hypot(50, 40);
    for (const Shape& shape : {Shape{Extent::ClosestSide, true, 40, 40}, Shape{Extent::FarthestSide, true, 150, 150},
                               Shape{Extent::ClosestCorner, true, near_corner, near_corner},
                               Shape{Extent::FarthestCorner, true, far_corner, far_corner},
                               Shape{Extent::ClosestSide, false, 50, 40}, Shape{Extent::FarthestSide, false, 150, 60},
                               Shape{Extent::ClosestCorner, false, 50 * std::sqrt(2), 40 * std::sqrt(2)},
                               Shape{Extent::FarthestCorner, false, 150 * std::sqrt(2), 60 * std::sqrt(2)},
                               Shape{Extent::Lengths, false, 20, 10}}) {
        BackgroundImage image = radial({{kRed, {}}, {kBlue, {}}});
        image.extent = shape.extent;
        image.circle = shape.circle;
        image.radius_x = Length::of_percent(10);
        image.radius_y = px(10);
        image.center_x = Length::of_percent(25);
        image.center_y = px(40);
        const Gradient made = used_gradient(image, box(200, 100));
        EXPECT_EQ(made.center, (Point2{50, 40}));
        EXPECT_NEAR(made.radius.x, shape.x, 1e-9) << static_cast<int>(shape.extent);
        EXPECT_NEAR(made.radius.y, shape.y, 1e-9) << static_cast<int>(shape.extent);
    }
}

TEST(Gradients, RadialStopsBeyondTheShapeMakeItLarger) {
    BackgroundImage image = radial({{kRed, px(-10)}, {kBlue, px(30)}});
    image.extent = BackgroundImage::Extent::Lengths;
    image.radius_x = px(20);
    image.radius_y = px(10);
    const Gradient made = used_gradient(image, box(200, 100));
    EXPECT_EQ(made.radius, (Point2{30, 15}));
    EXPECT_EQ(made.stops.front().color, (Color{191, 0, 64, 255}));
}

TEST(Gradients, DegenerateShapesAreFinite) {
    for (const double width : {0.0, 20.0}) {
        for (const bool repeating : {false, true}) {
            BackgroundImage image = radial({{kRed, px(1)}, {kBlue, px(5)}});
            image.extent = BackgroundImage::Extent::Lengths;
            image.radius_x = px(width);
            image.radius_y = px(0);
            image.repeating = repeating;
            const Gradient made = used_gradient(image, box(200, 100));
            EXPECT_TRUE(std::isfinite(made.radius.x) && std::isfinite(made.radius.y));
            EXPECT_EQ(only_color(made).has_value(), width > 0);
        }
    }
}

TEST(Gradients, RepeatedRingsBeginAtTheCenter) {
    BackgroundImage image = radial({{kRed, px(5)}, {kRed, px(10)}, {kBlue, px(10)}, {kBlue, px(15)}});
    image.repeating = true;
    const Gradient made = used_gradient(image, box(200, 100));
    EXPECT_EQ(made.radius.x, 10);
    ASSERT_EQ(offsets(made), (std::vector<double>{0, 0.5, 0.5, 1}));
    EXPECT_EQ(made.stops[0].color, kBlue);
    EXPECT_EQ(made.stops[1].color, kBlue);
    EXPECT_EQ(made.stops[2].color, kRed);
}

}  // namespace
}  // namespace galley::document
