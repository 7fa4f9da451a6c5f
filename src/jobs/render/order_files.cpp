#include "jobs/render/order_files.h"

#include <atomic>

#include "jobs/render/order.h"

namespace galley::jobs {

namespace {

constexpr std::string_view kEnding = ".order";
constexpr std::string_view kPartial = ".partial";

}  // namespace

Result<std::unique_ptr<OrderFiles>> OrderFiles::open(std::string folder, os::Files& files) {
    GALLEY_TRY_VOID(files.make_folders(folder));
    return std::unique_ptr<OrderFiles>(new OrderFiles(std::move(folder), files));
}

OrderFiles::Keeping OrderFiles::keep(const Digest& hash) {
    const MutexLock lock(mutex_);
    ++kept_[hash];
    const auto let_go = [this, hash](void*) {
        const MutexLock unlock(mutex_);
        const auto it = kept_.find(hash);
        if (--it->second == 0) kept_.erase(it);
    };
    return {this, let_go};
}

Result<void> OrderFiles::write(const Digest& hash, std::string_view bytes) {
    static std::atomic<std::uint64_t> number{0};
    const std::string path = path_of(hash);
    const std::string partial = path + std::to_string(number.fetch_add(1)) + std::string(kPartial);
    const auto written = [&]() -> Result<void> {
        GALLEY_TRY_VOID(files_.write(partial, {bytes}, os::Files::Sync::Yes));
        GALLEY_TRY_VOID(files_.rename(partial, path));
        return files_.sync_folder(folder_);
    }();
    if (!written) (void)files_.remove(partial);  // the first error counts
    return written;
}

// The file is there already when the same was asked for before: what has the name has the content.
Result<OrderFiles::Keeping> OrderFiles::put(const Digest& hash, std::string_view bytes) {
    Keeping keeping = keep(hash);
    const Result<os::FileInfo> there = files_.info(path_of(hash));
    if (there && there->size_bytes == bytes.size()) return keeping;
    GALLEY_TRY_VOID(write(hash, bytes));
    return keeping;
}

Result<Bytes> OrderFiles::get(const Digest& hash, std::uint64_t bytes_max) const {
    GALLEY_TRY(Bytes bytes, files_.read(path_of(hash), bytes_max));
    if (order_hash(bytes) == hash) return bytes;
    return fail(ErrorCode::Corrupt, "the file of a document's order is damaged", path_of(hash));
}

// With the lock held from the question to the removal, so that nobody begins to keep it in between.
Result<void> OrderFiles::remove_if_unused(const Digest& hash, const IsReferredTo& is_referred_to) {
    const MutexLock lock(mutex_);
    if (kept_.contains(hash)) return {};
    GALLEY_TRY(const bool needed, is_referred_to(hash));
    if (needed) return {};
    const Result<void> removed = files_.remove(path_of(hash));
    if (!removed && removed.error().code != ErrorCode::NotFound) return removed;
    return {};
}

Result<std::size_t> OrderFiles::sweep(const IsReferredTo& is_referred_to) {
    GALLEY_TRY(const std::vector<os::FileInfo> all, files_.list(folder_));
    std::size_t removed = 0;
    for (const os::FileInfo& file : all) {
        if (file.name.ends_with(kPartial)) {
            GALLEY_TRY_VOID(files_.remove(folder_ + "/" + file.name));
            ++removed;
            continue;
        }
        const std::string_view name = file.name;
        if (!name.ends_with(kEnding)) continue;
        const Result<Digest> hash = parse_digest(name.substr(0, name.size() - kEnding.size()));
        if (!hash) continue;
        GALLEY_TRY(const bool needed, is_referred_to(*hash));
        if (needed) continue;
        GALLEY_TRY_VOID(files_.remove(folder_ + "/" + file.name));
        ++removed;
    }
    return removed;
}

}  // namespace galley::jobs
