#include "os/shared_area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace galley::os {
namespace {

std::unexpected<Error> cannot(const char* what) {
    return fail(ErrorCode::Unavailable, std::string(what) + ": " + std::generic_category().message(errno));
}

std::unexpected<Error> outside() {
    return fail(ErrorCode::Corrupt, "a range that is not in the shared memory");
}

}  // namespace

Result<SharedArea> SharedArea::make(std::uint64_t size_bytes) {
    Descriptor descriptor(memfd_create("galley", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!descriptor) return cannot("no shared memory");
    if (ftruncate(descriptor.get(), static_cast<off_t>(size_bytes)) != 0) return cannot("no shared memory");
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (fcntl(descriptor.get(), F_ADD_SEALS, kSeals) != 0) return cannot("shared memory cannot be sealed");
    return SharedArea(std::move(descriptor), size_bytes);
}

Result<void> SharedArea::write(std::uint64_t at, std::string_view bytes) {
    if (!holds(at, bytes.size())) return outside();
    while (!bytes.empty()) {
        const ssize_t done = pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return cannot("shared memory cannot be written");
        bytes.remove_prefix(static_cast<std::size_t>(done));
        at += static_cast<std::uint64_t>(done);
    }
    return {};
}

Result<Bytes> SharedArea::read(std::uint64_t at, std::uint64_t size) const {
    if (!holds(at, size)) return outside();
    return read_at(descriptor_, at, size);
}

Result<void> SharedArea::write_mapped(std::uint64_t at, std::string_view bytes) {
    if (!holds(at, bytes.size())) return outside();
    if (bytes.empty()) return {};
    const std::uint64_t page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    const std::uint64_t from = at / page * page;
    const std::size_t length = at - from + bytes.size();
    void* const mapped =
        mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), static_cast<off_t>(from));
    if (mapped == MAP_FAILED) return cannot("shared memory cannot be mapped");
    std::memcpy(static_cast<char*>(mapped) + (at - from), bytes.data(), bytes.size());
    munmap(mapped, length);
    return {};
}

void SharedArea::forget(std::uint64_t from) {
    if (from >= size_bytes_) return;
    (void)fallocate(descriptor_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                    static_cast<off_t>(size_bytes_ - from));
}

}  // namespace galley::os
