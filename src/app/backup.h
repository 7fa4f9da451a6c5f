// src/app/backup.h — one consistent moment of a data folder as a folder of its own, and the way back.
//
// Shape    make_backup(): the database as of one moment (beside a running server, or without one), then every document
//          that it refers to and the cache has whole. Read back, checked, synced, then renamed to its name: a backup
//          that has its name is complete. restore_backup(): copies and checks beside the data folder, then takes its
//          place in one step.
// Errors   make: Conflict (the target exists), NotFound (no database), Corrupt (the database is damaged), LimitExceeded
//          (disk full), Unavailable. restore: InvalidInput, Corrupt (checksum, integrity), Unsupported (newer),
//          Conflict (folder not empty without `replace`; a server runs on it). What failed leaves nothing behind.
// Owner    copies. Progress is called with the number of documents done and in all.
// Threads  one call at a time for one target.
// Source   R124, R129, docs/formats/backup.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/backup_manifest.h"
#include "base/error.h"
#include "os/clock.h"

namespace galley::app {

// An error ends the work.
using BackupProgress = std::function<Result<void>(std::size_t done, std::size_t all)>;

Result<BackupManifest> make_backup(const std::string& data, const std::string& target, const os::Clock& clock,
                                   const BackupProgress& progress);

enum class Occupied : std::uint8_t { Refuse, Replace };

struct Restored {
    BackupManifest manifest;
    std::string moved_aside;  // where the former folder is now; "" when there was none
};
Result<Restored> restore_backup(const std::string& backup, const std::string& data, Occupied occupied,
                                const os::Clock& clock, const BackupProgress& progress);

}  // namespace galley::app
