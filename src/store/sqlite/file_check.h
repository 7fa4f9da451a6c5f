// src/store/sqlite/file_check.h — looks at the database's files before SQLite does, which would take some damage for a
// new database and delete what is left.
//
// Shape    check_before_open: the database's file is there and not empty if this folder ever held one (`made_before`)
//          or a log lies beside it; a log that holds anything begins with a good header.
// Errors   Corrupt, saying what is wrong and what to do; Unavailable (cannot be read). No file is touched.
// Threads  any, before the database is opened.
// Source   https://www.sqlite.org/fileformat2.html#walformat. SQLite syncs a log's header before it writes the first
//          frame, so that no power cut leaves frames behind a bad header. What it cannot tell apart is a log that was
//          damaged later from one whose last, unacknowledged commit was torn: it reads up to there (docs/testing.md).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "os/files.h"

namespace galley::store {

Result<void> check_before_open(os::Files& files, const std::string& path, bool made_before);

// A database that is all there is: no log beside it holds anything.
Result<bool> stands_alone(os::Files& files, const std::string& path);

// The 32 bytes at the beginning of a log.
bool is_good_log_header(std::string_view header);

}  // namespace galley::store
