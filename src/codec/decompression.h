// src/codec/decompression.h — HTTP's content codings read: whole bytes in, at most so many out.
//
// Shape    decompress(coding, bytes, bytes_max) → what was compressed. coding_of("gzip") is the coding of a name,
//          "x-gzip" included.
// Errors   InvalidInput (not of that coding, cut off, bytes behind its end), LimitExceeded (more than bytes_max, or a
//          window larger than kWindowBytesMax).
// Threads  any.
// Limits   bytes_max; memory beyond it: the coding's window, at most kWindowBytesMax (br: 16 MiB).
// Source   RFC 1952 (gzip), RFC 7932 (br), RFC 8878 and RFC 9659 (zstd's window).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "codec/compression.h"

namespace galley::codec {

inline constexpr int kWindowBitsMax = 23;
inline constexpr std::size_t kWindowBytesMax = std::size_t{1} << kWindowBitsMax;

std::optional<Coding> coding_of(std::string_view name);
Result<Bytes> decompress(Coding coding, std::string_view bytes, std::uint64_t bytes_max);

}  // namespace galley::codec
