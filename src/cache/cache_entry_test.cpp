#include "cache/cache_entry.h"

#include <gtest/gtest.h>

namespace galley::cache {
namespace {

const Digest kKey = sha256("key");

TEST(CacheEntry, HeaderSaysWhatFollows) {
    const Bytes header = make_cache_entry_header(kKey, "%PDF-1.7");
    ASSERT_EQ(header.size(), kCacheEntryHeaderBytes);
    const CacheEntryHeader parsed = parse_cache_entry_header(header).value();
    EXPECT_EQ(parsed.key, kKey);
    EXPECT_EQ(parsed.payload_bytes, 8U);
    EXPECT_EQ(parsed.payload_sha256, sha256("%PDF-1.7"));
}

TEST(CacheEntry, AWholeFileComesBackAsItsPayload) {
    for (const std::string_view payload : {std::string_view(), std::string_view("a\0b", 3)}) {
        const Bytes file = make_cache_entry_header(kKey, payload) + Bytes(payload);
        EXPECT_EQ(check_cache_entry(file, kKey).value(), payload);
    }
}

TEST(CacheEntry, EveryDamagedByteEveryTruncationAndEveryAdditionIsCorrupt) {
    const Bytes file = make_cache_entry_header(kKey, "%PDF-1.7 body") + "%PDF-1.7 body";
    for (std::size_t at = 0; at < file.size(); ++at) {
        Bytes bad = file;
        bad[at] = static_cast<char>(bad[at] ^ 0x40);
        EXPECT_EQ(check_cache_entry(bad, kKey).error().code, ErrorCode::Corrupt) << at;
        EXPECT_EQ(check_cache_entry(file.substr(0, at), kKey).error().code, ErrorCode::Corrupt) << at;
    }
    EXPECT_EQ(check_cache_entry(file + "x", kKey).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(check_cache_entry(file, sha256("other key")).error().code, ErrorCode::Corrupt);
}

// docs/formats/cache-entry.md, so that a change of the format is not made by accident.
TEST(CacheEntry, BytesAreAsDocumented) {
    const Bytes header = make_cache_entry_header(kKey, "x");
    EXPECT_EQ(header.substr(0, 24), std::string_view("GALLEYPC\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24));
    EXPECT_EQ(header.substr(24, 32), kKey.view());
    EXPECT_EQ(header.substr(56, 32), sha256("x").view());
    EXPECT_EQ(header.substr(88), sha256(header.substr(0, 88)).view().substr(0, 8));
}

}  // namespace
}  // namespace galley::cache
