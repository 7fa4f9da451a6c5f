// src/os/sandbox.h — what a child process may still do: compute, and talk through the descriptors it has.
//
// Shape    Sandbox::prepare() in the parent, once; enter(limits) in each child, after which there is no way back:
//          capabilities    all dropped, no new privileges
//          limits          memory, no file grows, no core dumps, no further processes (for users but root)
//          files           Landlock: none can be opened, whatever its path (Linux 5.13 and newer)
//          system calls    seccomp: those of the list in sandbox.cpp; others fail with EPERM. No file can be opened, no
//                          socket made, no process or thread started, no other process signalled, no memory be made
//                          executable
//          What the kernel or a container refuses is left out, and told by the report.
// Errors   none.
// Owner    the filter, until the process ends.
// Threads  one.
// Source   seccomp(2), landlock(7), setrlimit(2); docs/isolation.md.
#pragma once

#include <cstdint>
#include <string>

namespace galley::os {

struct SandboxLimits {
    std::uint64_t memory_bytes_max = 0;  // data of the process, with what it began with; 0 is no limit
};

// What is in force.
struct SandboxReport {
    bool capabilities_dropped = false;
    bool files_closed = false;           // Landlock
    bool system_calls_filtered = false;  // seccomp
    bool memory_limited = false;

    // "" when nothing is missing.
    std::string missing() const;
};

// The sanitizers need memory without bound and write their reports: no limits of memory and files under them.
bool limits_can_be_set();

class Sandbox {
 public:
    static Sandbox prepare();
    SandboxReport enter(const SandboxLimits& limits) const;

 private:
    explicit Sandbox(void* filter) : filter_(filter) {}
    void* filter_;  // of libseccomp; null: there is none
};

// The next `seconds` of processor time are the last; then SIGXCPU kills this process.
void allow_cpu_time(std::uint64_t seconds);
std::uint64_t peak_memory_bytes();  // of this process

}  // namespace galley::os
