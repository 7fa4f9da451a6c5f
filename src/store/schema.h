// src/store/schema.h — how a module declares its tables.
//
// Shape    each module gives one Component: a name and its migrations, versions 1, 2, 3 … in order. A migration is the
// SQL
//          script for each database (several statements, separated by ';'). A published migration never changes: add
//          one.
// Errors   opening a database runs what is missing, all components in one transaction in the order given; a version or
// a
//          component that this program does not know is refused (Unsupported): a newer program wrote it.
// Source   the table schema_version(component, version) remembers.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "store/executor.h"

namespace galley::store {

struct Migration {
    int version;
    const char* name;
    const char* sqlite;
    const char* postgres;  // nullptr until the module supports PostgreSQL
};

struct Component {
    const char* name;
    std::span<const Migration> migrations;
};

enum class Dialect : std::uint8_t { Sqlite, Postgres };

// Runs a script of several statements; how is the database's business.
using ScriptRunner = std::function<Result<void>(const char* script)>;

// For implementers of Database, of one that has versions: Unsupported when a newer program wrote it. Changes nothing.
Result<void> refuse_newer(Executor& executor, std::span<const Component> components);

// For implementers of Database: brings every component to its newest version. Call inside one write transaction.
Result<void> migrate(Executor& executor, Dialect dialect, std::span<const Component> components,
                     const ScriptRunner& run_script);

}  // namespace galley::store
