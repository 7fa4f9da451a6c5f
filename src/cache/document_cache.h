// src/cache/document_cache.h — finished documents by content hash: memory over disk, made once however many ask (SPEC
// R80).
//
// Shape    key = content hash; value = opaque bytes. Small documents come back as shared buffers; a document that lies
//          on disk
//          and is larger than promote_bytes_max comes back as an open file for sendfile(2).
// Errors   get: NotFound (also for a damaged entry, which is removed first, R26), Unavailable. put: only what keeps the
//          document
//          out of both tiers; a disk that fails is logged and the memory tier serves. get_or_make: the maker's.
// Owner    borrows `files` and `clock`, which must outlive the cache. Buffers and files live on after eviction.
// Threads  any; get_or_make() blocks while somebody makes the same document. A maker must not ask for its own hash.
// Limits   memory_bytes_max, disk_bytes_max.
// Source   docs/formats/cache-entry.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/log_bound.h"
#include "base/time.h"
#include "cache/disk_tier.h"
#include "cache/memory_tier.h"
#include "cache/single_flight.h"
#include "os/clock.h"
#include "os/files.h"

namespace galley::cache {

struct DocumentCacheOptions {
    std::uint64_t memory_bytes_max = 100'000'000;
    std::uint64_t promote_bytes_max = std::uint64_t{1} << 20;
    DiskTierOptions disk;
};

enum class DocumentSource : std::uint8_t { Memory, Disk };

struct DocumentBody {
    std::variant<SharedBytes, DiskFile> content;
    DocumentSource source = DocumentSource::Memory;
    std::uint64_t size_bytes() const;
};

struct MadeDocument {
    SharedBytes bytes;
    bool was_cached = false;  // found, or made by somebody else at the same time
};

// Names as SPEC R80 has them. Megabytes are 1,000,000 bytes.
struct DocumentCacheStatistics {
    std::uint64_t memory_entries = 0;
    double memory_used_mb = 0;
    double disk_used_mb = 0;
    std::uint64_t memory_hits = 0;
    std::uint64_t disk_hits = 0;
    std::uint64_t cache_misses = 0;
    std::uint64_t cache_evictions = 0;  // of both tiers
    double hit_rate_percent = 0;        // 0 when nothing was asked
};

class DocumentCache {
 public:
    static Result<std::unique_ptr<DocumentCache>> open(DocumentCacheOptions options, os::Files& files,
                                                       const os::Clock& clock);

    Result<DocumentBody> get(const Digest& hash);
    // As get(), and always in memory, however large. Counts as get() does.
    Result<SharedBytes> get_bytes(const Digest& hash);
    Result<void> put(const Digest& hash, SharedBytes bytes);
    using Maker = std::function<Result<Bytes>()>;
    Result<MadeDocument> get_or_make(const Digest& hash, const Maker& maker);

    // NotFound when neither tier had it.
    Result<void> invalidate(const Digest& hash);
    // Removes from both tiers what was not read or written for `age` (zero: everything); gives the number of entries
    // that left the disk.
    Result<std::uint64_t> clear_older_than(Duration age);
    // Frees disk space for who needs it more: see DiskTier. The memory tier keeps its copies.
    Result<std::uint64_t> give_way(std::uint64_t bytes);
    // Reads every file, as far as the options go; removes damaged ones.
    Result<VerifyReport> verify(const VerifyOptions& options = {});
    // Lists the folder, so that the first put() need not; call from a thread with time.
    Result<void> load_index() { return disk_->load_index(); }
    DocumentCacheStatistics statistics();

 private:
    DocumentCache(const DocumentCacheOptions& options, std::unique_ptr<DiskTier> disk, const os::Clock& clock);
    std::optional<SharedBytes> read_memory(const Digest& hash);
    Result<std::variant<Bytes, DiskFile>> read_disk(const Digest& hash, std::uint64_t in_memory_bytes_max);
    SharedBytes promote(const Digest& hash, Bytes bytes);
    Result<MadeDocument> make(const Digest& hash, const Maker& maker);

    const std::uint64_t promote_bytes_max_;
    const os::Clock& clock_;
    LogBound log_bound_;
    MemoryTier memory_;
    std::unique_ptr<DiskTier> disk_;
    SingleFlight<Digest, MadeDocument> making_;
    std::atomic<std::uint64_t> memory_hits_{0};
    std::atomic<std::uint64_t> disk_hits_{0};
    std::atomic<std::uint64_t> misses_{0};
};

}  // namespace galley::cache
