// src/store/sqlite/data_lock.h — one process per data folder: an flock on a file that is never deleted.
//
// Shape    the file says which process holds the lock, and, from the first good start on, that a database was made in
//          this folder: so an emptied or vanished one is not taken for a new one.
// Errors   acquire: Conflict (someone else holds it, with its process id), Unavailable.
// Owner    the lock is held until destruction or the death of the process. The descriptor is closed on exec, so child
//          programs do not keep the folder locked.
// Source   rejected: SQLite's exclusive locking mode, which would keep our own readers out.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"

namespace galley::store {

class DataLock {
 public:
    static Result<std::unique_ptr<DataLock>> acquire(const std::string& path);
    ~DataLock();
    bool database_was_made() const;
    void note_database_made();
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

 private:
    explicit DataLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace galley::store
