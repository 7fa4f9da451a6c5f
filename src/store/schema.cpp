#include "store/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace galley::store {
namespace {

Result<void> apply(const Migration& migration, const Component& component, Dialect dialect,
                   const ScriptRunner& run_script) {
    const char* script = dialect == Dialect::Sqlite ? migration.sqlite : migration.postgres;
    GALLEY_CHECK(script != nullptr);
    Result<void> applied = run_script(script);
    if (applied) {
        log(LogLevel::Info, "schema_migrated",
            {{"component", component.name}, {"version", migration.version}, {"name", migration.name}});
        return {};
    }
    return fail(applied.error().code, fmt::format("migration {} '{}' of '{}': {}", migration.version, migration.name,
                                                  component.name, applied.error().message));
}

Result<void> migrate_component(Executor& executor, Dialect dialect, const Component& component,
                               const ScriptRunner& run_script) {
    GALLEY_TRY(const auto found,
               executor.query_integer("SELECT version FROM schema_version WHERE component = $1", {component.name}));
    const std::int64_t present = found.value_or(0);
    const auto newest = static_cast<std::int64_t>(component.migrations.size());
    if (present == newest) return {};
    for (std::int64_t version = present + 1; version <= newest; ++version) {
        const Migration& migration = component.migrations[static_cast<std::size_t>(version - 1)];
        GALLEY_CHECK(migration.version == version);
        GALLEY_TRY_VOID(apply(migration, component, dialect, run_script));
    }
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO schema_version(component, version) VALUES($1, $2) "
                         "ON CONFLICT(component) DO UPDATE SET version = excluded.version",
                         {component.name, newest}));
    return {};
}

}  // namespace

Result<void> refuse_newer(Executor& executor, std::span<const Component> components) {
    return executor.each(
        "SELECT component, version FROM schema_version ORDER BY component", {}, [&](const Row& row) -> Result<void> {
            const auto known =
                std::ranges::find_if(components, [&](const Component& c) { return row.text(0) == c.name; });
            if (known == components.end()) {
                return fail(ErrorCode::Unsupported,
                            fmt::format("the database has tables of '{}', which this program does not know: "
                                        "a newer version wrote it",
                                        row.text(0)));
            }
            if (row.integer(1) <= static_cast<std::int64_t>(known->migrations.size())) return {};
            return fail(
                ErrorCode::Unsupported,
                fmt::format("the tables of '{}' are at version {}, this program knows {}: a newer version wrote them",
                            row.text(0), row.integer(1), known->migrations.size()));
        });
}

Result<void> migrate(Executor& executor, Dialect dialect, std::span<const Component> components,
                     const ScriptRunner& run_script) {
    GALLEY_TRY_VOID(
        run_script("CREATE TABLE IF NOT EXISTS schema_version("
                   "component TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)"));
    GALLEY_TRY_VOID(refuse_newer(executor, components));
    for (const Component& component : components) {
        GALLEY_TRY_VOID(migrate_component(executor, dialect, component, run_script));
    }
    return {};
}

}  // namespace galley::store
