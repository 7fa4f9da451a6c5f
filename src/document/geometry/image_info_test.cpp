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
    EXPECT_EQ(probe_image(SharedBytes("GIF89a"s)).error().code, ErrorCode::Unsupported);
    std::string giant = kPng;
    giant[17] = '\x7F';
    EXPECT_EQ(probe_image(SharedBytes(giant)).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::document
