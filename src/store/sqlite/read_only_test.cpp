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

class ReadOnlyFacts : public testing::Test {
 protected:
    ReadOnlyFacts() {
        std::string pattern = testing::TempDir() + "/galley-read-only-XXXXXX";
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
    }
    ~ReadOnlyFacts() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<Database> writer() {
        auto database = open_sqlite({.folder = folder_}, {&kNotes, 1}, os::system_clock());
        EXPECT_TRUE(database) << database.error().to_string();
        return std::move(*database);
    }
    Result<std::unique_ptr<Database>> reader() { return open_sqlite_read_only({.folder = folder_}); }
    static void add_note(Database& database) {
        ASSERT_TRUE(database.write([](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.execute("INSERT INTO note (text) VALUES ('x')"));
            return {};
        }));
    }
    static std::int64_t notes(Database& database) {
        return database.read([](Executor& executor) { return executor.query_integer("SELECT count(*) FROM note"); })
            .value()
            .value();
    }
    std::uintmax_t log_bytes() const { return std::filesystem::file_size(folder_ + "/galley.db-wal"); }

    std::string folder_;
};

TEST_F(ReadOnlyFacts, ItSeesWhatTheWriterBesideItCommits) {
    const auto database = writer();
    add_note(*database);
    const auto looking = reader();
    ASSERT_TRUE(looking) << looking.error().to_string();
    EXPECT_EQ(notes(**looking), 1);
    add_note(*database);
    EXPECT_EQ(notes(**looking), 2);
}

TEST_F(ReadOnlyFacts, ClosingItLeavesTheLogToTheWriter) {
    const auto database = writer();
    add_note(*database);
    const std::uintmax_t before = log_bytes();
    ASSERT_GT(before, 0U);
    reader().value()->close();
    EXPECT_EQ(log_bytes(), before);
    add_note(*database);
    EXPECT_EQ(notes(*database), 2);
}

TEST_F(ReadOnlyFacts, ItReadsAClosedDatabaseAndTakesNoLock) {
    add_note(*writer());
    const auto looking = reader();
    ASSERT_TRUE(looking) << looking.error().to_string();
    EXPECT_EQ(notes(**looking), 1);
    EXPECT_EQ(notes(*writer()), 1);
}

TEST_F(ReadOnlyFacts, WritesAreRefused) {
    add_note(*writer());
    const auto looking = reader().value();
    const auto refused = looking->write([](Executor&) -> Result<void> { return {}; });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
    EXPECT_FALSE(looking->read([](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(executor.execute("DELETE FROM note"));
        return {};
    }));
    EXPECT_EQ(notes(*looking), 1);
}

TEST_F(ReadOnlyFacts, WhereNothingIsNothingIsMade) {
    EXPECT_EQ(reader().error().code, ErrorCode::NotFound);
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace galley::store
