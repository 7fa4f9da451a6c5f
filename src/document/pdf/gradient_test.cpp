#include "document/pdf/gradient.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace galley::document {
namespace {

constexpr Color kRed{255, 0, 0, 255}, kWhite{255, 255, 255, 255};

struct Written {
    codec::DeflatePool deflate;
    PdfFile file{deflate, 6, {}};
    Resources resources{file};

    GradientOperators of(const Gradient& gradient, double width, double height) {
        const Rect area{{}, {}, LayoutUnit::from_px(width), LayoutUnit::from_px(height)};
        return gradient_operators(gradient, area, resources);
    }
};

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

Gradient line(std::vector<Gradient::Stop> stops, double length) {
    Gradient out;
    out.to = {length, 0};
    out.stops = std::move(stops);
    return out;
}

Gradient rings(std::vector<Gradient::Stop> stops, double radius) {
    Gradient out;
    out.radial = true;
    out.center = out.radius = {radius, radius};
    out.stops = std::move(stops);
    return out;
}

const std::vector<Gradient::Stop> kStripes{{0, kRed}, {0.5, kRed}, {0.5, kWhite}, {1, kWhite}};
const std::vector<Gradient::Stop> kFlowing{{0, kRed}, {1, kWhite}};

TEST(PdfGradient, StripesAreFillsWithoutShading) {
    Written written;
    Gradient stripes = line(kStripes, 10);
    stripes.repeating = true;
    const GradientOperators made = written.of(stripes, 100, 20);
    EXPECT_EQ(count(made.color, "sh\n"), 0U);
    EXPECT_EQ(count(made.color, "re\n"), 11U) << "the ground and ten stripes on it";
    EXPECT_EQ(made.mask, "");
}

TEST(PdfGradient, StripesThatShineThroughNeedNoMask) {
    Written written;
    Gradient stripes = rings({{0, kRed}, {0.5, kRed}, {0.5, Color::none()}, {1, Color::none()}}, 10);
    stripes.repeating = true;
    const GradientOperators made = written.of(stripes, 20, 20);
    EXPECT_EQ(made.mask, "");
    EXPECT_EQ(count(made.color, "f*\n"), 2U);
    EXPECT_EQ(count(made.color, "re\n"), 1U) << "the outer one's, no ground";
}

TEST(PdfGradient, FlowingColorsHaveOneShadingForAllPeriods) {
    Written written;
    Gradient flowing = line(kFlowing, 10);
    flowing.repeating = true;
    const GradientOperators made = written.of(flowing, 100, 20);
    EXPECT_EQ(count(made.color, "/S1 sh\n"), 10U);
    EXPECT_EQ(count(made.color, "sh\n"), 10U);
    const GradientOperators other = written.of(line(kFlowing, 77), 77, 20);
    EXPECT_EQ(count(other.color, "/S2 sh\n"), 1U) << "with ends that go on";
    EXPECT_EQ(written.of(line(kFlowing, 30), 30, 9).color.find("/S3"), std::string::npos) << "shared by other sizes";
}

TEST(PdfGradient, TransparentOnesHaveAMaskAndNoGround) {
    Written written;
    Gradient fading = line({{0, kRed}, {1, {255, 0, 0, 0}}}, 10);
    fading.repeating = true;
    const GradientOperators made = written.of(fading, 30, 20);
    EXPECT_EQ(count(made.mask, "sh\n"), 3U);
    EXPECT_EQ(count(made.color, "re\n"), 0U) << "a mask counts for each fill by itself";
}

TEST(PdfGradient, ManyPeriodsStaySmall) {
    Written written;
    for (const bool radial : {false, true}) {
        for (const auto& stops : {kStripes, kFlowing}) {
            Gradient dense = radial ? rings(stops, 0.3) : line(stops, 0.3);
            dense.repeating = true;
            const GradientOperators made = written.of(dense, 3000, 4500);
            EXPECT_LE(count(made.color, "sh\n"), 64U);
            EXPECT_GE(count(made.color, "sh\n"), 60U);
            EXPECT_LT(made.color.size(), 6000U);
        }
    }
    EXPECT_LT(written.file.size(), 100'000U);
}

TEST(PdfGradient, LinesWithoutLengthShowTheLastColor) {
    Written written;
    for (const Gradient& gradient : {line(kFlowing, 0), rings(kFlowing, 0)}) {
        const GradientOperators made = written.of(gradient, 50, 20);
        EXPECT_EQ(count(made.color, "1 1 1 rg\n"), 1U);
        EXPECT_EQ(count(made.color, "sh\n"), 0U);
    }
}

TEST(PdfGradient, EdgesAreNoPartsOfTheFunction) {
    const std::string edge = stop_function(kStripes, GradientChannel::Color);
    EXPECT_EQ(count(edge, "/FunctionType 2"), 2U);
    EXPECT_NE(edge.find("/Bounds[.5 ]"), std::string::npos) << edge;
    EXPECT_EQ(count(stop_function(kFlowing, GradientChannel::Alpha), "/C0[1]"), 1U);
}

}  // namespace
}  // namespace galley::document
