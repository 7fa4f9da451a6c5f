// src/cache/disk_tier.h — the slow tier of the document cache: one file per content hash, survives restarts.
//
// Shape    key = 32-byte digest; value = opaque bytes.
// Units    sizes in bytes, file header included.
// Errors   open: Unavailable. get, open_file: NotFound, Corrupt (the entry is removed first), Unavailable.
//          put: LimitExceeded (larger than entry_bytes_max or the whole bound; disk full), Unavailable (nothing visible is left
//          behind). remove: NotFound, Unavailable.
// Owner    copies in and out; borrows `files` and `clock`, which must outlive the tier. One process owns a folder.
// Threads  all methods from any thread; concurrent put() of one key keeps one whole copy.
// Limits   size_bytes() <= disk_bytes_max after every put(); least recently read entries leave first. Reads are noted on
//          disk (the file's time) at most once in kTouchInterval an entry.
// Source   docs/formats/cache-entry.md.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/mutex.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/files.h"

namespace galley::cache {

inline constexpr std::uint64_t kUnlimitedBytes = UINT64_MAX;
inline constexpr std::uint64_t kHalfOfFreeSpace = 0;

struct DiskTierOptions {
    std::string folder = "pdf_cache";
    // kHalfOfFreeSpace: at most half of what the disk has free (cached files counted as free) when the tier opens.
    std::uint64_t disk_bytes_max = kHalfOfFreeSpace;
    std::uint64_t entry_bytes_max = std::uint64_t{1} << 30;
};

// An entry for sendfile(2): the payload lies at payload_offset, payload_bytes long, and was checked in this process.
struct DiskFile {
    std::unique_ptr<os::OpenFile> file;
    std::uint64_t payload_offset = 0;
    std::uint64_t payload_bytes = 0;
};

struct VerifyReport {
    std::uint64_t entries_checked = 0;
    std::uint64_t entries_removed = 0;  // damaged ones
    std::uint64_t bytes_checked = 0;
};

class DiskTier {
 public:
    static constexpr Duration kTouchInterval = std::chrono::hours(1);

    // Makes the folder and removes what an interrupted put() left. Does not list the entries: that happens when the sizes are
    // first needed (put, clear, statistics), or by load_index() from a thread with time.
    static Result<std::unique_ptr<DiskTier>> open(DiskTierOptions options, os::Files& files, const os::Clock& clock);
    ~DiskTier();
    DiskTier(const DiskTier&) = delete;
    DiskTier& operator=(const DiskTier&) = delete;

    Result<Bytes> get(const Digest& key);
    // Payload size without reading it, or NotFound, Corrupt, Unavailable. The header alone is checked.
    Result<std::uint64_t> payload_bytes(const Digest& key);
    // The payload is checked the first time the process opens this file and again when its size or time has changed.
    Result<DiskFile> open_file(const Digest& key);
    Result<void> put(const Digest& key, std::string_view payload);
    Result<void> remove(const Digest& key);
    // Removes what was last read or written before `time`; gives the number of entries.
    Result<std::uint64_t> remove_older_than(Time time);
    // Reads everything and removes what is damaged.
    Result<VerifyReport> verify();
    Result<void> load_index();

    Result<std::uint64_t> size_bytes();
    Result<std::uint64_t> entries();
    std::uint64_t evictions() const;

 private:
    struct Entry;
    struct Index;
    DiskTier(DiskTierOptions options, os::Files& files, const os::Clock& clock);

    const DiskTierOptions options_;
    os::Files& files_;
    const os::Clock& clock_;
    mutable Mutex mutex_;
    std::unique_ptr<Index> index_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::cache
