#include "store/sqlite/data_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace galley::store {
namespace {

std::string holder(int descriptor) {
    char text[24] = {};
    const ssize_t size = ::pread(descriptor, text, sizeof(text) - 1, 0);
    return size > 0 ? fmt::format(" (process {})", text) : std::string();
}

void write_holder(int descriptor) {
    const std::string text = std::to_string(::getpid());
    // Only a hint for the message above, so a failure does not matter.
    if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

Result<std::unique_ptr<DataLock>> DataLock::acquire(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail(ErrorCode::Unavailable, fmt::format("cannot open {}: {}", path, std::strerror(errno)), path);
    std::unique_ptr<DataLock> lock(new DataLock(descriptor));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
        write_holder(descriptor);
        return lock;
    }
    if (errno != EWOULDBLOCK)
        return fail(ErrorCode::Unavailable, fmt::format("cannot lock {}: {}", path, std::strerror(errno)), path);
    return fail(ErrorCode::Conflict, fmt::format("another galley{} already uses this data folder", holder(descriptor)),
                path);
}

DataLock::~DataLock() {
    ::close(descriptor_);
}

}  // namespace galley::store
