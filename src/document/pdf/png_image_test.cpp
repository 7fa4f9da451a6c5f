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

// A tRNS chunk behind the header; check sums are not looked at.
std::string with_transparent(std::string png, std::string_view color) {
    std::string chunk{'\0', '\0', '\0', static_cast<char>(color.size())};
    chunk.append("tRNS").append(color).append("....");
    return png.insert(33, chunk);
}

TEST(PngImage, ATransparentColourIsAKeyInterlacedOrNot) {
    const std::string_view eight("\0\x7F\0\x10\0\x80", 6), sixteen("\x7F\0\x10\0\x80\0", 6);
    const std::vector<int> key{0x7F, 0x10, 0x80};
    for (const bool interlaced : {false, true}) {
        const auto png = read_png(with_transparent(make_png(5, 5, 2, 8, interlaced), eight));
        ASSERT_TRUE(png) << png.error().to_string();
        EXPECT_EQ(png->key, key);
    }
    const auto deep = read_png(with_transparent(make_png(5, 5, 2, 16, true), sixteen));
    ASSERT_TRUE(deep);
    EXPECT_EQ(deep->bits, 8);
    EXPECT_EQ(deep->key, key);
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
