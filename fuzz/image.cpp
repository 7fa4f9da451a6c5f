// fuzz/image.cpp — any bytes are an image: the header is read, then the pixels by the decoder that it names, and by all
// others as well.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "document/geometry/image_info.h"
#include "document/pdf/png_image.h"
#include "document/pdf/raster_image.h"

namespace {

void check(const galley::Result<galley::document::RasterImage>& image) {
    if (!image) return;
    const std::size_t area = static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height);
    if (image->color.size() != area * 3 || (!image->alpha.empty() && image->alpha.size() != area)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace galley::document;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto info = probe_image(galley::SharedBytes(galley::Bytes(input)));
    // What claims to be larger takes time for nothing.
    constexpr std::int64_t kAreaMax = 1'000'000;
    if (info && std::int64_t{(*info)->width_px} * (*info)->height_px > kAreaMax) return 0;
    if (info && ((*info)->width_px <= 0 || (*info)->orientation < 1 || (*info)->orientation > 8)) std::abort();
    if (!info) return 0;
    check(read_gif(input));
    check(read_webp(input));
    const auto png = read_png(input);
    if (png && png->packed.empty() && png->color.empty()) std::abort();
    return 0;
}
