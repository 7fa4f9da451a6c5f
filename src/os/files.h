// src/os/files.h — the only door to files and folders (SQLite, which opens its own database file, apart).
//
// Shape    Files is an interface; system_files() is the machine's. os/testing/fake_files.h counts calls, fails the
//          n-th,
//          and drops what was not synced.
// Units    sizes in bytes.
// Errors   NotFound (no such file), LimitExceeded (disk full, quota; or larger than the bytes_max given), Unavailable
//          (else); create_private: Conflict.
// Owner    OpenFile closes its descriptor. Paths are absolute or relative to the working folder.
// Threads  any; one OpenFile is used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace galley::os {

struct FileInfo {
    std::string name;  // without the folder
    std::uint64_t size_bytes = 0;
    Time modified{};
    bool is_directory = false;
    std::uint32_t permissions = 0600;  // the low nine bits of the mode
};

// A read-only descriptor that can be handed to sendfile(2). -1 from fakes that have no kernel file behind them.
class OpenFile {
 public:
    virtual ~OpenFile() = default;
    virtual int descriptor() const = 0;
    virtual std::uint64_t size_bytes() const = 0;
    // Reads exactly size bytes at offset, or Corrupt when the file ends before.
    virtual Result<Bytes> read_at(std::uint64_t offset, std::size_t size) = 0;
};

class Files {
 public:
    virtual ~Files() = default;
    virtual Result<Bytes> read(const std::string& path, std::uint64_t bytes_max) = 0;
    virtual Result<std::unique_ptr<OpenFile>> open(const std::string& path) = 0;
    // Creates or truncates, writes all parts in order, fdatasyncs when `sync`. The name itself is durable only after
    // sync_folder().
    enum class Sync : std::uint8_t { No, Yes };
    virtual Result<void> write(const std::string& path, const std::vector<std::string_view>& parts, Sync sync) = 0;
    // A new file that its owner alone may read (mode 0600), whole and synced. Conflict: it exists.
    virtual Result<void> create_private(const std::string& path, std::string_view content) = 0;
    virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual Result<void> remove(const std::string& path) = 0;
    virtual Result<void> sync_folder(const std::string& folder) = 0;
    virtual Result<void> make_folders(const std::string& folder) = 0;
    virtual Result<std::vector<FileInfo>> list(const std::string& folder) = 0;  // sorted by name
    virtual Result<FileInfo> info(const std::string& path) = 0;
    virtual Result<void> touch(const std::string& path, Time modified) = 0;
    virtual Result<std::uint64_t> free_bytes(const std::string& folder) = 0;
    virtual Result<std::uint64_t> total_bytes(const std::string& folder) = 0;
};

Files& system_files();

}  // namespace galley::os
