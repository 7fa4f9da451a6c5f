// src/pool/job.h — what children can do: functions from bytes to bytes, known before any child exists.
//
// Shape    JobTable: jobs by number, and `warm_up`, which runs once in the pool parent: what it leaves in memory every
//          child has from its first moment.
// Errors   a job's Error reaches the caller. std::bad_alloc becomes LimitExceeded; other exceptions end the child.
// Owner    input and context are the job's for the call.
// Threads  a child has one thread and starts none.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "pool/wire.h"

namespace galley::pool {

class JobContext {
 public:
    virtual ~JobContext() = default;
    virtual std::string_view input() const = 0;
    // To the caller's on_progress; a message of at most kTextBytesMax. Costs a system call.
    virtual void progress(int percent, std::string_view message) = 0;
    // A file that the server opens for this child, if its PoolOptions::open_file agrees. NotFound, else.
    virtual Result<Bytes> read_file(std::string_view path, std::uint64_t bytes_max) = 0;
};

using Job = std::function<Result<Bytes>(JobContext&)>;

struct JobTable {
    std::vector<Job> jobs;
    std::function<void()> warm_up = [] {};
};

}  // namespace galley::pool
