// src/codec/compression.h — HTTP's content codings: one call, whole bytes in, whole bytes out.
//
// Shape    compress(coding, text) → what a decoder of that coding reads. Levels are chosen for speed (compression.cpp).
// Errors   none: out of memory is a programmer's end (GALLEY_CHECK).
// Threads  any; zstd's and gzip's workspaces are kept by each thread.
// Limits   the caller's: a megabyte of JSON takes 1.4 (zstd) to 3 (gzip, br) ms, and the time is linear in the size.
// Source   RFC 8878 (zstd), RFC 7932 (br), RFC 1952 (gzip).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace galley::codec {

enum class Coding : std::uint8_t { Identity, Gzip, Brotli, Zstd };
inline constexpr std::array kCodings = {Coding::Zstd, Coding::Brotli, Coding::Gzip};  // best first

std::string_view coding_name(Coding coding);  // "identity", "gzip", "br", "zstd"
Bytes compress(Coding coding, std::string_view text);

}  // namespace galley::codec
