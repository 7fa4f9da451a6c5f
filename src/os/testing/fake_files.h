// src/os/testing/fake_files.h — files in memory that remember what was synced, count steps, and fail on demand.
//
// Shape    Every step that would ask the kernel counts as one call: write() is create + write (+ sync). fail_call(n)
//          makes
//          the n-th call from now (0 = the next) fail once in the way the Fault says. power_cut() leaves only what was
//          durable: a file's content as of its last sync, names as of the last sync_folder() of their folder.
//          Folders are durable when made. descriptor() of an open file is -1. With set_capacity() the disk is full
//          when the files hold that many bytes: a write leaves behind what fits, and is LimitExceeded.
// Errors   as Files; an injected fault is Unavailable (DiskFull: LimitExceeded).
// Owner    borrows `clock`, which dates files; without one the date is 1970.
// Threads  any.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/mutex.h"
#include "os/clock.h"
#include "os/files.h"

namespace galley::os {

enum class Fault : std::uint8_t {
    Error,       // the call does nothing and says so; a write leaves half of its bytes behind
    DiskFull,    // the same, as LimitExceeded (of a call that only looks: as Unavailable)
    ErrorAfter,  // the call does its work and yet reports a failure
    Crash,       // the call does nothing, and so does every later one until power_cut()
};

class FakeFiles final : public Files {
 public:
    explicit FakeFiles(const Clock* clock = nullptr) : clock_(clock) {}

    void fail_call(std::int64_t nth, Fault fault = Fault::Error);
    void mend();  // forgets a fail_call() that has not struck yet
    // True when the fault asked for has fired since.
    bool power_cut();
    std::int64_t calls() const;
    // Changes one stored byte behind everybody's back. Precondition: the file exists and is long enough.
    void flip_byte(const std::string& path, std::size_t offset);
    // The same through the file system: the file's time changes, too.
    void overwrite_byte(const std::string& path, std::size_t offset);
    // Cuts a stored file short, behind everybody's back.
    void truncate(const std::string& path, std::size_t size);
    bool contains(const std::string& path) const;  // not counted as a call
    void set_free_bytes(std::uint64_t bytes);
    void set_capacity(std::uint64_t bytes);
    std::uint64_t used_bytes() const;
    // Called when Fault::Crash strikes, on the thread that met it: the machine's other disks go too.
    void on_crash(std::function<void()> action);
    // From now on every call fails until power_cut(), as if another disk had met the crash.
    void crash();

    Result<Bytes> read(const std::string& path, std::uint64_t bytes_max) override;
    Result<std::unique_ptr<OpenFile>> open(const std::string& path) override;
    Result<void> write(const std::string& path, const std::vector<std::string_view>& parts, Sync sync) override;
    Result<void> create_private(const std::string& path, std::string_view content) override;
    Result<void> rename(const std::string& from, const std::string& to) override;
    Result<void> remove(const std::string& path) override;
    Result<void> sync_folder(const std::string& folder) override;
    Result<void> make_folders(const std::string& folder) override;
    Result<std::vector<FileInfo>> list(const std::string& folder) override;
    Result<FileInfo> info(const std::string& path) override;
    Result<void> touch(const std::string& path, Time modified) override;
    Result<std::uint64_t> free_bytes(const std::string& folder) override;
    Result<std::uint64_t> total_bytes(const std::string& folder) override;

    struct Inode {
        std::shared_ptr<const Bytes> data = std::make_shared<const Bytes>();
        std::shared_ptr<const Bytes> durable = data;
        Time modified{};
    };

 private:
    using Names = std::map<std::string, std::shared_ptr<Inode>>;

    // Counts a step; gives the fault that strikes it.
    std::optional<Fault> next_call() GALLEY_REQUIRES(mutex_);
    // As begin(), of a call that changes nothing.
    Result<void> look(const std::string& path) GALLEY_REQUIRES(mutex_);
    // Counts a step of which a fault leaves nothing. Fault::ErrorAfter is left to the caller as an error after its
    // work.
    Result<std::optional<Fault>> begin(const std::string& path) GALLEY_REQUIRES(mutex_);
    Result<std::shared_ptr<Inode>> find(const std::string& path) const GALLEY_REQUIRES(mutex_);
    Time now() const;
    std::uint64_t used_locked() const GALLEY_REQUIRES(mutex_);

    const Clock* clock_;
    mutable Mutex mutex_;
    Names names_ GALLEY_GUARDED_BY(mutex_);
    Names durable_names_ GALLEY_GUARDED_BY(mutex_);
    std::set<std::string> folders_ GALLEY_GUARDED_BY(mutex_);
    std::int64_t calls_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::optional<std::int64_t> fail_at_ GALLEY_GUARDED_BY(mutex_);
    Fault fault_ GALLEY_GUARDED_BY(mutex_) = Fault::Error;
    bool fired_ GALLEY_GUARDED_BY(mutex_) = false;
    bool dead_ GALLEY_GUARDED_BY(mutex_) = false;
    std::uint64_t free_bytes_ GALLEY_GUARDED_BY(mutex_) = std::uint64_t{1} << 40;
    std::optional<std::uint64_t> capacity_ GALLEY_GUARDED_BY(mutex_);
    std::function<void()> on_crash_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::os
