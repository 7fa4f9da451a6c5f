// src/store/sqlite/data_lock.h — one process per data folder: an flock on a file that is never deleted.
//
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
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

 private:
    explicit DataLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace galley::store
