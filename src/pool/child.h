// src/pool/child.h — the server's end of one child: a job sent, what comes back, and the order to kill it.
//
// Shape    run(…) drives one job from its packet to how it ended. ParentHandle is the process that the children belong
//          to.
// Errors   Ended says how it went; the pool decides what that means.
// Threads  a Child is used by one thread; kill() by any.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "os/channel.h"
#include "os/sandbox.h"
#include "os/shared_area.h"
#include "pool/process_pool.h"
#include "pool/wire.h"

namespace galley::pool {

class ParentHandle {
 public:
    static Result<std::shared_ptr<ParentHandle>> start();
    ~ParentHandle();

    Result<void> send(std::string_view packet, std::span<const int> descriptors = {}) const {
        return os::send_packet(channel_, packet, descriptors);
    }
    bool has_ended() const;

 private:
    ParentHandle(os::Descriptor channel, int pid) : channel_(std::move(channel)), pid_(pid) {}
    os::Descriptor channel_;
    int pid_;
};

class Child {
 public:
    static Result<std::unique_ptr<Child>> make(std::shared_ptr<ParentHandle> parent, std::uint32_t number,
                                               const PoolOptions& options);
    ~Child();

    enum class How : unsigned char {
        Answered,    // reply: bytes, or the job's error
        Died,        // gone
        NeverBegan,  // gone, and the job had not begun
        NotForked,   // reply: why
        Lost,        // the pool parent is gone, and the child with it
        Nonsense,
    };
    struct Ended {
        How how = How::Lost;
        Result<Bytes> reply{};
        Death gone{};
        bool over_wall_time = false;
        bool spent = false;  // not to be used again
    };
    Ended run(const JobCall& call, MonotonicTime deadline, const os::Clock& clock, const PoolOptions& options);

    // Idle and alive, as far as one can know.
    bool is_usable();
    void kill() const;
    bool is_lost() const { return parent_->has_ended(); }
    const std::optional<std::string>& not_enforced() const { return not_enforced_; }
    std::uint32_t jobs() const { return jobs_; }
    std::uint64_t peak_memory_bytes() const { return peak_memory_bytes_; }

 private:
    Child(std::shared_ptr<ParentHandle> parent, std::uint32_t number, os::Descriptor channel, os::SharedArea area)
        : parent_(std::move(parent)), number_(number), channel_(std::move(channel)), area_(std::move(area)) {}

    Result<void> send_job(const JobCall& call, const PoolOptions& options);
    // True: the job has ended.
    bool take(const JobCall& call, const PoolOptions& options, Ended& ended);
    bool take_gone(const Parsed<GoneHead>& message, const PoolOptions& options, Ended& ended);
    bool take_reply(const Parsed<ReplyHead>& message, const PoolOptions& options, Ended& ended);
    bool take_fault(const Parsed<FaultHead>& message, const PoolOptions& options, Ended& ended);
    void take_ready(const ReadyHead& head);
    void take_progress(const Parsed<ProgressHead>& message, const JobCall& call, Ended& ended);
    void open_file(std::string_view path, const FileDoor& door);
    bool began_job() const;

    std::shared_ptr<ParentHandle> parent_;
    std::uint32_t number_;
    os::Descriptor channel_;
    os::SharedArea area_;
    os::Packet packet_{};
    std::optional<std::string> not_enforced_{};
    std::uint32_t jobs_ = 0;
    std::uint64_t peak_memory_bytes_ = 0;
    bool area_used_ = false;
};

}  // namespace galley::pool
