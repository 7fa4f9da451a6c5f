// A disk as slow as a test wants: preloaded into the server (LD_PRELOAD), each fsync and fdatasync waits while the test
// holds the lock (flock) of the file that SLOW_DISK_GATE names.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

void wait_for_the_disk() {
    static const char* const path = std::getenv("SLOW_DISK_GATE");
    const int gate = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (gate < 0) return;
    while (::flock(gate, LOCK_SH) != 0 && errno == EINTR) {
    }
    ::close(gate);
}

}  // namespace

extern "C" int fdatasync(int file) {
    wait_for_the_disk();
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

extern "C" int fsync(int file) {
    wait_for_the_disk();
    return static_cast<int>(::syscall(SYS_fsync, file));
}
