// src/document/geometry/image_info.h — which image a file is and how large: all that layout needs of it.
//
// Shape    probe_image(bytes) reads the header only; the pixels stay packed until the PDF writer looks at them.
// Units    width_px, height_px: the image's own pixels, one CSS px each at its natural size.
// Errors   probe_image: Unsupported (neither PNG nor JPEG), InvalidInput (broken header), LimitExceeded
//          (kImageSideMax).
// Threads  any.
// Source   PNG 1.2 §11.2.2 (IHDR), ITU-T T.81 §B.2.2 (frame header).
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

inline constexpr int kImageSideMax = 32'767;

struct ImageData {
    SharedBytes bytes;  // the file as it came
    enum class Format : std::uint8_t { Png, Jpeg } format = Format::Png;
    int width_px = 0, height_px = 0;
    int components = 3;  // JPEG: 1, 3 or 4; PNG: channels before any palette
};

Result<std::shared_ptr<const ImageData>> probe_image(SharedBytes bytes);

}  // namespace galley::document
