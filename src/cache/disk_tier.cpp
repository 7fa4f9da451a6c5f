#include "cache/disk_tier.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/log.h"

namespace galley::cache {

namespace {

constexpr std::size_t kCheckChunkBytes = std::size_t{1} << 20;
constexpr std::uint64_t kReserveBytesMax = std::uint64_t{64} << 20;
constexpr std::uint64_t kReserveShare = 16;  // of the disk

std::string parent_of(const std::string& folder) {
    const std::size_t slash = folder.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : folder.substr(0, slash);
}

// Whatever went wrong with the folder as a whole, the tier is unavailable.
std::unexpected<Error> unavailable(Error error) {
    error.code = ErrorCode::Unavailable;
    return fail(std::move(error));
}

bool is_gone(const Result<void>& removed) {
    return removed || removed.error().code == ErrorCode::NotFound;
}

}  // namespace

DiskTier::DiskTier(DiskTierOptions options, os::Files& files, const os::Clock& clock)
    : options_(std::move(options)), partial_folder_(options_.folder + "/partial"), files_(files), clock_(clock) {}

Result<std::unique_ptr<DiskTier>> DiskTier::open(DiskTierOptions options, os::Files& files, const os::Clock& clock) {
    std::unique_ptr<DiskTier> tier(new DiskTier(std::move(options), files, clock));
    const Result<void> made = files.make_folders(tier->partial_folder_);
    if (!made) return unavailable(made.error());
    // Makes a new folder's own name durable. Not being allowed to sync the parent is no reason not to start.
    (void)files.sync_folder(parent_of(tier->options_.folder));
    const Result<void> cleaned = tier->remove_leftovers();
    if (!cleaned) return unavailable(cleaned.error());
    return tier;
}

Result<void> DiskTier::remove_leftovers() {
    GALLEY_TRY(const std::vector<os::FileInfo> leftovers, files_.list(partial_folder_));
    for (const os::FileInfo& leftover : leftovers) {
        const Result<void> removed = files_.remove(partial_folder_ + "/" + leftover.name);
        if (!is_gone(removed)) return removed;
    }
    return {};
}

std::string DiskTier::path_of(const Digest& key) const {
    return options_.folder + "/" + key.hex();
}

// The facts are taken first: if a put() replaces the file in between, the old facts go with the new, good file, and
// it is checked once more; the other way round a damaged file could pass under the new file's facts.
Result<DiskTier::Opened> DiskTier::open_entry(const Digest& key) {
    const std::string path = path_of(key);
    GALLEY_TRY(os::FileInfo info, files_.info(path));
    GALLEY_TRY(std::unique_ptr<os::OpenFile> file, files_.open(path));
    GALLEY_TRY(const Bytes head, file->read_at(0, kCacheEntryHeaderBytes));
    GALLEY_TRY(const CacheEntryHeader header, parse_cache_entry_header(head));
    GALLEY_TRY_VOID(check_cache_entry_shape(header, key, file->size_bytes()));
    return Opened{std::move(file), header, std::move(info)};
}

Result<Bytes> DiskTier::read_checked(Opened& opened) {
    GALLEY_TRY(Bytes payload, opened.file->read_at(kCacheEntryHeaderBytes, opened.header.payload_bytes));
    GALLEY_TRY_VOID(check_cache_entry_payload(opened.header, sha256(payload)));
    return payload;
}

Result<void> DiskTier::check_whole(Opened& opened) {
    Sha256 hash;
    std::uint64_t at = kCacheEntryHeaderBytes;
    for (std::uint64_t left = opened.header.payload_bytes; left > 0;) {
        const std::size_t chunk = static_cast<std::size_t>(std::min<std::uint64_t>(left, kCheckChunkBytes));
        GALLEY_TRY(const Bytes bytes, opened.file->read_at(at, chunk));
        hash.update(bytes);
        at += chunk;
        left -= chunk;
    }
    return check_cache_entry_payload(opened.header, hash.finish());
}

Result<DiskFile> DiskTier::open_checked(const Digest& key, Opened opened) {
    if (!is_known_good(key, opened.info)) {
        GALLEY_TRY_VOID(check_whole(opened));
        note_use(key, opened.info);
        remember_good(key);
    } else {
        note_use(key, opened.info);
    }
    return DiskFile{std::move(opened.file), kCacheEntryHeaderBytes, opened.header.payload_bytes};
}

Result<std::variant<Bytes, DiskFile>> DiskTier::fetch_opened(const Digest& key, std::uint64_t in_memory_bytes_max) {
    GALLEY_TRY(Opened opened, open_entry(key));
    if (opened.header.payload_bytes > in_memory_bytes_max) return open_checked(key, std::move(opened));
    GALLEY_TRY(Bytes payload, read_checked(opened));
    note_use(key, opened.info);
    return payload;
}

Result<std::variant<Bytes, DiskFile>> DiskTier::fetch(const Digest& key, std::uint64_t in_memory_bytes_max) {
    Result<std::variant<Bytes, DiskFile>> found = fetch_opened(key, in_memory_bytes_max);
    if (!found && found.error().code == ErrorCode::Corrupt) {
        // Someone may have repaired it meanwhile; then this answer is a miss all the same.
        remove_if_damaged(key);
    }
    return found;
}

Result<Bytes> DiskTier::get(const Digest& key) {
    GALLEY_TRY(auto found, fetch(key, std::numeric_limits<std::uint64_t>::max()));
    return std::get<Bytes>(std::move(found));
}

Result<DiskFile> DiskTier::open_file(const Digest& key) {
    Result<Opened> opened = open_entry(key);
    Result<DiskFile> file =
        opened ? open_checked(key, std::move(*opened)) : Result<DiskFile>(fail(std::move(opened.error())));
    if (!file && file.error().code == ErrorCode::Corrupt) remove_if_damaged(key);
    return file;
}

void DiskTier::note_use(const Digest& key, const os::FileInfo& info) {
    {
        const MutexLock lock(mutex_);
        const DiskIndexEntry* known = index_.find(key);
        const bool checked = known != nullptr && known->checked && known->size_bytes == info.size_bytes &&
                             known->modified == info.modified;
        index_.put({key, info.size_bytes, info.modified, std::max(info.modified, clock_.now()), checked});
    }
    touch_if_due(key);
}

void DiskTier::mark_used(const Digest& key) {
    {
        const MutexLock lock(mutex_);
        index_.mark_used(key, clock_.now());
    }
    touch_if_due(key);
}

// The new time is read back, because a file system may store it more coarsely than we say it.
void DiskTier::touch_if_due(const Digest& key) {
    const Time now = clock_.now();
    {
        const MutexLock lock(mutex_);
        const DiskIndexEntry* entry = index_.find(key);
        // A time well ahead of ours was written before the clock was put back.
        if (entry == nullptr || std::chrono::abs(now - entry->modified) < kTouchInterval) return;
    }
    const std::string path = path_of(key);
    const Result<void> touched = files_.touch(path, now);
    const Result<os::FileInfo> info = files_.info(path);
    const MutexLock lock(mutex_);
    DiskIndexEntry* entry = index_.find(key);
    if (entry == nullptr) return;
    // Even when it failed: another try an hour later is soon enough.
    if (!touched || !info) {
        entry->checked = false;
        entry->modified = now;
        return;
    }
    entry->checked = entry->checked && info->size_bytes == entry->size_bytes;
    entry->modified = info->modified;
}

bool DiskTier::is_known_good(const Digest& key, const os::FileInfo& info) {
    const MutexLock lock(mutex_);
    const DiskIndexEntry* entry = index_.find(key);
    return entry != nullptr && entry->checked && entry->size_bytes == info.size_bytes &&
           entry->modified == info.modified;
}

void DiskTier::remember_good(const Digest& key) {
    const MutexLock lock(mutex_);
    if (DiskIndexEntry* entry = index_.find(key)) entry->checked = true;
}

bool DiskTier::remove_if_damaged(const Digest& key) {
    const MutexLock lock(mutex_);
    Result<Opened> opened = open_entry(key);
    const Result<void> good = opened ? check_whole(*opened) : Result<void>(fail(opened.error()));
    if (good || good.error().code != ErrorCode::Corrupt) return false;
    log(LogLevel::Warning, "cache_entry_damaged", {{"key", key.hex()}, {"reason", good.error().message}});
    if (!is_gone(files_.remove(path_of(key)))) return false;
    index_.erase(key);
    return true;
}

Result<void> DiskTier::put(const Digest& key, std::string_view payload) {
    const std::uint64_t size_bytes = kCacheEntryHeaderBytes + payload.size();
    if (size_bytes > options_.entry_bytes_max)
        return fail(ErrorCode::LimitExceeded, "the document is too large to cache");
    GALLEY_TRY_VOID(load_index());
    GALLEY_TRY_VOID(leave_reserve_free(size_bytes));
    const std::string partial = partial_folder_ + "/" + key.hex() + "." + std::to_string(partial_number_.fetch_add(1));
    const Bytes header = make_cache_entry_header(key, payload);
    const Result<void> written = write_partial(partial, {header, payload});
    Result<Published> published = written ? publish(key, partial, size_bytes) : fail(written.error());
    if (!published) {
        (void)files_.remove(partial);  // if that fails too, the next open() removes it
        if (published.error().code == ErrorCode::LimitExceeded) return fail(std::move(published.error()));
        return unavailable(std::move(published.error()));
    }
    Result<void> synced = files_.sync_folder(options_.folder);
    if (synced) return {};
    if (*published == Published::New) (void)remove(key);
    return unavailable(std::move(synced.error()));
}

// The disk may be filled by others: before it is full, the cache makes room.
Result<void> DiskTier::leave_reserve_free(std::uint64_t size_bytes) {
    const Result<std::uint64_t> free_bytes = files_.free_bytes(options_.folder);
    if (!free_bytes) return unavailable(free_bytes.error());
    std::uint64_t wanted = 0;
    {
        const MutexLock lock(mutex_);
        wanted = free_bytes_min_ + size_bytes;
    }
    if (*free_bytes >= wanted) return {};
    GALLEY_TRY(const std::uint64_t freed, give_way(wanted - *free_bytes));
    if (*free_bytes + freed >= wanted) return {};
    return fail(ErrorCode::LimitExceeded, "the disk is nearly full, and the cache has nothing left to evict");
}

// Somebody was faster than our look at the free space: once more, with room made.
Result<void> DiskTier::write_partial(const std::string& partial, const std::vector<std::string_view>& parts) {
    Result<void> written = files_.write(partial, parts, os::Files::Sync::Yes);
    if (written || written.error().code != ErrorCode::LimitExceeded) return written;
    (void)files_.remove(partial);
    std::uint64_t size_bytes = 0;
    for (const std::string_view part : parts) size_bytes += part.size();
    const Result<std::uint64_t> freed = give_way(2 * size_bytes);
    if (!freed || *freed == 0) return written;
    return files_.write(partial, parts, os::Files::Sync::Yes);
}

Result<std::uint64_t> DiskTier::give_way(std::uint64_t bytes) {
    GALLEY_TRY_VOID(load_index());
    const MutexLock lock(mutex_);
    const std::uint64_t before = index_.total_bytes();
    while (index_.size() > 0 && before - index_.total_bytes() < bytes) {
        const Result<void> evicted = evict_oldest_except(Digest{});
        if (!evicted) return unavailable(evicted.error());
    }
    return before - index_.total_bytes();
}

// From here on the entry is visible.
Result<DiskTier::Published> DiskTier::publish(const Digest& key, const std::string& partial, std::uint64_t size_bytes) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(make_room(key, size_bytes));
    const Published kind = index_.find(key) != nullptr ? Published::Again : Published::New;
    const Result<void> renamed = files_.rename(partial, path_of(key));
    if (!renamed) {
        // A rename may report a failure and yet have happened; then the entry must not stay, unless it was there
        // before.
        const bool happened = !files_.info(partial);
        if (happened && kind == Published::New) (void)files_.remove(path_of(key));
        return fail(renamed.error());
    }
    const Time now = clock_.now();
    index_.put({key, size_bytes, now, now, false});
    return kind;
}

Result<void> DiskTier::make_room(const Digest& key, std::uint64_t size_bytes) {
    if (size_bytes > disk_bytes_max_) return fail(ErrorCode::LimitExceeded, "the document is larger than the cache");
    const DiskIndexEntry* replaced = index_.find(key);
    const std::uint64_t replaced_bytes = replaced != nullptr ? replaced->size_bytes : 0;
    while (index_.total_bytes() - replaced_bytes > disk_bytes_max_ - size_bytes) {
        GALLEY_TRY_VOID(evict_oldest_except(key));
    }
    return {};
}

// Precondition: there is one.
Result<void> DiskTier::evict_oldest_except(const Digest& spared) {
    const std::optional<Digest> oldest = index_.oldest_except(spared);
    GALLEY_CHECK(oldest.has_value());
    const Result<void> removed = files_.remove(path_of(*oldest));
    if (!is_gone(removed)) return removed;
    index_.erase(*oldest);
    evictions_.fetch_add(1, std::memory_order_relaxed);
    return {};
}

Result<void> DiskTier::remove(const Digest& key) {
    {
        const MutexLock lock(mutex_);
        const Result<void> removed = files_.remove(path_of(key));
        if (is_gone(removed)) index_.erase(key);
        if (!removed) return removed;
    }
    return files_.sync_folder(options_.folder);
}

Result<std::uint64_t> DiskTier::remove_older_than(Time time) {
    GALLEY_TRY_VOID(load_index());
    std::uint64_t count = 0;
    {
        const MutexLock lock(mutex_);
        for (const Digest& key : index_.keys_used_before(time)) {
            const Result<void> removed = files_.remove(path_of(key));
            if (!is_gone(removed)) return unavailable(removed.error());
            index_.erase(key);
            ++count;
        }
    }
    const Result<void> synced = files_.sync_folder(options_.folder);
    if (!synced) return unavailable(synced.error());
    return count;
}

Result<VerifyReport> DiskTier::verify(const VerifyOptions& options) {
    GALLEY_TRY_VOID(load_index());
    std::vector<Digest> keys;
    {
        const MutexLock lock(mutex_);
        keys = index_.keys();
    }
    std::ranges::sort(keys);
    if (options.after) std::ranges::rotate(keys, std::ranges::upper_bound(keys, *options.after));
    VerifyReport report;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const Digest& key = keys[i];
        if (i > 0 && (options.stop.stop_requested() || report.bytes_checked >= options.bytes_max)) {
            report.unfinished = keys[i - 1];
            break;
        }
        if (options.progress) options.progress(i, keys.size());
        Result<Opened> opened = open_entry(key);
        const Result<void> good = opened ? check_whole(*opened) : Result<void>(fail(opened.error()));
        if (!good && good.error().code == ErrorCode::NotFound) continue;
        if (!good && good.error().code != ErrorCode::Corrupt) return fail(good.error());
        ++report.entries_checked;
        if (good) report.bytes_checked += opened->file->size_bytes();
        if (!good && remove_if_damaged(key)) ++report.entries_removed;
    }
    return report;
}

// The folder is listed without the lock: what vanishes meanwhile is noticed when it is to be evicted, and what is
// added meanwhile is known already.
Result<void> DiskTier::load_index() {
    {
        const MutexLock lock(mutex_);
        if (index_loaded_) return {};
    }
    Result<std::vector<os::FileInfo>> listed = files_.list(options_.folder);
    if (!listed) return unavailable(std::move(listed.error()));
    Result<std::uint64_t> free_bytes = files_.free_bytes(options_.folder);
    if (!free_bytes) return unavailable(std::move(free_bytes.error()));
    const Result<std::uint64_t> disk_bytes = files_.total_bytes(options_.folder);
    if (!disk_bytes) return unavailable(disk_bytes.error());
    std::vector<DiskIndexEntry> entries;
    for (const os::FileInfo& info : *listed) {
        const Result<Digest> key = parse_digest(info.name);
        if (key && !info.is_directory) entries.push_back({*key, info.size_bytes, info.modified, info.modified, false});
    }
    const MutexLock lock(mutex_);
    if (index_loaded_) return {};
    index_.add_listed(std::move(entries));
    const std::uint64_t half = (*free_bytes + index_.total_bytes()) / 2;
    disk_bytes_max_ = options_.disk_bytes_max == kHalfOfFreeSpace ? half : options_.disk_bytes_max;
    const std::uint64_t reserve = std::min(kReserveBytesMax, *disk_bytes / kReserveShare);
    free_bytes_min_ = options_.free_bytes_min == kUsualReserve ? reserve : options_.free_bytes_min;
    index_loaded_ = true;
    return {};
}

Result<std::uint64_t> DiskTier::size_bytes() {
    GALLEY_TRY_VOID(load_index());
    const MutexLock lock(mutex_);
    return index_.total_bytes();
}

Result<std::uint64_t> DiskTier::entries() {
    GALLEY_TRY_VOID(load_index());
    const MutexLock lock(mutex_);
    return index_.size();
}

std::uint64_t DiskTier::evictions() const {
    return evictions_.load(std::memory_order_relaxed);
}

}  // namespace galley::cache
