// src/pool/worker.h — a child's whole life: enter the sandbox, then one job after the other until the channel closes.
//
// Owner    borrows the table; owns channel and area.
// Threads  the child's one.
#pragma once

#include "os/descriptor.h"
#include "os/sandbox.h"
#include "os/shared_area.h"
#include "pool/job.h"

namespace galley::pool {

void serve_jobs(os::Descriptor channel, os::SharedArea area, const os::Sandbox& sandbox,
                const os::SandboxLimits& limits, const JobTable& table);

}  // namespace galley::pool
