// src/document/text/web_font.h — WOFF and WOFF2 files back to the font they hold.
//
// Shape    unpack_font(file) → the sfnt; a file that is not packed comes back as it is.
// Units    sizes in bytes.
// Errors   InvalidInput (broken), LimitExceeded (larger than `bytes_max` unpacked).
// Threads  any.
// Limits   bytes_max for the font; kWebFontTablesMax tables.
// Source   https://www.w3.org/TR/WOFF/, https://www.w3.org/TR/WOFF2/ (by libwoff2dec).
#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

inline constexpr std::size_t kWebFontTablesMax = 256;

Result<SharedBytes> unpack_font(const SharedBytes& file, std::size_t bytes_max);

}  // namespace galley::document
