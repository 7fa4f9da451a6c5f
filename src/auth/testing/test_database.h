// src/auth/testing/test_database.h — an SQLite database in a fresh folder, with auth's tables, for one test.
//
// Owner    the folder is removed at the end.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "auth/migrations.h"
#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::auth {

class TestDatabase {
 public:
    TestDatabase() {
        std::string pattern = testing::TempDir() + "/galley-auth-XXXXXX";
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        open();
    }
    ~TestDatabase() {
        database_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    store::Database& operator*() { return *database_; }
    store::Database* operator->() { return database_.get(); }

    void reopen() {
        database_.reset();
        open();
    }

 private:
    void open() {
        const store::Component component = auth_migrations();
        auto database = store::open_sqlite({.folder = folder_.string()}, {&component, 1}, os::system_clock());
        EXPECT_TRUE(database) << database.error().to_string();
        database_ = std::move(*database);
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::Database> database_;
};

}  // namespace galley::auth
