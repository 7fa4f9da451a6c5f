// src/os/child_process.h — processes below this one: a fresh start of the same program, forks of it, and how they end.
//
// Shape    spawn_self("__name") starts this program anew with one argument and a channel, which it takes with
//          inherited_channel(). It has this process's signal mask and standard error, and nothing else open; of its
//          environment what runtimes and fonts need, by a list, and so no secret. Such a process, single-threaded, then
//          forks children with fork_child() and learns of their ends from ChildEnds.
// Errors   spawn_self, fork_child: Unavailable.
// Threads  spawn_self from any thread at any time (it does not copy this process). fork_child only in a process of one
//          thread: a copy of others' locks would stay locked for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "os/channel.h"
#include "os/descriptor.h"

namespace galley::os {

struct SpawnedProcess {
    Descriptor channel;
    int pid = 0;
};
Result<SpawnedProcess> spawn_self(const char* argument);
// Kills it unless it has ended, and waits for its end. Its own children die with it.
void end_process(int pid);
// The channel that spawn_self() gave this process; empty when somebody else started it. Once.
Descriptor inherited_channel();

// How a child ended, from the kernel.
struct ChildEnd {
    int pid = 0;
    int signal = 0;       // that killed it; 0: it exited
    int exit_status = 0;  // when it exited
    std::uint64_t peak_memory_bytes = 0;
    Duration cpu{0};
};

// Tells of ended children through a descriptor that becomes readable. One a process, before the first fork.
class ChildEnds {
 public:
    ChildEnds();
    const Descriptor& descriptor() const { return descriptor_; }
    std::optional<ChildEnd> next();  // without waiting
    ChildEnd wait();                 // precondition: a child is there

 private:
    Descriptor descriptor_;
};

// `body` runs in the child, which ends when it returns (status 0). The child dies with its parent.
Result<int> fork_child(const std::function<void()>& body);
void kill_child(int pid);  // SIGKILL; precondition: its end was not taken from ChildEnds yet
// Puts `kept` at the numbers 3, 4, … and closes all others from there on.
void keep_descriptors(std::span<const int> kept);
[[noreturn]] void end_this_process(int status);  // at once: no destructors, no buffers
int thread_count();                              // of this process
void set_process_name(const char* name);         // as ps -o comm shows it; 15 letters

std::string signal_name(int signal);  // "SIGKILL"

// Waits until one of the two is readable; which ones are.
struct Readable {
    bool first = false, second = false;
};
Readable wait_readable(const Descriptor& first, const Descriptor& second);

}  // namespace galley::os
