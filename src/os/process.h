// src/os/process.h — what this process is and weighs.
//
// Units    memory in bytes.
// Errors   none: what the kernel does not tell is 0.
// Threads  any.
#pragma once

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
// Time this process has spent on all processors, in seconds, user and system together.
double cpu_seconds();

}  // namespace galley::os
