#include "auth/audit_queue.h"

#include <gtest/gtest.h>

#include <thread>

#include "auth/testing/test_database.h"

namespace galley::auth {
namespace {

AuditEntry download(int number) {
    return {.who = "a@b.example",
            .action = "snapshot_read",
            .object = "room-1/snap-" + std::to_string(number),
            .from_address = "198.51.100.7",
            .outcome = AuditOutcome::Success,
            .request_id = "r-" + std::to_string(number),
            .time = from_unix_ms(number)};
}

// Two flushes: the first lets the write under way end, the second the one that took along what came meanwhile.
void settle(TestDatabase& database) {
    ASSERT_TRUE(database->flush());
    ASSERT_TRUE(database->flush());
}

TEST(AuditQueue, EntriesOfManyThreadsAllEndInOneUnbrokenChain) {
    TestDatabase database;
    AuditQueue queue(*database);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&queue, t] {
            for (int i = 0; i < 250; ++i) EXPECT_TRUE(queue.add(download(t * 1000 + i)));
        });
    }
    for (std::thread& thread : threads) thread.join();
    settle(database);
    const auto verdict = verify_audit(*database);
    ASSERT_TRUE(verdict);
    EXPECT_TRUE(verdict->ok());
    EXPECT_EQ(verdict->head.seq, 1000);
}

TEST(AuditQueue, MoreThanItsLimitIsRefused) {
    TestDatabase database;
    AuditQueue queue(*database, 0);
    EXPECT_EQ(queue.add(download(1)).error().code, ErrorCode::Unavailable);
}

TEST(AuditQueue, EntriesThatCouldNotBeWrittenAreKeptForTheNextWrite) {
    TestDatabase database;
    AuditQueue queue(*database);
    const auto rename = [&](const char* sql) {
        ASSERT_TRUE(database->write([&](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.execute(store::Sql::assembled(sql)));
            return {};
        }));
    };
    rename("ALTER TABLE audit_log RENAME TO hidden");
    EXPECT_TRUE(queue.add(download(1)));
    settle(database);
    rename("ALTER TABLE hidden RENAME TO audit_log");
    EXPECT_TRUE(queue.add(download(2)));
    settle(database);
    EXPECT_EQ(verify_audit(*database)->head.seq, 2);
}

}  // namespace
}  // namespace galley::auth
