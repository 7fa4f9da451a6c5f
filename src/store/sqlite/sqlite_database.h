// src/store/sqlite/sqlite_database.h — the embedded database: one SQLite file in the data folder, WAL,
// synchronous=FULL.
//
// Shape    One writer thread owns the only connection that writes or checkpoints (SQLite before 3.51.3 can corrupt a
// WAL
//          that two connections write or checkpoint); readers are opened read-only when first needed, at most
//          readers_max.
// Errors   open: Unavailable (folder, file), Conflict (another process has the folder open), Unsupported (a newer
// schema),
//          Corrupt (not a database, damaged, or emptied: says what to do; nothing was touched).
// Owner    the caller; components are read during open only; the clock is borrowed.
// Limits   memory: about writer_cache + readers_max × reader_cache once warm; connections start small.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "os/clock.h"
#include "store/database.h"
#include "store/schema.h"

namespace galley::store {

inline constexpr std::int64_t kCheckedAtOpenBytesMax = 64 << 20;  // larger files are not read through at opening

struct SqliteOptions {
    std::string folder;                   // must exist; holds the database and its lock file
    std::string file_name = "galley.db";  // inside the folder
    std::size_t queue_max = 20'000;       // works waiting; more are refused
    std::size_t batch_works_max = 1'000;  // works that share a commit
    Duration batch_time_max{25};          // a batch takes no further work after this
    int readers_max = 4;
    int writer_cache_kib = 4'096;
    int reader_cache_kib = 1'024;
    int checkpoint_pages = 8'000;  // 4 KiB pages in the WAL before the writer copies them back
    // Called on the writer thread after a batch that met a full disk: somebody may make room. Must not block.
    std::function<void()> on_disk_full{};
    const char* vfs = nullptr;  // SQLite VFS to use; tests inject faults here
};

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, std::span<const Component> components,
                                              const os::Clock& clock);

// For looking only, beside a server or without one: takes no lock, migrates nothing and never checkpoints. Writes give
// Unsupported. NotFound: there is no database; Unavailable: it cannot be opened.
Result<std::unique_ptr<Database>> open_sqlite_read_only(const SqliteOptions& options);

}  // namespace galley::store
