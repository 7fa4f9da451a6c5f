// A disk that fails: nothing acknowledged is lost, nothing refused is kept, and the database recovers with the disk.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <set>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"
#include "store/testing/fault_vfs.h"

namespace galley::store {
namespace {

using store::testing::FaultVfs;

constexpr Migration kMigrations[] = {{1, "rows", "CREATE TABLE row(id INTEGER PRIMARY KEY, padding TEXT)", nullptr}};
constexpr Component kComponents[] = {{"rows", kMigrations}};

class SqliteFaults : public ::testing::Test {
 protected:
    SqliteFaults() { (void)FaultVfs::instance(); }
    ~SqliteFaults() override { discard(); }

    void start() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-faults-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        ASSERT_NO_FATAL_FAILURE(open());
    }
    void open() {
        SqliteOptions options;
        options.folder = folder_;
        options.vfs = FaultVfs::instance().name();
        options.checkpoint_pages = 3;  // so that checkpoints are among the calls that fail
        auto opened = open_sqlite(options, kComponents, os::system_clock());
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
    }
    void discard() {
        FaultVfs::instance().mend_disk();
        database_.reset();
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    }
    Result<void> insert(std::int64_t id, std::size_t padding = 3000) {
        return database_->write([&](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(
                executor.execute("INSERT INTO row(id, padding) VALUES($1, $2)", {id, std::string(padding, 'x')}));
            return {};
        });
    }
    std::set<std::int64_t> stored() {
        std::set<std::int64_t> ids;
        EXPECT_TRUE(database_->read([&](Executor& executor) {
            return executor.each("SELECT id FROM row", {}, [&](const Row& row) -> Result<void> {
                ids.insert(row.integer(0));
                return {};
            });
        }));
        return ids;
    }

    std::string folder_;
    std::unique_ptr<Database> database_;
};

TEST_F(SqliteFaults, ExactlyTheAcknowledgedRowsSurviveAnySingleIoFailure) {
    for (int fail_at = 0;; ++fail_at) {
        ASSERT_NO_FATAL_FAILURE(start());
        std::set<std::int64_t> acknowledged;
        FaultVfs::instance().fail_call(fail_at);
        for (std::int64_t id = 1; id <= 8; ++id) {
            if (insert(id)) acknowledged.insert(id);
        }
        const bool happened = FaultVfs::instance().fault_happened();
        FaultVfs::instance().mend_disk();
        ASSERT_TRUE(insert(100)) << "no recovery after failure of call " << fail_at;
        acknowledged.insert(100);
        EXPECT_EQ(stored(), acknowledged) << "call " << fail_at;
        database_.reset();
        ASSERT_NO_FATAL_FAILURE(open());
        EXPECT_EQ(stored(), acknowledged) << "after reopening, call " << fail_at;
        discard();
        if (!happened) return;
        ASSERT_LT(fail_at, 500);
    }
}

TEST_F(SqliteFaults, AFullDiskRefusesAndTheNextBatchAfterItsMendingWorks) {
    ASSERT_NO_FATAL_FAILURE(start());
    ASSERT_TRUE(insert(1));
    FaultVfs::instance().break_disk(SQLITE_FULL);
    for (int id = 2; id <= 4; ++id) {
        const Result<void> full = insert(id);
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code, ErrorCode::Unavailable) << full.error().to_string();
    }
    // More than the cache holds spills before COMMIT, so the failure comes from a statement.
    const Result<void> spilled = insert(5, 20'000'000);
    EXPECT_FALSE(spilled);
    FaultVfs::instance().mend_disk();
    ASSERT_TRUE(insert(6));
    EXPECT_EQ(stored(), (std::set<std::int64_t>{1, 6}));
}

TEST_F(SqliteFaults, EveryAcknowledgedCommitWasSynced) {
    ASSERT_NO_FATAL_FAILURE(start());
    for (std::int64_t id = 1; id <= 5; ++id) {
        const std::uint64_t before = FaultVfs::instance().syncs();
        ASSERT_TRUE(insert(id, 10));
        EXPECT_GT(FaultVfs::instance().syncs(), before);
    }
}

TEST_F(SqliteFaults, HooksAndDonesOfALostBatchSeeTheError) {
    ASSERT_NO_FATAL_FAILURE(start());
    bool hook_ran = false;
    FaultVfs::instance().break_disk(SQLITE_IOERR_FSYNC);
    const Result<void> lost = database_->write([&](Executor& executor) -> Result<void> {
        executor.after_commit([&] { hook_ran = true; });
        GALLEY_TRY_VOID(executor.execute("INSERT INTO row(id) VALUES(1)"));
        return {};
    });
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::Unavailable);
    EXPECT_FALSE(hook_ran);
    FaultVfs::instance().mend_disk();
    EXPECT_EQ(database_->stats().commits_failed, 1u);
}

// What a work changes is kept aside in a temporary file once it is more than SQLite keeps in memory: undoing it reads
// that file, and that may fail, too.
TEST_F(SqliteFaults, NothingOfARefusedWorkIsKeptWhenUndoingItFails) {
    constexpr std::int64_t kRows = 60;
    for (int fail_at = 0;; ++fail_at) {
        ASSERT_NO_FATAL_FAILURE(start());
        ASSERT_TRUE(database_->write([](Executor& executor) -> Result<void> {
            for (std::int64_t id = 1; id <= kRows; ++id) {
                GALLEY_TRY_VOID(
                    executor.execute("INSERT INTO row(id, padding) VALUES($1, $2)", {id, std::string(3000, 'x')}));
            }
            return {};
        }));
        FaultVfs::instance().fail_call(fail_at);
        const Result<void> refused = database_->write([](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.execute("UPDATE row SET padding = 'half'"));
            return fail(ErrorCode::Conflict, "no");
        });
        const bool happened = FaultVfs::instance().fault_happened();
        FaultVfs::instance().mend_disk();
        EXPECT_FALSE(refused);
        const auto changed = database_->read([](Executor& executor) {
            return executor.query_integer("SELECT count(*) FROM row WHERE padding = 'half'");
        });
        ASSERT_TRUE(changed);
        EXPECT_EQ(*changed, 0) << "call " << fail_at;
        ASSERT_TRUE(insert(kRows + 1)) << "call " << fail_at;
        discard();
        if (!happened) return;
        ASSERT_LT(fail_at, 500);
    }
}

}  // namespace
}  // namespace galley::store
