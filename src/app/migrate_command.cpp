#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/operation_commands.h"
#include "app/schema.h"
#include "codec/json_writer.h"
#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::app {

namespace {

Result<std::vector<SchemaState>> read_states(const std::string& data) {
    GALLEY_TRY(const auto database, store::open_sqlite_read_only({.folder = data}));
    return schema_states(*database);
}

// Opening brings the tables up to date, in one transaction.
Result<void> migrate_now(const std::string& data) {
    GALLEY_TRY_VOID(refuse_lost_database(data, os::system_files()));
    GALLEY_TRY_VOID(os::system_files().info(database_file(data)));
    const std::vector<store::Component> components = all_schemas();
    GALLEY_TRY(const auto database, store::open_sqlite({.folder = data}, components, os::system_clock()));
    database->close();
    return {};
}

void print_states(const std::vector<SchemaState>& states, bool as_json) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_array();
    for (const SchemaState& state : states) {
        if (!as_json) fmt::print("{:<12} stored {:>3}  known {:>3}\n", state.component, state.stored, state.known);
        json.begin_object();
        json.field("component", state.component);
        json.field("stored", state.stored);
        json.field("known", state.known);
        json.end_object();
    }
    json.end_array();
    if (as_json) std::puts(out.c_str());
}

}  // namespace

int run_migrate(const MigrateCommand& command) {
    const Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    const std::string& data = settings->config.data_folder;
    if (!command.check) {
        const Result<void> migrated = migrate_now(data);
        if (!migrated) return report(migrated.error());
    }
    const Result<std::vector<SchemaState>> states = read_states(data);
    if (!states) return report(states.error());
    print_states(*states, command.json);
    return std::ranges::all_of(*states, [](const SchemaState& s) { return s.stored == s.known; }) ? 0 : 1;
}

}  // namespace galley::app
