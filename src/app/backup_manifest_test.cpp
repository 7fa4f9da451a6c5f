#include "app/backup_manifest.h"

#include <gtest/gtest.h>

namespace galley::app {
namespace {

std::string with_path(const std::string& path) {
    return R"({"format":"galley-backup","version":1,"made_at":"2026-01-02T03:04:05.678Z","documents_missing":0,"files":[)"
           R"({"path":"galley.db","size":1,"sha256":")" +
           sha256("").hex() + R"("},{"path":")" + path + R"(","size":1,"sha256":")" + sha256("").hex() + "\"}]}";
}

TEST(BackupManifest, ReadsBackAsWritten) {
    BackupManifest manifest;
    manifest.made_at = from_unix_ms(1'767'323'045'678);
    manifest.documents_missing = 3;
    manifest.files = {{"galley.db", 4096, sha256("a")}, {"pdf_cache/" + sha256("x").hex(), 100, sha256("b")}};
    const Result<BackupManifest> read = parse_manifest(manifest_json(manifest));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(read->made_at, manifest.made_at);
    EXPECT_EQ(read->documents_missing, 3u);
    ASSERT_EQ(read->files.size(), 2u);
    EXPECT_EQ(read->files[1].path, manifest.files[1].path);
    EXPECT_EQ(read->files[1].sha256, manifest.files[1].sha256);
    EXPECT_EQ(read->total_bytes(), 4196u);
}

TEST(BackupManifest, APathThatLeadsElsewhereIsRefused) {
    ASSERT_TRUE(parse_manifest(with_path("pdf_cache/" + sha256("x").hex())));
    for (const char* path :
         {"../galley.db", "/etc/passwd", "pdf_cache/../../x", "pdf_cache/", "manifest.json", "galley.lock", ""})
        EXPECT_FALSE(parse_manifest(with_path(path))) << path;
}

TEST(BackupManifest, WhatIsNoManifestIsRefused) {
    for (const char* text : {"", "[]", "{}", "{\"format\":\"galley-backup\"", R"({"format":"tar","version":1})"})
        EXPECT_FALSE(parse_manifest(text)) << text;
    std::string later = with_path("pdf_cache/" + sha256("x").hex());
    later.replace(later.find("\"version\":1"), 11, "\"version\":2");
    EXPECT_EQ(parse_manifest(later).error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace galley::app
