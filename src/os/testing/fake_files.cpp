#include "os/testing/fake_files.h"

#include <algorithm>

namespace galley::os {

namespace {

constexpr std::uint64_t kTotalBytes = std::uint64_t{1} << 41;

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::unexpected<Error> injected(Fault fault, const std::string& path) {
    if (fault == Fault::DiskFull) return fail(ErrorCode::LimitExceeded, "injected: no space left", path);
    return fail(ErrorCode::Unavailable, "injected fault", path);
}

// What a call that did its work must still report.
Result<void> outcome(std::optional<Fault> fault, const std::string& path) {
    if (fault) return injected(*fault, path);
    return {};
}

// Bytes as they were when the file was opened or last read: the fake never changes them in place.
class FakeOpenFile final : public OpenFile {
 public:
    FakeOpenFile(std::shared_ptr<const Bytes> data, std::string path)
        : data_(std::move(data)), path_(std::move(path)) {}
    int descriptor() const override { return -1; }
    std::uint64_t size_bytes() const override { return data_->size(); }
    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) override {
        if (offset > data_->size() || size > data_->size() - offset) {
            return fail(ErrorCode::Corrupt, "the file ends too early", path_);
        }
        return data_->substr(offset, size);
    }

 private:
    std::shared_ptr<const Bytes> data_;
    std::string path_;
};

FileInfo info_of(const std::string& path, const FakeFiles::Inode& inode) {
    return {.name = name_of(path), .size_bytes = inode.data->size(), .modified = inode.modified, .is_directory = false};
}

}  // namespace

void FakeFiles::fail_call(std::int64_t nth, Fault fault) {
    const MutexLock lock(mutex_);
    fail_at_ = calls_ + nth;
    fault_ = fault;
    fired_ = false;
}

void FakeFiles::mend() {
    const MutexLock lock(mutex_);
    fail_at_.reset();
}

bool FakeFiles::power_cut() {
    const MutexLock lock(mutex_);
    names_ = durable_names_;
    for (const auto& [path, inode] : names_) inode->data = inode->durable;
    dead_ = false;
    fail_at_.reset();
    return std::exchange(fired_, false);
}

std::int64_t FakeFiles::calls() const {
    const MutexLock lock(mutex_);
    return calls_;
}

void FakeFiles::flip_byte(const std::string& path, std::size_t offset) {
    const MutexLock lock(mutex_);
    Inode& inode = *names_.at(path);
    Bytes changed = *inode.data;
    changed.at(offset) = static_cast<char>(changed[offset] ^ 0x01);
    inode.data = inode.durable = std::make_shared<const Bytes>(std::move(changed));
}

void FakeFiles::overwrite_byte(const std::string& path, std::size_t offset) {
    flip_byte(path, offset);
    const MutexLock lock(mutex_);
    names_.at(path)->modified = now();
}

void FakeFiles::truncate(const std::string& path, std::size_t size) {
    const MutexLock lock(mutex_);
    Inode& inode = *names_.at(path);
    GALLEY_CHECK(size <= inode.data->size());
    inode.data = inode.durable = std::make_shared<const Bytes>(inode.data->substr(0, size));
}

void FakeFiles::set_free_bytes(std::uint64_t bytes) {
    const MutexLock lock(mutex_);
    free_bytes_ = bytes;
}

bool FakeFiles::contains(const std::string& path) const {
    const MutexLock lock(mutex_);
    return names_.contains(path);
}

void FakeFiles::set_capacity(std::uint64_t bytes) {
    const MutexLock lock(mutex_);
    capacity_ = bytes;
}

std::uint64_t FakeFiles::used_bytes() const {
    const MutexLock lock(mutex_);
    return used_locked();
}

std::uint64_t FakeFiles::used_locked() const {
    std::uint64_t used = 0;
    for (const auto& [path, inode] : names_) used += inode->data->size();
    return used;
}

void FakeFiles::on_crash(std::function<void()> action) {
    const MutexLock lock(mutex_);
    on_crash_ = std::move(action);
}

void FakeFiles::crash() {
    const MutexLock lock(mutex_);
    dead_ = true;
}

std::optional<Fault> FakeFiles::next_call() {
    const std::int64_t number = calls_++;
    if (dead_) return Fault::Crash;
    if (fail_at_ != number) return std::nullopt;
    fired_ = true;
    dead_ = fault_ == Fault::Crash;
    if (dead_ && on_crash_) on_crash_();
    return fault_;
}

Result<std::optional<Fault>> FakeFiles::begin(const std::string& path) {
    const std::optional<Fault> fault = next_call();
    if (fault && *fault != Fault::ErrorAfter) return injected(*fault, path);
    return fault;
}

Result<void> FakeFiles::look(const std::string& path) {
    const std::optional<Fault> fault = next_call();
    if (fault) return injected(*fault == Fault::DiskFull ? Fault::Error : *fault, path);
    return {};
}

Result<std::shared_ptr<FakeFiles::Inode>> FakeFiles::find(const std::string& path) const {
    const auto found = names_.find(path);
    if (found == names_.end()) return fail(ErrorCode::NotFound, "no such file", path);
    return found->second;
}

Time FakeFiles::now() const {
    return clock_ != nullptr ? clock_->now() : Time();
}

Result<Bytes> FakeFiles::read(const std::string& path, std::uint64_t bytes_max) {
    GALLEY_TRY(const std::unique_ptr<OpenFile> file, open(path));
    if (file->size_bytes() > bytes_max) return fail(ErrorCode::LimitExceeded, "the file is too large", path);
    return file->read_at(0, file->size_bytes());
}

Result<std::unique_ptr<OpenFile>> FakeFiles::open(const std::string& path) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(look(path));
    GALLEY_TRY(const std::shared_ptr<Inode> inode, find(path));
    return std::make_unique<FakeOpenFile>(inode->data, path);
}

Result<void> FakeFiles::write(const std::string& path, const std::vector<std::string_view>& parts, Sync sync) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after_create, begin(path));
    const std::string folder = folder_of(path);
    if (!folder.empty() && !folders_.contains(folder)) return fail(ErrorCode::NotFound, "no such folder", path);
    std::shared_ptr<Inode>& inode = names_[path];
    if (!inode) inode = std::make_shared<Inode>();
    inode->data = std::make_shared<const Bytes>();
    inode->modified = now();
    GALLEY_TRY_VOID(outcome(after_create, path));

    const std::optional<Fault> at_write = next_call();
    if (at_write == Fault::Crash) return injected(*at_write, path);
    Bytes all;
    for (const std::string_view part : parts) all += part;
    if (at_write && at_write != Fault::ErrorAfter) all.resize(all.size() / 2);
    const std::uint64_t room = capacity_ ? *capacity_ - std::min(*capacity_, used_locked()) : UINT64_MAX;
    const bool fits = all.size() <= room;
    if (!fits) all.resize(room);
    inode->data = std::make_shared<const Bytes>(std::move(all));
    GALLEY_TRY_VOID(outcome(at_write, path));
    if (!fits) return injected(Fault::DiskFull, path);

    if (sync == Sync::No) return {};
    GALLEY_TRY(const std::optional<Fault> after_sync, begin(path));
    inode->durable = inode->data;
    return outcome(after_sync, path);
}

Result<void> FakeFiles::create_private(const std::string& path, std::string_view content) {
    if (info(path)) return fail(ErrorCode::Conflict, "the file exists already", path);
    const Result<void> written = write(path, {content}, Sync::Yes);
    if (!written) (void)remove(path);
    return written;
}

Result<void> FakeFiles::rename(const std::string& from, const std::string& to) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after, begin(from));
    GALLEY_TRY(const std::shared_ptr<Inode> inode, find(from));
    names_[to] = inode;
    names_.erase(from);
    return outcome(after, from);
}

Result<void> FakeFiles::remove(const std::string& path) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after, begin(path));
    if (names_.erase(path) == 0) return fail(ErrorCode::NotFound, "no such file", path);
    return outcome(after, path);
}

Result<void> FakeFiles::sync_folder(const std::string& folder) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after, begin(folder));
    if (!folders_.contains(folder)) return fail(ErrorCode::NotFound, "no such folder", folder);
    std::erase_if(durable_names_, [&](const auto& entry) { return folder_of(entry.first) == folder; });
    for (const auto& [path, inode] : names_) {
        if (folder_of(path) == folder) durable_names_[path] = inode;
    }
    return outcome(after, folder);
}

Result<void> FakeFiles::make_folders(const std::string& folder) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after, begin(folder));
    if (names_.contains(folder)) return fail(ErrorCode::Unavailable, "a file is in the way", folder);
    for (std::size_t end = 0; end != std::string::npos;) {
        end = folder.find('/', end + 1);
        folders_.insert(folder.substr(0, end));
    }
    return outcome(after, folder);
}

Result<std::vector<FileInfo>> FakeFiles::list(const std::string& folder) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(look(folder));
    if (!folders_.contains(folder)) return fail(ErrorCode::NotFound, "no such folder", folder);
    std::vector<FileInfo> found;
    for (const auto& [path, inode] : names_) {
        if (folder_of(path) == folder) found.push_back(info_of(path, *inode));
    }
    for (const std::string& path : folders_) {
        if (path != folder && folder_of(path) == folder) found.push_back({name_of(path), 0, Time(), true});
    }
    std::ranges::sort(found, {}, &FileInfo::name);
    return found;
}

Result<FileInfo> FakeFiles::info(const std::string& path) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(look(path));
    if (folders_.contains(path)) return FileInfo{name_of(path), 0, Time(), true};
    GALLEY_TRY(const std::shared_ptr<Inode> inode, find(path));
    return info_of(path, *inode);
}

Result<void> FakeFiles::touch(const std::string& path, Time modified) {
    const MutexLock lock(mutex_);
    GALLEY_TRY(const std::optional<Fault> after, begin(path));
    GALLEY_TRY(const std::shared_ptr<Inode> inode, find(path));
    inode->modified = modified;
    return outcome(after, path);
}

Result<std::uint64_t> FakeFiles::free_bytes(const std::string& folder) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(look(folder));
    if (capacity_) return *capacity_ - std::min(*capacity_, used_locked());
    return free_bytes_;
}

Result<std::uint64_t> FakeFiles::total_bytes(const std::string& folder) {
    const MutexLock lock(mutex_);
    GALLEY_TRY_VOID(look(folder));
    return capacity_.value_or(kTotalBytes);
}

}  // namespace galley::os
