#include "store/sqlite/compact.h"

#include "store/sqlite/compact_connection.h"

namespace galley::store {

namespace {

struct Size {
    std::int64_t bytes = 0;
    std::int64_t free = 0;
};

Result<std::int64_t> pragma(Connection& connection, Sql statement) {
    std::int64_t value = 0;
    GALLEY_TRY_VOID(connection.run(statement, {}, [&value](const Row& row) -> Result<void> {
        value = row.integer(0);
        return {};
    }));
    return value;
}

Result<Size> size_of(Connection& connection) {
    GALLEY_TRY(const std::int64_t page, pragma(connection, "PRAGMA page_size"));
    GALLEY_TRY(const std::int64_t pages, pragma(connection, "PRAGMA page_count"));
    GALLEY_TRY(const std::int64_t free, pragma(connection, "PRAGMA freelist_count"));
    return Size{page * pages, page * free};
}

// What readers still hold back is copied by a later checkpoint.
void copy_log(Connection& connection, int mode) {
    (void)sqlite3_wal_checkpoint_v2(connection.handle(), "main", mode, nullptr, nullptr);
}

}  // namespace

Result<CompactReport> compact(Connection& connection) {
    copy_log(connection, SQLITE_CHECKPOINT_PASSIVE);
    GALLEY_TRY(const Size before, size_of(connection));
    CompactReport report{.bytes_before = before.bytes, .bytes_after = before.bytes, .free_bytes = before.free};
    if (before.free < kFreeBytesMin || before.free * 4 < before.bytes) return report;
    report.too_large = before.bytes - before.free > kRewriteBytesMax;
    if (report.too_large) return report;
    GALLEY_TRY_VOID(connection.script("VACUUM"));
    copy_log(connection, SQLITE_CHECKPOINT_TRUNCATE);
    GALLEY_TRY(const Size after, size_of(connection));
    report.bytes_after = after.bytes;
    report.free_bytes = after.free;
    report.rewritten = true;
    return report;
}

}  // namespace galley::store
