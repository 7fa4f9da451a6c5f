// src/cache/cache_entry.h — the bytes before a document in its cache file: what it is, how long, and its checksum.
//
// Shape    a file is kCacheEntryHeaderBytes of header, then the payload, then nothing.
// Errors   parse_cache_entry_header, check_…: Corrupt.
// Threads  any.
// Source   docs/formats/cache-entry.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

namespace galley::cache {

inline constexpr std::size_t kCacheEntryHeaderBytes = 96;

struct CacheEntryHeader {
    Digest key;
    std::uint64_t payload_bytes = 0;
    Digest payload_sha256;
};

Bytes make_cache_entry_header(const Digest& key, std::string_view payload);
// Checks the header by itself: magic, version, its own checksum.
Result<CacheEntryHeader> parse_cache_entry_header(std::string_view bytes);
// Does a file of that size under that key fit the header?
Result<void> check_cache_entry_shape(const CacheEntryHeader& header, const Digest& key, std::uint64_t file_bytes);
Result<void> check_cache_entry_payload(const CacheEntryHeader& header, const Digest& payload_sha256);
// Checks a whole file: header, that it belongs to `key`, length and payload checksum. The payload is a view into
// `file`.
Result<std::string_view> check_cache_entry(std::string_view file, const Digest& key);

}  // namespace galley::cache
