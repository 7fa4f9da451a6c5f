// tests/conformance/database_factory.h — the databases that the conformance suite runs against.
//
// Shape    a factory owns one empty data store; open() opens it (again), so a test can close and reopen.
//          every_database()
//          lists what this build has: SQLite today; PostgreSQL joins by one line.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/database.h"
#include "store/schema.h"

namespace galley::store {

struct DatabaseLimits {
    std::size_t queue_max = 20'000;
};

class DatabaseFactory {
 public:
    virtual ~DatabaseFactory() = default;
    virtual Result<std::unique_ptr<Database>> open(std::span<const Component> components,
                                                   DatabaseLimits limits = {}) = 0;
};

struct DatabaseKind {
    const char* name;
    std::unique_ptr<DatabaseFactory> (*make)();
};

std::vector<DatabaseKind> every_database();

}  // namespace galley::store
