#include "document/geometry/image_info.h"

#include <gtest/gtest.h>

#include <string>

namespace galley::document {
namespace {

using namespace std::string_literals;

const std::string kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x07\x08\x06\0\0\0"s + "\0\0\0\0"s;
const std::string kJpeg = "\xFF\xD8\xFF\xE0\0\x04zz\xFF\xC2\0\x11\x08\0\x09\0\x0B\x03\x01\x22\0\x02\x11\1\3\x11\1"s;

TEST(ImageInfo, PngHeaderGivesSizeAndChannels) {
    const auto image = probe_image(SharedBytes(kPng));
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ((*image)->width_px, 5);
    EXPECT_EQ((*image)->height_px, 7);
    EXPECT_EQ((*image)->components, 4);
}

TEST(ImageInfo, JpegFrameHeaderIsFoundBehindOtherSegments) {
    const auto image = probe_image(SharedBytes(kJpeg));
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ((*image)->format, ImageData::Format::Jpeg);
    EXPECT_EQ((*image)->width_px, 11);
    EXPECT_EQ((*image)->height_px, 9);
}

std::string with_orientation(const std::string& tiff) {
    const std::string exif = "Exif\0\0"s + tiff;
    return "\xFF\xD8\xFF\xE1"s + '\0' + static_cast<char>(exif.size() + 2) + exif + kJpeg.substr(2);
}

TEST(ImageInfo, ExifOrientationTurnsTheSides) {
    const std::string big = "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x06\0\0"s;
    const std::string little = "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\3\0\0\0"s;
    const auto turned = probe_image(SharedBytes(with_orientation(big)));
    ASSERT_TRUE(turned) << turned.error().to_string();
    EXPECT_EQ((*turned)->orientation, 6);
    EXPECT_EQ((*turned)->width_px, 9);
    EXPECT_EQ((*turned)->height_px, 11);
    const auto upside_down = probe_image(SharedBytes(with_orientation(little)));
    ASSERT_TRUE(upside_down);
    EXPECT_EQ((*upside_down)->orientation, 3);
    EXPECT_EQ((*upside_down)->width_px, 11);
    std::string strange = big;
    strange[19] = 9;
    const auto plain = probe_image(SharedBytes(with_orientation(strange)));
    ASSERT_TRUE(plain);
    EXPECT_EQ((*plain)->orientation, 1);
}

TEST(ImageInfo, GifAndWebpHeadersGiveTheSize) {
    const auto gif = probe_image(SharedBytes("GIF89a\x05\1\x07\0\0\0\0"s));
    ASSERT_TRUE(gif);
    EXPECT_EQ((*gif)->format, ImageData::Format::Gif);
    EXPECT_EQ((*gif)->width_px, 261);
    EXPECT_EQ((*gif)->height_px, 7);
    const auto webp = probe_image(SharedBytes("RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x04\0\0\x06\0\0"s));
    ASSERT_TRUE(webp) << webp.error().to_string();
    EXPECT_EQ((*webp)->format, ImageData::Format::Webp);
    EXPECT_EQ((*webp)->width_px, 5);
    EXPECT_EQ((*webp)->height_px, 7);
}

TEST(ImageInfo, EveryTruncationIsAnErrorOrTheSameImage) {
    for (const std::string& file : {kPng, kJpeg})
        for (std::size_t size = 0; size < file.size(); ++size) {
            const auto image = probe_image(SharedBytes(file.substr(0, size)));
            if (image) {
                EXPECT_GT((*image)->width_px, 0);
            }
        }
}

TEST(ImageInfo, OtherFilesAreUnsupportedAndGiantsRefused) {
    EXPECT_EQ(probe_image(SharedBytes("BM6\0\0\0"s)).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(probe_image(SharedBytes("GIF89a"s)).error().code, ErrorCode::InvalidInput);
    std::string giant = kPng;
    giant[17] = '\x7F';
    EXPECT_EQ(probe_image(SharedBytes(giant)).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::document
