#include "store/testing/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/mutex.h"
#include "store/testing/durable_file.h"

namespace galley::store::testing {
namespace {

enum class Sort : std::uint8_t { Looking, Changing };

struct State {
    std::atomic<int> broken_code = SQLITE_OK;
    std::atomic<bool> happened = false;
    std::atomic<bool> dead = false;
    std::atomic<std::uint64_t> syncs = 0, calls = 0, changes = 0;
    Mutex mutex;
    std::optional<std::uint64_t> fail_at GALLEY_GUARDED_BY(mutex);  // of `calls` or `changes`
    DiskFault fault GALLEY_GUARDED_BY(mutex) = DiskFault::Error;
    std::function<void()> on_power_cut GALLEY_GUARDED_BY(mutex);
    bool torn GALLEY_GUARDED_BY(mutex) = false;
    std::map<std::string, DurableFile> files GALLEY_GUARDED_BY(mutex);
};
State state;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_io_methods methods;

struct FaultFile {
    sqlite3_file base;
    bool syncs_folder;
    int last_error;    // as the real VFS remembers: what the system said when it last refused
    const char* name;  // of a file whose durability counts; null for temporary ones. SQLite keeps it while open.
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

FaultFile* fault_file(sqlite3_file* file) {
    return reinterpret_cast<FaultFile*>(file);
}
sqlite3_file* real_file(sqlite3_file* file) {
    return fault_file(file)->real();
}

bool leaves_half(DiskFault fault) {
    return fault == DiskFault::Short || fault == DiskFault::Full || fault == DiskFault::FullOn;
}
bool is_full(DiskFault fault) {
    return fault == DiskFault::Full || fault == DiskFault::FullOn;
}
bool is_cut(DiskFault fault) {
    return fault == DiskFault::PowerCut || fault == DiskFault::PowerTorn;
}

// The fault that strikes this operation.
std::optional<DiskFault> strike(Sort sort) {
    const std::uint64_t call = state.calls++;
    const std::uint64_t change = sort == Sort::Changing ? state.changes++ : 0;
    std::optional<DiskFault> fault;
    std::function<void()> cut;
    {
        const MutexLock lock(state.mutex);
        if (!state.fail_at) return std::nullopt;
        const bool counts = state.fault == DiskFault::Error || sort == Sort::Changing;
        if (!counts || *state.fail_at != (state.fault == DiskFault::Error ? call : change)) return std::nullopt;
        fault = state.fault;
        state.fail_at.reset();
        if (is_cut(*fault)) cut = state.on_power_cut;
    }
    state.happened = true;
    if (*fault == DiskFault::ErrorOn) state.broken_code = SQLITE_IOERR_WRITE;
    if (*fault == DiskFault::FullOn) state.broken_code = SQLITE_FULL;
    if (is_cut(*fault)) state.dead = true;
    if (cut) cut();
    return fault;
}

// The code with which this operation fails, or SQLITE_OK. `half` is told when half of a write is to be left behind.
int injected(Sort sort, int code, bool* half = nullptr) {
    if (state.dead) return code;
    const std::optional<DiskFault> fault = strike(sort);
    if (fault) {
        if (half != nullptr) *half = leaves_half(*fault);
        return is_full(*fault) && code == SQLITE_IOERR_WRITE ? SQLITE_FULL : code;
    }
    if (sort == Sort::Looking || state.broken_code == SQLITE_OK) return SQLITE_OK;
    state.happened = true;
    return state.broken_code;
}

template <typename Note>
void note(sqlite3_file* file, Note&& what) {
    const char* name = fault_file(file)->name;
    if (name == nullptr) return;
    const MutexLock lock(state.mutex);
    what(state.files[name]);
}

int close_file(sqlite3_file* f) {
    return real_file(f)->pMethods->xClose(real_file(f));
}
int read_file(sqlite3_file* f, void* out, int size, sqlite3_int64 at) {
    if (const int code = injected(Sort::Looking, SQLITE_IOERR_READ); code != SQLITE_OK) {
        fault_file(f)->last_error = EIO;
        return code;
    }
    return real_file(f)->pMethods->xRead(real_file(f), out, size, at);
}
int write_some(sqlite3_file* f, const void* in, int size, sqlite3_int64 at) {
    const std::string_view bytes(static_cast<const char*>(in), static_cast<std::size_t>(size));
    note(f, [&](DurableFile& file) { file.note_write(static_cast<std::uint64_t>(at), bytes); });
    return real_file(f)->pMethods->xWrite(real_file(f), in, size, at);
}
int write_file(sqlite3_file* f, const void* in, int size, sqlite3_int64 at) {
    bool half = false;
    const int code = injected(Sort::Changing, SQLITE_IOERR_WRITE, &half);
    if (half) (void)write_some(f, in, size / 2, at);
    return code != SQLITE_OK ? code : write_some(f, in, size, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = injected(Sort::Changing, SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
    note(f, [&](DurableFile& file) { file.note_truncate(static_cast<std::uint64_t>(size)); });
    return real_file(f)->pMethods->xTruncate(real_file(f), size);
}
// The real sync would only cost time: no real power goes.
int sync_file(sqlite3_file* f, int) {
    if (const int code = injected(Sort::Changing, SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
    ++state.syncs;
    bool new_name = false;
    note(f, [&](DurableFile& file) {
        new_name = !file.has_durable_name();
        file.synced();
    });
    if (!new_name || !fault_file(f)->syncs_folder) return SQLITE_OK;
    // As SQLite's own VFS: the first sync of a log or journal syncs the folder, too, and with it what was deleted there.
    const MutexLock lock(state.mutex);
    for (auto& [path, file] : state.files) file.folder_synced();
    return SQLITE_OK;
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    if (const int code = injected(Sort::Looking, SQLITE_IOERR_FSTAT); code != SQLITE_OK) return code;
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
    if (op == SQLITE_FCNTL_LAST_ERRNO && fault_file(f)->last_error != 0) {
        *static_cast<int*>(arg) = fault_file(f)->last_error;
        return SQLITE_OK;
    }
    return real_file(f)->pMethods->xFileControl(real_file(f), op, arg);
}
int sector_size(sqlite3_file* f) {
    return real_file(f)->pMethods->xSectorSize(real_file(f));
}
int characteristics(sqlite3_file* f) {
    return real_file(f)->pMethods->xDeviceCharacteristics(real_file(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    if (const int code = injected(Sort::Looking, SQLITE_IOERR_SHMMAP); code != SQLITE_OK) return code;
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
    fault_file(file)->name = nullptr;
    fault_file(file)->last_error = 0;
    const Sort sort = (flags & SQLITE_OPEN_CREATE) != 0 ? Sort::Changing : Sort::Looking;
    if (const int failed = injected(sort, SQLITE_CANTOPEN); failed != SQLITE_OK) return failed;
    const int code = real_vfs->xOpen(real_vfs, name, real_file(file), flags, out_flags);
    if (code != SQLITE_OK) return code;
    file->pMethods = &methods;
    constexpr int kKept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if (name != nullptr && (flags & kKept) != 0) fault_file(file)->name = name;
    fault_file(file)->syncs_folder = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    return code;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
    if (const int failed = injected(Sort::Changing, SQLITE_IOERR_DELETE); failed != SQLITE_OK) return failed;
    const int code = real_vfs->xDelete(real_vfs, name, sync_folder);
    const MutexLock lock(state.mutex);
    if (const auto found = state.files.find(name); code == SQLITE_OK && found != state.files.end()) {
        found->second.deleted(sync_folder != 0);
    }
    return code;
}

int access_file(sqlite3_vfs*, const char* name, int flags, int* out) {
    if (const int failed = injected(Sort::Looking, SQLITE_IOERR_ACCESS); failed != SQLITE_OK) return failed;
    return real_vfs->xAccess(real_vfs, name, flags, out);
}

void write_real_file(const std::string& path, const std::optional<std::string>& content) {
    if (!content) {
        (void)std::remove(path.c_str());
        return;
    }
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return;  // its folder is gone
    GALLEY_CHECK(std::fwrite(content->data(), 1, content->size(), file) == content->size());
    GALLEY_CHECK(std::fclose(file) == 0);
}

}  // namespace

FaultVfs::FaultVfs() {
    real_vfs = sqlite3_vfs_find(nullptr);
    fill_methods();
    static sqlite3_vfs vfs = *real_vfs;
    vfs.zName = name();
    vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    sqlite3_vfs_register(&vfs, 0);
}

FaultVfs& FaultVfs::instance() {
    static FaultVfs vfs;
    return vfs;
}

void FaultVfs::fail_call(int index, DiskFault fault) {
    const MutexLock lock(state.mutex);
    state.happened = false;
    state.fault = fault;
    state.torn = fault == DiskFault::PowerTorn;
    state.fail_at = (fault == DiskFault::Error ? state.calls : state.changes) + static_cast<std::uint64_t>(index);
}

void FaultVfs::break_disk(int code) {
    state.happened = false;
    state.broken_code = code;
}

void FaultVfs::mend_disk() {
    const MutexLock lock(state.mutex);
    state.broken_code = SQLITE_OK;
    state.fail_at.reset();
}

bool FaultVfs::fault_happened() const {
    return state.happened;
}
std::uint64_t FaultVfs::syncs() const {
    return state.syncs;
}
std::uint64_t FaultVfs::calls() const {
    return state.calls;
}
std::uint64_t FaultVfs::changes() const {
    return state.changes;
}

void FaultVfs::on_power_cut(std::function<void()> action) {
    const MutexLock lock(state.mutex);
    state.on_power_cut = std::move(action);
}

bool FaultVfs::power_is_cut() const {
    return state.dead;
}

void FaultVfs::cut_power() {
    state.dead = true;
}

void FaultVfs::restore_power(std::uint32_t seed) {
    const MutexLock lock(state.mutex);
    for (auto& [path, file] : state.files) {
        const auto left = state.torn ? file.after_torn_power_cut(seed) : file.after_power_cut();
        write_real_file(path, left);
        if (left) file.adopt(*left);
        (void)std::remove((path + "-shm").c_str());
    }
    state.fail_at.reset();
    state.torn = false;
    state.dead = false;
}

void FaultVfs::forget_files() {
    const MutexLock lock(state.mutex);
    state.files.clear();
}

}  // namespace galley::store::testing
