// src/store/testing/fault_vfs.h — a SQLite VFS that fails on order: the disk that a test can break, mend and cut off
// from power.
//
// Shape    register once, open the database with name(), then one of
//            fail_call(n, fault)   the n-th operation from now fails once; `fault` says which operations count
//            break_disk(code)      every operation that changes the disk gives this SQLite code, until mend_disk()
//          After a power cut every operation fails until restore_power(), which leaves on the real disk only what was
//          durable: content as of each file's last sync (Torn: any part of the later writes may have reached it too),
//          no shared memory. Close the database before. Everything else goes to the default VFS.
// Units    operations; see DiskFault for what counts as one.
// Owner    one for the process; it remembers the files of the databases opened through it.
// Threads  any; restore_power() and forget_files() while no database is open.
#pragma once

#include <cstdint>
#include <functional>

namespace galley::store::testing {

enum class DiskFault : std::uint8_t {
    Error,      // of all operations: reads, writes, truncates, syncs, opens, deletions, sizes, mappings: EIO
    Short,      // of the changing ones: a write leaves half of its bytes behind, then EIO
    Full,       // of the changing ones: a write leaves half of its bytes behind, then ENOSPC
    ErrorOn,    // Error, of the changing ones, and so does every one after it until mend_disk()
    FullOn,     // Full, likewise
    PowerCut,   // of the changing ones: nothing happens from here on; what was not synced is lost
    PowerTorn,  // the same; of what was not synced an arbitrary part is kept, in arbitrary order
};

class FaultVfs {
 public:
    static FaultVfs& instance();

    const char* name() const { return "galley-fault"; }
    void fail_call(int index, DiskFault fault = DiskFault::Error);  // 0 = the next
    void break_disk(int code);
    void mend_disk();             // also forgets a fail_call() that has not struck yet
    bool fault_happened() const;  // since the last fail_call or break_disk
    std::uint64_t syncs() const;
    std::uint64_t calls() const;    // operations of all sorts
    std::uint64_t changes() const;  // of those, the changing ones

    // Called at the moment of a power cut, on the thread that met it: other disks of the machine go too.
    void on_power_cut(std::function<void()> action);
    bool power_is_cut() const;
    void cut_power();                        // now, as if another part had met it
    void restore_power(std::uint32_t seed);  // seed: which unsynced writes a torn cut keeps
    void forget_files();                     // of databases that are gone

 private:
    FaultVfs();
};

}  // namespace galley::store::testing
