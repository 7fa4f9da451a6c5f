#include "cache/cache_entry.h"

namespace galley::cache {

namespace {

constexpr std::string_view kMagic = "GALLEYPC";
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kReservedAt = 12;
constexpr std::size_t kLengthAt = 16;
constexpr std::size_t kKeyAt = 24;
constexpr std::size_t kPayloadDigestAt = 56;
constexpr std::size_t kChecksumAt = 88;
constexpr std::size_t kChecksumBytes = 8;
static_assert(kChecksumAt + kChecksumBytes == kCacheEntryHeaderBytes);

void put_number(Bytes& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    return value;
}

std::string header_checksum(std::string_view header) {
    return std::string(sha256(header.substr(0, kChecksumAt)).view().substr(0, kChecksumBytes));
}

std::unexpected<Error> corrupt(const char* why) {
    return fail(ErrorCode::Corrupt, std::string("cache entry: ") + why);
}

}  // namespace

Bytes make_cache_entry_header(const Digest& key, std::string_view payload) {
    Bytes header(kMagic);
    header.reserve(kCacheEntryHeaderBytes);
    put_number(header, kVersion, kReservedAt - kVersionAt);
    put_number(header, 0, kLengthAt - kReservedAt);
    put_number(header, payload.size(), kKeyAt - kLengthAt);
    header += key.view();
    header += sha256(payload).view();
    header += header_checksum(header);
    return header;
}

Result<CacheEntryHeader> parse_cache_entry_header(std::string_view bytes) {
    if (bytes.size() < kCacheEntryHeaderBytes) return corrupt("shorter than its header");
    bytes = bytes.substr(0, kCacheEntryHeaderBytes);
    if (!bytes.starts_with(kMagic)) return corrupt("another kind of file");
    if (header_checksum(bytes) != bytes.substr(kChecksumAt)) return corrupt("damaged header");
    if (number_at(bytes, kVersionAt, 4) != kVersion || number_at(bytes, kReservedAt, 4) != 0)
        return corrupt("another version");
    return CacheEntryHeader{.key = digest_from_bytes(bytes.substr(kKeyAt, kDigestBytes)),
                            .payload_bytes = number_at(bytes, kLengthAt, 8),
                            .payload_sha256 = digest_from_bytes(bytes.substr(kPayloadDigestAt, kDigestBytes))};
}

Result<void> check_cache_entry_shape(const CacheEntryHeader& header, const Digest& key, std::uint64_t file_bytes) {
    if (header.key != key) return corrupt("belongs to another key");
    if (file_bytes < kCacheEntryHeaderBytes || file_bytes - kCacheEntryHeaderBytes != header.payload_bytes) {
        return corrupt("wrong length");
    }
    return {};
}

Result<void> check_cache_entry_payload(const CacheEntryHeader& header, const Digest& payload_sha256) {
    if (payload_sha256 != header.payload_sha256) return corrupt("damaged payload");
    return {};
}

Result<std::string_view> check_cache_entry(std::string_view file, const Digest& key) {
    GALLEY_TRY(const CacheEntryHeader header, parse_cache_entry_header(file));
    GALLEY_TRY_VOID(check_cache_entry_shape(header, key, file.size()));
    const std::string_view payload = file.substr(kCacheEntryHeaderBytes);
    GALLEY_TRY_VOID(check_cache_entry_payload(header, sha256(payload)));
    return payload;
}

}  // namespace galley::cache
