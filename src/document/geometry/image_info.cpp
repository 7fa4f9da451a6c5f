#include "document/geometry/image_info.h"

#include <string_view>
#include <utility>

namespace galley::document {
namespace {

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}
unsigned u16_at(std::string_view bytes, std::size_t at) {
    return (byte_at(bytes, at) << 8) | byte_at(bytes, at + 1);
}
std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
    return (std::uint32_t{u16_at(bytes, at)} << 16) | u16_at(bytes, at + 2);
}

struct Header {
    ImageData::Format format = ImageData::Format::Png;
    std::uint32_t width = 0, height = 0;
    int components = 3;
    int orientation = 1;
};

Result<Header> read_png(std::string_view bytes) {
    constexpr std::size_t kHeaderBytes = 33;  // signature, IHDR and its CRC
    constexpr int kChannels[7] = {1, 0, 3, 1, 2, 0, 4};
    if (bytes.size() < kHeaderBytes || bytes.substr(12, 4) != "IHDR" || u32_at(bytes, 8) != 13)
        return fail(ErrorCode::InvalidInput, "the PNG has no header");
    const unsigned color_type = byte_at(bytes, 25);
    if (color_type > 6 || kChannels[color_type] == 0)
        return fail(ErrorCode::InvalidInput, "the PNG has an unknown colour type");
    return Header{ImageData::Format::Png, u32_at(bytes, 16), u32_at(bytes, 20), kChannels[color_type]};
}

bool is_frame_header(unsigned marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// The orientation in an APP1 segment's TIFF directory; 1 when there is none.
int read_orientation(std::string_view segment) {
    constexpr std::string_view kExif("Exif\0\0", 6);
    if (!segment.starts_with(kExif)) return 1;
    const std::string_view tiff = segment.substr(kExif.size());
    if (tiff.size() < 8) return 1;
    const bool little = tiff.starts_with("II");
    const auto u16 = [&](std::size_t at) -> unsigned {
        if (at + 2 > tiff.size()) return 0;
        return little ? byte_at(tiff, at) | byte_at(tiff, at + 1) << 8 : u16_at(tiff, at);
    };
    const std::size_t directory = little ? u16(4) | std::size_t{u16(6)} << 16 : u32_at(tiff, 4);
    if (directory > tiff.size()) return 1;
    const unsigned entries = u16(directory);
    for (std::size_t i = 0; i < entries && directory + 14 + 12 * i <= tiff.size(); ++i) {
        constexpr unsigned kOrientation = 0x0112;
        if (u16(directory + 2 + 12 * i) != kOrientation) continue;
        const unsigned value = u16(directory + 10 + 12 * i);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

// Walks the marker segments up to the first frame header (T.81 §B.2).
Result<Header> read_jpeg(std::string_view bytes) {
    std::size_t at = 2;
    int orientation = 1;
    while (at + 4 <= bytes.size()) {
        if (byte_at(bytes, at) != 0xFF) break;
        const unsigned marker = byte_at(bytes, at + 1);
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
            at += 2;
            continue;
        }
        if (marker == 0xD9 || marker == 0xDA) break;
        const unsigned length = u16_at(bytes, at + 2);
        if (is_frame_header(marker) && at + 10 <= bytes.size() && length >= 8)
            return Header{ImageData::Format::Jpeg, u16_at(bytes, at + 7), u16_at(bytes, at + 5),
                          static_cast<int>(byte_at(bytes, at + 9)), orientation};
        if (marker == 0xE1 && length >= 2 && at + 2 + length <= bytes.size() && orientation == 1)
            orientation = read_orientation(bytes.substr(at + 4, length - 2));
        at += 2 + length;
        if (length < 2) break;
    }
    return fail(ErrorCode::InvalidInput, "the JPEG has no frame header");
}

unsigned u16_little(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

Result<Header> read_gif(std::string_view bytes) {
    if (bytes.size() < 13) return fail(ErrorCode::InvalidInput, "the GIF has no header");
    return Header{ImageData::Format::Gif, u16_little(bytes, 6), u16_little(bytes, 8), 3};
}

// https://developers.google.com/speed/webp/docs/riff_container
Result<Header> read_webp(std::string_view bytes) {
    const auto header = [](std::uint32_t width, std::uint32_t height) {
        return Header{ImageData::Format::Webp, width, height, 3};
    };
    if (bytes.size() >= 30) {
        const std::string_view kind = bytes.substr(12, 4);
        const auto u24 = [&](std::size_t at) { return u16_little(bytes, at) | byte_at(bytes, at + 2) << 16; };
        if (kind == "VP8X") return header(u24(24) + 1, u24(27) + 1);
        if (kind == "VP8 ") return header(u16_little(bytes, 26) & 0x3FFF, u16_little(bytes, 28) & 0x3FFF);
        if (kind == "VP8L") {
            const std::uint32_t bits = u16_little(bytes, 21) | std::uint32_t{u16_little(bytes, 23)} << 16;
            return header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
        }
    }
    return fail(ErrorCode::InvalidInput, "the WebP has no header");
}

Result<Header> read_header(std::string_view bytes) {
    if (bytes.starts_with(kPngSignature)) return read_png(bytes);
    if (bytes.starts_with("\xFF\xD8\xFF")) return read_jpeg(bytes);
    if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return read_gif(bytes);
    if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return read_webp(bytes);
    return fail(ErrorCode::Unsupported, "the image is none of SVG, PNG, JPEG, GIF and WebP");
}

}  // namespace

Result<std::shared_ptr<const ImageData>> probe_image(SharedBytes bytes) {
    GALLEY_TRY(const Header header, read_header(bytes.view()));
    if (header.width == 0 || header.height == 0) return fail(ErrorCode::InvalidInput, "the image has no pixels");
    if (header.width > kImageSideMax || header.height > kImageSideMax)
        return fail(ErrorCode::LimitExceeded, "the image is larger than " + std::to_string(kImageSideMax) + " pixels");
    if (header.components != 1 && header.components != 2 && header.components != 3 && header.components != 4)
        return fail(ErrorCode::InvalidInput, "the image has an unknown number of colours");
    auto image = std::make_shared<ImageData>();
    image->bytes = std::move(bytes);
    image->format = header.format;
    image->width_px = static_cast<int>(header.width);
    image->height_px = static_cast<int>(header.height);
    image->components = header.components;
    image->orientation = header.orientation;
    if (header.orientation >= 5) std::swap(image->width_px, image->height_px);
    return image;
}

}  // namespace galley::document
