// fuzz/cache_entry.cpp — cache files from a hostile or dying disk: no input is accepted but what we would have written.
#include "cache/cache_entry.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace galley;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);

    // As it came: almost never right, because of the checksums.
    const Result<cache::CacheEntryHeader> header = cache::parse_cache_entry_header(bytes);
    const Digest key = header ? header->key : sha256("key");
    const Result<std::string_view> payload = cache::check_cache_entry(bytes, key);
    if (payload) GALLEY_CHECK(cache::make_cache_entry_header(key, *payload) + Bytes(*payload) == bytes);

    // As a payload: what we write is accepted, and one flipped bit is not.
    const Bytes good = cache::make_cache_entry_header(key, bytes) + Bytes(bytes);
    GALLEY_CHECK(cache::check_cache_entry(good, key).has_value());
    Bytes bad = good;
    const std::size_t at = (size * 2654435761U) % bad.size();
    bad[at] = static_cast<char>(bad[at] ^ (1 << (size % 8)));
    GALLEY_CHECK(!cache::check_cache_entry(bad, key));

    // With the header's checksum repaired, so that the fields behind it are reached.
    if (size < cache::kCacheEntryHeaderBytes) return 0;
    Bytes repaired(bytes);
    repaired.replace(88, 8, sha256(bytes.substr(0, 88)).view().substr(0, 8));
    const Result<cache::CacheEntryHeader> reached = cache::parse_cache_entry_header(repaired);
    if (reached) (void)cache::check_cache_entry(repaired, reached->key);
    return 0;
}
