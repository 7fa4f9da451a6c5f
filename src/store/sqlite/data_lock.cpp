#include "store/sqlite/data_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace galley::store {
namespace {

constexpr std::size_t kHolderBytes = 12;  // the process, in a line of fixed length; written over, never cut
constexpr std::string_view kMadeMark = "a database was made here\n";

std::string content(int descriptor) {
    char text[64] = {};
    const ssize_t size = ::pread(descriptor, text, sizeof(text) - 1, 0);
    return std::string(text, size > 0 ? static_cast<std::size_t>(size) : 0);
}

std::string holder(int descriptor) {
    const std::string text = content(descriptor);
    const std::string process = text.substr(0, text.find_first_of(" \n"));
    return process.empty() ? std::string() : fmt::format(" (process {})", process);
}

void write_holder(int descriptor) {
    const std::string text = fmt::format("{:<11}\n", ::getpid());
    // Only a hint for the message above, so a failure does not matter.
    if (::pwrite(descriptor, text.data(), kHolderBytes, 0) < 0) return;
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

bool DataLock::database_was_made() const {
    return content(descriptor_).substr(0, kHolderBytes + kMadeMark.size()).ends_with(kMadeMark);
}

void DataLock::note_database_made() {
    if (database_was_made()) return;
    // Without the mark a database that vanishes is not missed: no reason not to start.
    if (::pwrite(descriptor_, kMadeMark.data(), kMadeMark.size(), kHolderBytes) < 0) return;
    (void)::fdatasync(descriptor_);
}

DataLock::~DataLock() {
    ::close(descriptor_);
}

}  // namespace galley::store
