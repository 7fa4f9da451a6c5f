// A read is one snapshot; reads do not wait for writes; a backup is one moment.
#include <atomic>
#include <filesystem>
#include <thread>

#include "conformance/database_suite.h"

namespace galley::store {
namespace {

using Reads = DatabaseSuite;

TEST_P(Reads, OneReadIsOneMoment) {
    ASSERT_TRUE(insert(1));
    std::int64_t first = -1;
    std::int64_t second = -1;
    ASSERT_TRUE(database_->read([&](Executor& executor) -> Result<void> {
        GALLEY_TRY(const auto before, executor.query_integer("SELECT count(*) FROM note"));
        GALLEY_TRY_VOID(insert(2));  // another thread's commit, in the middle of our read
        GALLEY_TRY(const auto after, executor.query_integer("SELECT count(*) FROM note"));
        first = before.value_or(-1);
        second = after.value_or(-1);
        return {};
    }));
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 1);
    EXPECT_EQ(count(), 2);
}

TEST_P(Reads, TransfersNeverShowHalf) {
    ASSERT_TRUE(database_->write([](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(executor.execute("INSERT INTO note(id, flag) VALUES(1, 500), (2, 500)"));
        return {};
    }));
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 6; ++i) {
            readers.emplace_back([&] {
                while (!stop) {
                    const auto sum = database_->read(
                        [](Executor& executor) { return executor.query_integer("SELECT sum(flag) FROM note"); });
                    wrong += sum && *sum == 1000 ? 0 : 1;
                }
            });
        }
        for (int i = 0; i < 200; ++i) {
            EXPECT_TRUE(database_->write([](Executor& executor) -> Result<void> {
                GALLEY_TRY_VOID(executor.execute("UPDATE note SET flag = flag - 1 WHERE id = 1"));
                GALLEY_TRY_VOID(executor.execute("UPDATE note SET flag = flag + 1 WHERE id = 2"));
                return {};
            }));
        }
        stop = true;
    }
    EXPECT_EQ(wrong, 0);
}

TEST_P(Reads, ABackupIsACompleteCopyOfOneMoment) {
    for (int id = 1; id <= 10; ++id) ASSERT_TRUE(insert(id));
    const std::string folder = std::filesystem::temp_directory_path() / ("galley-backup-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const std::string path = folder + "/galley.db";
    const Result<void> made = database_->backup(path);
    EXPECT_TRUE(made) << made.error().to_string();
    ASSERT_TRUE(insert(11));
    const Result<void> again = database_->backup(path);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
    EXPECT_GT(std::filesystem::file_size(path), 0u);
    std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Databases, Reads, testing::ValuesIn(every_database()), database_name);

}  // namespace
}  // namespace galley::store
