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

// Walks the marker segments up to the first frame header (T.81 §B.2).
Result<Header> read_jpeg(std::string_view bytes) {
    std::size_t at = 2;
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
                          static_cast<int>(byte_at(bytes, at + 9))};
        at += 2 + length;
        if (length < 2) break;
    }
    return fail(ErrorCode::InvalidInput, "the JPEG has no frame header");
}

Result<Header> read_header(std::string_view bytes) {
    if (bytes.starts_with(kPngSignature)) return read_png(bytes);
    if (bytes.starts_with("\xFF\xD8\xFF")) return read_jpeg(bytes);
    return fail(ErrorCode::Unsupported, "the image is neither PNG nor JPEG");
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
    return image;
}

}  // namespace galley::document
