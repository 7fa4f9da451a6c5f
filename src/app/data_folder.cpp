#include "app/data_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/schema.h"

namespace galley::app {

Result<void> refuse_lost_database(const std::string& data, os::Files& files) {
    if (!files.info(cache_folder(data))) return {};
    const Result<os::FileInfo> database = files.info(database_file(data));
    if (database && database->size_bytes > 0) return {};
    if (!database && database.error().code != ErrorCode::NotFound) return fail(database.error());
    return fail(ErrorCode::Corrupt,
                fmt::format("the database is {} although documents are here; restore a backup, or remove {} as well "
                            "to begin anew",
                            database ? "empty" : "missing", cache_folder(data)),
                database_file(data));
}

Result<void> check_integrity(store::Database& database, IntegrityDepth depth) {
    return database.read([depth](store::Executor& executor) -> Result<void> {
        GALLEY_TRY(const store::Rows rows,
                   executor.query(depth == IntegrityDepth::Full ? store::Sql("PRAGMA integrity_check(1)")
                                                                : store::Sql("PRAGMA quick_check(1)")));
        if (rows.size() == 1 && rows[0].text(0) == "ok") return {};
        std::string finding = rows.empty() ? "the check gave no answer" : std::string(rows[0].text(0));
        std::ranges::replace(finding, '\n', ' ');
        return fail(ErrorCode::Corrupt, std::move(finding));
    });
}

Result<std::int64_t> count_foreign_key_faults(store::Database& database) {
    return database.read([](store::Executor& executor) -> Result<std::int64_t> {
        std::int64_t count = 0;
        GALLEY_TRY_VOID(executor.each("PRAGMA foreign_key_check", {}, [&](const store::Row&) -> Result<void> {
            ++count;
            return {};
        }));
        return count;
    });
}

Result<std::vector<SchemaState>> schema_states(store::Database& database) {
    std::map<std::string, SchemaState> states;
    for (const store::Component& component : all_schemas())
        states[component.name] = {component.name, 0, static_cast<std::int64_t>(component.migrations.size())};
    GALLEY_TRY_VOID(database.read([&](store::Executor& executor) {
        return executor.each("SELECT component, version FROM schema_version", {},
                             [&](const store::Row& row) -> Result<void> {
                                 const std::string name(row.text(0));
                                 states[name].component = name;
                                 states[name].stored = row.integer(1);
                                 return {};
                             });
    }));
    std::vector<SchemaState> list;
    for (auto& [name, state] : states) list.push_back(std::move(state));
    return list;
}

Result<void> refuse_newer(const std::vector<SchemaState>& states) {
    for (const SchemaState& state : states) {
        if (state.stored <= state.known) continue;
        return fail(ErrorCode::Unsupported,
                    fmt::format("the tables of '{}' are at version {}, this program knows {}: a newer version wrote "
                                "them; install that version",
                                state.component, state.stored, state.known));
    }
    return {};
}

namespace {

// Appends the digests that a query gives.
Result<void> collect(store::Database& database, store::Sql sql, std::vector<Digest>& hashes) {
    return database.read([&](store::Executor& executor) {
        return executor.each(sql, {}, [&](const store::Row& row) -> Result<void> {
            if (row.blob(0).size() != 32) return fail(ErrorCode::Corrupt, "a document's hash is not 32 bytes long");
            hashes.push_back(digest_from_bytes(row.blob(0)));
            return {};
        });
    });
}

// A backup of an earlier version has none of these tables.
Result<bool> has_document_tables(store::Database& database) {
    GALLEY_TRY(const std::vector<SchemaState> states, schema_states(database));
    return std::ranges::any_of(
        states, [](const SchemaState& state) { return state.component == "documents" && state.stored > 0; });
}

}  // namespace

Result<std::vector<Digest>> referenced_documents(store::Database& database) {
    std::vector<Digest> hashes;
    GALLEY_TRY_VOID(collect(database, "SELECT content_hash FROM document", hashes));
    GALLEY_TRY(const bool more, has_document_tables(database));
    if (more) {
        GALLEY_TRY_VOID(collect(database, "SELECT hash FROM document_order WHERE completed_at IS NOT NULL", hashes));
    }
    std::ranges::sort(hashes);
    return hashes;
}

Result<std::vector<Digest>> orders_in_files(store::Database& database) {
    std::vector<Digest> hashes;
    GALLEY_TRY(const bool any, has_document_tables(database));
    if (!any) return hashes;
    GALLEY_TRY_VOID(collect(database, "SELECT hash FROM document_order WHERE body IS NULL", hashes));
    std::ranges::sort(hashes);
    return hashes;
}

}  // namespace galley::app
