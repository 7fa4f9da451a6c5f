#include "document/pdf/raster_image.h"

#include <gtest/gtest.h>

#include <string>

#include "document/pdf/document_images.h"

namespace galley::document {
namespace {

using namespace std::string_literals;

std::string word(int value) {
    return {static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)};
}

// A GIF whose LZW data is never compressed: a clear code before the codes grow.
struct Gif {
    int width = 2, height = 2;
    std::string palette = "\xFF\0\0\0\xFF\0"s;  // red, green
    std::string pixels = "\0\1\1\0"s;
    bool interlaced = false;
    int transparent = -1;

    std::string bytes() const {
        std::string out = "GIF89a" + word(width) + word(height) + "\x80\0\0"s + palette;
        if (transparent >= 0) out += "!\xF9\4\1\0\0"s + static_cast<char>(transparent) + '\0';
        out += "," + word(0) + word(0) + word(width) + word(height) + (interlaced ? "\x40"s : "\0"s) + '\x07';
        std::string codes;
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            if (i % 100 == 0) codes += '\x80';
            codes += pixels[i];
        }
        codes += '\x81';
        for (std::size_t at = 0; at < codes.size(); at += 255) {
            const std::string block = codes.substr(at, 255);
            out += static_cast<char>(block.size()) + block;
        }
        return out + "\0;"s;
    }
};

TEST(GifImage, PixelsComeFromThePalette) {
    const auto image = read_gif(Gif{}.bytes());
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(image->color, "\xFF\0\0\0\xFF\0\0\xFF\0\xFF\0\0"s);
    EXPECT_TRUE(image->alpha.empty());
}

TEST(GifImage, TheTransparentColourBecomesAlpha) {
    Gif gif;
    gif.transparent = 1;
    const auto image = read_gif(gif.bytes());
    ASSERT_TRUE(image);
    EXPECT_EQ(image->alpha, "\xFF\0\0\xFF"s);
}

TEST(GifImage, InterlacedRowsComeInFourPasses) {
    Gif gif;
    gif.width = 1;
    gif.height = 9;
    gif.interlaced = true;
    gif.pixels = "\1\1\0\0\0\0\0\0\0"s;  // rows 0, 8, 4, 2, 6, 1, 3, 5, 7
    const auto image = read_gif(gif.bytes());
    ASSERT_TRUE(image);
    for (std::size_t row = 0; row < 9; ++row) EXPECT_EQ(image->color[row * 3 + 1], row % 8 == 0 ? '\xFF' : '\0') << row;
}

TEST(GifImage, CodesThatAreNotYetThereAreTheLastStringAndItsFirstByte) {
    // Four red pixels as clear, 0, 6 (the new one), 0, end in codes of 3 bits.
    std::string gif = "GIF89a" + word(2) + word(2) + "\x80\0\0"s + "\xFF\0\0\0\xFF\0"s + "," + word(0) + word(0) +
                      word(2) + word(2) + '\0' + '\2';
    // clear=4 (100), 0 (000), 6 (110), 0 (000), end=5 (101): low bits first.
    const unsigned bits = 4U | 0U << 3 | 6U << 6 | 0U << 9 | 5U << 12;
    gif += "\2"s + static_cast<char>(bits & 0xFF) + static_cast<char>(bits >> 8) + "\0;"s;
    const auto image = read_gif(gif);
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(image->color, "\xFF\0\0\xFF\0\0\xFF\0\0\xFF\0\0"s);
}

TEST(GifImage, EveryTruncationAndDamageIsAnErrorOrAnImage) {
    Gif gif;
    gif.width = gif.height = 16;
    gif.pixels = std::string(256, '\1');
    const std::string whole = gif.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) (void)read_gif(whole.substr(0, size));
    for (std::size_t at = 6; at < whole.size(); ++at)
        for (const int bit : {0, 3, 7}) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
            (void)read_gif(damaged);
        }
}

TEST(GifImage, GiantsAreRefused) {
    Gif gif;
    gif.width = gif.height = 30'000;
    EXPECT_EQ(read_gif(gif.bytes()).error().code, ErrorCode::LimitExceeded);
}

TEST(WebpImage, LosslessPixelIsDecoded) {
    const auto image = read_webp("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"s);
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(image->width, 1);
    EXPECT_EQ(image->height, 1);
    EXPECT_EQ(image->color.size(), 3U);
}

TEST(WebpImage, GarbageIsRefused) {
    EXPECT_EQ(read_webp("RIFF\x1a\0\0\0WEBPVP8L").error().code, ErrorCode::InvalidInput);
}

TEST(Orientation, EachTakesTheFirstPixelToItsCorner) {
    // Where the stored picture's top left corner (0, 1) goes, y upwards.
    const Point2 corners[] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const Matrix matrix = orientation_matrix(orientation);
        EXPECT_EQ(matrix.apply({0, 1}), corners[orientation - 1]) << orientation;
        EXPECT_EQ(std::abs(matrix.determinant()), 1) << orientation;
        EXPECT_EQ(matrix.a == 0, orientation >= 5) << orientation;
    }
}

}  // namespace
}  // namespace galley::document
