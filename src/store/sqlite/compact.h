// src/store/sqlite/compact.h — gives the disk what a database file does not need any more.
//
// Shape    compact(database): copies the log into the file; when at least a quarter of the file is free pages, and what
//          is not free is at most kRewriteBytesMax, writes the file anew without them. Statistics for the planner are
//          not gathered: our plans rest on partial indexes (connection.cpp).
// Units    bytes.
// Errors   Unsupported (not an SQLite database that writes), Unavailable (closed, disk, full), Corrupt.
// Threads  any but the writer's; waits until it is done. Writes wait meanwhile: 64 MiB take about half a second.
// Limits   kRewriteBytesMax, which is also about the memory that it takes; kFreeBytesMin.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "store/database.h"

namespace galley::store {

inline constexpr std::int64_t kRewriteBytesMax = 64 << 20;
inline constexpr std::int64_t kFreeBytesMin = 1 << 20;  // less is not worth it

struct CompactReport {
    std::int64_t bytes_before = 0;  // of the file
    std::int64_t bytes_after = 0;
    std::int64_t free_bytes = 0;  // in the file now, used again by what is written next
    bool rewritten = false;
    bool too_large = false;  // to be rewritten while others wait
};

Result<CompactReport> compact(Database& database);

}  // namespace galley::store
