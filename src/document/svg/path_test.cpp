#include "document/svg/path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace galley::document {
namespace {

std::string text_of(const PathData& path) {
    std::string out;
    std::size_t at = 0;
    for (const PathVerb verb : path.verbs) {
        if (!out.empty()) out += ' ';
        out += verb == PathVerb::Move ? "M" : verb == PathVerb::Line ? "L" : verb == PathVerb::Cubic ? "C" : "Z";
        for (int n = verb == PathVerb::Close ? 0 : verb == PathVerb::Cubic ? 3 : 1; n > 0; --n, ++at)
            out += fmt::format("{:g},{:g}{}", std::round(path.points[at].x * 100) / 100 + 0.0,
                               std::round(path.points[at].y * 100) / 100 + 0.0, n > 1 ? " " : "");
    }
    return out;
}

struct PathCase {
    const char* name;
    const char* data;
    const char* want;
};

void PrintTo(const PathCase& test, std::ostream* out) {
    *out << test.name;
}

class PathGrammar : public testing::TestWithParam<PathCase> {};

TEST_P(PathGrammar, IsReadAsTheStandardSays) {
    EXPECT_EQ(text_of(parse_path_data(GetParam().data)), GetParam().want);
}

const PathCase kCases[] = {
    {"Empty", "", ""},
    {"MoveAndLine", "M1 2L3 4", "M1,2 L3,4"},
    {"RelativeMoveAndLine", "m1 2l3 4", "M1,2 L4,6"},
    {"CommasAndSpacesAreAlike", " M 1,2 , 3 4", "M1,2 L3,4"},
    {"MinusSignSeparates", "M1-2L-3-4", "M1,-2 L-3,-4"},
    {"PointSeparates", "M.5.5L1.5.25", "M0.5,0.5 L1.5,0.25"},
    {"Exponents", "M1e1 1E-1", "M10,0.1"},
    {"MoveRepeatsAsLine", "M0 0 1 1 2 2", "M0,0 L1,1 L2,2"},
    {"RelativeMoveRepeatsAsRelativeLine", "m1 1 1 1", "M1,1 L2,2"},
    {"HorizontalAndVertical", "M1 1H5V6h-1v-2", "M1,1 L5,1 L5,6 L4,6 L4,4"},
    {"CloseReturnsToTheStart", "M1 1H5V5zl1 1", "M1,1 L5,1 L5,5 Z L2,2"},
    {"Cubic", "M0 0C1 2 3 4 5 6", "M0,0 C1,2 3,4 5,6"},
    {"RelativeCubic", "M1 1c1 2 3 4 5 6", "M1,1 C2,3 4,5 6,7"},
    {"SmoothCubicMirrorsTheControl", "M0 0C1 1 2 2 3 3S5 5 6 6", "M0,0 C1,1 2,2 3,3 C4,4 5,5 6,6"},
    {"SmoothCubicWithoutACurveStartsAtThePoint", "M1 1S5 5 6 6", "M1,1 C1,1 5,5 6,6"},
    {"QuadraticBecomesCubic", "M0 0Q3 3 6 0", "M0,0 C2,2 4,2 6,0"},
    {"SmoothQuadraticMirrorsTheControl", "M0 0Q3 3 6 0T12 0", "M0,0 C2,2 4,2 6,0 C8,-2 10,-2 12,0"},
    {"ArcOfAQuarterIsOneCubic", "M10 0A10 10 0 0 1 0 10", "M10,0 C10,5.52 5.52,10 0,10"},
    {"ArcFlagsNeedNoSeparators", "M10 0A10 10 0 010 10", "M10,0 C10,5.52 5.52,10 0,10"},
    {"ArcWithoutRadiusIsALine", "M0 0A0 5 0 0 1 5 5", "M0,0 L5,5"},
    {"ArcToItsOwnStartIsNothing", "M0 0A5 5 0 0 1 0 0", "M0,0"},
    {"ArcWithSmallRadiiGrows", "M0 0A1 1 0 0 1 20 0", "M0,0 C0,-5.52 4.48,-10 10,-10 C15.52,-10 20,-5.52 20,0"},
    {"LargeArcTakesTheLongWay", "M10 0A10 10 0 1 0 0 10",
     "M10,0 C10,-5.52 5.52,-10 0,-10 C-5.52,-10 -10,-5.52 -10,0 C-10,5.52 -5.52,10 0,10"},
    {"ErrorKeepsWhatCameBefore", "M0 0L5 5Lx", "M0,0 L5,5"},
    {"MissingNumberDropsTheSegment", "M0 0L5 5L6", "M0,0 L5,5"},
    {"MustBeginWithAMove", "L5 5", ""},
    {"UnknownLetterStops", "M0 0 1 1 b 2 2", "M0,0 L1,1"},
    {"NumbersAfterCloseStop", "M0 0L1 1Z 2 2", "M0,0 L1,1 Z"},
};
INSTANTIATE_TEST_SUITE_P(Cases, PathGrammar, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(PathData, KeepsToItsLimitOfSegments) {
    std::string text = "M0 0";
    for (std::size_t i = 0; i <= kPathSegmentsMax; ++i) text += "h1";
    const PathData path = parse_path_data(text);
    EXPECT_EQ(path.verbs.size(), kPathSegmentsMax);
    EXPECT_TRUE(path.cut);
}

TEST(PathData, ReversedOutlineRunsTheOtherWay) {
    PathData path = parse_path_data("M0 0H10V10C5 10 5 5 0 5Z");
    const double area = path.signed_area();
    path.reverse();
    EXPECT_NEAR(path.signed_area(), -area, 1e-9);
    EXPECT_EQ(text_of(path), "M0,5 C5,5 5,10 10,10 L10,0 L0,0 Z");
}

TEST(PathData, EachSubpathIsReversedByItself) {
    PathData path = parse_path_data("M0 0H10V10ZM20 0V5H25Z");
    path.reverse();
    EXPECT_EQ(text_of(path), "M10,10 L10,0 L0,0 Z M25,5 L20,5 L20,0 Z");
}

TEST(PathData, RadiiOfARectangleAreAtMostItsHalf) {
    EXPECT_EQ(text_of(rectangle(0, 0, 10, 20, 50, 5)), text_of(rectangle(0, 0, 10, 20, 5, 5)));
    EXPECT_EQ(text_of(rectangle(1, 2, 3, 4, 0, 0)), "M1,2 L4,2 L4,6 L1,6 Z");
}

}  // namespace
}  // namespace galley::document
