// src/cache/disk_tier.h — the slow tier of the document cache: one file per content hash, survives restarts.
//
// Shape    key = 32-byte digest; value = opaque bytes.
// Units    sizes in bytes, file header included.
// Errors   open, load_index, verify: Unavailable. get, open_file, fetch: NotFound, Corrupt (the entry is removed
//          first),
//          Unavailable. put: LimitExceeded (larger than entry_bytes_max or the whole bound; disk full though nothing is
//          left to evict), Unavailable
//          (nothing visible is left
//          behind; an earlier copy stays). remove: NotFound, Unavailable.
// Owner    copies in and out; borrows `files` and `clock`, which must outlive the tier. One process owns a folder.
// Threads  all methods from any thread; concurrent put() of one key keeps one whole copy.
// Limits   size_bytes() <= disk_bytes_max after every put(), and put() leaves free_bytes_min of the disk free: the
//          cache gives way to the database beside it. Least recently read entries leave first. Reads are noted on disk
//          (the file's time) at most once in kTouchInterval an entry.
// Source   docs/formats/cache-entry.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/mutex.h"
#include "base/time.h"
#include "cache/cache_entry.h"
#include "cache/disk_index.h"
#include "os/clock.h"
#include "os/files.h"

namespace galley::cache {

inline constexpr std::uint64_t kUnlimitedBytes = UINT64_MAX;
inline constexpr std::uint64_t kHalfOfFreeSpace = 0;
inline constexpr std::uint64_t kUsualReserve = UINT64_MAX;

struct DiskTierOptions {
    std::string folder = "pdf_cache";
    // kHalfOfFreeSpace: half of what the disk has free (cached files counted as free) when the folder is first listed.
    std::uint64_t disk_bytes_max = kHalfOfFreeSpace;
    std::uint64_t entry_bytes_max = std::uint64_t{1} << 30;
    // What put() leaves free on the disk. kUsualReserve: 64 MiB, or a sixteenth of a disk smaller than 1 GiB.
    std::uint64_t free_bytes_min = kUsualReserve;
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
    // The bound or a stop ended the walk: what was checked last, to go on behind.
    std::optional<Digest> unfinished{};
};

struct VerifyOptions {
    std::optional<Digest> after{};  // begin behind this key, and come to it last
    std::uint64_t bytes_max = kUnlimitedBytes;
    std::stop_token stop{};
    std::function<void(std::size_t done, std::size_t all)> progress{};
};

class DiskTier {
 public:
    static constexpr Duration kTouchInterval = std::chrono::hours(1);

    // Makes the folder and removes what an interrupted put() left. Does not list the entries: that happens when the
    // sizes are
    // first needed (put, clear, statistics), or by load_index() from a thread with time.
    static Result<std::unique_ptr<DiskTier>> open(DiskTierOptions options, os::Files& files, const os::Clock& clock);
    DiskTier(const DiskTier&) = delete;
    DiskTier& operator=(const DiskTier&) = delete;

    Result<Bytes> get(const Digest& key);
    // The payload is checked the first time the process opens this file and again when its size or time has changed.
    Result<DiskFile> open_file(const Digest& key);
    // get() for payloads up to `in_memory_bytes_max`, open_file() for larger ones.
    Result<std::variant<Bytes, DiskFile>> fetch(const Digest& key, std::uint64_t in_memory_bytes_max);
    // The entry was used elsewhere (a copy in memory): keeps it from looking old. Unknown keys are ignored.
    void mark_used(const Digest& key);
    Result<void> put(const Digest& key, std::string_view payload);
    Result<void> remove(const Digest& key);
    // Removes what was last read or written before `time`; gives the number of entries.
    Result<std::uint64_t> remove_older_than(Time time);
    // Evicts least recently read entries until `bytes` are free again or none is left; gives the bytes.
    Result<std::uint64_t> give_way(std::uint64_t bytes);
    // Reads everything, as far as the options go, and removes what is damaged.
    Result<VerifyReport> verify(const VerifyOptions& options = {});
    Result<void> load_index();

    Result<std::uint64_t> size_bytes();
    Result<std::uint64_t> entries();
    std::uint64_t evictions() const;

 private:
    // A file whose header was checked, and the file's facts from before it was opened.
    struct Opened {
        std::unique_ptr<os::OpenFile> file;
        CacheEntryHeader header;
        os::FileInfo info;
    };
    enum class Published : std::uint8_t { New, Again };

    DiskTier(DiskTierOptions options, os::Files& files, const os::Clock& clock);
    Result<void> remove_leftovers();
    std::string path_of(const Digest& key) const;
    Result<Opened> open_entry(const Digest& key);
    Result<Bytes> read_checked(Opened& opened);
    Result<DiskFile> open_checked(const Digest& key, Opened opened);
    Result<std::variant<Bytes, DiskFile>> fetch_opened(const Digest& key, std::uint64_t in_memory_bytes_max);
    Result<void> check_whole(Opened& opened);
    void note_use(const Digest& key, const os::FileInfo& info);
    void touch_if_due(const Digest& key);
    bool is_known_good(const Digest& key, const os::FileInfo& info);
    void remember_good(const Digest& key);
    // Looks again with the lock held, so that a fresh put() of the same key is not taken for the damaged file.
    bool remove_if_damaged(const Digest& key);
    Result<void> leave_reserve_free(std::uint64_t size_bytes);
    Result<void> write_partial(const std::string& partial, const std::vector<std::string_view>& parts);
    Result<void> evict_oldest_except(const Digest& spared) GALLEY_REQUIRES(mutex_);
    Result<Published> publish(const Digest& key, const std::string& partial, std::uint64_t size_bytes);
    Result<void> make_room(const Digest& key, std::uint64_t size_bytes) GALLEY_REQUIRES(mutex_);

    const DiskTierOptions options_;
    const std::string partial_folder_;
    os::Files& files_;
    const os::Clock& clock_;
    std::atomic<std::uint64_t> partial_number_{0};
    std::atomic<std::uint64_t> evictions_{0};
    mutable Mutex mutex_;
    DiskIndex index_ GALLEY_GUARDED_BY(mutex_);
    bool index_loaded_ GALLEY_GUARDED_BY(mutex_) = false;
    std::uint64_t disk_bytes_max_ GALLEY_GUARDED_BY(mutex_) = kUnlimitedBytes;
    std::uint64_t free_bytes_min_ GALLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace galley::cache
