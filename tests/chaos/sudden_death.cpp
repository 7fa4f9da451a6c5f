// A program that is killed between two changes to its disk: preloaded into it (LD_PRELOAD), the process gets SIGKILL where its
// SUDDEN_DEATH_AT-th change would begin (from 1). Without that it lives, and writes how many there were to SUDDEN_DEATH_COUNT.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::atomic<long> changes{0};

void change() {
    static const char* const at = std::getenv("SUDDEN_DEATH_AT");
    static const long last = at != nullptr ? std::strtol(at, nullptr, 10) : 0;
    if (changes.fetch_add(1) + 1 == last) ::raise(SIGKILL);
}

// The function that this library stands before.
template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct Report {
    ~Report() {
        const char* const path = std::getenv("SUDDEN_DEATH_COUNT");
        std::FILE* const file = path != nullptr ? std::fopen(path, "w") : nullptr;
        if (file == nullptr) return;
        std::fputs(std::to_string(changes.load()).c_str(), file);
        std::fclose(file);
    }
};
const Report report;

}  // namespace

#define GALLEY_BEFORE(result, name, parameters, arguments)          \
    extern "C" result name parameters {                             \
        static const auto real = next<result(*) parameters>(#name); \
        change();                                                   \
        return real arguments;                                      \
    }

GALLEY_BEFORE(ssize_t, write, (int file, const void* bytes, size_t size), (file, bytes, size))
GALLEY_BEFORE(ssize_t, pwrite, (int file, const void* bytes, size_t size, off_t at), (file, bytes, size, at))
GALLEY_BEFORE(ssize_t, pwrite64, (int file, const void* bytes, size_t size, off64_t at), (file, bytes, size, at))
GALLEY_BEFORE(int, fsync, (int file), (file))
GALLEY_BEFORE(int, fdatasync, (int file), (file))
GALLEY_BEFORE(int, rename, (const char* from, const char* to), (from, to))
GALLEY_BEFORE(int, renameat2, (int a, const char* from, int b, const char* to, unsigned flags), (a, from, b, to, flags))
GALLEY_BEFORE(int, unlink, (const char* path), (path))
GALLEY_BEFORE(int, mkdir, (const char* path, mode_t mode), (path, mode))
