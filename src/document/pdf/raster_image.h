// src/document/pdf/raster_image.h — GIF and WebP as rows of pixels: what PDF cannot take as it is.
//
// Shape    read_gif(bytes), read_webp(bytes) → RasterImage with RGB rows and, where anything is transparent, alpha.
//          Of an animation the first frame.
// Errors   InvalidInput (broken), LimitExceeded (kImagePixelsMax), Unsupported (animated WebP).
// Threads  any.
// Source   GIF89a (with its variable-code-length LZW); WebP by libwebp, which is bound here and nowhere else.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

struct RasterImage {
    int width = 0, height = 0;
    Bytes color;  // RGB
    Bytes alpha;  // empty = opaque
};

Result<RasterImage> read_gif(std::string_view bytes);
Result<RasterImage> read_webp(std::string_view bytes);

}  // namespace galley::document
