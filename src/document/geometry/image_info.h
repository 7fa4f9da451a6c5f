// src/document/geometry/image_info.h — which image a file is and how large: all that layout needs of it.
//
// Shape    probe_image(bytes) reads the header only; the pixels stay packed until the PDF writer looks at them.
// Units    width_px, height_px: the image's own pixels as it is to be seen, one CSS px each at its natural size.
// Errors   probe_image: Unsupported (no known format), InvalidInput (broken header), LimitExceeded (kImageSideMax).
// Threads  any.
// Source   PNG 1.2 §11.2.2 (IHDR), ITU-T T.81 §B.2.2 (frame header), Exif 2.3 §4.6.4 (orientation), GIF89a §18,
//          WebP container specification.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "document/geometry/vector_image.h"

namespace galley::document {

inline constexpr int kImageSideMax = 32'767;

struct ImageData {
    SharedBytes bytes;  // the file as it came
    enum class Format : std::uint8_t { Png, Jpeg, Gif, Webp } format = Format::Png;
    int width_px = 0, height_px = 0;
    int components = 3;   // JPEG: 1, 3 or 4; PNG: channels before any palette
    int orientation = 1;  // Exif, 1–8: how the stored picture is to be turned; from 5 on its sides change places
    std::shared_ptr<const VectorImage> vector = nullptr;  // a drawing: then nothing else counts
};

Result<std::shared_ptr<const ImageData>> probe_image(SharedBytes bytes);

}  // namespace galley::document
