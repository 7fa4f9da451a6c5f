// tests/conformance/database_suite.h — the fixture of the conformance suite: one table, a few shorthands.
//
// Shape    table note(id BIGINT PRIMARY KEY, text TEXT, amount DOUBLE, data BLOB, flag BIGINT); each test starts empty.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "conformance/database_factory.h"

namespace galley::store {

inline constexpr Migration kNoteMigrations[] = {
    {1, "notes",
     "CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT, amount REAL, data BLOB, flag INTEGER) STRICT;"
     "CREATE UNIQUE INDEX note_text ON note(text) WHERE text IS NOT NULL;",
     "CREATE TABLE note(id BIGINT PRIMARY KEY, text TEXT, amount DOUBLE PRECISION, data BYTEA, flag BIGINT);"
     "CREATE UNIQUE INDEX note_text ON note(text) WHERE text IS NOT NULL;"},
};
inline constexpr Component kNotes[] = {{"notes", kNoteMigrations}};

class DatabaseSuite : public testing::TestWithParam<DatabaseKind> {
 protected:
    DatabaseSuite() : factory_(GetParam().make()) { reopen(); }

    void reopen(DatabaseLimits limits = {}) {
        database_.reset();
        Result<std::unique_ptr<Database>> opened = factory_->open(kNotes, limits);
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
    }
    static Result<void> insert(Executor& executor, std::int64_t id) {
        GALLEY_TRY_VOID(executor.execute("INSERT INTO note(id) VALUES($1)", {id}));
        return {};
    }
    Result<void> insert(std::int64_t id) {
        return database_->write([id](Executor& executor) { return insert(executor, id); });
    }
    std::int64_t count() { return count(*database_); }
    static std::int64_t count(Database& database) {
        const auto found =
            database.read([](Executor& executor) { return executor.query_integer("SELECT count(*) FROM note"); });
        return found ? found->value_or(-1) : -1;
    }

    std::unique_ptr<DatabaseFactory> factory_;
    std::unique_ptr<Database> database_;
};

inline std::string database_name(const testing::TestParamInfo<DatabaseKind>& info) {
    return info.param.name;
}

}  // namespace galley::store
