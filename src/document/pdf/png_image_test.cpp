#include "document/pdf/png_image.h"

#include <gtest/gtest.h>

#include "document/pdf/testing/sample_pages.h"

namespace galley::document {
namespace {

TEST(PngImage, PlainKindsPassThroughAndAlphaIsSplit) {
    for (const int type : {0, 2, 3, 4, 6})
        for (const int bits : {8, 16}) {
            if (type == 3 && bits == 16) continue;
            const auto png = read_png(make_png(13, 9, type, bits));
            ASSERT_TRUE(png) << type << ' ' << bits << ' ' << png.error().to_string();
            EXPECT_EQ(png->packed.empty(), type >= 4);
            EXPECT_EQ(png->alpha.empty(), type < 3);
        }
}

TEST(PngImage, InterlacedPixelsEqualThoseOfThePlainFile) {
    for (const int type : {4, 6})
        for (const int width : {1, 3, 8, 21}) {
            const auto plain = read_png(make_png(width, 11, type, 8, false));
            const auto interlaced = read_png(make_png(width, 11, type, 16, true));
            ASSERT_TRUE(plain && interlaced);
            EXPECT_EQ(plain->color, interlaced->color);
            EXPECT_EQ(plain->alpha, interlaced->alpha);
        }
}

TEST(PngImage, PaletteTransparencyBecomesAlpha) {
    const auto png = read_png(make_png(4, 1, 3, 8));
    ASSERT_TRUE(png);
    EXPECT_EQ(png->alpha, "\xFF\x80\x40\xFF");
}

TEST(PngImage, EveryTruncationIsAnErrorOrAnImage) {
    const std::string whole = make_png(7, 7, 6, 8, true);
    for (std::size_t size = 8; size < whole.size(); ++size) (void)read_png(whole.substr(0, size));
    for (std::size_t at = 8; at < whole.size(); ++at)
        for (const int bit : {0, 3, 7}) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
            (void)read_png(damaged);
        }
    EXPECT_FALSE(read_png(whole.substr(0, 60)));
}

}  // namespace
}  // namespace galley::document
