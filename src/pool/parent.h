// src/pool/parent.h — the pool parent: a small process of one thread that forks children and tells how they ended.
//
// Shape    run_parent(table) is the whole program behind the hidden argument kParentArgument; main() calls it before
//          anything else. It warms up, then serves Fork and Kill until the server's end of its channel closes, which
//          the kernel does however the server dies. Its children die with it.
// Errors   gives the process's exit code: 1 when it was started by somebody else.
// Threads  one; it must not have started another.
// Limits   kChildrenMax at once.
#pragma once

#include "pool/job.h"

namespace galley::pool {

inline constexpr const char* kParentArgument = "__pool";
inline constexpr std::size_t kChildrenMax = 4'096;

int run_parent(const JobTable& table);

}  // namespace galley::pool
