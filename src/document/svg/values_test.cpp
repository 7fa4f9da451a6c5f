#include "document/svg/values.h"

#include <gtest/gtest.h>

namespace galley::document {
namespace {

struct TransformCase {
    const char* name;
    const char* text;
    bool valid;
    double x, y;  // where (1, 2) goes
};

void PrintTo(const TransformCase& test, std::ostream* out) {
    *out << test.name;
}

class TransformList : public testing::TestWithParam<TransformCase> {};

TEST_P(TransformList, MovesThePoint) {
    const TransformCase& test = GetParam();
    const auto matrix = read_transforms(test.text);
    ASSERT_EQ(matrix.has_value(), test.valid);
    if (!test.valid) return;
    const Point2 p = matrix->apply({1, 2});
    EXPECT_NEAR(p.x, test.x, 1e-9);
    EXPECT_NEAR(p.y, test.y, 1e-9);
}

const TransformCase kCases[] = {
    {"Empty", "", true, 1, 2},
    {"None", "none", true, 1, 2},
    {"Translate", "translate(10,20)", true, 11, 22},
    {"TranslateOneNumber", "translate(10)", true, 11, 2},
    {"TranslatePixels", "translate(10px, 20px)", true, 11, 22},
    {"Scale", "scale(3)", true, 3, 6},
    {"ScaleTwoNumbers", "scale(3 -1)", true, 3, -2},
    {"Rotate", "rotate(90)", true, -2, 1},
    {"RotateTurn", "rotate(.25turn)", true, -2, 1},
    {"RotateAboutAPoint", "rotate(180 1 1)", true, 1, 0},
    {"SkewX", "skewX(45)", true, 3, 2},
    {"SkewY", "skewY(45)", true, 1, 3},
    {"Matrix", "matrix(1 2 3 4 5 6)", true, 12, 16},
    {"LastOneFirst", "translate(10) scale(2)", true, 12, 4},
    {"CommaBetween", "translate(10),scale(2)", true, 12, 4},
    {"SpaceBeforeBracket", "translate (10)", true, 11, 2},
    {"WrongNumberOfArguments", "matrix(1 2 3)", false, 0, 0},
    {"UnknownFunction", "turn(10)", false, 0, 0},
    {"OpenBracket", "translate(10", false, 0, 0},
};
INSTANTIATE_TEST_SUITE_P(Cases, TransformList, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(SvgLength, KnowsTheUnits) {
    const SvgLengths lengths{{200, 100}, 20};
    const auto read = [&](std::string_view text) { return read_svg_length(text, SvgAxis::X, lengths).value_or(-1); };
    EXPECT_DOUBLE_EQ(read("10"), 10);
    EXPECT_DOUBLE_EQ(read(" 10px "), 10);
    EXPECT_DOUBLE_EQ(read("72pt"), 96);
    EXPECT_DOUBLE_EQ(read("1in"), 96);
    EXPECT_DOUBLE_EQ(read("2.54cm"), 96);
    EXPECT_DOUBLE_EQ(read("25.4mm"), 96);
    EXPECT_DOUBLE_EQ(read("2em"), 40);
    EXPECT_DOUBLE_EQ(read("50%"), 100);
    EXPECT_DOUBLE_EQ(read("1e2"), 100);
    EXPECT_DOUBLE_EQ(read("10 px"), -1);
    EXPECT_DOUBLE_EQ(read("10furlong"), -1);
    EXPECT_DOUBLE_EQ(read(""), -1);
    EXPECT_NEAR(*read_svg_length("100%", SvgAxis::Diagonal, lengths), 158.1138, 1e-3);
}

TEST(SvgLength, ListsEndAtTheFirstThatIsNone) {
    EXPECT_EQ(read_svg_lengths("1 2,3 x 4", SvgAxis::X, {}), (std::vector<double>{1, 2, 3}));
}

struct BoxCase {
    const char* name;
    const char* ratio;
    double x, y, sx, sy;
};

void PrintTo(const BoxCase& test, std::ostream* out) {
    *out << test.name;
}

class AspectRatioOfAViewBox : public testing::TestWithParam<BoxCase> {};

// A box of 100 × 100 in an area of 200 × 400.
TEST_P(AspectRatioOfAViewBox, PlacesAndScales) {
    const Matrix matrix = view_box_matrix({0, 0, 100, 100}, read_aspect_ratio(GetParam().ratio), 200, 400);
    EXPECT_EQ(matrix, (Matrix{GetParam().sx, 0, 0, GetParam().sy, GetParam().x, GetParam().y}));
}

const BoxCase kBoxCases[] = {
    {"Default", "", 0, 100, 2, 2},
    {"Top", "xMidYMin meet", 0, 0, 2, 2},
    {"Bottom", "xMidYMax", 0, 200, 2, 2},
    {"None", "none", 0, 0, 2, 4},
    {"Slice", "xMidYMid slice", -100, 0, 4, 4},
    {"SliceRight", "xMaxYMid slice", -200, 0, 4, 4},
};
INSTANTIATE_TEST_SUITE_P(Cases, AspectRatioOfAViewBox, testing::ValuesIn(kBoxCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ViewBox, NeedsAnArea) {
    EXPECT_TRUE(read_view_box("0 0 10 10"));
    EXPECT_TRUE(read_view_box("-5,-5,10,10"));
    EXPECT_FALSE(read_view_box("0 0 0 10"));
    EXPECT_FALSE(read_view_box("0 0 10"));
    EXPECT_FALSE(read_view_box("a"));
}

}  // namespace
}  // namespace galley::document
