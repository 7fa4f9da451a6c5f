#include "os/file_copy.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace galley::os {

namespace {

constexpr mode_t kFileMode = 0640;

class Descriptor {
 public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

 private:
    int fd_;
};

std::unexpected<Error> failure(const char* what, const std::string& path) {
    const int code = errno;
    const std::string message = std::string(what) + ": " + std::generic_category().message(code);
    if (code == ENOENT || code == ENOTDIR) return fail(ErrorCode::NotFound, message, path);
    if (code == EEXIST) return fail(ErrorCode::Conflict, message, path);
    if (code == ENOSPC || code == EDQUOT || code == EFBIG) return fail(ErrorCode::LimitExceeded, message, path);
    return fail(ErrorCode::Unavailable, message, path);
}

// Gives the size of the next piece, 0 at the end, -1 on failure.
ssize_t read_piece(int fd, std::vector<char>& buffer) {
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got >= 0 || errno != EINTR) return got;
    }
}

bool write_piece(int fd, std::string_view piece) {
    while (!piece.empty()) {
        const ssize_t wrote = ::write(fd, piece.data(), piece.size());
        if (wrote < 0 && errno != EINTR) return false;
        if (wrote > 0) piece.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

Result<std::uint64_t> copy_into(int from, int to, const std::string& path, const TakePiece& take) {
    std::vector<char> buffer(kCopyPieceBytes);
    std::uint64_t size = 0;
    for (;;) {
        const ssize_t got = read_piece(from, buffer);
        if (got < 0) return failure("cannot read", path);
        if (got == 0) break;
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
        take(piece);
        if (!write_piece(to, piece)) return failure("cannot write a copy", path);
        size += piece.size();
    }
    if (::fsync(to) != 0) return failure("cannot sync a copy", path);
    return size;
}

}  // namespace

Result<std::uint64_t> read_in_pieces(const std::string& path, const TakePiece& take) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return failure("cannot open", path);
    std::vector<char> buffer(kCopyPieceBytes);
    std::uint64_t size = 0;
    for (;;) {
        const ssize_t got = read_piece(file.get(), buffer);
        if (got < 0) return failure("cannot read", path);
        if (got == 0) return size;
        take({buffer.data(), static_cast<std::size_t>(got)});
        size += static_cast<std::uint64_t>(got);
    }
}

Result<std::uint64_t> copy_file(const std::string& from, const std::string& to, const TakePiece& take) {
    const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (source.get() < 0) return failure("cannot open", from);
    const Descriptor target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
    if (target.get() < 0) return failure("cannot create", to);
    Result<std::uint64_t> copied = copy_into(source.get(), target.get(), from, take);
    if (!copied) ::unlink(to.c_str());
    return copied;
}

Result<void> exchange(const std::string& one, const std::string& other) {
    if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) return {};
    return failure("cannot exchange two folders", one);
}

Result<void> remove_folder(const std::string& folder) {
    std::error_code code;
    std::filesystem::remove_all(folder, code);
    if (!code) return {};
    return fail(ErrorCode::Unavailable, "cannot remove: " + code.message(), folder);
}

bool may_use_folder(const std::string& folder) {
    return ::access(folder.c_str(), R_OK | W_OK | X_OK) == 0;
}

bool is_terminal(int descriptor) {
    return ::isatty(descriptor) == 1;
}

std::uint64_t descriptor_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace galley::os
