// src/document/pdf/png_image.h — a PNG as PDF wants it: its compressed data as it is where the two formats agree,
// else decoded and split into colour and alpha.
//
// Shape    read_png(bytes) → PngImage. `packed`: zlib data with PNG predictors, to be passed through; else `color`
//          and `alpha` rows.
// Errors   InvalidInput (broken), LimitExceeded (kImagePixelsMax, or more data than the header says).
// Threads  any.
// Source   PNG 1.2 (ISO/IEC 15948) §9 filters, §8.2 interlace, §11; GAP: gamma and colour profiles are ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

struct PngImage {
    int width = 0, height = 0;
    int bits = 8;          // per component, of `packed` or `color`
    int components = 3;    // of colour: 1 or 3; palette images have 1, the index
    Bytes palette;         // RGB triples; empty = none
    std::vector<int> key;  // the transparent colour, one value per component of `packed` or `color`; empty = none
    Bytes packed;          // concatenated IDAT
    Bytes color, alpha;    // decoded rows without padding; alpha has 8 bits
};

Result<PngImage> read_png(std::string_view bytes);

}  // namespace galley::document
