// src/app/data_folder.h — what lies in a data folder, and checks of it that change nothing.
//
// Shape    galley.db (with -wal and -shm), pdf_cache/, orders/, galley.lock. SchemaState: a component's version
//          there and here.
// Errors   as in os/files.h and store/database.h; check_integrity: Corrupt with SQLite's first finding.
//          refuse_lost_database: Corrupt when documents are there and the database is missing or empty: starting would
//          begin anew over what a backup could still bring back.
// Threads  any; a server may be running.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "os/files.h"
#include "store/database.h"

namespace galley::app {

inline std::string database_file(const std::string& data) {
    return data + "/galley.db";
}
inline std::string cache_folder(const std::string& data) {
    return data + "/pdf_cache";
}
inline std::string orders_folder(const std::string& data) {
    return data + "/orders";
}
inline std::string lock_file(const std::string& data) {
    return data + "/galley.lock";
}

Result<void> refuse_lost_database(const std::string& data, os::Files& files);

enum class IntegrityDepth : std::uint8_t { Quick, Full };  // Full compares indexes with their tables, too
Result<void> check_integrity(store::Database& database, IntegrityDepth depth);
Result<std::int64_t> count_foreign_key_faults(store::Database& database);

struct SchemaState {
    std::string component;
    std::int64_t stored = 0;  // 0: not there yet
    std::int64_t known = 0;   // 0: this program does not know it
};
Result<std::vector<SchemaState>> schema_states(store::Database& database);
// Unsupported when a component is newer than this program.
Result<void> refuse_newer(const std::vector<SchemaState>& states);

// Hashes of all documents that the database refers to, sorted.
Result<std::vector<Digest>> referenced_documents(store::Database& database);
// Of those whose order lies in a file (jobs/render/order_files.h), sorted.
Result<std::vector<Digest>> orders_in_files(store::Database& database);

}  // namespace galley::app
