// src/app/backup_manifest.h — what a backup consists of: every file with its size and SHA-256, written last.
//
// Shape    a backup is a folder: galley.db, pdf_cache/<hash>…, orders/<hash>.order…, manifest.json. A folder without a
//          manifest is none.
// Errors   parse: InvalidInput (no manifest, another format, a path that does not belong into a backup), Unsupported
//          (a later version of the format).
// Limits   kManifestBytesMax: about four million documents.
// Source   docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"

namespace galley::app {

inline constexpr std::uint64_t kManifestBytesMax = 1u << 30;
inline constexpr const char* kManifestName = "manifest.json";

struct BackupFile {
    std::string path;  // "galley.db" "pdf_cache/<64 hex digits>" or "orders/<64 hex digits>.order"
    std::uint64_t size_bytes = 0;
    Digest sha256;
};

struct BackupManifest {
    Time made_at{};
    std::uint64_t documents_missing = 0;  // not in the cache then; they are made again when asked for
    std::vector<BackupFile> files;

    std::uint64_t total_bytes() const;
};

std::string manifest_json(const BackupManifest& manifest);
Result<BackupManifest> parse_manifest(std::string_view json);

}  // namespace galley::app
