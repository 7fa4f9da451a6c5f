#include "store/testing/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>

namespace galley::store::testing {
namespace {

struct State {
    std::atomic<int> calls_left = -1;  // the call that finds 0 fails
    std::atomic<int> broken_code = SQLITE_OK;
    std::atomic<bool> happened = false;
    std::atomic<std::uint64_t> syncs = 0;
};
State state;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_io_methods methods;

struct FaultFile {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile* fault_file(sqlite3_file* file) {
    return reinterpret_cast<FaultFile*>(file);
}
sqlite3_file* real_file(sqlite3_file* file) {
    return fault_file(file)->real();
}

// The code with which this call fails, or SQLITE_OK.
int injected(int single_failure_code) {
    int code = state.broken_code;
    if (state.calls_left >= 0 && state.calls_left-- == 0) code = single_failure_code;
    if (code != SQLITE_OK) state.happened = true;
    return code;
}

int close_file(sqlite3_file* f) {
    return real_file(f)->pMethods->xClose(real_file(f));
}
int read_file(sqlite3_file* f, void* out, int size, sqlite3_int64 at) {
    return real_file(f)->pMethods->xRead(real_file(f), out, size, at);
}
int write_file(sqlite3_file* f, const void* in, int size, sqlite3_int64 at) {
    if (const int code = injected(SQLITE_IOERR_WRITE); code != SQLITE_OK) return code;
    return real_file(f)->pMethods->xWrite(real_file(f), in, size, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = injected(SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
    return real_file(f)->pMethods->xTruncate(real_file(f), size);
}
int sync_file(sqlite3_file* f, int flags) {
    if (const int code = injected(SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
    ++state.syncs;
    return real_file(f)->pMethods->xSync(real_file(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    return real_file(f)->pMethods->xFileSize(real_file(f), size);
}
int lock_file(sqlite3_file* f, int level) {
    return real_file(f)->pMethods->xLock(real_file(f), level);
}
int unlock_file(sqlite3_file* f, int level) {
    return real_file(f)->pMethods->xUnlock(real_file(f), level);
}
int check_lock(sqlite3_file* f, int* out) {
    return real_file(f)->pMethods->xCheckReservedLock(real_file(f), out);
}
int control(sqlite3_file* f, int op, void* arg) {
    return real_file(f)->pMethods->xFileControl(real_file(f), op, arg);
}
int sector_size(sqlite3_file* f) {
    return real_file(f)->pMethods->xSectorSize(real_file(f));
}
int characteristics(sqlite3_file* f) {
    return real_file(f)->pMethods->xDeviceCharacteristics(real_file(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real_file(f)->pMethods->xShmMap(real_file(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real_file(f)->pMethods->xShmLock(real_file(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    real_file(f)->pMethods->xShmBarrier(real_file(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
    return real_file(f)->pMethods->xShmUnmap(real_file(f), remove);
}

void fill_methods() {
    methods.iVersion = 2;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    methods.xFileSize = file_size;
    methods.xLock = lock_file;
    methods.xUnlock = unlock_file;
    methods.xCheckReservedLock = check_lock;
    methods.xFileControl = control;
    methods.xSectorSize = sector_size;
    methods.xDeviceCharacteristics = characteristics;
    methods.xShmMap = shm_map;
    methods.xShmLock = shm_lock;
    methods.xShmBarrier = shm_barrier;
    methods.xShmUnmap = shm_unmap;
}

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    const int code = real_vfs->xOpen(real_vfs, name, real_file(file), flags, out_flags);
    if (code == SQLITE_OK) file->pMethods = &methods;
    return code;
}

}  // namespace

FaultVfs::FaultVfs() {
    real_vfs = sqlite3_vfs_find(nullptr);
    fill_methods();
    static sqlite3_vfs vfs = *real_vfs;
    vfs.zName = name();
    vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 0);
}

FaultVfs& FaultVfs::instance() {
    static FaultVfs vfs;
    return vfs;
}

void FaultVfs::fail_call(int index) {
    state.happened = false;
    state.calls_left = index;
}

void FaultVfs::break_disk(int code) {
    state.happened = false;
    state.broken_code = code;
}

void FaultVfs::mend_disk() {
    state.broken_code = SQLITE_OK;
    state.calls_left = -1;
}

bool FaultVfs::fault_happened() const {
    return state.happened;
}
std::uint64_t FaultVfs::syncs() const {
    return state.syncs;
}

}  // namespace galley::store::testing
