#include "os/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace galley::os {
namespace {

std::unexpected<Error> cannot(const std::string& what) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable;
    return fail(code, what + ": " + std::generic_category().message(errno));
}

}  // namespace

void Descriptor::reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
}

// First the name alone, which has no effect on whatever stands behind it; then, when that is a file, its content.
Result<RegularFile> open_regular_file(const std::string& path) {
    const Descriptor name(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!name) return cannot("cannot open " + path);
    struct stat info{};
    if (fstat(name.get(), &info) != 0) return cannot("cannot look at " + path);
    if (!S_ISREG(info.st_mode)) return fail(ErrorCode::Forbidden, path + " is not a regular file");
    const std::string same = "/proc/self/fd/" + std::to_string(name.get());
    Descriptor file(::open(same.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return cannot("cannot open " + path);
    return RegularFile{std::move(file), static_cast<std::uint64_t>(info.st_size)};
}

Result<Bytes> read_at(const Descriptor& file, std::uint64_t at, std::uint64_t size) {
    Bytes bytes;
    bytes.resize_and_overwrite(size, [&](char* to, std::size_t wanted) {
        std::size_t have = 0;
        while (have < wanted) {
            const ssize_t done = pread(file.get(), to + have, wanted - have, static_cast<off_t>(at + have));
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) break;
            have += static_cast<std::size_t>(done);
        }
        return have;
    });
    if (bytes.size() != size) return fail(ErrorCode::Unavailable, "a file could not be read to its end");
    return bytes;
}

}  // namespace galley::os
