#include "cache/document_cache.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace galley::cache {

namespace {

constexpr double kBytesPerMegabyte = 1e6;

double megabytes(std::uint64_t bytes) {
    return static_cast<double>(bytes) / kBytesPerMegabyte;
}

// A damaged entry was removed by the tier: to the reader it is absent (R26).
Error as_miss(Error error) {
    if (error.code == ErrorCode::Corrupt) error.code = ErrorCode::NotFound;
    return error;
}

}  // namespace

std::uint64_t DocumentBody::size_bytes() const {
    if (const SharedBytes* bytes = std::get_if<SharedBytes>(&content)) return bytes->size();
    return std::get<DiskFile>(content).payload_bytes;
}

DocumentCache::DocumentCache(const DocumentCacheOptions& options, std::unique_ptr<DiskTier> disk,
                             const os::Clock& clock)
    // What memory would not take is better sent from its file than read and thrown away.
    : promote_bytes_max_(std::min(options.promote_bytes_max, options.memory_bytes_max / MemoryTier::kLargestShare)),
      clock_(clock),
      memory_(options.memory_bytes_max, clock),
      disk_(std::move(disk)) {}

Result<std::unique_ptr<DocumentCache>> DocumentCache::open(DocumentCacheOptions options, os::Files& files,
                                                           const os::Clock& clock) {
    GALLEY_TRY(std::unique_ptr<DiskTier> disk, DiskTier::open(options.disk, files, clock));
    return std::unique_ptr<DocumentCache>(new DocumentCache(options, std::move(disk), clock));
}

std::optional<SharedBytes> DocumentCache::read_memory(const Digest& hash) {
    std::optional<SharedBytes> found = memory_.get(hash);
    if (!found) return std::nullopt;
    memory_hits_.fetch_add(1, std::memory_order_relaxed);
    disk_->mark_used(hash);
    return found;
}

Result<std::variant<Bytes, DiskFile>> DocumentCache::read_disk(const Digest& hash, std::uint64_t in_memory_bytes_max) {
    Result<std::variant<Bytes, DiskFile>> found = disk_->fetch(hash, in_memory_bytes_max);
    (found ? disk_hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
    if (!found) return fail(as_miss(std::move(found.error())));
    return found;
}

SharedBytes DocumentCache::promote(const Digest& hash, Bytes bytes) {
    SharedBytes shared(std::move(bytes));
    memory_.put(hash, shared);
    return shared;
}

Result<DocumentBody> DocumentCache::get(const Digest& hash) {
    if (std::optional<SharedBytes> found = read_memory(hash))
        return DocumentBody{std::move(*found), DocumentSource::Memory};
    GALLEY_TRY(auto found, read_disk(hash, promote_bytes_max_));
    if (Bytes* bytes = std::get_if<Bytes>(&found)) {
        return DocumentBody{promote(hash, std::move(*bytes)), DocumentSource::Disk};
    }
    return DocumentBody{std::get<DiskFile>(std::move(found)), DocumentSource::Disk};
}

Result<SharedBytes> DocumentCache::get_bytes(const Digest& hash) {
    if (std::optional<SharedBytes> found = read_memory(hash)) return std::move(*found);
    GALLEY_TRY(auto found, read_disk(hash, std::numeric_limits<std::uint64_t>::max()));
    return promote(hash, std::get<Bytes>(std::move(found)));
}

Result<void> DocumentCache::put(const Digest& hash, SharedBytes bytes) {
    const std::string_view payload = bytes.view();
    const Result<void> on_disk = disk_->put(hash, payload);
    const bool in_memory = memory_.put(hash, bytes);
    if (on_disk) return {};
    if (const auto left_out = log_bound_.take("cache_put_failed", clock_.monotonic())) {
        log(LogLevel::Warning, "cache_put_failed",
            {{"key", hash.hex()}, {"reason", on_disk.error().to_string()}, {"suppressed", *left_out}});
    }
    if (in_memory) return {};
    return on_disk;
}

Result<MadeDocument> DocumentCache::make(const Digest& hash, const Maker& maker) {
    // Somebody may have finished between our miss and our turn.
    if (std::optional<SharedBytes> found = memory_.get(hash)) return MadeDocument{std::move(*found), true};
    GALLEY_TRY(Bytes made, maker());
    SharedBytes bytes(std::move(made));
    (void)put(hash, bytes);  // logged; the document is there, whether it could be kept or not
    return MadeDocument{std::move(bytes), false};
}

Result<MadeDocument> DocumentCache::get_or_make(const Digest& hash, const Maker& maker) {
    if (Result<SharedBytes> found = get_bytes(hash)) return MadeDocument{std::move(*found), true};
    auto [result, joined] = making_.get(hash, [&] { return make(hash, maker); });
    if (result && joined) result->was_cached = true;
    return result;
}

Result<void> DocumentCache::invalidate(const Digest& hash) {
    const bool in_memory = memory_.remove(hash);
    const Result<void> on_disk = disk_->remove(hash);
    if (on_disk || (in_memory && on_disk.error().code == ErrorCode::NotFound)) return {};
    return on_disk;
}

Result<std::uint64_t> DocumentCache::clear_older_than(Duration age) {
    // Age zero means everything, also what was used in this very millisecond.
    const Time before = age == Duration::zero() ? Time::max() : clock_.now() - age;
    memory_.remove_older_than(before);
    return disk_->remove_older_than(before);
}

Result<std::uint64_t> DocumentCache::give_way(std::uint64_t bytes) {
    return disk_->give_way(bytes);
}

Result<VerifyReport> DocumentCache::verify(const VerifyOptions& options) {
    return disk_->verify(options);
}

DocumentCacheStatistics DocumentCache::statistics() {
    DocumentCacheStatistics now;
    now.memory_entries = memory_.entries();
    now.memory_used_mb = megabytes(memory_.used_bytes());
    now.disk_used_mb = megabytes(disk_->size_bytes().value_or(0));
    now.memory_hits = memory_hits_.load(std::memory_order_relaxed);
    now.disk_hits = disk_hits_.load(std::memory_order_relaxed);
    now.cache_misses = misses_.load(std::memory_order_relaxed);
    now.cache_evictions = memory_.evictions() + disk_->evictions();
    const auto hits = static_cast<double>(now.memory_hits + now.disk_hits);
    const double asked = hits + static_cast<double>(now.cache_misses);
    now.hit_rate_percent = asked > 0 ? 100 * hits / asked : 0;
    return now;
}

}  // namespace galley::cache
