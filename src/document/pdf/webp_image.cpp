#include <webp/decode.h>

#include <algorithm>

#include "document/pdf/document_images.h"
#include "document/pdf/raster_image.h"

namespace galley::document {

Result<RasterImage> read_webp(std::string_view bytes) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK)
        return fail(ErrorCode::InvalidInput, "the WebP header is not valid");
    if (features.has_animation != 0) return fail(ErrorCode::Unsupported, "an animated WebP");
    RasterImage out;
    out.width = features.width;
    out.height = features.height;
    const std::size_t area = static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height);
    if (area == 0 || static_cast<std::int64_t>(area) > kImagePixelsMax)
        return fail(ErrorCode::LimitExceeded, "the WebP has too many pixels");
    const bool has_alpha = features.has_alpha != 0;
    const std::size_t channels = has_alpha ? 4 : 3;
    Bytes pixels(area * channels, '\0');
    auto* to = reinterpret_cast<std::uint8_t*>(pixels.data());
    const int stride = out.width * static_cast<int>(channels);
    const bool decoded = (has_alpha ? WebPDecodeRGBAInto(data, bytes.size(), to, pixels.size(), stride)
                                    : WebPDecodeRGBInto(data, bytes.size(), to, pixels.size(), stride)) != nullptr;
    if (!decoded) return fail(ErrorCode::InvalidInput, "the WebP does not decode");
    if (!has_alpha) {
        out.color = std::move(pixels);
        return out;
    }
    out.color.reserve(area * 3);
    out.alpha.reserve(area);
    for (std::size_t i = 0; i < area; ++i) {
        out.color.append(pixels, i * 4, 3);
        out.alpha += pixels[i * 4 + 3];
    }
    return out;
}

}  // namespace galley::document
