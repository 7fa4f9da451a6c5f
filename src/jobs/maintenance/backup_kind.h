// src/jobs/maintenance/backup_kind.h — the kind `maintenance.backup`: a backup into the folder of the settings, and the
// oldest of those that are too many removed.
//
// Shape    input null; result {"backup", "bytes", "documents", "documents_missing", "removed": [names], "kept"}.
//          Backups are called galley-YYYYMMDDTHHMMSSZ. Only what has such a name is counted and removed, and what an
//          interrupted one has left (…Z.partial, …Z.removing).
// Errors   the task fails when no folder is set, the disk is full or the database damaged; a second one beside it waits
//          a minute. A backup that cannot be removed is in the task's log, and the task completes.
// Owner    borrows what BackupParts names.
// Threads  the engine's workers; one backup at a time.
// Limits   `keep` backups.
// Source   R64, R124, docs/operation.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "os/clock.h"
#include "os/files.h"
#include "tasks/engine.h"

namespace galley::jobs {

struct BackupMade {
    std::uint64_t bytes = 0;
    std::uint64_t documents = 0;
    std::uint64_t documents_missing = 0;
};
// An error ends the backup.
using BackupProgress = std::function<Result<void>(std::size_t done, std::size_t all)>;

struct BackupParts {
    std::string folder;  // "": none is set
    int keep = 7;
    // Makes one at a path where nothing is yet; what fails leaves nothing behind.
    std::function<Result<BackupMade>(const std::string& path, const BackupProgress&)> make;
    os::Files& files;
    const os::Clock& clock;
};

void register_backup(tasks::TaskEngine& engine, const BackupParts& parts);

}  // namespace galley::jobs
