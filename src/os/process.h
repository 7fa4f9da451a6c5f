// src/os/process.h — what this process is and weighs.
//
// Units    memory in bytes.
// Errors   none: what the kernel does not tell is 0.
// Threads  any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace galley::os {

std::uint64_t resident_memory_bytes();
// Processors this process may run on; at least 1.
unsigned cpu_count();
int process_id();
// The variables that this process was started with.
std::map<std::string, std::string> environment();
// Freed memory stays in the process, `bytes_max` of it at the heap's end, to be used again: what is asked for and freed
// by the megabyte, again and again, otherwise goes back to the kernel, and comes back page by page. Call it early.
void keep_freed_memory(std::size_t bytes_max);
// Time this process has spent on all processors, in seconds, user and system together.
double cpu_seconds();

}  // namespace galley::os
