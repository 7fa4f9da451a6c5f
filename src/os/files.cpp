#include "os/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

namespace galley::os {

namespace {

// Documents are confidential: the group may read (a web server beside us), others may not.
constexpr mode_t kFileMode = 0640;
constexpr mode_t kPrivateFileMode = 0600;
constexpr mode_t kFolderMode = 0750;
constexpr std::size_t kPartsPerWrite = 64;

std::unexpected<Error> failure(const char* what, const std::string& path) {
    const int code = errno;
    const std::string message = std::string(what) + ": " + std::generic_category().message(code);
    if (code == ENOENT || code == ENOTDIR) return fail(ErrorCode::NotFound, message, path);
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) return fail(ErrorCode::LimitExceeded, message, path);
    return fail(ErrorCode::Unavailable, message, path);
}

// Repeats a system call that a signal interrupted.
template <typename Call>
auto retry(Call&& call) {
    while (true) {
        const auto result = call();
        if (result != -1 || errno != EINTR) return result;
    }
}

class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }
    bool valid() const { return fd_ >= 0; }
    // close() may be the first to report a failed write (network file systems, quotas). Not repeated on EINTR: the
    // descriptor is gone on Linux even then.
    bool close() { return ::close(std::exchange(fd_, -1)) == 0 || errno == EINTR; }

 private:
    int fd_;
};

Descriptor open_descriptor(const std::string& path, int flags, mode_t mode = kFileMode) {
    return Descriptor(retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
}

FileInfo info_of(std::string name, const struct stat& status) {
    const auto since_epoch =
        std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return {.name = std::move(name),
            .size_bytes = static_cast<std::uint64_t>(status.st_size),
            .modified = Time(std::chrono::floor<Duration>(since_epoch)),
            .is_directory = S_ISDIR(status.st_mode),
            .permissions = status.st_mode & 0777};
}

std::string base_name(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

class SystemOpenFile final : public OpenFile {
 public:
    SystemOpenFile(Descriptor descriptor, std::uint64_t size_bytes, std::string path)
        : descriptor_(std::move(descriptor)), size_bytes_(size_bytes), path_(std::move(path)) {}

    int descriptor() const override { return descriptor_.get(); }
    std::uint64_t size_bytes() const override { return size_bytes_; }

    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) override {
        if (offset > size_bytes_ || size > size_bytes_ - offset)
            return fail(ErrorCode::Corrupt, "the file ends too early", path_);
        Bytes bytes(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t got = retry([&] {
                return ::pread(descriptor_.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
            });
            if (got < 0) return failure("cannot read", path_);
            if (got == 0) return fail(ErrorCode::Corrupt, "the file ends too early", path_);
            done += static_cast<std::size_t>(got);
        }
        return bytes;
    }

 private:
    Descriptor descriptor_;
    std::uint64_t size_bytes_;
    std::string path_;
};

// Writes all parts, however many calls that takes.
bool write_all(int fd, const std::vector<std::string_view>& parts) {
    std::vector<iovec> left;
    for (const std::string_view part : parts) {
        if (!part.empty()) left.push_back({const_cast<char*>(part.data()), part.size()});
    }
    std::size_t first = 0;
    while (first < left.size()) {
        const int count = static_cast<int>(std::min(left.size() - first, kPartsPerWrite));
        const ssize_t wrote = retry([&] { return ::writev(fd, left.data() + first, count); });
        if (wrote < 0) return false;
        std::size_t done = static_cast<std::size_t>(wrote);
        while (first < left.size() && done >= left[first].iov_len) done -= left[first++].iov_len;
        if (done == 0) continue;
        left[first].iov_base = static_cast<char*>(left[first].iov_base) + done;
        left[first].iov_len -= done;
    }
    return true;
}

class SystemFiles final : public Files {
 public:
    Result<Bytes> read(const std::string& path, std::uint64_t bytes_max) override {
        GALLEY_TRY(const std::unique_ptr<OpenFile> file, open(path));
        if (file->size_bytes() > bytes_max) return fail(ErrorCode::LimitExceeded, "the file is too large", path);
        // Files under /proc and /sys say size 0 and have content.
        if (file->size_bytes() == 0) return read_to_end(file->descriptor(), path, bytes_max);
        return file->read_at(0, file->size_bytes());
    }

    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override {
        Descriptor file = open_descriptor(path, O_RDONLY);
        if (!file.valid()) return failure("cannot open", path);
        struct stat status{};
        if (::fstat(file.get(), &status) != 0) return failure("cannot look at", path);
        if (S_ISDIR(status.st_mode)) return fail(ErrorCode::Unavailable, "cannot open: it is a folder", path);
        return std::make_unique<SystemOpenFile>(std::move(file), static_cast<std::uint64_t>(status.st_size), path);
    }

    Result<void> write(const std::string& path, const std::vector<std::string_view>& parts, Sync sync) override {
        Descriptor file = open_descriptor(path, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.valid()) return failure("cannot create", path);
        if (!write_all(file.get(), parts)) return failure("cannot write", path);
        if (sync == Sync::Yes && retry([&] { return ::fdatasync(file.get()); }) != 0)
            return failure("cannot sync", path);
        if (!file.close()) return failure("cannot close", path);
        return {};
    }

    Result<void> create_private(const std::string& path, std::string_view content) override {
        const Descriptor file = open_descriptor(path, O_WRONLY | O_CREAT | O_EXCL, kPrivateFileMode);
        if (!file.valid() && errno == EEXIST) return fail(ErrorCode::Conflict, "the file exists already", path);
        if (!file.valid()) return failure("cannot create", path);
        if (write_all(file.get(), {content}) && retry([&] { return ::fsync(file.get()); }) == 0) return {};
        const std::unexpected<Error> cause = failure("cannot write", path);
        ::unlink(path.c_str());
        return cause;
    }

    Result<void> rename(const std::string& from, const std::string& to) override {
        if (::rename(from.c_str(), to.c_str()) != 0) return failure("cannot rename", from);
        return {};
    }

    Result<void> remove(const std::string& path) override {
        if (::unlink(path.c_str()) != 0) return failure("cannot remove", path);
        return {};
    }

    Result<void> sync_folder(const std::string& folder) override {
        const Descriptor file = open_descriptor(folder, O_RDONLY | O_DIRECTORY);
        if (!file.valid()) return failure("cannot open", folder);
        if (retry([&] { return ::fsync(file.get()); }) != 0) return failure("cannot sync", folder);
        return {};
    }

    Result<void> make_folders(const std::string& folder) override {
        for (std::size_t end = 0; end != std::string::npos;) {
            end = folder.find('/', end + 1);
            const std::string part = folder.substr(0, end);
            if (::mkdir(part.c_str(), kFolderMode) != 0 && errno != EEXIST) return failure("cannot make", part);
        }
        struct stat status{};
        if (::stat(folder.c_str(), &status) != 0) return failure("cannot look at", folder);
        if (!S_ISDIR(status.st_mode)) return fail(ErrorCode::Unavailable, "cannot make: a file is in the way", folder);
        return {};
    }

    Result<std::vector<FileInfo>> list(const std::string& folder) override {
        const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), &::closedir);
        if (!stream) return failure("cannot list", folder);
        std::vector<FileInfo> found;
        errno = 0;
        while (const dirent* entry = ::readdir(stream.get())) {
            std::string name = entry->d_name;
            struct stat status{};
            if (name == "." || name == "..") continue;
            // An entry may vanish between the two calls; then it is not there.
            if (::fstatat(::dirfd(stream.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
                found.push_back(info_of(std::move(name), status));
            }
            errno = 0;
        }
        if (errno != 0) return failure("cannot list", folder);
        std::ranges::sort(found, {}, &FileInfo::name);
        return found;
    }

    Result<FileInfo> info(const std::string& path) override {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) return failure("cannot look at", path);
        return info_of(base_name(path), status);
    }

    Result<void> touch(const std::string& path, Time modified) override {
        const std::int64_t ms = to_unix_ms(modified);
        const timespec time{.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000};
        const std::array<timespec, 2> access_and_modification = {time, time};
        if (::utimensat(AT_FDCWD, path.c_str(), access_and_modification.data(), 0) != 0)
            return failure("cannot touch", path);
        return {};
    }

    Result<std::uint64_t> free_bytes(const std::string& folder) override {
        GALLEY_TRY(const struct statvfs status, disk_status(folder));
        return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    }

    Result<std::uint64_t> total_bytes(const std::string& folder) override {
        GALLEY_TRY(const struct statvfs status, disk_status(folder));
        return static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize;
    }

 private:
    static Result<struct statvfs> disk_status(const std::string& folder) {
        struct statvfs status{};
        if (retry([&] { return ::statvfs(folder.c_str(), &status); }) != 0) return failure("cannot look at", folder);
        return status;
    }

    static Result<Bytes> read_to_end(int fd, const std::string& path, std::uint64_t bytes_max) {
        Bytes bytes;
        std::array<char, 4096> buffer{};
        while (true) {
            const ssize_t got = retry([&] { return ::read(fd, buffer.data(), buffer.size()); });
            if (got < 0) return failure("cannot read", path);
            if (got == 0) return bytes;
            bytes.append(buffer.data(), static_cast<std::size_t>(got));
            if (bytes.size() > bytes_max) return fail(ErrorCode::LimitExceeded, "the file is too large", path);
        }
    }
};

}  // namespace

Files& system_files() {
    static SystemFiles files;
    return files;
}

}  // namespace galley::os
