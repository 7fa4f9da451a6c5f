#include "store/sqlite/compact.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::store {
namespace {

constexpr Migration kMigrations[] = {{1, "notes", "CREATE TABLE note (text TEXT NOT NULL) STRICT;", nullptr}};
const Component kNotes{"notes", kMigrations};

class CompactFacts : public testing::Test {
 protected:
    CompactFacts() {
        std::string pattern = testing::TempDir() + "/galley-compact-XXXXXX";
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        auto opened = open_sqlite({.folder = folder_}, {&kNotes, 1}, os::system_clock());
        GALLEY_CHECK(opened.has_value());
        database_ = std::move(*opened);
    }
    ~CompactFacts() override {
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::int64_t run(Sql statement, std::initializer_list<Value> values = {}) {
        const auto done = database_->write([&](Executor& executor) { return executor.execute(statement, values); });
        EXPECT_TRUE(done) << done.error().to_string();
        return done.value_or(-1);
    }
    void fill(int mebibytes) {
        for (int i = 0; i < mebibytes; ++i) run("INSERT INTO note (text) VALUES ($1)", {std::string(1 << 20, 'x')});
    }
    std::int64_t notes() {
        return database_->read([](Executor& executor) { return executor.query_integer("SELECT count(*) FROM note"); })
            .value()
            .value();
    }
    std::uintmax_t file_bytes() const { return std::filesystem::file_size(folder_ + "/galley.db"); }

    std::string folder_;
    std::unique_ptr<Database> database_;
};

TEST_F(CompactFacts, WhatIsFreeGoesBackToTheDisk) {
    fill(8);
    ASSERT_EQ(run("DELETE FROM note WHERE rowid > 3"), 5);
    const Result<CompactReport> report = compact(*database_);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_TRUE(report->rewritten);
    EXPECT_GT(report->bytes_before - report->bytes_after, 4 << 20);
    EXPECT_EQ(file_bytes(), static_cast<std::uintmax_t>(report->bytes_after)) << "and the log was copied";
    EXPECT_EQ(notes(), 3);
    fill(1);
    EXPECT_EQ(notes(), 4);
}

TEST_F(CompactFacts, AFileThatIsMostlyInUseIsLeftAsItIs) {
    fill(8);
    ASSERT_EQ(run("DELETE FROM note WHERE rowid = 1"), 1);
    const Result<CompactReport> report = compact(*database_);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->rewritten);
    EXPECT_GE(report->free_bytes, 1 << 20);
    EXPECT_EQ(report->bytes_after, report->bytes_before);
    EXPECT_FALSE(report->too_large);
}

TEST_F(CompactFacts, OnlyTheWritersDatabaseIsCompacted) {
    auto looking = open_sqlite_read_only({.folder = folder_});
    ASSERT_TRUE(looking);
    EXPECT_EQ(compact(**looking).error().code, ErrorCode::Unsupported);
    database_->close();
    EXPECT_EQ(compact(*database_).error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace galley::store
