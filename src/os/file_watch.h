// src/os/file_watch.h — waits until one of some files changes.
//
// Shape    watch(paths) replaces what is watched; wait() gives the paths that changed, at least one. Their folders are
//          watched, so that a file that an editor writes anew under its name counts, and one that is not there yet.
// Errors   create, watch: Unavailable (no descriptors or watches left), LimitExceeded (kWatchedFoldersMax). wait:
//          Unavailable.
// Threads  one.
// Limits   kWatchedFoldersMax folders.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace galley::os {

inline constexpr std::size_t kWatchedFoldersMax = 1'000;

class FileWatch {
 public:
    static Result<std::unique_ptr<FileWatch>> create();
    virtual ~FileWatch() = default;
    virtual Result<void> watch(const std::vector<std::string>& absolute_paths) = 0;
    virtual Result<std::set<std::string>> wait() = 0;
};

}  // namespace galley::os
