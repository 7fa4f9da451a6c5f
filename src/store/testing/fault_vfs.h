// src/store/testing/fault_vfs.h — a SQLite VFS that fails on order: the disk that a test can break and mend.
//
// Shape    register once, open the database with name(), then fail_call(n) (only the n-th write, sync or truncate from
//          now
//          fails) or break_disk(code) … mend_disk(). Everything else goes to the default VFS.
// Threads  any.
#pragma once

#include <cstdint>

namespace galley::store::testing {

class FaultVfs {
 public:
    static FaultVfs& instance();

    const char* name() const { return "galley-fault"; }
    void fail_call(int index);  // 0 = the next
    void break_disk(int code);  // every call gives this SQLite code
    void mend_disk();
    bool fault_happened() const;  // since the last fail_call or break_disk
    std::uint64_t syncs() const;

 private:
    FaultVfs();
};

}  // namespace galley::store::testing
